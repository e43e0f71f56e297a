/* examples.c - a workspace's own examples, through the real admission on a private store. */
#include "change/examples.h"

#include "change/example_world.h"

enum { TEXT_MAX = 1 << 20 };

/* One example that plays. */
struct example {
    struct world world;
    struct example_result *result;
};

/* ---- expectations ------------------------------------------------------------------------------------------------------ */

/* The example fails for this; the first reason stands. */
static void fail(struct example *e, struct str why)
{
    if (!e->result->passed)
        return;
    e->result->passed = false;
    e->result->why = why;
}

static void unexpected(struct example *e, const struct verdict *v, const char *wanted)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "expected %s, but it was ", wanted);
    verdict_text(v, &text);
    fail(e, str_dup(e->world.arena, buf_view(&text)));
    buf_release(&text);
}

static bool has_finding(const struct verdict *v, struct str id, bool refusing)
{
    for (size_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        bool named = str_eq(f->criterion, id) || str_is(id, f->code);
        if (named && finding_broken(f) && finding_refuses(f) == refusing)
            return true;
    }
    return false;
}

static bool warned(const struct verdict *v)
{
    for (size_t i = 0; i < v->n_findings; i++)
        if (finding_broken(&v->findings[i]) && !finding_refuses(&v->findings[i]))
            return true;
    return false;
}

/* "refused", "allowed", "warned". */
static void check_word(struct example *e, struct str word, const struct verdict *v)
{
    bool holds = str_is(word, "refused")   ? !verdict_accepted(v)
                 : str_is(word, "allowed") ? verdict_accepted(v)
                                           : verdict_accepted(v) && warned(v);
    if (!holds)
        unexpected(e, v, str_c(e->world.arena, word));
}

static void check_ids(struct example *e, struct str word, const struct node *ids,
                      const struct verdict *v)
{
    for (size_t i = 0; ids->kind == NODE_LIST && i < ids->n; i++)
        if (!has_finding(v, ids->items[i]->text, str_is(word, "refused")))
            unexpected(
                e, v,
                str_c(e->world.arena, str_printf(e->world.arena, "%.*s by %.*s", STR_ARG(word),
                                                 STR_ARG(ids->items[i]->text))));
}

static enum rc check_fields(struct example *e, const struct node *fields, const struct verdict *v)
{
    size_t same;
    struct str why;
    if (!v->id) {
        unexpected(e, v, "a record");
        return RC_OK;
    }
    enum rc rc = world_compare(&e->world, v->object, v->id, fields, &same, &why);
    if (rc == RC_OK && why.n)
        fail(e, why);
    return rc;
}

/* "line 12: there are 0 such clocks; the nearest: expected …" */
static void miscounted(struct example *e, const struct node *at, const struct world_found *found)
{
    bool one = found->n == 1;
    fail(e, str_printf(e->world.arena, "line %u: there %s %zu such %.*s%s%.*s%s", at->at.line,
                       one ? "is" : "are", found->n,
                       STR_ARG(one ? found->object->name : found->object->plural),
                       found->n == 0 && found->near.n ? "; the nearest: " : "",
                       STR_ARG(found->n == 0 ? found->near : STR_NONE),
                       found->n == 0 && found->near.n ? "" : "\n"));
}

/* `there: [{handoff: {lead: $lea, state: offered}}]`: at least one such record each; `not_there`: none. */
static enum rc check_there(struct example *e, const struct node *patterns, bool there)
{
    enum rc rc = RC_OK;
    if (patterns->kind != NODE_LIST)
        return world_complain(&e->world, patterns->at, "list records: [{task: {name: Call}}]");
    for (size_t i = 0; i < patterns->n && rc == RC_OK; i++) {
        struct world_found found;
        rc = world_find(&e->world, patterns->items[i], &found);
        if (rc == RC_OK && (found.n > 0) != there)
            miscounted(e, patterns->items[i], &found);
    }
    return rc;
}

static bool is_expectation(struct str word)
{
    return str_is(word, "refused") || str_is(word, "allowed") || str_is(word, "warned");
}

static enum rc check_entry(struct example *e, const struct pair *p, const struct verdict *v)
{
    if (is_expectation(p->key)) {
        check_word(e, p->key, v);
        check_ids(e, p->key, p->value, v);
        return RC_OK;
    }
    if (str_is(p->key, "fields") && p->value->kind == NODE_MAP)
        return check_fields(e, p->value, v);
    if (str_is(p->key, "there") || str_is(p->key, "not_there"))
        return check_there(e, p->value, str_is(p->key, "there"));
    return str_is(p->key, "after")
               ? RC_OK
               : world_complain(
                     &e->world, p->at,
                     "expect knows allowed, refused, warned, fields, there, not_there and after");
}

static enum rc compare(struct example *e, const struct node *expect, const struct verdict *v)
{
    enum rc rc = RC_OK;
    if (expect->kind == NODE_SCALAR && is_expectation(expect->text)) {
        check_word(e, expect->text, v);
        return RC_OK;
    }
    if (expect->kind != NODE_MAP || expect->n == 0)
        return world_complain(&e->world, expect->at,
                              "expect allowed, refused or warned; refused: [IDS]; fields: {…}");
    for (size_t i = 0; i < expect->n && rc == RC_OK; i++)
        rc = check_entry(e, &expect->pairs[i], v);
    return rc;
}

/* ---- one example -------------------------------------------------------------------------------------------------------- */

/* {find: {handoff: {lead: $lea}}, as: offer}: the one record that the process made gets a name. */
static enum rc find_step(struct example *e, const struct node *n, const struct node *pattern)
{
    struct world_found found;
    enum rc rc = world_find(&e->world, pattern, &found);
    if (rc == RC_OK && found.n != 1) {
        miscounted(e, n, &found);
        return RC_OK;
    }
    return rc == RC_OK ? world_name(&e->world, n->at, node_text(n, "as"), found.object, found.id)
                       : rc;
}

/* One of `given`: something written, {wait: 5d} or {find: …, as: …}. */
static enum rc given_step(struct example *e, const struct node *n)
{
    const struct node *wait = node_get(n, "wait"), *pattern = node_get(n, "find");
    struct verdict v;
    if (wait && n->n == 1)
        return world_wait(&e->world, wait->at, wait->text);
    if (pattern)
        return find_step(e, n, pattern);
    enum rc rc = world_write(&e->world, n, &v);
    if (rc == RC_OK && !verdict_accepted(&v))
        unexpected(e, &v, "what is given to be allowed");
    return rc;
}

static enum rc run_steps(struct example *e, const struct node *n)
{
    const struct node *given = node_items(n, "given"), *record = node_get(n, "record"),
                      *expect = node_get(n, "expect"), *after = node_get(expect, "after");
    struct verdict v;
    enum rc rc = RC_OK;
    if (!record || !expect)
        return world_complain(&e->world, n->at,
                              "an example has a name, a record and what to expect");
    e->result->passed = true;
    for (size_t i = 0; i < given->n && rc == RC_OK && e->result->passed; i++)
        rc = given_step(e, given->items[i]);
    if (rc != RC_OK || !e->result->passed)
        return rc;
    rc = world_write(&e->world, record, &v);
    if (rc == RC_OK && after)
        rc = world_wait(&e->world, after->at, after->text);
    return rc == RC_OK ? compare(e, expect, &v) : rc;
}

static bool read_at(const struct model *m, const struct node *n, struct instant *now,
                    struct diags *ds)
{
    const struct node *at = node_get(n, "at");
    struct date day;
    struct zone *z;
    if (!at || instant_parse(at->text, now))
        return true;
    if (!date_parse(at->text, &day) || zone_open(m->company.timezone, &z) != RC_OK) {
        (void)diag_add(ds, SEV_ERROR, "V0201", at->at, "`at` is an instant or a day");
        return false;
    }
    *now = zone_midnight(z, day);
    zone_close(z);
    return true;
}

static enum rc run_one(const struct model *m, const struct node *n, struct instant now,
                       struct arena *a, struct example_result *out, struct diags *ds)
{
    struct example *e = ARENA_NEW(a, struct example);
    e->result = out;
    *out = (struct example_result){.name = node_text(n, "name"), .line = n->at.line};
    if (!read_at(m, n, &now, ds))
        return RC_INVALID;
    enum rc rc = world_open(&e->world, m, now, a, ds);
    if (rc == RC_OK)
        rc = run_steps(e, n);
    world_close(&e->world);
    return rc;
}

enum rc examples_run(const struct model *model, const struct source *file, struct instant now,
                     struct arena *a, struct example_result **out, size_t *n, struct diags *ds)
{
    struct source *copy = arena_copy(a, file, sizeof *file);
    struct source_set set = {copy, 1};
    bool complete;
    const struct node *tests = node_items(tree_read(&set, a, &complete, ds), "tests");
    *out = ARENA_ARRAY(a, tests->n, struct example_result);
    *n = 0;
    enum rc rc = complete ? RC_OK : RC_INVALID;
    for (size_t i = 0; i < tests->n && rc == RC_OK; i++) {
        rc = run_one(model, tests->items[i], now, a, &(*out)[(*n)++], ds);
        (*out)[i].file = file->name;
    }
    return rc == RC_OK ? diags_rc(ds) : rc;
}
