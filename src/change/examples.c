/* examples.c - a workspace's own examples, through the real admission on a private store. */
#include "change/examples.h"

#include "admission/admission.h"
#include "admission/parse.h"
#include "change/apply.h"
#include "ledger/vault.h"
#include "model/tree.h"
#include "projection/rows.h"
#include <string.h>

enum { FIELDS_MAX = 1000, TEXT_MAX = 1 << 20 };

static const char alias_source[] = "example";

/* One example and the private engine it runs on. */
struct bench {
    const struct model *model;
    struct arena *arena;
    struct diags *ds;
    struct env_sim env;
    struct store *store;
    struct vault *vault;
    struct ledger *ledger;
    struct projection *projection;
    struct admission *admission;
    struct example_result *result;
};

/* ---- the engine ------------------------------------------------------------------------------------------------------ */

static enum rc open_bench(struct bench *b)
{
    struct actor actor = {.kind = ACTOR_SYSTEM};
    struct change_plan plan;
    struct admission_parts parts = {.model = b->model, .env = &b->env.env};
    enum rc rc = store_open_temporary(&b->env.env, &b->store, b->ds);
    if (rc == RC_OK)
        rc = vault_open(&b->env.env, STR(""), &b->vault, b->ds);
    if (rc == RC_OK)
        rc = ledger_open(b->store, b->vault, &b->ledger);
    struct change_parts change = {
        .store = b->store, .ledger = b->ledger, .vault = b->vault, .env = &b->env.env};
    struct model *next = arena_copy(b->arena, b->model, sizeof *b->model);
    if (rc == RC_OK)
        rc = change_plan_compiled(&change, next, b->arena, &plan, b->ds);
    if (rc == RC_OK)
        rc = change_apply(&change, &plan, &actor, b->arena, b->ds);
    if (rc == RC_OK)
        rc = projection_open(b->store, next, &b->projection);
    parts.model = next;
    parts.store = b->store;
    parts.vault = b->vault;
    parts.ledger = b->ledger;
    parts.projection = b->projection;
    b->model = next;
    return rc == RC_OK ? admission_open(&parts, &b->admission) : rc;
}

static void close_bench(struct bench *b)
{
    admission_close(b->admission);
    projection_close(b->projection);
    ledger_close(b->ledger);
    vault_close(b->vault);
    store_close(b->store);
}

/* ---- commands from nodes ---------------------------------------------------------------------------------------------- */

static bool complain(struct bench *b, struct span at, const char *what)
{
    (void)diag_add(b->ds, SEV_ERROR, "V0201", at, "%s", what);
    return false;
}

/* `$deal` names a record made under `as: deal`. */
static struct field_input input_of(const struct pair *p)
{
    struct field_input in = {.name = p->key, .form = INPUT_TEXT, .text = p->value->text};
    if (in.text.n > 1 && in.text.p[0] == '$') {
        in.form = INPUT_KEY;
        in.text = str_sub(in.text, 1, in.text.n);
        in.key_source = str_of(alias_source);
    }
    return in;
}

static bool set_fields(struct bench *b, const struct node *fields, struct command *c)
{
    if (!fields || fields->kind != NODE_MAP || fields->n > FIELDS_MAX)
        return complain(b, fields ? fields->at : span_none(), "give the fields as a map");
    struct field_input *list = ARENA_ARRAY(b->arena, fields->n, struct field_input);
    for (size_t i = 0; i < fields->n; i++) {
        if (fields->pairs[i].value->kind != NODE_SCALAR)
            return complain(b, fields->pairs[i].at, "a field has one value here");
        list[i] = input_of(&fields->pairs[i]);
    }
    c->fields = list;
    c->n_fields = fields->n;
    return true;
}

static void set_alias(struct bench *b, struct str alias, struct command *c)
{
    struct key_input *key = ARENA_NEW(b->arena, struct key_input);
    *key = (struct key_input){str_of(alias_source), alias};
    c->keys = key;
    c->n_keys = alias.n > 0;
}

/* {account: {name: Acme}, as: acme}, or {update: acme, object …}: the object is the key that is no word of ours. */
static bool command_of(struct bench *b, const struct node *n, struct command *c)
{
    static const char *const words[] = {"as", "reason", "at"};
    *c = (struct command){.kind = CMD_UPSERT, .door = DOOR_CLI};
    if (n->kind != NODE_MAP)
        return complain(b, n->at,
                        "write {account: {name: Acme}}, with `as: NAME` to speak of it later");
    for (size_t i = 0; i < n->n; i++) {
        bool ours = false;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            ours = ours || str_is(n->pairs[i].key, words[w]);
        if (ours)
            continue;
        c->object = model_object(b->model, n->pairs[i].key);
        if (!c->object)
            return complain(b, n->pairs[i].at, "there is no such object");
        if (!set_fields(b, n->pairs[i].value, c))
            return false;
    }
    if (!c->object)
        return complain(b, n->at, "name the object and its fields");
    c->reason = node_text(n, "reason");
    set_alias(b, node_text(n, "as"), c);
    return true;
}

/* ---- expectations ------------------------------------------------------------------------------------------------------ */

static void unexpected(struct bench *b, const struct verdict *v, const char *wanted)
{
    struct buf text;
    buf_init(&text, TEXT_MAX);
    buf_printf(&text, "expected %s, but it was ", wanted);
    verdict_text(v, &text);
    b->result->passed = false;
    b->result->why = str_dup(b->arena, buf_view(&text));
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
static bool word_holds(struct bench *b, struct str word, const struct verdict *v)
{
    bool holds = str_is(word, "refused")   ? !verdict_accepted(v)
                 : str_is(word, "allowed") ? verdict_accepted(v)
                                           : verdict_accepted(v) && warned(v);
    if (!holds)
        unexpected(b, v, str_c(b->arena, word));
    return holds;
}

static bool ids_hold(struct bench *b, struct str word, const struct node *ids,
                     const struct verdict *v)
{
    for (size_t i = 0; ids->kind == NODE_LIST && i < ids->n; i++) {
        if (has_finding(v, ids->items[i]->text, str_is(word, "refused")))
            continue;
        unexpected(b, v,
                   str_c(b->arena, str_printf(b->arena, "%.*s by %.*s", STR_ARG(word),
                                              STR_ARG(ids->items[i]->text))));
        return false;
    }
    return true;
}

static bool fields_hold(struct bench *b, const struct node *fields, const struct verdict *v)
{
    struct row *row = NULL;
    if (!v->id || rows_load(b->projection, v->object, &v->id, 1, b->arena, &row) != RC_OK || !row) {
        unexpected(b, v, "a record");
        return false;
    }
    for (size_t i = 0; i < fields->n; i++) {
        const struct field *f = object_field(v->object, fields->pairs[i].key);
        if (!f)
            return complain(b, fields->pairs[i].at, "the object has no such field");
        struct str is = field_value_text(f, row_value(row, f), b->arena);
        struct str wanted = fields->pairs[i].value->text;
        if (str_eq(is, wanted))
            continue;
        b->result->passed = false;
        b->result->why = str_printf(b->arena, "expected %.*s: %.*s, but it is '%.*s'\n",
                                    STR_ARG(f->name), STR_ARG(wanted), STR_ARG(is));
        return false;
    }
    return true;
}

static bool is_expectation(struct str word)
{
    return str_is(word, "refused") || str_is(word, "allowed") || str_is(word, "warned");
}

static void compare(struct bench *b, const struct node *expect, const struct verdict *v)
{
    b->result->passed = true;
    if (expect->kind == NODE_SCALAR && is_expectation(expect->text)) {
        (void)word_holds(b, expect->text, v);
        return;
    }
    if (expect->kind != NODE_MAP || expect->n == 0) {
        (void)complain(b, expect->at,
                       "expect allowed, refused or warned; refused: [IDS]; fields: {…}");
        return;
    }
    for (size_t i = 0; i < expect->n && b->result->passed; i++) {
        const struct pair *p = &expect->pairs[i];
        if (is_expectation(p->key))
            (void)(word_holds(b, p->key, v) && ids_hold(b, p->key, p->value, v));
        else if (str_is(p->key, "fields") && p->value->kind == NODE_MAP)
            (void)fields_hold(b, p->value, v);
        else if (!str_is(p->key, "after"))
            (void)complain(b, p->at, "expect knows allowed, refused, warned, fields and after");
    }
}

/* ---- one example -------------------------------------------------------------------------------------------------------- */

static enum rc send(struct bench *b, const struct node *n, struct verdict *v)
{
    struct command c;
    if (!command_of(b, n, &c))
        return RC_INVALID;
    return admission_group(b->admission, &c, 1, NULL, b->arena, v);
}

/* Time passes, and what falls due meanwhile happens. */
static enum rc pass(struct bench *b, const struct node *n, struct str text)
{
    struct duration d;
    if (!duration_parse(text, &d) || d.us <= 0) {
        (void)complain(b, n->at, "say how long: 2h, 5d");
        return RC_INVALID;
    }
    b->env.now.us += d.us;
    struct firing f = {.until = b->env.now, .punctual = true, .max = GROUP_MAX};
    enum rc rc = RC_OK;
    for (size_t fired = f.max; fired == f.max && rc == RC_OK;)
        rc = admission_fire(b->admission, &f, b->arena, &fired);
    return rc;
}

/* One of `given`: a record, or {wait: 5d}. */
static enum rc given_step(struct bench *b, const struct node *n, struct verdict *v)
{
    struct str wait = node_text(n, "wait");
    *v = (struct verdict){.outcome = VERDICT_UNCHANGED};
    return wait.n && n->n == 1 ? pass(b, n, wait) : send(b, n, v);
}

static enum rc run_steps(struct bench *b, const struct node *n)
{
    const struct node *given = node_items(n, "given"), *record = node_get(n, "record"),
                      *expect = node_get(n, "expect");
    struct verdict v;
    enum rc rc = RC_OK;
    if (!record || !expect) {
        (void)complain(b, n->at, "an example has a name, a record and what to expect");
        return RC_INVALID;
    }
    for (size_t i = 0; i < given->n && rc == RC_OK; i++) {
        rc = given_step(b, given->items[i], &v);
        if (rc == RC_OK && !verdict_accepted(&v)) {
            unexpected(b, &v, "what is given to be allowed");
            return RC_OK;
        }
    }
    if (rc == RC_OK)
        rc = send(b, record, &v);
    struct str after = node_text(expect, "after");
    if (rc == RC_OK && after.n)
        rc = pass(b, expect, after);
    if (rc == RC_OK)
        compare(b, expect, &v);
    return rc;
}

static bool read_at(struct bench *b, const struct node *n)
{
    struct str at = node_text(n, "at");
    struct date day;
    struct zone *z;
    if (at.n == 0 || instant_parse(at, &b->env.now))
        return true;
    if (!date_parse(at, &day) || zone_open(b->model->company.timezone, &z) != RC_OK)
        return complain(b, n->at, "`at` is an instant or a day");
    b->env.now = zone_midnight(z, day);
    zone_close(z);
    return true;
}

static enum rc run_one(const struct model *m, const struct node *n, struct instant now,
                       struct arena *a, struct example_result *out, struct diags *ds)
{
    struct bench b = {.model = m, .arena = a, .ds = ds, .result = out};
    *out = (struct example_result){.name = node_text(n, "name"), .line = n->at.line};
    env_sim_init(&b.env, 1, now);
    enum rc rc = read_at(&b, n) ? open_bench(&b) : RC_INVALID;
    if (rc == RC_OK)
        rc = run_steps(&b, n);
    close_bench(&b);
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
