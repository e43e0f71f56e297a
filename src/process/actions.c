/* actions.c - what automations and signals may do: make a record, change this one, give a task, tell people, start a play. */
#include "process/plays.h"
#include "process/routes.h"

/* An action in hand. */
struct acting {
    struct reaction *r;
    struct str definition, why;
};

/* ---- fields from expressions --------------------------------------------------------------------------------------- */

static void put_expr(const struct acting *c, struct asking *a, const struct pair *p)
{
    struct look *l = c->r->l;
    const struct field *f = object_field(a->e.object, p->key);
    struct xbindings b = look_bindings(l);
    struct xvalue v;
    struct value stored = VALUE_ABSENT;
    struct str why;
    if (!f || !p->value->expr)
        return;
    expr_eval(p->value->expr, l->reader->records, l->reader->host, &b, NULL, l->arena, &v);
    /* What faults or does not fit leaves the field empty; a rule that needs it says so, and the effect is kept as blocked. */
    if (v.result == XV_VALUE && xvalue_store(&v, f->x, l->arena, &stored, &why) != RC_OK)
        stored = VALUE_ABSENT;
    ask_field(a, f, stored);
}

static void put_set(const struct acting *c, struct asking *a, const struct node *set)
{
    for (size_t i = 0; set && set->kind == NODE_MAP && i < set->n; i++)
        put_expr(c, a, &set->pairs[i]);
}

static void create(const struct acting *c, const struct node *n)
{
    const struct object *o = model_object(process_model(c->r->p), node_text(n, "object"));
    struct str pipeline = node_text(n, "pipeline");
    if (!o)
        return;
    struct asking a = ask_create(c->r, o, c->definition);
    const struct field *f = object_field(o, STR("pipeline"));
    const struct enum_value *v = f && pipeline.n ? field_value(f, pipeline) : NULL;
    if (v)
        ask_field(&a, f, (struct value){.type = VT_ENUM, .number_of = v->number});
    put_set(c, &a, node_get(n, "set"));
    ask_reason(&a, c->why);
    (void)ask(&a);
}

static void set(const struct acting *c, const struct node *n)
{
    struct asking a = ask_set(c->r, c->r->l->object, c->r->l->now->id, c->definition);
    put_set(c, &a, n);
    ask_reason(&a, c->why);
    (void)ask(&a);
}

/* ---- people -------------------------------------------------------------------------------------------------------- */

static void give_task(const struct acting *c, const struct node *n)
{
    struct reaction *r = c->r;
    const struct row *now = r->l->now;
    struct whom w = {.person = row_owner(now)};
    struct str why, due = node_text(n, "due");
    const struct node *to = node_get(n, "to");
    if (to && !target_find(r, to, now->object, now, &w, &why))
        w = (struct whom){.person = row_owner(now)};
    struct asking a = ask_create(r, builtin_object(r->p, ON_TASK), c->definition);
    ask_text(&a, "name", node_text(n, "name"));
    ask_word(&a, "state", "open");
    ask_text(&a, "origin", c->definition);
    ask_about(&a, now->object, now->id);
    ask_ref(&a, "owner", w.person ? w.person : w.answers);
    ask_ref(&a, "team", w.team);
    ask_text(&a, "role", w.role);
    ask_text(&a, "queue", w.queue);
    if (due.n)
        ask_instant(&a, "due_at",
                    play_due(r, play_calendar(process_model(r->p), n), due, r->l->at));
    ask_reason(&a, c->why);
    (void)ask(&a);
}

static void tell(const struct acting *c, const struct node *list)
{
    const struct row *now = c->r->l->now;
    ptrdiff_t dot = str_find(c->definition, STR("."), 0);
    struct str name = str_sub(c->definition, (size_t)(dot + 1), c->definition.n);
    notify_all(
        c->r, list, "automation", now->object, now,
        str_printf(c->r->l->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(record_title(c->r, now))),
        c->why);
}

/* ---- plays --------------------------------------------------------------------------------------------------------- */

static void start(const struct acting *c, const char *section, const char *kind, struct str name)
{
    const struct definition *d = definition_named(c->r->p, section, name);
    uint64_t subject = d && d->object ? subject_of(c->r->l->now, d->object) : 0;
    if (subject)
        run_start(c->r, kind, name, d->object, subject, c->definition, c->why);
}

static void act(const struct acting *c, const struct node *action)
{
    for (size_t i = 0; i < action->n && c->r->rc == RC_OK; i++) {
        struct str what = action->pairs[i].key;
        const struct node *n = action->pairs[i].value;
        if (str_is(what, "create"))
            create(c, n);
        else if (str_is(what, "set"))
            set(c, n);
        else if (str_is(what, "task"))
            give_task(c, n);
        else if (str_is(what, "notify"))
            tell(c, n);
        else if (str_is(what, "route"))
            (void)route_record(c->r, n->text, c->r->l->now, "trigger");
        else if (str_is(what, "playbook"))
            start(c, "playbooks", "playbook", n->text);
        else if (str_is(what, "sequence"))
            start(c, "sequences", "sequence", n->text);
    }
}

void actions_run(struct reaction *r, const struct node *list, struct str definition, struct str why)
{
    struct acting c = {r, definition, why};
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i]->kind == NODE_MAP)
            act(&c, list->items[i]);
}
