/* desk.c - forms, sheets, and their way into admission. */
#include "sim/desk.h"

#include <assert.h>
#include <math.h>

enum { FIELDS_MAX = 24, ROWS_MAX = GROUP_MAX }; /* fields: one more than any form fills */

/* clang-format off */
static const char *const thing_names[THINGS] = {
    "account", "contact", "product", "lead", "campaign", "touch", "spend", "opportunity", "opportunity_line",
    "opportunity_contact", "activity", "meeting", "forecast_call", "subscription", "subscription_movement", "usage",
    "ticket", "nps_response", "person", "handoff", "task", "assignment", "absence", "waiver", "approval",
    "blocked", "share",
};
/* clang-format on */

/* ---- the clock -------------------------------------------------------------------------------------------------- */

void clock_init(struct sim_clock *c, uint64_t seed, struct instant start)
{
    *c = (struct sim_clock){0};
    env_sim_init(&c->machine, seed, start);
}

static bool is_fact(size_t thing)
{
    return thing == T_TOUCH || thing == T_SPEND || thing == T_ACTIVITY || thing == T_MOVEMENT ||
           thing == T_USAGE;
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

static void sheet_open(struct sheet *s, const struct object *o)
{
    *s = (struct sheet){.object = o};
    s->columns = mem_new(o->n_fields, sizeof *s->columns);
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->kind == FIELD_PLAIN)
            s->columns[s->n_columns++].field = o->fields[i];
}

const char *desk_missing(const struct model *m)
{
    for (size_t i = 0; i < THINGS_NEEDED; i++) {
        const struct object *o = model_object(m, str_of(thing_names[i]));
        if (!o || o->is_fact != is_fact(i))
            return thing_names[i];
    }
    return NULL;
}

enum rc desk_open(struct desk *d, struct admission *admission, struct sim_clock *clock,
                  const char **missing)
{
    *d = (struct desk){.admission = admission, .clock = clock};
    d->model = admission_model(admission);
    d->arena = arena_new();
    d->rows = arena_new();
    d->work = arena_new();
    d->keep = arena_new();
    *missing = desk_missing(d->model);
    if (*missing) {
        desk_close(d);
        return RC_NOT_FOUND;
    }
    for (size_t i = 0; i < THINGS; i++) {
        d->objects[i] = model_object(d->model, str_of(thing_names[i]));
        if (d->objects[i] && d->objects[i]->is_fact)
            sheet_open(&d->sheets[i], d->objects[i]);
    }
    return RC_OK;
}

void desk_close(struct desk *d)
{
    for (size_t i = 0; i < THINGS; i++)
        mem_free(d->sheets[i].columns);
    arena_free(d->arena);
    arena_free(d->rows);
    arena_free(d->work);
    arena_free(d->keep);
    *d = (struct desk){0};
}

/* ---- a command ---------------------------------------------------------------------------------------------------- */

struct form form_open(struct desk *d, enum thing object, enum command_kind kind, struct actor actor,
                      struct instant when)
{
    struct form f = {.desk = d, .fields = ARENA_ARRAY(d->arena, FIELDS_MAX, struct field_input)};
    f.command = VEC_PUSH(d->arena, &d->commands);
    actor.name = str_dup(d->arena, actor.name);
    *f.command = (struct command){.kind = kind,
                                  .object = d->objects[object],
                                  .actor = actor,
                                  .door = DOOR_HTTP,
                                  .fields = f.fields};
    *VEC_PUSH(d->arena, &d->times) = when;
    return f;
}

void form_target(struct form *f, uint64_t id)
{
    assert(id);
    f->command->id = id;
}

void form_reason(struct form *f, const char *reason)
{
    f->command->reason = str_dup(f->desk->arena, str_of(reason));
}

void form_late(struct form *f, struct instant happened)
{
    f->command->dated = true;
    f->command->effective_at = happened;
}

/* A field that the model does not have (any more) is left out: the input then stands behind those of the command. */
static struct field_input *input_add(struct form *f, const char *field, enum input_form form)
{
    assert(f->command->n_fields < FIELDS_MAX);
    struct field_input *in = &f->fields[f->command->n_fields];
    in->field = object_field(f->command->object, str_of(field));
    in->form = form;
    f->command->n_fields += in->field != NULL;
    return in;
}

void form_text(struct form *f, const char *field, struct str text)
{
    if (text.n)
        input_add(f, field, INPUT_TEXT)->text = str_dup(f->desk->arena, text);
}

void form_word(struct form *f, const char *field, const char *text)
{
    form_text(f, field, str_of(text));
}

void form_key(struct form *f, const char *field, const char *key)
{
    input_add(f, field, INPUT_KEY)->text = str_dup(f->desk->arena, str_of(key));
}

static void put(struct form *f, const char *field, struct value v)
{
    input_add(f, field, INPUT_VALUE)->value = v;
}

void form_ref(struct form *f, const char *field, uint64_t id)
{
    if (id)
        put(f, field, (struct value){.type = VT_REF, .ref = id});
}

void form_int(struct form *f, const char *field, int64_t x)
{
    put(f, field, (struct value){.type = VT_INT, .integer = x});
}

void form_bool(struct form *f, const char *field, bool x)
{
    put(f, field, (struct value){.type = VT_BOOL, .boolean = x});
}

struct money desk_money(const struct desk *d, double major)
{
    struct currency c = d->model->company.currency;
    int64_t unit = 1;
    for (int i = 0; i < currency_digits(c); i++)
        unit *= 10;
    return (struct money){.minor = (int64_t)llround(major) * unit, .currency = c};
}

void form_money(struct form *f, const char *field, double major)
{
    put(f, field, (struct value){.type = VT_MONEY, .money = desk_money(f->desk, major)});
}

void form_date(struct form *f, const char *field, struct date x)
{
    put(f, field, (struct value){.type = VT_DATE, .date = x});
}

void form_instant(struct form *f, const char *field, struct instant x)
{
    put(f, field, (struct value){.type = VT_INSTANT, .instant = x});
}

void form_decimal(struct form *f, const char *field, double x)
{
    struct value v = {.type = VT_NUM};
    if (decimal_of_scaled(llround(x * 100), 2, &v.number))
        put(f, field, v);
}

void form_send(struct form *f, struct reply reply)
{
    *VEC_PUSH(f->desk->arena, &f->desk->replies) = reply;
    assert(f->desk->replies.n == f->desk->commands.n);
    if (reply.story)
        reply.story->waiting++;
}

struct form form_apart(struct desk *d, enum thing last_target, struct actor actor)
{
    struct form f = {.desk = d, .fields = ARENA_ARRAY(d->arena, FIELDS_MAX, struct field_input)};
    f.command = ARENA_NEW(d->arena, struct command);
    actor.name = str_dup(d->arena, actor.name);
    *f.command = (struct command){.object = d->objects[last_target], .actor = actor};
    return f;
}

void form_become(struct form *f, enum thing from, uint64_t id, struct reply reply)
{
    assert(id);
    struct becoming *b = VEC_PUSH(f->desk->arena, &f->desk->becomings);
    b->request = (struct conversion_request){.object = f->desk->objects[from],
                                             .id = id,
                                             .fields = f->fields,
                                             .n_fields = f->command->n_fields,
                                             .actor = f->command->actor,
                                             .door = DOOR_HTTP};
    b->reply = reply;
    if (reply.story)
        reply.story->waiting++;
}

/* ---- a fact row --------------------------------------------------------------------------------------------------- */

struct fact fact_open(struct desk *d, enum thing object)
{
    struct sheet *s = &d->sheets[object];
    assert(s->n_columns);
    struct fact f = {.desk = d, .sheet = s};
    for (size_t i = 0; i < s->n_columns; i++)
        VEC_PUSH(d->rows, &s->cells)->form = INPUT_CLEAR;
    f.cells = &s->cells.v[s->n_rows++ * s->n_columns];
    return f;
}

static void cell_put(struct fact *f, const char *field, struct fact_cell cell)
{
    for (size_t i = 0; i < f->sheet->n_columns; i++)
        if (str_is(f->sheet->columns[i].field->name, field))
            f->cells[i] = cell;
}

void fact_text(struct fact *f, const char *field, struct str text)
{
    if (text.n)
        cell_put(f, field,
                 (struct fact_cell){.form = INPUT_TEXT, .text = str_dup(f->desk->rows, text)});
}

void fact_word(struct fact *f, const char *field, const char *text)
{
    fact_text(f, field, str_of(text));
}

static void fact_put(struct fact *f, const char *field, struct value v)
{
    cell_put(f, field, (struct fact_cell){.form = INPUT_VALUE, .value = v});
}

void fact_ref(struct fact *f, const char *field, uint64_t id)
{
    if (id)
        fact_put(f, field, (struct value){.type = VT_REF, .ref = id});
}

void fact_int(struct fact *f, const char *field, int64_t x)
{
    fact_put(f, field, (struct value){.type = VT_INT, .integer = x});
}

void fact_money(struct fact *f, const char *field, double major)
{
    fact_put(f, field, (struct value){.type = VT_MONEY, .money = desk_money(f->desk, major)});
}

void fact_date(struct fact *f, const char *field, struct date x)
{
    fact_put(f, field, (struct value){.type = VT_DATE, .date = x});
}

void fact_instant(struct fact *f, const char *field, struct instant x)
{
    fact_put(f, field, (struct value){.type = VT_INSTANT, .instant = x});
}

/* ---- into admission ----------------------------------------------------------------------------------------------- */

static void count_refusal(struct desk *d, const struct verdict *v)
{
    const struct finding *f = verdict_reason(v);
    if (!f)
        return;
    struct str id = f->criterion.n ? f->criterion : f->field ? f->field->name : f->name;
    struct str code = str_printf(d->work, "%.*s %s %.*s", STR_ARG(v->object->name), f->code,
                                 STR_ARG(id));
    for (size_t i = 0; i < d->n_refusals; i++)
        if (str_eq(d->refusals[i].code, code)) {
            d->refusals[i].n++;
            return;
        }
    if (d->n_refusals < REFUSALS_MAX)
        d->refusals[d->n_refusals++] = (struct refusal_count){str_dup(d->keep, code), 1};
}

static void count(struct desk *d, const struct verdict *v)
{
    d->outcomes[v->outcome]++;
    if (!verdict_accepted(v)) {
        count_refusal(d, v);
        return;
    }
    for (size_t i = 0; i < v->n_findings; i++)
        if (finding_broken(&v->findings[i])) {
            d->warned++;
            return;
        }
}

static void answer(struct desk *d, const struct reply *r, const struct verdict *v)
{
    if (!r->story)
        return;
    assert(r->story->waiting);
    r->story->waiting--;
    if (r->hear)
        r->hear(d->sim, r->story, v);
    if (r->story->over && !r->story->waiting)
        mem_free(r->story);
}

/* Commands as they were written down, each at its instant, what falls due between them in its turn. */
static void send_group(struct desk *d, size_t first, size_t n)
{
    struct verdict *v = ARENA_ARRAY(d->work, n, struct verdict);
    d->rc = admission_played(d->admission, &d->commands.v[first], &d->times.v[first], n, d->work,
                             v);
    for (size_t i = 0; i < n && d->rc == RC_OK; i++) {
        count(d, &v[i]);
        answer(d, &d->replies.v[first + i], &v[i]);
    }
    d->sent += n;
    arena_reset(d->work);
}

/* What falls due until `now`, after the last command. */
static void let_happen(struct desk *d, struct instant now)
{
    struct firing f = {.until = now, .punctual = true, .max = ROWS_MAX};
    for (size_t n = f.max; n == f.max && d->rc == RC_OK;) {
        d->rc = admission_fire(d->admission, &f, d->work, &n);
        arena_reset(d->work);
    }
}

/* A conversion is a commit of its own, after what was written down in its stretch. */
static void convert_all(struct desk *d)
{
    for (size_t i = 0; i < d->becomings.n && d->rc == RC_OK; i++) {
        struct verdict v;
        d->rc = admission_convert(d->admission, &d->becomings.v[i].request, d->work, &v);
        if (d->rc == RC_OK) {
            count(d, &v);
            answer(d, &d->becomings.v[i].reply, &v);
        }
        d->sent++;
        arena_reset(d->work);
    }
    d->becomings.v = NULL;
    d->becomings.n = d->becomings.cap = 0;
}

static void send_facts(struct desk *d, struct sheet *s)
{
    for (size_t first = 0; first < s->n_rows && d->rc == RC_OK; first += ROWS_MAX) {
        size_t n = s->n_rows - first < ROWS_MAX ? s->n_rows - first : ROWS_MAX;
        struct fact_batch batch = {.object = s->object,
                                   .columns = s->columns,
                                   .n_columns = s->n_columns,
                                   .cells = &s->cells.v[first * s->n_columns],
                                   .n_rows = n,
                                   .source = STR("tracking"),
                                   .actor = {.kind = ACTOR_TOKEN, .name = STR("tracking")},
                                   .door = DOOR_HTTP};
        struct verdict *v = ARENA_ARRAY(d->work, n, struct verdict);
        d->rc = admission_facts(d->admission, &batch, NULL, d->work, v);
        for (size_t i = 0; i < n && d->rc == RC_OK; i++)
            if (!verdict_accepted(&v[i]))
                count_refusal(d, &v[i]);
        d->facts += n;
        arena_reset(d->work);
    }
    s->n_rows = 0;
    s->cells.v = NULL;
    s->cells.n = s->cells.cap = 0;
}

void desk_flush(struct desk *d, struct instant now)
{
    assert(d->commands.n == d->replies.n);
    for (size_t i = 0; i < d->commands.n && d->rc == RC_OK; i += GROUP_MAX)
        send_group(d, i, d->commands.n - i < GROUP_MAX ? d->commands.n - i : GROUP_MAX);
    let_happen(d, now);
    d->clock->machine.now = now;
    convert_all(d);
    d->commands.v = NULL;
    d->commands.n = d->commands.cap = 0;
    d->replies.v = NULL;
    d->replies.n = d->replies.cap = 0;
    d->times.v = NULL;
    d->times.n = d->times.cap = 0;
    arena_reset(d->arena);
}

/* When rows of an object arrive. */
static enum facts_end arrives(size_t thing)
{
    if (thing == T_SPEND || thing == T_USAGE)
        return FACTS_WEEK;
    return thing == T_TOUCH || thing == T_ACTIVITY ? FACTS_STRETCH : FACTS_DAY;
}

void desk_facts(struct desk *d, enum facts_end end)
{
    bool empty = true;
    for (size_t i = 0; i < THINGS && d->rc == RC_OK; i++) {
        if (d->sheets[i].n_rows && arrives(i) <= end)
            send_facts(d, &d->sheets[i]);
        empty = empty && d->sheets[i].n_rows == 0;
    }
    if (empty)
        arena_reset(d->rows);
}
