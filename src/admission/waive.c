/* waive.c - what a waiver lets pass, that the event says so for good, and that the waiver counts it. */
#include "admission/steps.h"
#include "process/waivers.h"

bool waive(struct decision *d, const struct rule *r, struct finding *f, uint64_t record,
           struct instant at)
{
    struct group *g = d->g;
    const struct row *w = NULL;
    char room[64], until[40];
    if (f->enforcement != ENFORCE_DENY || f->state == CRITERION_FAULT || g->rc != RC_OK)
        return false;
    g->rc = waiver_find(g->adm->plans.process, &g->asks, r->id, r->object, record,
                        d->w->command->waiver, at, &w);
    if (g->rc != RC_OK || !w)
        return false;
    const struct field *ends = object_field(w->object, STR("expires_at"));
    f->state = CRITERION_WAIVED;
    f->help = str_printf(g->arena, "Passed on the waiver %.*s, which ends at %.*s.",
                         STR_ARG(id_text(w->object->prefix, w->id, room)),
                         STR_ARG(instant_text(row_value(w, ends)->instant, until)));
    *VEC_PUSH(g->arena, &d->waived) = (struct waived){r, w->id, w->object};
    return true;
}

struct str waived_reason(struct decision *d)
{
    struct str reason = d->w->command->reason;
    char room[64];
    for (size_t i = 0; i < d->waived.n; i++) {
        const struct waived *w = &d->waived.v[i];
        struct str said = str_printf(d->g->arena, "%.*s%s%.*s waived by %.*s", STR_ARG(reason),
                                     reason.n ? "; " : "", STR_ARG(w->rule->id),
                                     STR_ARG(id_text(w->object->prefix, w->id, room)));
        if (said.n <= EVENT_REASON_MAX)
            reason = said;
    }
    return reason;
}

static void put(const struct object_plan *p, struct row *now, uint64_t *touched, const char *field,
                struct value v)
{
    size_t slot = slot_of(p, object_field(p->object, str_of(field))->number);
    now->values[slot] = v;
    bits_set(touched, slot);
}

void waivers_count(struct decision *d)
{
    struct group *g = d->g;
    for (size_t i = 0; i < d->waived.n && d->events.n && g->rc == RC_OK; i++) {
        const struct object_plan *p = plan_get(&g->adm->plans, d->waived.v[i].object->number);
        struct entry *e = entry_follow(g, p, d->waived.v[i].id);
        if (g->rc != RC_OK || !entry_live(e))
            return;
        struct row *now = row_copy(entry_row(e), g->arena);
        uint64_t *touched = bits_new(p, g->arena);
        const struct value *used = row_value(now, object_field(p->object, STR("used")));
        int64_t before = used->type == VT_INT ? used->integer : 0;
        put(p, now, touched, "used", (struct value){.type = VT_INT, .integer = before + 1});
        put(p, now, touched, "last_used_at",
            (struct value){.type = VT_INSTANT, .instant = d->txn.recorded_at});
        patch_effect(d, e, now, touched, d->txn.recorded_at, d->events.v[0].seq);
    }
}

void check_waiver(struct decision *d)
{
    struct group *g = d->g;
    uint64_t named = d->w->command->waiver;
    const struct object *o = model_object_numbered(g->model, ON_WAIVER);
    const struct row *row = NULL;
    if (named && o && g->rc == RC_OK)
        g->rc = g->asks.row(g->asks.ctx, o, named, &row);
    if (named && !row)
        finding_add(g, d->w, "WAIVER_UNKNOWN", NULL, "there is no such waiver");
}
