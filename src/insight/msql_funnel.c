/* msql_funnel.c - how far records got in a process. */
#include "insight/msql.h"

#include <inttypes.h>

/* Per record: the day it first entered, the furthest stage that is not lost (by position, from 1), and each lost stage. */
static void of_each_record(struct msql *e, const struct process_def *p, struct buf *out)
{
    const struct plan *plan = e->plan;
    buf_cstr(out, "SELECT v.id, min(v.entered_d) AS d, max(CASE v.stage");
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].outcome != OUTCOME_LOST)
            buf_printf(out, " WHEN %u THEN %zu", p->stages[i].number, i + 1);
    buf_cstr(out, " ELSE 0 END) AS far");
    for (size_t i = 0; i < p->n_stages; i++)
        if (p->stages[i].outcome == OUTCOME_LOST)
            buf_printf(out, ", max(CASE WHEN v.stage = %u THEN 1 ELSE 0 END) AS lost%zu",
                       p->stages[i].number, i);
    buf_printf(out, " FROM v_%u v WHERE v.field = %u AND v.stage IN (0", p->object->number,
               p->field->number);
    for (size_t i = 0; i < p->n_stages; i++)
        buf_printf(out, ", %u", p->stages[i].number);
    buf_cstr(out, ") AND ");
    msql_known(e, "v", out);
    if (plan->has_as_of)
        buf_printf(out, " AND v.entered <= %" PRId64, plan->as_of.us);
    buf_cstr(out, " GROUP BY v.id");
}

enum rc msql_funnel(struct msql *e, const struct process_def *p, struct statement *out)
{
    const struct plan *plan = e->plan;
    struct place pl = {.e = e};
    struct buf sql, from, alive;
    struct buf *all[] = {&sql, &from, &alive};
    for (size_t i = 0; i < 3; i++)
        buf_init(all[i], MSQL_MAX);
    msql_source(&pl, p->object, "r", &from, &alive);
    buf_cstr(&sql, "SELECT ");
    for (size_t i = 0; i < p->n_stages; i++) {
        bool lost = p->stages[i].outcome == OUTCOME_LOST;
        buf_printf(&sql, "%scount(*) FILTER (", i > 0 ? ", " : "");
        if (lost)
            buf_printf(&sql, "x.lost%zu = 1)", i);
        else
            buf_printf(&sql, "x.far >= %zu)", i + 1);
    }
    buf_cstr(&sql, " FROM (");
    of_each_record(e, p, &sql);
    buf_printf(&sql, ") x JOIN %.*s ON r.id = x.id%s%.*s", STR_ARG(buf_view(&from)),
               alive.n > 0 ? " AND " : "", STR_ARG(buf_view(&alive)));
    if (plan->window.bounded)
        buf_printf(&sql, " WHERE x.d >= %d AND x.d < %d", plan->window.from.days,
                   plan->window.to.days);
    for (size_t i = 0; i < 3; i++)
        msql_fail(e, buf_ok(all[i]));
    out->sql = str_dup(e->a, buf_view(&sql));
    out->params = e->params.v;
    out->n_params = e->params.n;
    for (size_t i = 0; i < 3; i++)
        buf_release(all[i]);
    return e->rc;
}
