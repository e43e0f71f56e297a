/* Turns of a pool, through the whole engine, in whatever groups the records come, over days, restarts, absences, limits and changes of
 * weight. In any run of turns that a member could have taken, nobody gets more than one turn beyond their share of it, by weight. */
#include "base/json.h"
#include "process/target.h"
#include "tests/process.h"
#include "tests/prop.h"

enum { MEMBERS = 4, KIM = 3, WEIGHT_MAX = 7, TURNS_MAX = 60, RUNS_MAX = 8, GROUP = 8 };

static const char *const names[MEMBERS] = {"sam", "lou", "tia", "kim"};

/* What i had beyond its share of what j had, as turns of i times weight of j less turns of j times weight of i, since j last could
 * not have taken one; and the least that it was. */
struct lead_of {
    int64_t now, least;
};

struct pool {
    struct prop *p;
    struct engine e;
    int64_t weight[MEMBERS];
    bool in[MEMBERS], seen[MEMBERS]; /* is there; had a turn */
    uint64_t person[MEMBERS];
    int64_t per_day, today[MEMBERS]; /* limit, turns taken */
    struct lead_of ahead[MEMBERS][MEMBERS];
    int made;
};

static bool open_pool(struct pool *s)
{
    char text[2048];
    size_t n = 0;
    n += (size_t)snprintf(
        text, sizeof text,
        "  sam: {name: Sam}\n  lou: {name: Lou}\n  tia: {name: Tia}\n  kim: {name: Kim}\n"
        "objects: [{name: lead, owner: ana, keys: [ext], fields: [{name: ext, type: text}, "
        "{name: big, type: boolean}]}]\n"
        "routes: [{name: all, object: lead, owner: ana, trigger: has(lead.ext), rules: [], "
        "otherwise: {pool: reps}}]\n"
        "pools: {reps: {object: lead, capacity: {per_day: %d}, members: [",
        (int)s->per_day);
    for (int i = 0; i < MEMBERS; i++) {
        s->weight[i] = 1 + (int64_t)prop_draw(s->p, WEIGHT_MAX);
        s->in[i] = true;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s{person: %s, weight: %d%s}",
                              i ? ", " : "", names[i], (int)s->weight[i],
                              i == KIM ? ", when: lead.big" : "");
    }
    (void)snprintf(text + n, sizeof text - n, "]}}\n");
    if (!engine_open_memory(&s->e, text))
        return false;
    for (int i = 0; i < MEMBERS; i++)
        s->person[i] = engine_write(&s->e, "person", str_printf(s->e.arena, "name=%s", names[i]).p)
                           .id;
    return true;
}

/* ---- what holds after a turn ---------------------------------------------------------------------------------------- */

static int64_t common(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* `who` of those who could (MEMBERS: nobody) took a turn. */
static bool is_fair(struct pool *s, const bool *could, int who)
{
    for (int i = 0; i < MEMBERS; i++)
        for (int j = 0; j < MEMBERS; j++) {
            struct lead_of *l = &s->ahead[i][j];
            int64_t a = s->weight[i], b = s->weight[j], most = a + b - common(a, b);
            if (i == j)
                continue;
            if (!could[j])
                *l = (struct lead_of){0, 0};
            else
                l->now += who == i ? b : who == j ? -a : 0;
            if (l->now < l->least)
                l->least = l->now;
            if (l->now - l->least <= most && most <= a * b)
                continue;
            prop_note(s->p, "%s of weight %d is ahead of %s of weight %d by %d of at most %d",
                      names[i], (int)a, names[j], (int)b, (int)(l->now - l->least), (int)most);
            return false;
        }
    return true;
}

/* The log says of everybody whether they could take it, as this test knows it. */
static bool log_agrees(struct pool *s, struct str log, const bool *could)
{
    struct json *j;
    if (json_read(log, NULL, s->e.arena, &j, NULL) != RC_OK)
        return false;
    const struct json *pool = json_get(json_get(j, "otherwise"), "pool");
    const struct json *members = json_get(pool, "members");
    for (uint32_t i = 0; members && i < MEMBERS && i < members->n; i++)
        if (could[i] != !json_get(&members->items[i], "skipped")) {
            prop_note(s->p, "%s: %.*s", names[i], STR_ARG(log));
            return false;
        }
    return members && members->n == MEMBERS;
}

static bool check_turn(struct pool *s, bool big, uint64_t lead, const struct row *assignment)
{
    bool could[MEMBERS];
    uint64_t owner = row_owner(engine_row(&s->e, "lead", lead));
    int who = 0;
    while (who < MEMBERS && s->person[who] != owner)
        who++;
    for (int i = 0; i < MEMBERS; i++)
        could[i] = s->in[i] && s->today[i] < s->per_day && (i != KIM || big);
    const struct field *log = object_field(assignment->object, STR("log"));
    if (who < MEMBERS && (!could[who] || !log_agrees(s, row_value(assignment, log)->text, could)))
        return false;
    for (int i = 0; who == MEMBERS && i < MEMBERS; i++)
        if (could[i])
            return false;
    if (who < MEMBERS) {
        s->today[who]++;
        s->seen[who] = true;
    }
    prop_note(s->p, "%s%s", who < MEMBERS ? names[who] : "nobody", big ? ", big" : "");
    return is_fair(s, could, who);
}

/* ---- what happens ------------------------------------------------------------------------------------------------------ */

static bool take_turns(struct pool *s, size_t n)
{
    struct command c[GROUP] = {{.kind = CMD_UPSERT}};
    struct verdict v[GROUP];
    bool big[GROUP], right = true;
    size_t before = (size_t)s->made;
    for (size_t i = 0; i < n; i++) {
        big[i] = prop_once_in(s->p, 2);
        c[i] = engine_command(
            &s->e, CMD_UPSERT, "lead",
            str_printf(s->e.arena, "ext=%d;big=%s", s->made++, big[i] ? "true" : "false").p);
    }
    if (admission_group(s->e.adm, c, n, NULL, s->e.arena, v) != RC_OK)
        return false;
    for (size_t i = 0; i < n && right; i++)
        right = check_turn(s, big[i], v[i].id, nth(&s->e, "assignment", before + i));
    return right;
}

/* A run that a member's weight changed in is none. */
static void change_weight(struct pool *s, int who)
{
    int64_t weight = 1 + (int64_t)prop_draw(s->p, WEIGHT_MAX);
    for (size_t i = 0; i < MEMBERS && s->seen[who]; i++) {
        const struct row *r = nth(&s->e, "pool_member", i);
        const struct field *person = r ? object_field(r->object, STR("person")) : NULL;
        if (!r || row_value(r, person)->ref != s->person[who])
            continue;
        engine_update(&s->e, "pool_member", r->id,
                      str_printf(s->e.arena, "weight=%d", (int)weight).p);
        s->weight[who] = weight;
        for (int k = 0; k < MEMBERS; k++)
            s->ahead[who][k] = s->ahead[k][who] = (struct lead_of){0, 0};
        prop_note(s->p, "%s has weight %d", names[who], (int)weight);
    }
}

static void change(struct pool *s)
{
    int who = (int)prop_draw(s->p, MEMBERS);
    switch (prop_draw(s->p, 5)) {
    case 0:
        change_weight(s, who);
        break;
    case 1:
        prop_note(s->p, "the next day");
        s->e.env.now.us += US_PER_DAY;
        memset(s->today, 0, sizeof s->today);
        break;
    case 2:
        prop_note(s->p, "opened anew");
        if (!engine_restart(&s->e))
            abort();
        break;
    default:
        s->in[who] = !s->in[who];
        engine_update(&s->e, "person", s->person[who], s->in[who] ? "active=true" : "active=false");
        prop_note(s->p, "%s %s", names[who], s->in[who] ? "is back" : "leaves");
    }
}

static bool shares_are_kept(struct prop *p, void *context)
{
    struct pool *s = context;
    *s = (struct pool){.p = p};
    s->per_day = prop_once_in(p, 2) ? 1 + (int64_t)prop_draw(p, 20) : 1000;
    bool right = open_pool(s);
    size_t runs = 1 + prop_draw(p, RUNS_MAX);
    for (size_t r = 0; r < runs && right; r++) {
        if (r)
            change(s);
        for (size_t turns = prop_draw(p, TURNS_MAX); turns > 0 && right;) {
            size_t n = 1 + prop_draw(p, turns < GROUP ? turns : GROUP);
            right = take_turns(s, n);
            turns -= n;
        }
    }
    engine_close(&s->e);
    return right;
}

int main(int argc, char **argv)
{
    static struct pool s; /* tidy: globals: large, and made anew for each case */
    static const struct property properties[] = {
        {"nobody is ahead of their share by more than one turn", shares_are_kept, 20}};
    return prop_main(argc, argv, properties, 1, &s);
}
