/* waivers.c - exceptions from rules: asked for, approved or refused, used, ended. */
#include "process/waivers.h"

#include "model/scalar.h"
#include "process/parts.h"

/* ---- what can be waived --------------------------------------------------------------------------------------------- */

struct waivable {
    const struct rule *rule;
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

static void add_waivable(struct waivers *w, struct arena *a, const struct rule *rule,
                         const struct node *terms)
{
    struct waivable *v = VEC_PUSH(a, &w->list);
    struct duration lasts = {DAYS_DEFAULT * US_PER_DAY};
    *v = (struct waivable){.rule = rule, .approver = node_text(terms, "approver")};
    if (!v->approver.n && rule->owner)
        v->approver = rule->owner->name;
    struct str given = node_text(terms, "expires_after");
    if (!given.n || !duration_parse(given, &v->lasts))
        v->lasts = lasts;
}

static void add_gates(struct waivers *w, struct arena *a, const struct process_def *p,
                      const struct node *terms)
{
    for (size_t i = 0; i < p->n_stages; i++) {
        const struct stage *s = &p->stages[i];
        for (size_t k = 0; k < s->n_enter; k++)
            add_waivable(w, a, s->enter[k], terms);
        for (size_t k = 0; k < s->n_exit; k++)
            add_waivable(w, a, s->exit[k], terms);
    }
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
        add_waivable(w, a, m->rules[i], NULL);
    for (size_t i = 0; i < m->n_processes; i++)
        add_gates(w, a, m->processes[i], terms_of(m, m->processes[i]));
    map_init(&w->by_id, a);
    for (size_t i = 0; i < w->list.n; i++)
        map_put(&w->by_id, w->list.v[i].rule->id, &w->list.v[i]);
    return w;
}

static const struct waivable *find(const struct waivers *w, struct str id)
{
    return map_find(&w->by_id, id);
}

const struct rule *waiver_rule(const struct process *p, struct str id)
{
    const struct waivable *v = find(process_part(p, &waivers_part), id);
    return v ? v->rule : NULL;
}

/* ---- which one lets pass ---------------------------------------------------------------------------------------------- */

static bool holds(const struct row *w, struct str rule, struct instant at)
{
    return row_is(w, "state", "approved") && str_eq(row_text(w, "rule"), rule) &&
           at.us < row_instant(w, "expires_at").us;
}

enum rc waiver_find(const struct process *p, const struct process_reader *rd, struct str rule,
                    const struct object *o, uint64_t record, uint64_t named, struct instant at,
                    const struct row **out)
{
    const struct object *waiver = builtin_object(p, ON_WAIVER);
    const struct field *via = waiver ? about_field(waiver, o) : NULL;
    const struct row **rows = NULL;
    const struct object *about;
    size_t n = 0;
    uint64_t id;
    *out = NULL;
    if (!waiver)
        return RC_OK;
    if (named) {
        const struct row *w;
        enum rc rc = rd->row(rd->ctx, waiver, named, &w);
        bool fits = rc == RC_OK && w && holds(w, rule, at);
        if (fits && (!row_about(w, &about, &id) || (about == o && id == record)))
            *out = w;
        if (rc != RC_OK || *out)
            return rc;
    }
    enum rc rc = via && record ? rd->children(rd->ctx, via, record, &rows, &n) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n && !*out; i++)
        if (holds(rows[i], rule, at))
            *out = rows[i];
    return rc;
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

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    if (!is_waiver(r))
        return;
    const struct look *l = r->l;
    const struct waivable *v = find(self, row_text(l->now, "rule"));
    const struct object *about = NULL;
    uint64_t id;
    if (!v) {
        refuse(r, f, "RULE_UNKNOWN", "rule", "the model has no rule or gate of this id",
               "Take the id as the refusal printed it, such as PROP-1.");
        return;
    }
    if (row_about(l->now, &about, &id) && about != v->rule->object)
        refuse(r, f, "WAIVER_OBJECT", "rule", "this rule is not about that kind of record",
               "Name the record that the rule refused.");
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
    const struct object *about = NULL;
    uint64_t id = 0;
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
