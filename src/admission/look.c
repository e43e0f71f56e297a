#include "admission/look.h"

#include "admission/steps.h"

enum rc admission_look(struct admission *a, const struct object *o, uint64_t id,
                       struct arena *arena, void (*with)(void *self, struct look *l), void *self)
{
    struct group g;
    const struct row *row;
    const struct env *env = a->parts.env;
    group_init(&g, a, arena, 1);
    enum rc rc = g.asks.row(&g, o, id, &row);
    if (rc != RC_OK || !row)
        return rc == RC_OK ? RC_NOT_FOUND : rc;
    const struct object_plan *p = plan_get(&a->plans, o->number);
    struct row *now = row_copy(row, arena);
    struct look l = {.process = a->plans.process,
                     .reader = &g.asks,
                     .calendars = a->calendars,
                     .zone = a->parser.zone,
                     .arena = arena,
                     .object = o,
                     .before = now,
                     .now = now,
                     .touched = bits_new(p, arena),
                     .at = env->now(env->self),
                     .by_time = true,
                     .version = g.model->version};
    l.today = zone_date(a->parser.zone, l.at);
    with(self, &l);
    return g.rc;
}
