#include "process/standing.h"

#include "process/target.h"

#include <stdlib.h>

/* The last day of the absences that today lies in. */
static struct date away_until(struct reaction *r, uint64_t person)
{
    const struct object *absence = builtin_object(r->p, ON_ABSENCE);
    const struct process_reader *rd = r->l->reader;
    const struct row **rows;
    struct date last = {INT32_MIN};
    size_t n = 0;
    if (absence && r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, builtin_field(absence, "person"), person, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        struct date from = row_date(rows[i], "starts"), to = row_date(rows[i], "ends");
        if (from.days <= r->l->today.days && r->l->today.days <= to.days && to.days > last.days)
            last = to;
    }
    return last;
}

/* How many steps `who` is above the person; 0: not at all. */
static unsigned steps_above(struct reaction *r, const struct row *person, uint64_t who)
{
    for (unsigned up = 1; person && up <= CHAIN_MAX; up++) {
        uint64_t manager = row_ref(person, "manager");
        if (manager == who)
            return up;
        person = person_row(r, manager);
    }
    return 0;
}

static int by_nearness(const void *pa, const void *pb)
{
    const struct standing *a = pa, *b = pb;
    if (a->stands_in != b->stands_in)
        return a->stands_in ? -1 : 1;
    if (a->above != b->above)
        return a->above < b->above ? -1 : 1;
    return a->person < b->person ? -1 : a->person > b->person;
}

size_t standings_of(struct reaction *r, uint64_t who, const struct standing **out)
{
    const struct row **people;
    size_t n = all_rows(r, ON_PERSON, &people), found = 0;
    struct standing *list = ARENA_ARRAY(r->l->arena, n + 1, struct standing);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++) {
        uint64_t delegate;
        struct standing s = {
            .person = people[i]->id, .name = row_text(people[i], "name"), .until = {INT32_MIN}};
        if (s.person == who)
            continue;
        s.stands_in = person_is_away(r, s.person, r->l->today, &delegate) && delegate == who;
        s.above = steps_above(r, people[i], who);
        if (s.stands_in)
            s.until = away_until(r, s.person);
        if (s.stands_in || s.above)
            list[found++] = s;
    }
    if (found > 1)
        qsort(list, found, sizeof *list, by_nearness);
    *out = list;
    if (r->rc != RC_OK)
        return 0;
    return found < STANDINGS_MAX ? found : STANDINGS_MAX;
}
