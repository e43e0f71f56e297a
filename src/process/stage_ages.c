/* stage_ages.c - how long a record may stay in a stage: a clock from the entry, stopped when it goes on.
 *
 * The clock is `<process>.<stage>` of kind stage_age and counts all hours, as `max_age` is a span of days. What entered before the
 * definition was live, or is written into the past, has none; what is left by a move that is written down late ends all the same,
 * when it was left.
 */
#include "process/clocks.h"
#include "process/parts.h"

enum { OPEN_MAX = 8 }; /* open clocks of one name of a record; one is the rule */

static struct str clock_name(struct arena *a, const struct process_def *p, const struct stage *s)
{
    return str_printf(a, "%.*s.%.*s", STR_ARG(p->name), STR_ARG(s->name));
}

static void start(struct reaction *r, const struct process_def *p, const struct stage *s)
{
    struct look *l = r->l;
    struct clock_wish w = {.object = l->object,
                           .id = l->now->id,
                           .name = clock_name(l->arena, p, s),
                           .kind = "stage_age",
                           .allowed = s->max_age,
                           .from = l->at,
                           .owner = row_ref(l->now, "owner")};
    struct instant due;
    (void)clock_start(r, &w, &due);
}

/* Stops what runs for other stages; says whether one runs for the stage in which it is. */
static bool settle(struct reaction *r, const struct process_def *p, const struct stage *at)
{
    struct look *l = r->l;
    bool runs = false;
    struct instant left = l->at;
    const struct value *since = at && p->since ? row_value(l->now, p->since) : NULL;
    if (since && since->type == VT_INSTANT && since->instant.us < left.us)
        left = since->instant;
    for (size_t i = 0; i < p->n_stages && r->rc == RC_OK; i++) {
        const struct stage *s = &p->stages[i];
        const struct row *open[OPEN_MAX];
        if (s->max_age.us == 0)
            continue;
        size_t n = clocks_named(r, l->object, l->now->id, clock_name(l->arena, p, s), open,
                                OPEN_MAX);
        for (size_t k = 0; k < n; k++) {
            if (s == at)
                runs = true;
            else
                clock_stop_at(r, open[k], left);
        }
    }
    return runs;
}

static bool is_timed(const struct process_def *p)
{
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].max_age.us > 0)
            return true;
    return false;
}

static void react(struct reaction *r, const void *self)
{
    const struct look *l = r->l;
    const struct object *o = l->object;
    (void)self;
    for (size_t i = 0; i < o->n_processes && r->rc == RC_OK; i++) {
        const struct process_def *p = o->processes[i];
        if (!is_timed(p))
            continue;
        const struct stage *at = stage_process_holds(p, l->now) ? stage_of(p, l->now) : NULL;
        const struct stage *from = l->before && stage_process_holds(p, l->before)
                                       ? stage_of(p, l->before)
                                       : NULL;
        if (at == from)
            continue;
        bool runs = settle(r, p, at);
        if (at && at->max_age.us > 0 && !runs && !l->quiet)
            start(r, p, at);
    }
}

const struct part stage_ages_part = {.name = "stage ages", .react = react};
