/* waivers.c - exceptions from rules: asked for, approved or refused, used, ended. */
#include "process/waivers.h"

#include "model/scalar.h"
#include "process/parts.h"

/* ---- what can be waived --------------------------------------------------------------------------------------------- */

struct waivable {
    struct str id;
    const struct object *object;
    struct str approver; /* short name */
    struct duration lasts;
};

struct waivers {
    VEC(struct waivable) list;
    struct map by_id;
};

enum {
    DAYS_DEFAULT = 14
}; /* of a waiver whose pipeline says nothing: two weeks, as the templates have it */

static void add_waivable(struct waivers *w, struct arena *a, struct waivable v,
                         const struct node *terms)
{
    struct duration lasts = {DAYS_DEFAULT * US_PER_DAY};
    struct str given = node_text(terms, "expires_after"), approver = node_text(terms, "approver");
    if (approver.n)
        v.approver = approver;
    if (!given.n || !duration_parse(given, &v.lasts))
        v.lasts = lasts;
    *VEC_PUSH(a, &w->list) = v;
}

static void add_rule(struct waivers *w, struct arena *a, const struct rule *r,
                     const struct node *terms)
{
    struct str owner = r->owner ? r->owner->name : STR_NONE;
    add_waivable(w, a, (struct waivable){.id = r->id, .object = r->object, .approver = owner},
                 terms);
}

static void add_process(struct waivers *w, struct arena *a, const struct process_def *p,
                        const struct node *terms)
{
    struct str owner = p->owner ? p->owner->name : STR_NONE;
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        for (size_t k = 0; k < s->n_enter; k++)
            add_rule(w, a, s->enter[k], terms);
        for (size_t k = 0; k < s->n_exit; k++)
            add_rule(w, a, s->exit[k], terms);
        for (size_t k = 0; k < s->n_locks; k++)
            add_waivable(w, a,
                         (struct waivable){.id = stage_lock_id(a, p, s, s->locks[k]),
                                           .object = p->object,
                                           .approver = owner},
                         terms);
    }
}

static void add_approval(struct waivers *w, struct arena *a, const struct definition *d)
{
    const struct node *locks = node_items(d->node, "locks");
    struct str owner = d->owner ? d->owner->name : STR_NONE;
    for (size_t i = 0; d->object && i < locks->n; i++) {
        const struct field *f = object_field(d->object, locks->items[i]->text);
        if (f)
            add_waivable(w, a,
                         (struct waivable){.id = approval_lock_id(a, d->name, f),
                                           .object = d->object,
                                           .approver = owner},
                         NULL);
    }
}

/* Shares that are locked, or do not add up. */
static void add_split(struct waivers *w, struct arena *a, const struct definition *d)
{
    if (d->object)
        add_waivable(w, a,
                     (struct waivable){.id = str_printf(a, "splits.%.*s", STR_ARG(d->name)),
                                       .object = d->object,
                                       .approver = d->owner ? d->owner->name : STR_NONE},
                     NULL);
}

struct str stage_lock_id(struct arena *a, const struct process_def *p, const struct stage *s,
                         const struct field *f)
{
    return str_printf(a, "%.*s.%.*s.%.*s", STR_ARG(p->name), STR_ARG(s->name), STR_ARG(f->name));
}

struct str approval_lock_id(struct arena *a, struct str approval, const struct field *f)
{
    return str_printf(a, "approvals.%.*s.%.*s", STR_ARG(approval), STR_ARG(f->name));
}

static const struct node *terms_of(const struct model *m, const struct process_def *p)
{
    const char *section = p->kind == PROCESS_PIPELINE ? "pipelines" : "lifecycles";
    const struct node *list = node_items(m->root, section);
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(node_text(list->items[i], "name"), p->name))
            return node_get(list->items[i], "waivers");
    return NULL;
}

static void *make(const struct process *p, const struct model *m, struct arena *a)
{
    struct waivers *w = ARENA_NEW(a, struct waivers);
    (void)p;
    for (size_t i = 0; i < m->n_rules; i++)
        add_rule(w, a, m->rules[i], NULL);
    for (size_t i = 0; i < m->n_processes; i++)
        add_process(w, a, m->processes[i], terms_of(m, m->processes[i]));
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "approvals"))
            add_approval(w, a, &m->definitions[i]);
        else if (str_is(m->definitions[i].kind, "splits"))
            add_split(w, a, &m->definitions[i]);
    map_init(&w->by_id, a);
    for (size_t i = w->list.n; i > 0; i--) /* a rule goes before a lock of the same id */
        map_put(&w->by_id, w->list.v[i - 1].id, &w->list.v[i - 1]);
    return w;
}

static const struct waivable *find(const struct waivers *w, struct str id)
{
    return map_find(&w->by_id, id);
}

bool waiver_is_for(const struct process *p, struct str id, const struct object *o)
{
    const struct waivable *v = id.n ? find(process_part(p, &waivers_part), id) : NULL;
    return v && v->object == o;
}

/* ---- which one lets pass ---------------------------------------------------------------------------------------------- */

static bool is_used_up(const struct row *w)
{
    int64_t most = row_int(w, "at_most", 0);
    return most > 0 && row_int(w, "used", 0) >= most;
}

static bool holds(const struct row *w, struct str rule, struct instant at)
{
    return row_is(w, "state", "approved") && str_eq(row_text(w, "rule"), rule) &&
           at.us < row_instant(w, "expires_at").us && !is_used_up(w);
}

/* A waiver that the command names: about its record, or for rows of its source. */
static bool named_holds(const struct row *w, const struct waiver_ask *ask)
{
    const struct object *about;
    uint64_t id;
    if (row_about(w, &about, &id))
        return about == ask->object && id == ask->record && holds(w, ask->rule, ask->at);
    return str_eq(row_text(w, "source"), ask->source) && ask->source.n &&
           holds(w, ask->rule, ask->now);
}

enum rc waiver_find(const struct process *p, const struct process_reader *rd,
                    const struct waiver_ask *ask, const struct row **out,
                    const struct row **not_now)
{
    const struct object *waiver = builtin_object(p, ON_WAIVER);
    const struct field *via = waiver ? about_field(waiver, ask->object) : NULL;
    const struct row **rows = NULL, *one = NULL, *none = NULL;
    enum rc rc = RC_OK;
    size_t n = 0;
    *out = NULL;
    for (size_t i = 0; waiver && i < ask->n_named && rc == RC_OK && !*out; i++) {
        rc = rd->row(rd->ctx, waiver, ask->named[i], &one);
        if (rc != RC_OK || !one || !str_eq(row_text(one, "rule"), ask->rule))
            continue;
        if (named_holds(one, ask))
            *out = one;
        else if (!none)
            none = one;
    }
    if (not_now)
        *not_now = none;
    if (rc == RC_OK && !*out && via && ask->record)
        rc = rd->children(rd->ctx, via, ask->record, &rows, &n);
    for (size_t i = 0; rc == RC_OK && i < n && !*out; i++)
        if (holds(rows[i], ask->rule, ask->at))
            *out = rows[i];
    return rc;
}

struct str waiver_why_not(const struct row *w, const struct waiver_ask *ask, struct arena *a)
{
    char room[64];
    struct str id = id_text(w->object->prefix, w->id, room), state = row_text(w, "state");
    const struct object *about;
    uint64_t record;
    if (row_is(w, "state", "asked"))
        return str_printf(a,
                          "The waiver %.*s is not approved yet: `revos waive approve %.*s`, then "
                          "`revos quarantine retry`.",
                          STR_ARG(id), STR_ARG(id));
    if (!row_is(w, "state", "approved") || ask->now.us >= row_instant(w, "expires_at").us)
        return str_printf(
            a, "The waiver %.*s is %.*s: ask for a new one and name it in the mapping.",
            STR_ARG(id), STR_ARG(row_is(w, "state", "approved") ? STR("expired") : state));
    if (is_used_up(w))
        return str_printf(a,
                          "The waiver %.*s has let its %lld pass: ask for another one and name it "
                          "in the mapping.",
                          STR_ARG(id), (long long)row_int(w, "at_most", 0));
    if (row_about(w, &about, &record))
        return str_printf(a, "The waiver %.*s is about another record.", STR_ARG(id));
    return str_printf(a, "The waiver %.*s is for rows of '%.*s', these are of '%.*s'.", STR_ARG(id),
                      STR_ARG(row_text(w, "source")), STR_ARG(ask->source));
}

/* ---- a waiver's own life ------------------------------------------------------------------------------------------------ */

static bool is_waiver(const struct reaction *r)
{
    return r->l->object->number == ON_WAIVER && r->l->object->builtin;
}

static void fill(struct reaction *r, const void *self)
{
    if (!is_waiver(r))
        return;
    struct look *l = r->l;
    const struct process_reader *rd = l->reader;
    const struct waivable *v = find(self, row_text(l->now, "rule"));
    const struct field *state = builtin_field(l->object, "state");
    struct value at = {.type = VT_INSTANT, .instant = l->at};
    if (look_is_new(l)) {
        if (!row_text(l->now, "state").n)
            fill_put(r, "state",
                     (struct value){.type = VT_ENUM,
                                    .number_of = field_value(state, STR("asked"))->number});
        if (!row_ref(l->now, "asked_by") && l->actor)
            fill_put(r, "asked_by", ref_value(l->actor));
        if (v && !row_ref(l->now, "owner"))
            fill_put(r, "owner", ref_value(rd->person_id(rd->ctx, v->approver)));
    }
    if (came_to(r, "approved") || came_to(r, "refused") || came_to(r, "revoked")) {
        fill_put(r, "decided_at", at);
        fill_put(r, "decided_by", ref_value(l->actor));
    }
    if (v && came_to(r, "approved"))
        fill_put(r, "expires_at",
                 (struct value){.type = VT_INSTANT, .instant = {l->at.us + v->lasts.us}});
}

static void refuse(struct reaction *r, const struct process_findings *f, const char *code,
                   const char *field, const char *message, const char *help)
{
    f->add(f->ctx, code, ENFORCE_DENY, builtin_field(r->l->object, field), STR("waivers"), STR_NONE,
           str_of(message), str_of(help));
}

static void judge_decision(struct reaction *r, const struct process_findings *f)
{
    const struct look *l = r->l;
    uint64_t approver = row_ref(l->now, "owner"), delegate = 0;
    if (!l->actor || l->actor == approver) /* nobody named: the local operator answers for all */
        return;
    bool away = approver && person_is_away(r, approver, l->today, &delegate);
    if (!away || l->actor != delegate)
        refuse(r, f, "NOT_YOURS", "state", "only the approver decides on this waiver",
               "Ask the person in `owner`, or hand it to another approver first.");
}

/* What the approver said yes or no to. */
static bool scope_touched(const struct look *l)
{
    static const char *const scope[] = {"rule", "source", "at_most"};
    for (size_t i = 0; i < sizeof scope / sizeof *scope; i++)
        if (look_touched(l, builtin_field(l->object, scope[i])))
            return true;
    return false;
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    if (!is_waiver(r))
        return;
    const struct look *l = r->l;
    const struct waivable *v = find(self, row_text(l->now, "rule"));
    const struct object *about = NULL;
    uint64_t id;
    if (!v) {
        refuse(r, f, "RULE_UNKNOWN", "rule", "the model has no rule, gate or lock of this id",
               "Take the id as the refusal printed it, such as PROP-1.");
        return;
    }
    bool has_record = row_about(l->now, &about, &id), has_source = row_text(l->now, "source").n > 0;
    if (has_record && about != v->object)
        refuse(r, f, "WAIVER_OBJECT", "rule", "this rule is not about that kind of record",
               "Name the record that the rule refused.");
    if (has_record == has_source)
        refuse(r, f, "WAIVER_SCOPE", "source", "a waiver is for one record, or for one source",
               "Name the record that the rule refused, or the source of the import's mapping.");
    if (row_int(l->now, "at_most", 1) < 1)
        refuse(r, f, "TOO_SMALL", "at_most", "a waiver lets one pass at least", "Write 1 or more.");
    if (l->before && !row_is(l->before, "state", "asked") && scope_touched(l))
        refuse(r, f, "WAIVER_STATE", "state", "what was decided stays as it was decided",
               "Ask for a new one.");
    if (look_is_new(l) && !row_is(l->now, "state", "asked") && l->actor)
        refuse(r, f, "WAIVER_STATE", "state", "a waiver begins as asked for",
               "Leave the state out.");
    if (came_to(r, "approved") || came_to(r, "refused") || came_to(r, "revoked"))
        judge_decision(r, f);
    if (!l->before)
        return;
    bool asked = row_is(l->before, "state", "asked"),
         approved = row_is(l->before, "state", "approved");
    bool legal = str_eq(row_text(l->now, "state"), row_text(l->before, "state")) ||
                 (asked && !row_is(l->now, "state", "expired")) ||
                 (approved && (came_to(r, "revoked") || came_to(r, "expired")));
    if (!legal)
        refuse(r, f, "WAIVER_STATE", "state", "a waiver that is settled stays so",
               "Ask for a new one.");
}

static void react(struct reaction *r, const void *self)
{
    if (!is_waiver(r) || r->l->quiet)
        return;
    const struct look *l = r->l;
    struct str rule = row_text(l->now, "rule");
    const struct object *about = l->object; /* one for a source is about itself */
    uint64_t id = l->now->id;
    (void)self;
    (void)row_about(l->now, &about, &id);
    struct str text = str_printf(l->arena, "Waiver of %.*s: %.*s", STR_ARG(rule),
                                 STR_ARG(row_text(l->now, "reason")));
    if (came_to(r, "asked"))
        notify(r, row_ref(l->now, "owner"), "waiver_asked", about, id, text, STR("waivers"));
    if (came_to(r, "approved") || came_to(r, "refused") || came_to(r, "revoked"))
        notify(r, row_ref(l->now, "asked_by"), "waiver_decided", about, id, text, STR("waivers"));
    if (!row_is(l->now, "state", "approved"))
        return;
    struct instant ends = row_instant(l->now, "expires_at");
    if (l->at.us < ends.us) {
        wake_at(r, ends);
        return;
    }
    struct asking a = ask_set(r, l->object, l->now->id, STR("waivers"));
    ask_at(&a, ends);
    ask_word(&a, "state", "expired");
    ask(&a);
}

const struct part waivers_part = {
    .name = "waivers", .make = make, .fill = fill, .judge = judge, .react = react};
