/* decide.c - one command: may it, what is it about, what follows, and is it accepted. */
#include "admission/steps.h"

#include <assert.h>

/* ---- may it ------------------------------------------------------------------------------------------------------- */

/* What whoever sends a command may do. One local operator works here so far; roles will fill this struct. */
struct rights {
    bool write, remove, retract, backdate;
};

static struct rights rights_of(const struct command *c)
{
    (void)c;
    return (struct rights){.write = true, .remove = true, .retract = true, .backdate = true};
}

/* Written into the past, or taken back: no route, handoff, clock or message begins by it. recorded_at runs a little ahead of a
 * clock that stands still. */
static bool is_quiet(const struct decision *d)
{
    const struct command *c = d->w->command;
    const struct moment *first = &d->w->moments[0];
    if (d->g->quiet || d->quiet || c->kind == CMD_RETRACT || c->kind == CMD_UNMERGE)
        return true;
    if (c->kind == CMD_EXAMINE)
        return c->agenda == AGENDA_QUIET || c->agenda == AGENDA_SWEEP;
    return !c->effect && first->dated && first->at.us <= d->txn.recorded_at.us - US_PER_SECOND;
}

static bool is_dated(const struct work *w)
{
    return w->moments[0].dated;
}

static bool authorise(struct decision *d)
{
    const struct command *c = d->w->command;
    struct rights r = rights_of(c);
    bool may = c->kind == CMD_RETRACT || c->kind == CMD_UNMERGE  ? r.retract
               : c->kind == CMD_DELETE || c->kind == CMD_RESTORE ? r.remove
               : c->kind == CMD_MERGE                            ? r.write && r.remove
                                                                 : r.write;
    if (!may)
        finding_add(d->g, d->w, "FORBIDDEN", NULL, "you may not do that to a %.*s",
                    STR_ARG(c->object->name));
    else if (is_dated(d->w) && !r.backdate)
        finding_add(d->g, d->w, "FORBIDDEN", NULL, "you may not write into the past");
    else
        return true;
    return false;
}

static void check_times(struct decision *d)
{
    const struct moment *m = &d->w->moments[d->w->n_moments - 1];
    for (size_t i = 0; i < d->w->n_moments; i++)
        if (d->w->moments[i].dated && d->w->moments[i].at.us > m->at.us)
            m = &d->w->moments[i];
    if (!m->dated || m->at.us <= d->txn.recorded_at.us)
        return;
    char room[40];
    struct finding *f = finding_add(d->g, d->w, "FUTURE", NULL, "%.*s is in the future",
                                    STR_ARG(instant_text(m->at, room)));
    finding_help(d->g, f, "A planned change is a task or a clock; write it down when it happens.");
}

static void check_form(struct decision *d)
{
    const struct command *c = d->w->command;
    if (c->object->is_fact && c->kind != CMD_RETRACT)
        finding_add(d->g, d->w, "FACT", NULL, "rows of %.*s are added in batches and never changed",
                    STR_ARG(c->object->name));
    if (c->idempotency_key.n > 200 || c->actor.name.n > 200 || c->reason.n > EVENT_REASON_MAX)
        finding_add(d->g, d->w, "LIMIT", NULL,
                    "an idempotency key and an actor have at most 200 bytes, a reason %u",
                    EVENT_REASON_MAX);
    check_waiver(d);
}

/* ---- the record as the door saw it --------------------------------------------------------------------------------- */

bool seen_version_holds(struct decision *d)
{
    const struct command *c = d->w->command;
    const struct row *r = d->target ? entry_row(d->target) : NULL;
    if (!c->has_seen_version || !r || r->version == c->seen_version)
        return true;
    struct finding *f = finding_add(
        d->g, d->w, "STALE", NULL, "it was changed meanwhile: version %llu, not %llu",
        (unsigned long long)r->version, (unsigned long long)c->seen_version);
    finding_help(d->g, f, "Look at the values as they are now and send the change again.");
    for (size_t i = 0; i < d->w->changes.n; i++) {
        const struct change *ch = &d->w->changes.v[i];
        if (ch->dropped || value_eq(&ch->value, &r->values[ch->slot]))
            continue;
        f = finding_add(d->g, d->w, "STALE", ch->field, "%.*s differs", STR_ARG(ch->field->name));
        f->old_value = field_value_text(ch->field, &r->values[ch->slot], d->g->arena);
        f->new_value = field_value_text(ch->field, &ch->value, d->g->arena);
    }
    return false;
}

static bool not_found(struct decision *d)
{
    finding_add(d->g, d->w, "NOT_FOUND", NULL, "no %.*s has this id or key",
                STR_ARG(d->w->plan->object->name));
    return false;
}

static bool is_deleted(struct decision *d)
{
    struct finding *f = finding_add(d->g, d->w, "DELETED", NULL, "the record was deleted");
    finding_help(d->g, f, "Restore it first.");
    return false;
}

static bool check_target(struct decision *d)
{
    const struct command *c = d->w->command;
    if (c->kind == CMD_CREATE && d->target) {
        struct finding *f = finding_add(d->g, d->w, "EXISTS", NULL,
                                        "a record with these keys is there already");
        finding_help(d->g, f, "Update it instead.");
        d->v->other = d->target->id;
        return false;
    }
    if (c->kind == CMD_UPDATE && !d->target)
        return not_found(d);
    if (d->target && entry_row(d->target)->life == LIFE_DELETED)
        return is_deleted(d);
    return seen_version_holds(d);
}

/* ---- what follows --------------------------------------------------------------------------------------------------- */

void keys_settle(struct decision *d)
{
    struct event *last = NULL;
    for (size_t i = 0; i < d->events.n; i++)
        if (d->events.v[i].record == d->target->id)
            last = &d->events.v[i];
    struct event keys = {.kind = EV_KEY,
                         .effective_at = d->txn.recorded_at,
                         .cause = d->w->command->cause,
                         .object = d->w->plan->object->number,
                         .record = d->target->id};
    struct event *ev = last ? last : &keys;
    (void)draft_of(d, d->target);
    if (keys_follow(d, d->target, d->target->row, ev) && !last && keys.patch.n_keys)
        draft_fold(d, d->target, event_add(d, &keys));
}

static bool said_the_same(const struct decision *d)
{
    const struct work *w = d->w;
    if (!w->before || !w->before->record || w->command->kind != CMD_UPSERT || w->findings.n)
        return false;
    return digest_eq(w->before->digest, w->said_digest);
}

static void decide_write(struct decision *d)
{
    if (said_the_same(d)) {
        struct entry *e = entry_follow(d->g, d->w->plan, d->w->before->record);
        if (entry_live(e)) {
            d->target = e;
            return;
        }
    }
    refuse_erased(d);
    resolve_references(d);
    if (!identify(d) || !check_target(d) || d->g->rc != RC_OK)
        return;
    said_filter(d);
    if (!d->target) {
        d->made = true;
        d->target = entry_new(d->g, d->w->plan, id_next(&d->g->adm->ids, d->txn.recorded_at));
    }
    write_moments(d);
    if (d->g->rc == RC_OK && !work_refused(d->w))
        waivers_count(d);
    if (d->g->rc == RC_OK && !work_refused(d->w))
        keys_settle(d);
    if (d->g->rc == RC_OK && !work_refused(d->w))
        derive_dependents(d);
}

/* ---- delete, restore, retract --------------------------------------------------------------------------------------- */

bool record_is_referenced(struct decision *d, struct entry *e)
{
    const struct object_plan *p = e->plan;
    for (size_t i = 0; i < p->n_referrers && d->g->rc == RC_OK; i++) {
        const struct field *via = p->referrers[i];
        struct child_list *l = children_of(d->g, plan_get(&d->g->adm->plans, via->object->number),
                                           via, e->id);
        for (size_t k = 0; k < l->list.n; k++) {
            if (!entry_live(l->list.v[k]) || l->list.v[k] == e)
                continue;
            char room[64];
            struct finding *f = finding_add(
                d->g, d->w, "REFERENCED", NULL, "%.*s %.*s refers to it in %.*s",
                STR_ARG(via->object->name),
                STR_ARG(id_text(via->object->prefix, l->list.v[k]->id, room)), STR_ARG(via->name));
            finding_help(d->g, f, "Change or delete what refers to it first.");
            d->v->other = l->list.v[k]->id;
            return true;
        }
    }
    return false;
}

static struct event life_event(struct decision *d, enum event_kind kind)
{
    const struct moment *m = &d->w->moments[0];
    return (struct event){.kind = kind,
                          .effective_at = m->dated ? m->at : d->txn.recorded_at,
                          .cause = d->w->command->cause,
                          .object = d->w->plan->object->number,
                          .record = d->target->id};
}

static bool find_existing(struct decision *d)
{
    resolve_references(d);
    if (!identify(d))
        return false;
    if (!d->target)
        return not_found(d);
    return seen_version_holds(d);
}

/* What the process keeps from being deleted. */
static void judge_loss(struct decision *d, struct instant at)
{
    const struct row *row = entry_row(d->target);
    struct row *now = row_copy(row, d->g->arena);
    struct look l = look_of(d, row, now, bits_new(d->w->plan, d->g->arena), at);
    l.gone = true;
    process_findings_add(d, &l);
}

static void decide_delete(struct decision *d)
{
    if (!find_existing(d) || entry_row(d->target)->life == LIFE_DELETED)
        return;
    if (d->w->plan->object->on_delete == ON_DELETE_REFUSE && record_is_referenced(d, d->target))
        return;
    struct event ev = life_event(d, EV_DELETE);
    judge_loss(d, ev.effective_at);
    if (work_refused(d->w))
        return;
    draft_fold(d, d->target, event_add(d, &ev));
    waivers_count(d);
    derive_dependents(d);
}

static void decide_restore(struct decision *d)
{
    if (!find_existing(d) || entry_row(d->target)->life == LIFE_LIVE)
        return;
    struct event ev = life_event(d, EV_RESTORE);
    draft_fold(d, d->target, event_add(d, &ev));
    const struct row *now = entry_row(d->target);
    struct state s = {.now = now, .at = ev.effective_at, .today = d->today};
    judge_fields(d, &s);
    judge_rules(d, &s);
    if (!work_refused(d->w))
        derive_dependents(d);
}

static void decide_command(struct decision *d)
{
    switch (d->w->command->kind) {
    case CMD_UPSERT:
    case CMD_CREATE:
    case CMD_UPDATE:
        decide_write(d);
        break;
    case CMD_DELETE:
        decide_delete(d);
        break;
    case CMD_RESTORE:
        decide_restore(d);
        break;
    case CMD_RETRACT:
        decide_retract(d);
        break;
    case CMD_EXAMINE:
        decide_examine(d);
        break;
    case CMD_MERGE:
        decide_merge(d);
        break;
    case CMD_UNMERGE:
        decide_unmerge(d);
        break;
    case CMD_KIND_COUNT:
        assert(d->w->command->kind < CMD_KIND_COUNT);
    }
}

/* ---- accepted or refused --------------------------------------------------------------------------------------------- */

static enum verdict_outcome accepted_outcome(const struct decision *d)
{
    switch (d->w->command->kind) {
    case CMD_DELETE:
        return d->events.n ? VERDICT_DELETED : VERDICT_UNCHANGED;
    case CMD_RESTORE:
        return d->events.n ? VERDICT_RESTORED : VERDICT_UNCHANGED;
    case CMD_RETRACT:
    case CMD_UNMERGE:
        return d->events.n ? VERDICT_RETRACTED : VERDICT_UNCHANGED;
    case CMD_MERGE:
        return d->events.n ? VERDICT_MERGED : VERDICT_UNCHANGED;
    case CMD_UPSERT:
    case CMD_CREATE:
    case CMD_UPDATE:
    case CMD_EXAMINE:
    case CMD_KIND_COUNT:
        break;
    }
    if (d->made)
        return VERDICT_CREATED;
    if (d->matched)
        return VERDICT_MERGED;
    return d->events.n ? VERDICT_UPDATED : VERDICT_UNCHANGED;
}

static void drop_drafts(struct decision *d)
{
    for (size_t i = 0; i < d->drafts.n; i++)
        d->drafts.v[i]->draft = NULL;
    children_undo(d);
    d->events.n = 0;
}

static void append_events(struct decision *d)
{
    struct group *g = d->g;
    for (size_t i = 0; i < d->events.n && g->rc == RC_OK; i++) {
        struct event *ev = &d->events.v[i];
        uint64_t expected = ev->seq;
        g->rc = ledger_append(g->adm->parts.ledger, ev);
        assert(g->rc != RC_OK || ev->seq == expected);
        if (g->rc == RC_OK)
            g->rc = projection_apply(g->projection, ev);
    }
}

static void keep_drafts(struct decision *d)
{
    struct group *g = d->g;
    for (size_t i = 0; i < d->drafts.n && g->rc == RC_OK; i++) {
        struct entry *e = d->drafts.v[i];
        const struct row *before = e->row;
        e->made |= !before;
        e->row = e->draft;
        e->draft = NULL;
        if (e->refold) {
            e->refold = false;
            group_flush(g);
            if (g->rc == RC_OK)
                g->rc = rows_refold(g->projection, g->adm->parts.vault, e->plan->object, e->id,
                                    g->arena, &e->row);
        } else if (!e->queued && e->row->dirty) {
            e->queued = true;
            *VEC_PUSH(g->arena, &g->changed) = e;
        }
        if (e->plan->has_exact_match)
            match_follow(g, e);
        reading_follow(g, e, before);
    }
    for (size_t i = 0; i < d->key_drops.n; i++)
        key_reload(g, &d->key_drops.v[i]);
    for (size_t i = 0; i < d->key_puts.n; i++)
        key_put(g, &d->key_puts.v[i], d->target->id);
}

void effects_keep(struct decision *d)
{
    append_events(d);
    keep_drafts(d);
}

static void finish(struct decision *d)
{
    struct verdict *v = d->v;
    struct work *w = d->w;
    struct row *r = d->target ? entry_row(d->target) : NULL;
    if (work_refused(w)) {
        bool keep = w->command->row || w->quarantine;
        v->outcome = keep ? VERDICT_QUARANTINED : VERDICT_REFUSED;
        if (d->target && !d->made) {
            v->id = d->target->id;
            v->version = d->target->row ? d->target->row->version : 0;
        }
        drop_drafts(d);
        redirect_take_back(d);
    } else {
        v->outcome = accepted_outcome(d);
        looks_collect(d);
        effects_keep(d);
        v->id = d->target ? d->target->id : 0;
        v->version = r ? r->version : 0;
        if (d->events.n) {
            v->txn = d->txn.txn;
            v->first_seq = d->events.v[0].seq;
            v->last_seq = d->events.v[d->events.n - 1].seq;
        }
        v->pending = w->pending.v;
        v->n_pending = w->pending.n;
    }
    v->findings = w->findings.v;
    v->n_findings = w->findings.n;
}

void decision_remember(struct decision *d)
{
    if (d->done_before || d->g->rc != RC_OK)
        return;
    if (d->v->outcome == VERDICT_QUARANTINED)
        quarantine_write(d);
    else if (verdict_accepted(d->v)) {
        said_write(d);
        quarantine_mend(d);
        idempotency_write(d);
    }
}

/* A row held back by one import and mended in a later one: what the source said last stands, and the old row is done. */
static bool is_overtaken(const struct work *w)
{
    const struct command *c = w->command;
    return c->row && w->before && w->before->record && w->before->batch > c->row->batch;
}

static void pass_over(struct decision *d)
{
    d->v->outcome = VERDICT_UNCHANGED;
    d->v->id = d->w->before->record;
}

/* Nothing else can be said of a row that could not be read. */
static bool is_unreadable(const struct command *c)
{
    for (size_t i = 0; i < c->n_fields; i++)
        if (c->fields[i].form == INPUT_BAD && !c->fields[i].field)
            return true;
    return false;
}

void decide(struct decision *d)
{
    struct id_source ids = d->g->adm->ids;
    d->v->object = d->w->command->object;
    if (authorise(d)) {
        if (idempotency_answer(d)) {
            d->done_before = true;
            return;
        }
        if (is_overtaken(d->w)) {
            pass_over(d);
            d->done_before = true;
            return;
        }
        d->quiet = is_quiet(d);
        check_form(d);
        check_times(d);
        bool judge = !work_refused(d->w) || d->w->command->kind <= CMD_UPDATE;
        if (judge && !is_unreadable(d->w->command))
            decide_command(d);
    }
    if (d->g->rc != RC_OK)
        return;
    finish(d);
    if (!verdict_accepted(d->v))
        d->g->adm->ids = ids; /* nothing was made: the id is free again */
}
