/* waive.c - what a waiver lets pass, that the event says so for good, and that the waiver counts it. */
#include "admission/steps.h"
#include "process/waivers.h"

/* One waiver counts a command once for a rule, however many of its moments break it. */
static void remember(struct decision *d, struct str rule, const struct row *w)
{
    for (size_t i = 0; i < d->waived.n; i++)
        if (d->waived.v[i].id == w->id && str_eq(d->waived.v[i].rule, rule))
            return;
    *VEC_PUSH(d->g->arena, &d->waived) = (struct waived){rule, w->id, w->object};
}

bool waive(struct decision *d, struct finding *f, const struct object *o, uint64_t record,
           struct instant at)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    const struct row *w = NULL, *not_now = NULL;
    struct waiver_ask ask = {.rule = f->criterion,
                             .object = o,
                             .record = record,
                             .at = at,
                             .named = c->waivers,
                             .n_named = c->n_waivers,
                             .source = c->source,
                             .now = d->txn.recorded_at};
    char room[64], until[40];
    if (f->enforcement != ENFORCE_DENY || f->state == CRITERION_FAULT || g->rc != RC_OK)
        return false;
    g->rc = waiver_find(g->adm->plans.process, &g->asks, &ask, &w, &not_now);
    if (g->rc == RC_OK && !w && not_now)
        f->help = waiver_why_not(not_now, &ask, g->arena);
    if (g->rc != RC_OK || !w)
        return false;
    const struct field *ends = object_field(w->object, STR("expires_at"));
    f->state = CRITERION_WAIVED;
    f->help = str_printf(g->arena, "Passed on the waiver %.*s, which ends at %.*s.",
                         STR_ARG(id_text(w->object->prefix, w->id, room)),
                         STR_ARG(instant_text(row_value(w, ends)->instant, until)));
    remember(d, f->criterion, w);
    return true;
}

struct str waived_reason(struct decision *d)
{
    struct str reason = d->w->command->reason;
    char room[64];
    for (size_t i = 0; i < d->waived.n; i++) {
        const struct waived *w = &d->waived.v[i];
        struct str said = str_printf(d->g->arena, "%.*s%s%.*s waived by %.*s", STR_ARG(reason),
                                     reason.n ? "; " : "", STR_ARG(w->rule),
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

/* The waiver's record with `by` uses more, as an effect of event `cause`. */
static void count(struct decision *d, const struct object *waiver, uint64_t id, int64_t by,
                  uint64_t cause)
{
    struct group *g = d->g;
    const struct object_plan *p = plan_get(&g->adm->plans, waiver->number);
    struct entry *e = entry_follow(g, p, id);
    if (g->rc != RC_OK || !entry_live(e))
        return;
    struct row *now = row_copy(entry_row(e), g->arena);
    uint64_t *touched = bits_new(p, g->arena);
    const struct value *used = row_value(now, object_field(waiver, STR("used")));
    int64_t sum = (used->type == VT_INT ? used->integer : 0) + by;
    put(p, now, touched, "used", (struct value){.type = VT_INT, .integer = sum > 0 ? sum : 0});
    if (by > 0)
        put(p, now, touched, "last_used_at",
            (struct value){.type = VT_INSTANT, .instant = d->txn.recorded_at});
    patch_effect(d, e, now, touched, d->txn.recorded_at, cause);
}

void waivers_count(struct decision *d)
{
    uint64_t cause = d->events.n ? d->events.v[0].seq : 0;
    for (size_t i = 0; i < d->waived.n && cause && d->g->rc == RC_OK; i++)
        count(d, d->waived.v[i].object, d->waived.v[i].id, 1, cause);
}

/* The uses that one event brought about stand behind it in its own transaction, each an effect of it. */
static void give_back(struct decision *d, const struct object *waiver, const struct event *of,
                      uint64_t cause)
{
    struct group *g = d->g;
    struct ledger_reader *r;
    bool more = true;
    g->rc = ledger_read(g->adm->parts.store, NULL, of->seq + 1,
                        ledger_head(g->adm->parts.ledger).seq, &r);
    if (g->rc != RC_OK)
        return;
    VEC(uint64_t) uses = {NULL, 0, 0};
    for (struct event e; g->rc == RC_OK && more;) {
        g->rc = ledger_next(r, g->arena, &e, &more);
        if (g->rc != RC_OK || !more || e.txn != of->txn)
            break;
        if (e.object == waiver->number && e.cause == of->seq && str_is(e.actor, "system"))
            *VEC_PUSH(g->arena, &uses) = e.record;
    }
    ledger_read_end(r);
    for (size_t i = 0; i < uses.n && g->rc == RC_OK; i++)
        count(d, waiver, uses.v[i], -1, cause);
}

void waivers_give_back(struct decision *d, const struct event *taken_back, uint64_t cause)
{
    const struct object *waiver = model_object_numbered(d->g->model, ON_WAIVER);
    bool says_so = str_find(taken_back->patch.reason, STR(" waived by "), 0) >= 0;
    if (waiver && says_so && d->g->rc == RC_OK)
        give_back(d, waiver, taken_back, cause);
}

void check_waiver(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    const struct object *o = model_object_numbered(g->model, ON_WAIVER);
    if (c->n_waivers > COMMAND_WAIVERS_MAX)
        finding_add(g, d->w, "LIMIT", NULL, "a command names at most %d waivers",
                    COMMAND_WAIVERS_MAX);
    for (size_t i = 0; i < c->n_waivers && i < COMMAND_WAIVERS_MAX && g->rc == RC_OK; i++) {
        const struct row *row = NULL;
        char room[64];
        if (o)
            g->rc = g->asks.row(g->asks.ctx, o, c->waivers[i], &row);
        if (!row)
            finding_add(g, d->w, "WAIVER_UNKNOWN", NULL, "there is no waiver %.*s",
                        STR_ARG(id_text(o ? o->prefix : STR("wai"), c->waivers[i], room)));
    }
}
