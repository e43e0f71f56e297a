/* merge.c - a record becomes part of another, and is a record of its own again.
 *
 * A merge is a redirect of the one and a patch of the other with the values that win; its reason says why each did. Keys and
 * references are not moved: they are read through the redirect, so that taking back these two events takes back the merge.
 * While it is decided the redirect stands in its table already: children, facts and keys are seen as they will be.
 */
#include "admission/steps.h"

#include <string.h>

/* ---- the pair ---------------------------------------------------------------------------------------------------- */

static const char *shown(struct decision *d, uint64_t id)
{
    char room[64];
    return str_c(d->g->arena, id_text(d->w->plan->object->prefix, id, room));
}

static void refuse(struct decision *d, const char *code, struct str message, const char *help)
{
    struct finding *f = finding_add(d->g, d->w, code, NULL, "%.*s", STR_ARG(message));
    finding_help(d->g, f, "%s", help);
}

/* The record of this object as it is, through no redirect; NULL: a finding says that there is none. */
static struct entry *find_own(struct decision *d, uint64_t id)
{
    struct entry *e = entry_get(d->g, d->w->plan, id);
    if (e->plan == d->w->plan && entry_row(e) && entry_row(e)->life != LIFE_NONE)
        return e;
    if (d->g->rc == RC_OK)
        refuse(d, "NOT_FOUND",
               str_printf(d->g->arena, "there is no %.*s %s", STR_ARG(d->w->plan->object->name),
                          shown(d, id)),
               "Correct the id.");
    return NULL;
}

static bool must_live(struct decision *d, const struct entry *e)
{
    if (entry_row(e)->life != LIFE_DELETED)
        return true;
    refuse(d, "DELETED", str_printf(d->g->arena, "%s was deleted", shown(d, e->id)),
           "Restore it first.");
    return false;
}

/* False: refused, or merged before. */
static bool find_pair(struct decision *d)
{
    const struct command *c = d->w->command;
    const struct object *o = c->object;
    if (d->w->moments[0].dated) {
        refuse(d, "MERGE", STR("a merge takes effect when it is made"), "Leave the instant out.");
        return false;
    }
    if (o->builtin) {
        refuse(d, "MERGE",
               str_printf(d->g->arena, "records of %.*s are not merged", STR_ARG(o->name)),
               "Change what refers to the one, then delete it.");
        return false;
    }
    struct entry *keep = find_own(d, c->id), *lose = keep ? find_own(d, c->merge_id) : NULL;
    if (!keep || !lose)
        return false;
    keep = entry_follow(d->g, d->w->plan, keep->id);
    d->target = keep;
    if (entry_row(lose)->life == LIFE_MERGED) {
        const struct entry *into = entry_follow(d->g, d->w->plan, lose->id);
        if (into != keep && d->g->rc == RC_OK)
            refuse(d, "MERGE",
                   str_printf(d->g->arena, "%s is part of %s already", shown(d, lose->id),
                              shown(d, into->id)),
                   "Merge that one, or take the earlier merge back.");
        return false;
    }
    if (!must_live(d, keep) || !must_live(d, lose))
        return false;
    if (keep == lose) {
        refuse(d, "MERGE", STR("a record is not merged with itself"), "Name two records.");
        return false;
    }
    d->lose = lose;
    return seen_version_holds(d);
}

/* Lists of children and known keys are read anew: what they hold depends on the redirect. */
static void forget_reads(struct group *g)
{
    g->child_slots = NULL;
    map_init(&g->keys, g->arena);
}

/* `survivor` 0: none. What the group wrote is put into its tables before, for they are what is read from here on. */
static void redirect_now(struct decision *d, uint64_t survivor, struct stamp at)
{
    struct group *g = d->g;
    group_flush(g);
    d->lose->made = d->target->made = false;
    if (g->rc == RC_OK)
        g->rc = redirect_stand(g->projection, d->w->plan->object->number, d->lose->id, survivor,
                               at);
    d->redirected = true;
    forget_reads(g);
}

void redirect_take_back(struct decision *d)
{
    const struct event *e = d->redirect_before;
    if (!d->redirected || d->g->rc != RC_OK)
        return;
    d->g->rc = redirect_stand(d->g->projection, d->w->plan->object->number, d->lose->id,
                              e ? e->redirect.into : 0, e ? event_stamp(e) : (struct stamp){0});
    forget_reads(d->g);
}

/* ---- which value wins ---------------------------------------------------------------------------------------------- */

struct choosing {
    struct decision *d;
    const struct row *keep, *lose; /* before the merge */
    struct row *now;
    uint64_t *touched;
    struct str told; /* what won and why */
};

static bool is_key_field(const struct object *o, const struct field *f)
{
    for (size_t i = 0; i < o->n_keys; i++)
        for (size_t k = 0; k < o->keys[i].n_fields; k++)
            if (o->keys[i].fields[k] == f)
                return true;
    return false;
}

/* Stages, and what the engine fills, stay with the record that is kept. */
static bool is_chosen(const struct field *f)
{
    return f->kind == FIELD_PLAIN && !f->engine &&
           (f->number >= FN_FIRST_FREE || f->number == FN_OWNER);
}

static bool is_filled(const struct value *v)
{
    return v->type != VT_ABSENT && v->type != VT_SEALED;
}

static void take(struct choosing *c, size_t slot, struct value v, struct str why)
{
    struct arena *a = c->d->g->arena;
    c->now->values[slot] = v;
    bits_set(c->touched, slot);
    struct str told = str_printf(a, "%.*s%s%.*s (%.*s)", STR_ARG(c->told), c->told.n ? ", " : "",
                                 STR_ARG(c->now->object->fields[slot]->name), STR_ARG(why));
    if (told.n < EVENT_REASON_MAX / 2)
        c->told = told;
}

/* Both have a value: does the other one's win? By `survivor` whose word counts, else the later one. */
static bool other_wins(struct choosing *c, size_t slot, struct str *why)
{
    struct decision *d = c->d;
    const struct object_plan *p = d->w->plan;
    const struct survivor *s = p->survivors ? p->survivors[slot] : NULL;
    if (s) {
        struct str by, ours;
        uint32_t field = p->object->fields[slot]->number;
        size_t own = said_rank(d, c->keep->id, s, field, &ours),
               other = d->g->rc == RC_OK ? said_rank(d, c->lose->id, s, field, &by) : own;
        *why = str_printf(d->g->arena, "%.*s before %s", STR_ARG(by),
                          ours.n ? str_c(d->g->arena, ours) : "others");
        if (own != other)
            return other < own;
    }
    *why = STR("later");
    return stamp_cmp(c->lose->stamps[slot], c->keep->stamps[slot]) > 0;
}

static void choose(struct choosing *c, size_t slot)
{
    const struct field *f = c->now->object->fields[slot];
    const struct value *own = &c->keep->values[slot], *other = &c->lose->values[slot];
    bool circle = other->type == VT_REF && f->to == c->now->object && other->ref == c->keep->id;
    struct str why;
    if (own->type == VT_REF && f->to == c->now->object && own->ref == c->lose->id) {
        take(c, slot, VALUE_ABSENT, STR("named the other one"));
        own = &c->now->values[slot];
    }
    if (!is_filled(other) || circle || value_eq(own, other))
        return;
    if (own->type == VT_ABSENT)
        take(c, slot, *other, STR("was empty"));
    else if (f->number != FN_OWNER && !is_key_field(c->now->object, f) && other_wins(c, slot, &why))
        take(c, slot, *other, why);
}

/* ---- rules --------------------------------------------------------------------------------------------------------- */

static bool reads_children(const struct expr *e)
{
    const struct xread *reads;
    size_t n = e ? expr_reads(e, &reads) : 0;
    for (size_t i = 0; i < n; i++)
        if (reads[i].root != XR_ACTOR && reads[i].n_steps > 0 && reads[i].steps[0].child)
            return true;
    return false;
}

/* The children of both are one's now: rules over them may answer otherwise though no field changed. */
static void judge_over_children(struct decision *d, const struct state *s)
{
    const struct object_plan *p = d->w->plan;
    for (size_t i = 0; i < p->n_rules && d->g->rc == RC_OK; i++) {
        const struct criterion *c = &p->rules[i];
        if (bits_meet(p, c->reads, s->touched))
            continue; /* judged already */
        if (reads_children(c->rule->when) || reads_children(c->rule->require))
            judge_rule(d, c->rule, "RULE", s);
    }
}

/* ---- merge --------------------------------------------------------------------------------------------------------- */

static struct str reason_of(const struct choosing *c)
{
    struct decision *d = c->d;
    struct arena *a = d->g->arena;
    struct str said = waived_reason(d);
    struct str told = str_printf(a, "merged %s%s%.*s", shown(d, c->lose->id), c->told.n ? ": " : "",
                                 STR_ARG(c->told));
    struct str both = said.n ? str_printf(a, "%.*s; %.*s", STR_ARG(told), STR_ARG(said)) : told;
    return both.n <= EVENT_REASON_MAX ? both : told;
}

static void keep_values(struct decision *d)
{
    struct group *g = d->g;
    const struct object_plan *p = d->w->plan;
    struct instant at = d->txn.recorded_at;
    struct row *before = draft_of(d, d->target);
    struct choosing c = {.d = d,
                         .keep = before,
                         .lose = d->lose->row,
                         .now = row_copy(before, g->arena),
                         .touched = bits_new(p, g->arena)};
    for (size_t s = 0; s < p->n_slots && g->rc == RC_OK; s++)
        if (is_chosen(p->object->fields[s]))
            choose(&c, s);
    struct look look = look_of(d, before, c.now, c.touched, at);
    if (g->rc == RC_OK)
        g->rc = process_fill(&look);
    derive_own(d, c.now, c.touched, at, true);
    if (g->rc != RC_OK)
        return;
    struct state s = {
        .before = before, .now = c.now, .touched = c.touched, .at = at, .today = d->today};
    judge_fields(d, &s);
    judge_rules(d, &s);
    judge_over_children(d, &s);
    process_findings_add(d, &look);
    patch_told(d, d->target, c.now, c.touched, reason_of(&c));
}

void decide_merge(struct decision *d)
{
    if (!find_pair(d) || d->g->rc != RC_OK)
        return;
    struct event ev = {.kind = EV_REDIRECT,
                       .effective_at = d->txn.recorded_at,
                       .cause = d->w->command->cause,
                       .object = d->w->plan->object->number,
                       .record = d->lose->id,
                       .redirect = {.into = d->target->id}};
    struct event *added = event_add(d, &ev);
    struct stamp at = event_stamp(added);
    redirect_now(d, d->target->id, at);
    if (d->g->rc != RC_OK)
        return;
    draft_fold(d, d->lose, added);
    d->v->other = d->lose->id;
    keep_values(d);
    if (d->g->rc == RC_OK && !work_refused(d->w)) {
        waivers_count(d);
        keys_settle(d);
    }
    if (d->g->rc == RC_OK && !work_refused(d->w))
        derive_dependents(d);
}

/* ---- unmerge ------------------------------------------------------------------------------------------------------- */

/* The redirect in force; NULL: the record is one of its own. */
static struct event *redirect_of(struct event *events, size_t n, struct arena *a)
{
    const bool *gone = events_retracted(events, n, a);
    struct event *last = NULL;
    for (size_t i = 0; i < n; i++)
        if (!gone[i] && events[i].kind == EV_REDIRECT)
            last = &events[i];
    return last;
}

static struct event *events_load(struct decision *d, uint64_t record, size_t *n)
{
    struct group *g = d->g;
    struct event *events = NULL;
    *n = 0;
    if (g->rc == RC_OK)
        g->rc = ledger_of_record(g->adm->parts.store, g->adm->parts.vault,
                                 d->w->plan->object->number, record, g->arena, &events, n);
    return events;
}

static bool find_merge(struct decision *d)
{
    struct entry *e = find_own(d, d->w->command->id);
    size_t n;
    if (!e)
        return false;
    struct event *events = events_load(d, e->id, &n);
    struct event *merge = d->g->rc == RC_OK ? redirect_of(events, n, d->g->arena) : NULL;
    if (d->g->rc != RC_OK)
        return false;
    if (entry_row(e)->life != LIFE_MERGED || !merge) {
        refuse(d, "MERGE",
               str_printf(d->g->arena, "%s is part of no other record", shown(d, e->id)),
               "Name the record that was merged, not the one that was kept.");
        return false;
    }
    d->lose = e;
    d->redirect_before = merge;
    d->target = entry_get(d->g, d->w->plan, merge->redirect.into);
    if (entry_live(d->target))
        return true;
    refuse(d, "MERGE",
           str_printf(d->g->arena, "%s is itself merged or deleted", shown(d, d->target->id)),
           "Take that back first.");
    return false;
}

/* Takes `n` events of `e` back; `draft` is then as if they had not been. */
static void take_back(struct decision *d, struct entry *e, const uint64_t *seqs, size_t n)
{
    struct event ev = {.kind = EV_RETRACT,
                       .effective_at = d->txn.recorded_at,
                       .cause = d->w->command->cause,
                       .object = e->plan->object->number,
                       .record = e->id};
    ev.retract.seqs = seqs;
    ev.retract.n = n;
    uint64_t seq = event_add(d, &ev)->seq;
    draft_refold(d, e, seq);
}

/* What the merge wrote into the record that was kept. */
static void take_back_values(struct decision *d)
{
    size_t n, n_seqs = 0;
    struct event *events = events_load(d, d->target->id, &n);
    const bool *gone = events_retracted(events, n, d->g->arena);
    uint64_t *seqs = ARENA_ARRAY(d->g->arena, n + 1, uint64_t);
    for (size_t i = 0; i < n; i++)
        if (events[i].txn == d->redirect_before->txn && events[i].kind == EV_PATCH && !gone[i])
            seqs[n_seqs++] = events[i].seq;
    if (d->g->rc == RC_OK && n_seqs > 0)
        take_back(d, d->target, seqs, n_seqs);
}

/* Both are one's own again: neither may have a key of the other. */
static void check_keys(struct decision *d)
{
    const struct object *o = d->w->plan->object;
    const struct row *r = entry_row(d->target);
    struct key_ref key;
    for (size_t i = 0; i < o->n_keys && d->g->rc == RC_OK; i++) {
        if (!key_of_values(d->w->plan, &o->keys[i], r->values, d->g->arena, &key) ||
            key_record(d->g, &key) == d->target->id)
            continue;
        refuse(d, "KEY_TAKEN",
               str_printf(d->g->arena, "its %.*s is that of %s", STR_ARG(o->keys[i].name),
                          shown(d, d->lose->id)),
               "Change it in the record that was kept first.");
        d->v->other = d->lose->id;
    }
}

static void derive_all(struct decision *d, struct entry *e, uint64_t cause)
{
    struct row *now = row_copy(entry_row(e), d->g->arena);
    uint64_t *touched = bits_new(e->plan, d->g->arena);
    bool any = false;
    derive_own(d, now, touched, d->txn.recorded_at, true);
    for (size_t w = 0; w < e->plan->n_words; w++)
        any |= touched[w] != 0;
    if (any && d->g->rc == RC_OK)
        patch_effect(d, e, now, touched, d->txn.recorded_at, cause);
}

void decide_unmerge(struct decision *d)
{
    if (!find_merge(d) || d->g->rc != RC_OK)
        return;
    uint64_t *seq = ARENA_NEW(d->g->arena, uint64_t);
    *seq = d->redirect_before->seq;
    redirect_now(d, 0, (struct stamp){0});
    if (d->g->rc != RC_OK)
        return;
    struct entry *kept = d->target;
    take_back(d, d->lose, seq, 1);
    uint64_t cause = d->events.v[0].seq;
    take_back_values(d);
    if (d->g->rc == RC_OK)
        check_keys(d);
    if (d->g->rc != RC_OK || work_refused(d->w))
        return;
    derive_all(d, kept, cause);
    derive_all(d, d->lose, cause);
    derive_dependents(d);
    d->v->other = kept->id;
    d->target = d->lose;
}
