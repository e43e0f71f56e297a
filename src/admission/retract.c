/* retract.c - takes earlier events of a record, or a batch of fact rows, out of the fold. */
#include "admission/steps.h"

#include <string.h>

/* Are `seqs` events of the record that can be taken back? Says so in a finding when not. */
static bool check_seqs(struct decision *d, const struct event *events, size_t n, bool *takes_create)
{
    const struct command *c = d->w->command;
    *takes_create = false;
    for (size_t i = 0; i < c->n_retract_seqs; i++) {
        const struct event *found = NULL;
        for (size_t k = 0; k < n; k++)
            if (events[k].seq == c->retract_seqs[i])
                found = &events[k];
        if (!found || (i > 0 && c->retract_seqs[i] <= c->retract_seqs[i - 1])) {
            finding_add(d->g, d->w, "NOT_FOUND", NULL,
                        "the record has no event %llu, or not in order",
                        (unsigned long long)c->retract_seqs[i]);
            return false;
        }
        *takes_create |= found->kind == EV_CREATE;
    }
    return c->n_retract_seqs > 0;
}

static bool named(const struct command *c, uint64_t seq)
{
    for (size_t i = 0; i < c->n_retract_seqs; i++)
        if (c->retract_seqs[i] == seq)
            return true;
    return false;
}

/* A record goes only when nobody wrote to it since and nothing refers to it. */
static bool may_vanish(struct decision *d, const struct event *events, size_t n)
{
    const bool *gone = events_retracted(events, n, d->g->arena);
    if (entry_row(d->target)->life == LIFE_MERGED) {
        struct finding *f = finding_add(d->g, d->w, "LATER_EDITS", NULL, "the record was merged");
        finding_help(d->g, f, "Take the merge back first.");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        bool effect = (events[i].cause > 0 && str_is(events[i].actor, "system")) ||
                      str_starts(events[i].actor, STR("rule:"));
        bool edit = events[i].kind == EV_PATCH && !effect;
        if (!edit || gone[i] || named(d->w->command, events[i].seq))
            continue;
        struct finding *f = finding_add(d->g, d->w, "LATER_EDITS", NULL,
                                        "the record was edited since, by %.*s",
                                        STR_ARG(events[i].actor));
        finding_help(d->g, f, "It stays. Delete it if it is not wanted.");
        return false;
    }
    return !record_is_referenced(d, d->target);
}

static void retract_record(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct entry *merged = c->id ? entry_get(g, d->w->plan, c->id) : NULL;
    if (merged && entry_row(merged) && entry_row(merged)->life == LIFE_MERGED)
        d->target = merged; /* its events are its own */
    else if (!identify(d) || !d->target) {
        if (!work_refused(d->w))
            finding_add(g, d->w, "NOT_FOUND", NULL, "there is no such record");
        return;
    }
    struct event *events = NULL;
    size_t n = 0;
    bool takes_create;
    g->rc = ledger_of_record(g->adm->parts.store, g->adm->parts.vault, c->object->number,
                             d->target->id, g->arena, &events, &n);
    if (g->rc != RC_OK || !check_seqs(d, events, n, &takes_create))
        return;
    if (takes_create && !may_vanish(d, events, n))
        return;
    struct event ev = {.kind = EV_RETRACT,
                       .effective_at = d->txn.recorded_at,
                       .cause = c->cause,
                       .object = c->object->number,
                       .record = d->target->id};
    ev.retract.seqs = c->retract_seqs;
    ev.retract.n = c->n_retract_seqs;
    struct event *added = event_add(d, &ev);
    uint64_t seq = added->seq; /* events that follow may move it */
    draft_refold(d, d->target, seq);
    for (size_t i = 0; i < n && g->rc == RC_OK; i++)
        if (named(c, events[i].seq))
            waivers_give_back(d, &events[i], seq);
    derive_dependents(d);
    map_init(&g->keys, g->arena); /* keys may have become free: ask the table again */
}

static void retract_facts(struct decision *d)
{
    const struct command *c = d->w->command;
    struct event ev = {.kind = EV_RETRACT,
                       .effective_at = d->txn.recorded_at,
                       .cause = c->cause,
                       .object = c->object->number};
    ev.retract.batch = c->retract_batch;
    ev.retract.seqs = c->retract_seqs;
    ev.retract.n = c->n_retract_seqs;
    event_add(d, &ev);
}

void decide_retract(struct decision *d)
{
    const struct command *c = d->w->command;
    if (c->object->is_fact)
        retract_facts(d);
    else if (c->retract_batch)
        finding_add(d->g, d->w, "FACT", NULL, "only batches of fact rows are retracted as a whole");
    else
        retract_record(d);
}
