/* lint.c - what a reviewer would raise of a model that compiles. */
#include "model/compile.h"
#include "model/seeds.h"

#include <string.h>

/* ---- stages and gates -------------------------------------------------------------------------- */

static bool is_constant(const struct expr *e, const char *text, struct arena *a)
{
    return e && str_is(expr_canonical(e, a), text);
}

/* Why nothing ever comes into a stage; NULL when something can. */
static const char *never_entered(struct compile *c, const struct process_def *p,
                                 const struct stage *s)
{
    size_t initial = 0;
    while (initial < p->n_stages && !p->stages[initial].initial)
        initial++;
    if (s->initial || s->moved_to)
        return NULL;
    for (size_t i = 0; i < s->n_enter; i++)
        if (is_constant(s->enter[i]->require, "false", c->arena) && rule_denies(s->enter[i]))
            return "one of its criteria can never hold";
    if (s->position < initial && p->back == MOVE_FORBID)
        return "it stands before the initial stage and moving back is forbidden";
    bool after_end = s->position > 0 && p->stages[s->position - 1].outcome != OUTCOME_OPEN;
    if (after_end && s->outcome == OUTCOME_OPEN && p->skip == MOVE_FORBID && p->back == MOVE_FORBID)
        return "the stage before it ends the way, and skipping is forbidden";
    return NULL;
}

static bool gated_by_approval(struct compile *c, const struct process_def *p, const struct stage *s)
{
    const struct node *list = section_list(c, "approvals");
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(node_text(list->items[i], "gates"), s->name) &&
            str_eq(node_text(list->items[i], "object"), p->object->name))
            return true;
    return false;
}

static void lint_stage(struct compile *c, const struct process_def *p, const struct stage *s)
{
    const char *why = never_entered(c, p, s);
    if (why) {
        struct diag *d = problem(c->ds, M_NEVER_ENTERED, s->at, "stage '%.*s' is never entered: %s",
                                 STR_ARG(s->name), why);
        diag_help(c->ds, d, "remove it, change the criterion, or allow the move");
    }
    bool people_decide = s->advance == ADVANCE_MANUAL && !s->initial && !s->moved_to &&
                         s->outcome != OUTCOME_LOST;
    if (people_decide && !s->n_enter && !s->requires_reason && !gated_by_approval(c, p, s)) {
        struct diag *d = problem(c->ds, M_NO_CRITERIA, s->at, "stage '%.*s' has no criteria",
                                 STR_ARG(s->name));
        diag_help(c->ds, d, "add enter: with what must hold before a record comes in");
    }
}

static void lint_process(struct compile *c, const struct process_def *p)
{
    bool won = false, lost = false;
    for (size_t i = 0; i < p->n_stages; i++) {
        lint_stage(c, p, &p->stages[i]);
        won = won || p->stages[i].outcome == OUTCOME_WON;
        lost = lost || p->stages[i].outcome == OUTCOME_LOST;
    }
    if (p->kind != PROCESS_PIPELINE || (won && lost))
        return;
    struct diag *d = problem(c->ds, M_NO_OUTCOME, p->at, "pipeline '%.*s' has no stage that is %s",
                             STR_ARG(p->name), won ? "lost" : "won");
    diag_help(c->ds, d, "add outcome: %s to a stage", won ? "lost" : "won");
}

static bool integration_exists(struct compile *c, struct str name)
{
    const struct node *list = section_list(c, "integrations");
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(node_text(list->items[i], "name"), name) ||
            str_eq(node_text(list->items[i], "kind"), name))
            return true;
    return false;
}

static void lint_gate_field(struct compile *c, const struct rule *r)
{
    const struct field *f = r->field;
    if (!f)
        return;
    const char *why = f->kind == FIELD_COMPUTED || f->kind == FIELD_ROLLUP ? "it is computed"
                      : f->kind == FIELD_DERIVED ? "a score or health definition writes it"
                      : f->kind == FIELD_SYSTEM  ? "Revos writes it"
                      : f->source.n && !integration_exists(c, f->source)
                          ? "its source is not configured"
                          : NULL;
    if (!why)
        return;
    struct diag *d = problem(c->ds, M_NOBODY_FILLS, r->at,
                             "'%.*s' asks for '%.*s', which nobody can fill: %s", STR_ARG(r->id),
                             STR_ARG(f->name), why);
    if (f->source.n)
        diag_help(
            c->ds, d,
            "configure the integration '%.*s', or remove source: so that people fill the field",
            STR_ARG(f->source));
    else
        diag_help(c->ds, d, "name the field that people fill, or leave field: out");
}

static void lint_message(struct compile *c, const struct rule *r)
{
    if (r->message.n || !rule_denies(r))
        return;
    struct diag *d = problem(c->ds, M_NO_MESSAGE, r->at, "'%.*s' refuses without a message",
                             STR_ARG(r->id));
    diag_help(c->ds, d, "add message: what the person should do, in their words");
}

static void lint_rules(struct compile *c)
{
    for (size_t i = 0; i < c->m->n_rules; i++)
        lint_message(c, c->m->rules[i]);
    for (size_t i = 0; i < c->m->n_processes; i++) {
        const struct process_def *p = c->m->processes[i];
        lint_process(c, p);
        for (size_t k = 0; k < p->n_stages; k++)
            for (size_t g = 0; g < p->stages[k].n_enter + p->stages[k].n_exit; g++) {
                const struct stage *s = &p->stages[k];
                const struct rule *r = g < s->n_enter ? s->enter[g] : s->exit[g - s->n_enter];
                lint_gate_field(c, r);
                if (s->advance != ADVANCE_AUTO)
                    lint_message(c, r);
            }
    }
}

/* ---- metrics ----------------------------------------------------------------------------------- */

static void lint_same_formula(struct compile *c)
{
    for (size_t i = 0; i < c->m->n_metrics; i++)
        for (size_t k = 0; k < i; k++) {
            const struct metric *a = c->m->metrics[k], *b = c->m->metrics[i];
            if (!digest_eq(a->definition, b->definition))
                continue;
            struct diag *d = problem(c->ds, M_SAME_FORMULA, b->at,
                                     "'%.*s' computes the same as '%.*s'", STR_ARG(b->name),
                                     STR_ARG(a->name));
            d->also = a->at;
            d->also_message = STR("the other one");
            diag_help(c->ds, d, "keep one name");
            break;
        }
}

/* A share of records by one date in records by another is no share. */
static void lint_populations(struct compile *c, const struct metric *m)
{
    if (m->kind != METRIC_RATIO || m->numerator->kind != METRIC_SIMPLE ||
        m->denominator->kind != METRIC_SIMPLE)
        return;
    if (m->numerator->object != m->denominator->object ||
        m->numerator->time == m->denominator->time)
        return;
    struct str none = STR("no date"), n = m->numerator->time ? m->numerator->time->name : none,
               o = m->denominator->time ? m->denominator->time->name : none;
    struct diag *d = problem(c->ds, M_PERIOD_MIX, m->at,
                             "'%.*s' divides records by %.*s by records by %.*s", STR_ARG(m->name),
                             STR_ARG(n), STR_ARG(o));
    diag_help(c->ds, d, "count both by the same date: closed in the period, or created in it");
}

/* ---- routes, pools ----------------------------------------------------------------------------- */

static void lint_routes(struct compile *c)
{
    const struct node *list = section_list(c, "routes");
    for (size_t i = 0; i < list->n; i++) {
        const struct node *rules = node_items(list->items[i], "rules");
        for (size_t k = 0; k + 1 < rules->n; k++) {
            const struct node *when = node_get(rules->items[k], "when");
            if (!when || !is_constant(when->expr, "true", c->arena))
                continue;
            struct diag *d = problem(c->ds, M_SHADOWED, rules->items[k + 1]->at,
                                     "no record gets as far as this rule");
            d->also = when->at;
            d->also_message = STR("this one takes all");
            break;
        }
    }
}

static void lint_pools(struct compile *c)
{
    const struct node *pools = node_get(c->root, "pools");
    for (size_t i = 0; pools && i < pools->n; i++) {
        const struct node *members = node_items(pools->pairs[i].value, "members");
        size_t active = 0;
        for (size_t k = 0; k < members->n; k++) {
            struct str name = members->items[k]->kind == NODE_MAP
                                  ? node_text(members->items[k], "person")
                                  : members->items[k]->text;
            const struct person_seed *p = map_find(&c->m->person_by_name, name);
            active += p && p->active;
        }
        if (!active)
            problem(c->ds, M_HEADCOUNT, pools->pairs[i].at,
                    "no member of the pool '%.*s' is active", STR_ARG(pools->pairs[i].key));
    }
}

/* The names of seats that the files know: of territories, of what moves with them, of rows. */
static size_t seats_known(struct compile *c, struct str **out)
{
    const struct node *list = section_list(c, "territories");
    VEC(struct str) names = {NULL, 0, 0};
    for (size_t i = 0; i < list->n; i++) {
        const struct node *seats = node_get(list->items[i], "seats");
        const struct node *moves = node_items(list->items[i], "moves");
        for (size_t k = 0; seats && seats->kind == NODE_MAP && k < seats->n; k++)
            *VEC_PUSH(c->arena, &names) = seats->pairs[k].key;
        for (size_t k = 0; k < moves->n; k++)
            *VEC_PUSH(c->arena, &names) = node_text(moves->items[k], "seat");
    }
    for (size_t i = 0; i < c->m->n_seeds; i++)
        for (size_t k = 0; k < c->m->seeds[i].n_cells; k++)
            if (str_is(c->m->seeds[i].cells[k].field->name, "seat"))
                *VEC_PUSH(c->arena, &names) = c->m->seeds[i].cells[k].text;
    *out = names.v;
    return names.n;
}

/* A target of a seat that nobody could hold. */
static void lint_seats_of(struct compile *c, const struct node *n, const struct str *known,
                          size_t n_known)
{
    for (size_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
        lint_seats_of(c, n->items[i], known, n_known);
    for (size_t i = 0; n->kind == NODE_MAP && i < n->n; i++) {
        const struct node *v = n->pairs[i].value;
        size_t k = 0;
        if (v->kind != NODE_SCALAR) {
            lint_seats_of(c, v, known, n_known);
            continue;
        }
        while (k < n_known && !str_eq(known[k], v->text))
            k++;
        if (!str_is(n->pairs[i].key, "territory") || k < n_known)
            continue;
        struct diag *d = problem(c->ds, M_HEADCOUNT, v->at, "no territory has a seat '%.*s'",
                                 STR_ARG(v->text));
        diag_help(c->ds, d,
                  "name it in `seats` or `moves` of a territory, or in the file of seats");
    }
}

static void lint_seats(struct compile *c)
{
    struct str *known;
    size_t n = seats_known(c, &known);
    for (size_t i = 0; i < c->m->n_definitions; i++) {
        const struct definition *d = &c->m->definitions[i];
        static const char *const lead[] = {"routes",    "handoffs",    "playbooks", "sequences",
                                           "approvals", "automations", "signals"};
        for (size_t k = 0; k < sizeof lead / sizeof *lead; k++)
            if (str_is(d->kind, lead[k]))
                lint_seats_of(c, d->node, known, n);
    }
}

void compile_lints(struct compile *c)
{
    lint_rules(c);
    lint_same_formula(c);
    for (size_t i = 0; i < c->m->n_metrics; i++)
        lint_populations(c, c->m->metrics[i]);
    lint_routes(c);
    lint_pools(c);
    lint_seats(c);
    lint_unused(c);
}
