/* territory - what planned changes of seats will move; gaps and overlaps of territories. */
#include "admission/look.h"
#include "admission/parse.h"
#include "app/commands.h"
#include "app/sending.h"
#include "base/json.h"
#include "process/target.h"
#include "process/territory.h"
#include "projection/list.h"

#include <stdlib.h>

enum { OUT_MAX = 64 << 20, PAGE = 10000, COVERED_MAX = 500000, SHOWN = 10, DAYS_AHEAD = 90 };

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"covers", 0, OPT_FLAG, NULL,
     "plan: what territories as they cover now would bring to who sits there"},
    {"on", 0, OPT_TEXT, "DAY", "plan --covers, apply: as of the beginning of that day (today)"},
    {"everybody", 0, OPT_FLAG, NULL,
     "plan --covers, apply: also from people who never held such a seat"},
    {"all", 'a', OPT_FLAG, NULL, "list every record, not the first ten"},
    {"days", 'd', OPT_INTEGER, "N", "audit: so many days ahead (90)"},
};

struct job {
    struct app *app;
    const struct args *args;
    struct session *s;
    const struct object *seat, *territory;
    const struct row *planned;         /* the seat that is looked at */
    const struct definition *covering; /* the territory that is looked at */
    struct str place;                  /* its name */
    struct date on;                    /* the day of a realignment */
    struct buf out;
    struct zone *zone;
    struct date today;
    size_t found;
    bool all;
};

static struct reaction reaction_of(struct look *l)
{
    return (struct reaction){.l = l, .p = l->process};
}

/* All records of `o`, ascending by id, that meet `where` (NULL: all). */
static enum rc all_ids(struct job *k, const struct object *o, const struct expr *where,
                       uint64_t **out, size_t *n)
{
    struct arena *a = k->app->arena;
    struct list_query q = {
        .object = o, .where = where, .now = k->app->env->now(k->app->env->self), .zone = k->zone};
    struct list_place *page, after = {0};
    size_t got = PAGE;
    VEC(uint64_t) ids = {NULL, 0, 0};
    enum rc rc = list_settle(k->s->projection, &q, a);
    while (rc == RC_OK && got == PAGE) {
        rc = list_page(k->s->projection, &q, &after, PAGE, a, &page, &got);
        for (size_t i = 0; rc == RC_OK && i < got; i++)
            *VEC_PUSH(a, &ids) = after.id = page[i].id;
        if (rc == RC_OK && ids.n > COVERED_MAX)
            rc = RC_LIMIT;
    }
    *out = ids.v;
    *n = ids.n;
    return rc;
}

/* ---- plan ------------------------------------------------------------------------------------------------------------ */

static struct str title_of(const struct row *r, struct arena *a)
{
    const struct field *f = object_title(r->object);
    const struct value *v = f ? row_value(r, f) : NULL;
    return v && v->type != VT_ABSENT ? field_value_text(f, v, a) : STR("");
}

/* What a record is worth: its first amount of money. */
static const struct money *amount_of(const struct row *r)
{
    for (size_t i = 0; i < r->object->n_fields; i++)
        if (r->object->fields[i]->type == FT_MONEY && r->values[i].type == VT_MONEY)
            return &r->values[i].money;
    return NULL;
}

static void put_count(struct job *k, const struct territory_move *m, size_t n, bool kept)
{
    const struct object *o = m[0].row->object;
    struct money sum = {0}, more;
    bool any = false, odd = false;
    char room[40];
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (m[i].kept != kept)
            continue;
        const struct money *one = amount_of(m[i].row);
        count++;
        if (!one)
            continue;
        more = any ? sum : (struct money){0, one->currency};
        any = true;
        if (!money_add(more, *one, &sum)) {
            odd = true;
            sum = more;
        }
    }
    buf_printf(&k->out, "%zu %.*s", count, STR_ARG(count == 1 ? o->name : o->plural));
    if (any)
        buf_printf(&k->out, " of %.*s%s", STR_ARG(money_text(sum, room)),
                   odd ? " and other currencies" : "");
}

static void put_move(struct job *k, struct reaction *r, const struct territory_move *m)
{
    struct str to = person_name(r, m->to);
    char id[64], room[40];
    struct str from = person_name(r, m->from), title = title_of(m->row, r->l->arena);
    const struct money *amount = amount_of(m->row);
    if (!k->app->json) {
        buf_printf(&k->out, "    %.*s  %.*s  %.*s %s %.*s%s%.*s\n",
                   STR_ARG(id_text(m->row->object->prefix, m->row->id, id)), STR_ARG(title),
                   STR_ARG(from), m->kept ? "stays, not to" : "to", STR_ARG(to), amount ? "  " : "",
                   STR_ARG(amount ? money_text(*amount, room) : STR("")));
        return;
    }
    struct json_out w;
    json_out_init(&w, &k->out, false);
    json_begin_object(&w);
    json_field_str(&w, "on", date_text(r->l->today, room));
    json_field_str(&w, "territory", k->place);
    json_field_str(&w, "seat", m->seat);
    json_field_str(&w, "object", m->row->object->name);
    json_field_str(&w, "id", id_text(m->row->object->prefix, m->row->id, id));
    json_field_str(&w, "title", title);
    json_field_str(&w, "from", from);
    json_field_str(&w, "to", to);
    json_field_bool(&w, "stays", m->kept);
    if (amount)
        json_field_str(&w, "amount", money_text(*amount, room));
    json_end_object(&w);
    json_out_done(&w);
    buf_char(&k->out, '\n');
}

/* Records of one object that one person has. */
static void put_group(struct job *k, struct reaction *r, const struct territory_move *m, size_t n)
{
    bool kept = false;
    for (size_t i = 0; i < n; i++)
        kept |= m[i].kept;
    if (!k->app->json) {
        buf_printf(&k->out, "  from %.*s: ", STR_ARG(person_name(r, m[0].from)));
        put_count(k, m, n, false);
        if (kept) {
            buf_cstr(&k->out, "; with them stay ");
            put_count(k, m, n, true);
        }
        buf_char(&k->out, '\n');
    }
    for (size_t i = 0; i < n && (k->all || k->app->json || i < SHOWN); i++)
        put_move(k, r, &m[i]);
    if (n > SHOWN && !k->all && !k->app->json)
        buf_printf(&k->out, "    and %zu more\n", n - SHOWN);
}

static void put_groups(struct job *k, struct reaction *r, const struct territory_move *m, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i;
             end < n && m[end].row->object == m[i].row->object && m[end].from == m[i].from;)
            end++;
        put_group(k, r, &m[i], end - i);
    }
    k->found += n;
}

static void plan_seat(void *self, struct look *l)
{
    struct job *k = self;
    struct reaction r = reaction_of(l);
    struct territory_move *m;
    char day[16];
    l->today = row_date(k->planned, "starts");
    l->at = zone_midnight(k->zone, l->today);
    size_t n = territory_moves(&r, k->planned, 0, &m);
    k->place = row_text(k->planned, "territory");
    if (!k->app->json)
        buf_printf(&k->out, "%.*s  %.*s %.*s: %.*s%s\n", STR_ARG(date_text(l->today, day)),
                   STR_ARG(k->place), STR_ARG(row_text(k->planned, "seat")),
                   STR_ARG(person_name(&r, row_ref(k->planned, "person"))),
                   n ? "" : ", nothing moves");
    put_groups(k, &r, m, n);
}

/* Seat by seat. */
static void plan_covering(void *self, struct look *l)
{
    struct job *k = self;
    struct reaction r = reaction_of(l);
    struct territory_move *m;
    char day[16];
    l->today = k->on;
    l->at = zone_midnight(k->zone, l->today);
    size_t n = territory_realignment(&r, k->covering, args_flag(k->args, "everybody"), &m);
    k->place = k->covering->name;
    if (!n && !k->app->json)
        buf_printf(&k->out, "%.*s  %.*s: nothing moves\n", STR_ARG(date_text(l->today, day)),
                   STR_ARG(k->place));
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && str_eq(m[end].seat, m[i].seat);)
            end++;
        if (!k->app->json)
            buf_printf(&k->out, "%.*s  %.*s %.*s: %.*s\n", STR_ARG(date_text(l->today, day)),
                       STR_ARG(k->place), STR_ARG(m[i].seat), STR_ARG(person_name(&r, m[i].to)));
        put_groups(k, &r, &m[i], end - i);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
    int32_t from = row_date(x, "starts").days, other = row_date(y, "starts").days;
    return from != other ? (from < other ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

static enum rc plan(struct job *k)
{
    const char *wanted = args_operand(k->args, 1);
    struct arena *a = k->app->arena;
    uint64_t *ids;
    size_t n, planned = 0;
    enum rc rc = all_ids(k, k->seat, NULL, &ids, &n);
    if (rc != RC_OK)
        return rc;
    struct row **rows = ARENA_ARRAY(a, n + 1, struct row *);
    rc = rows_load(k->s->projection, k->seat, ids, n, a, rows);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        struct str territory = rows[i] ? row_text(rows[i], "territory") : STR_NONE;
        if (territory.n && row_date(rows[i], "starts").days > k->today.days &&
            (!wanted || str_is(territory, wanted)))
            rows[planned++] = rows[i];
    }
    if (planned > 1)
        qsort(rows, planned, sizeof *rows, by_start);
    for (size_t i = 0; i < planned && rc == RC_OK; i++) {
        k->planned = rows[i];
        rc = admission_look(k->s->admission, k->seat, rows[i]->id, a, plan_seat, k);
    }
    if (!planned && !k->app->json)
        fprintf(k->app->err, "no seat of a territory begins after today\n");
    return rc;
}

static enum rc audit_covers(struct job *k);

/* The record of a territory of the model; 0: it has none. */
static enum rc territory_record(struct job *k, struct str name, uint64_t *id)
{
    struct arena *a = k->app->arena;
    uint64_t *ids;
    size_t n;
    *id = 0;
    enum rc rc = all_ids(k, k->territory, NULL, &ids, &n);
    struct row **rows = ARENA_ARRAY(a, n + 1, struct row *);
    if (rc == RC_OK)
        rc = rows_load(k->s->projection, k->territory, ids, n, a, rows);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (rows[i] && str_eq(row_text(rows[i], "name"), name))
            *id = rows[i]->id;
    return rc;
}

/* What would move though no seat changes hands; then what no territory, or more than one, covers. */
static enum rc plan_covers(struct job *k)
{
    const struct model *m = k->s->model;
    const char *wanted = args_operand(k->args, 1);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_definitions && rc == RC_OK; i++) {
        const struct definition *d = &m->definitions[i];
        uint64_t id;
        if (!str_is(d->kind, "territories") || (wanted && !str_is(d->name, wanted)))
            continue;
        k->covering = d;
        rc = territory_record(k, d->name, &id);
        if (rc == RC_OK && id)
            rc = admission_look(k->s->admission, k->territory, id, k->app->arena, plan_covering, k);
    }
    return rc == RC_OK ? audit_covers(k) : rc;
}

/* The day is written into the territory's record: its process does the rest, then or now. */
static int apply(struct job *k)
{
    const char *name = args_operand(k->args, 1);
    bool everybody = args_flag(k->args, "everybody");
    char day[16];
    struct field_input fields[] = {
        {.name = STR("realign_on"), .form = INPUT_TEXT, .text = date_text(k->on, day)},
        {.name = STR("realign"),
         .form = INPUT_TEXT,
         .text = everybody ? STR("everybody") : STR("seats")}};
    struct command c = {
        .kind = CMD_UPDATE, .object = k->territory, .fields = fields, .n_fields = 2};
    if (!name)
        return app_usage(k->app, k->args, "name the territory");
    enum rc rc = territory_record(k, str_of(name), &c.id);
    if (rc != RC_OK)
        return app_fail(k->app, rc, "the records cannot be read: %s", session_error(k->s));
    if (!c.id)
        return app_fail(k->app, RC_NOT_FOUND, "there is no territory '%s'", name);
    return sending_one(k->app, k->args, k->s, &c, NULL);
}

/* ---- audit ----------------------------------------------------------------------------------------------------------- */

static void put_fault(struct job *k, struct reaction *r, const struct territory_finding *f)
{
    static const char *const words[] = {"gap", "shared", "twice"};
    char from[16], to[16];
    struct str who = person_name(r, f->person), other = person_name(r, f->other_person);
    struct str days = str_printf(k->app->arena, "%.*s to %.*s", STR_ARG(date_text(f->from, from)),
                                 STR_ARG(date_text(f->to, to)));
    k->found++;
    if (k->app->json) {
        struct json_out w;
        json_out_init(&w, &k->out, false);
        json_begin_object(&w);
        json_field_cstr(&w, "finding", words[f->fault]);
        json_field_str(&w, "territory", f->territory);
        json_field_str(&w, "seat", f->seat);
        json_field_str(&w, "from", date_text(f->from, from));
        json_field_str(&w, "to", date_text(f->to, to));
        if (f->fault != TERRITORY_GAP)
            json_field_str(&w, "person", who);
        if (f->fault == TERRITORY_SHARED)
            json_field_str(&w, "other_person", other);
        if (f->fault == TERRITORY_TWICE)
            json_field_str(&w, "other", f->other);
        json_end_object(&w);
        json_out_done(&w);
        buf_char(&k->out, '\n');
    } else if (f->fault == TERRITORY_GAP) {
        buf_printf(&k->out, "%.*s: nobody is %.*s, %.*s\n", STR_ARG(f->territory), STR_ARG(f->seat),
                   STR_ARG(days));
    } else if (f->fault == TERRITORY_SHARED) {
        buf_printf(&k->out, "%.*s: %.*s and %.*s are both %.*s, %.*s\n", STR_ARG(f->territory),
                   STR_ARG(who), STR_ARG(other), STR_ARG(f->seat), STR_ARG(days));
    } else {
        buf_printf(&k->out, "%.*s and %.*s: %.*s is %.*s of both, %.*s\n", STR_ARG(f->territory),
                   STR_ARG(f->other), STR_ARG(who), STR_ARG(f->seat), STR_ARG(days));
    }
}

static void audit_days(void *self, struct look *l)
{
    struct job *k = self;
    struct reaction r = reaction_of(l);
    struct territory_finding *f;
    struct date until = {k->today.days + (int32_t)args_integer(k->args, "days", DAYS_AHEAD)};
    size_t n = territory_audit(&r, until, &f);
    for (size_t i = 0; i < n; i++)
        put_fault(k, &r, &f[i]);
}

/* A record that a territory covers. */
struct covered {
    uint64_t id;
    const struct definition *by;
};

static int by_id(const void *pa, const void *pb)
{
    const struct covered *a = pa, *b = pb;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->by < b->by ? -1 : a->by > b->by;
}

static void put_record(struct job *k, const struct object *o, uint64_t id, const char *finding,
                       struct str text, size_t shown)
{
    char room[64];
    k->found++;
    if (k->app->json) {
        struct json_out w;
        json_out_init(&w, &k->out, false);
        json_begin_object(&w);
        json_field_cstr(&w, "finding", finding);
        json_field_str(&w, "object", o->name);
        json_field_str(&w, "id", id_text(o->prefix, id, room));
        json_field_str(&w, "territories", text);
        json_end_object(&w);
        json_out_done(&w);
        buf_char(&k->out, '\n');
    } else if (k->all || shown < SHOWN) {
        buf_printf(&k->out, "%.*s %.*s: %s%s%.*s\n", STR_ARG(o->name),
                   STR_ARG(id_text(o->prefix, id, room)),
                   text.n ? "covered by" : "covered by no territory", text.n ? " " : "",
                   STR_ARG(text));
    }
}

/* Records of `o` that two territories cover, and those that none does. */
static enum rc audit_object(struct job *k, const struct object *o)
{
    const struct model *m = k->s->model;
    struct arena *a = k->app->arena;
    VEC(struct covered) all = {NULL, 0, 0};
    uint64_t *ids = NULL;
    size_t n = 0, twice = 0, none = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_definitions && rc == RC_OK; i++) {
        const struct definition *d = &m->definitions[i];
        const struct node *covers = node_get(d->node, "covers");
        if (!str_is(d->kind, "territories") || d->object != o || !covers || !covers->expr)
            continue;
        rc = all_ids(k, o, covers->expr, &ids, &n);
        for (size_t j = 0; rc == RC_OK && j < n; j++)
            *VEC_PUSH(a, &all) = (struct covered){ids[j], d};
    }
    if (rc == RC_OK)
        rc = all_ids(k, o, NULL, &ids, &n);
    if (all.n > 1)
        qsort(all.v, all.n, sizeof *all.v, by_id);
    for (size_t i = 0, j = 0; rc == RC_OK && i < n; i++) {
        struct str names = STR_NONE;
        size_t count = 0;
        for (; j < all.n && all.v[j].id <= ids[i]; j++) {
            names = count++
                        ? str_printf(a, "%.*s, %.*s", STR_ARG(names), STR_ARG(all.v[j].by->name))
                        : all.v[j].by->name;
        }
        if (count > 1)
            put_record(k, o, ids[i], "covered_twice", names, twice++);
        else if (count == 0)
            put_record(k, o, ids[i], "uncovered", STR_NONE, none++);
    }
    if (!k->app->json && (twice || none))
        buf_printf(&k->out, "%zu of %zu %.*s covered more than once, %zu by none\n", twice, n,
                   STR_ARG(o->plural), none);
    return rc;
}

static enum rc audit(struct job *k)
{
    struct arena *a = k->app->arena;
    uint64_t *ids;
    size_t n;
    enum rc rc = all_ids(k, k->territory, NULL, &ids, &n);
    if (rc == RC_OK && n)
        rc = admission_look(k->s->admission, k->territory, ids[0], a, audit_days, k);
    return rc == RC_OK ? audit_covers(k) : rc;
}

static enum rc audit_covers(struct job *k)
{
    const struct model *m = k->s->model;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++) {
        bool theirs = false;
        for (size_t d = 0; d < m->n_definitions; d++)
            theirs |= str_is(m->definitions[d].kind, "territories") &&
                      m->definitions[d].object == m->objects[i];
        if (theirs)
            rc = audit_object(k, m->objects[i]);
    }
    return rc;
}

/* ---- the verb -------------------------------------------------------------------------------------------------------- */

static bool read_day(struct job *k)
{
    const char *on = args_text(k->args, "on");
    k->today = k->on = zone_date(k->zone, k->app->env->now(k->app->env->self));
    return !on || date_parse(str_of(on), &k->on);
}

static int answer(struct job *k, bool audits)
{
    bool covers = args_flag(k->args, "covers");
    buf_init(&k->out, OUT_MAX);
    enum rc rc = audits ? audit(k) : covers ? plan_covers(k) : plan(k);
    app_put(k->app, &k->out);
    buf_release(&k->out);
    if (rc != RC_OK)
        return app_fail(k->app, rc, "the records cannot be read: %s", session_error(k->s));
    return audits && k->found ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int dispatch(struct job *k)
{
    struct str what = str_of(args_operand(k->args, 0) ? args_operand(k->args, 0) : "");
    bool audits = str_is(what, "audit"), applies = str_is(what, "apply");
    if (!audits && !applies && !str_is(what, "plan"))
        return app_usage(k->app, k->args, "say plan, apply or audit");
    if (args_integer(k->args, "days", DAYS_AHEAD) < 0 || args_integer(k->args, "days", 0) > 3660)
        return app_usage(k->app, k->args, "--days is 0 to 3660");
    k->seat = model_object_numbered(k->s->model, ON_SEAT);
    k->territory = model_object_numbered(k->s->model, ON_TERRITORY);
    if (!k->seat || zone_open(k->s->model->company.timezone, &k->zone) != RC_OK)
        return app_fail(k->app, RC_NOT_FOUND, "the model has no territories");
    int code = !read_day(k) ? app_usage(k->app, k->args, "--on is a day: 2026-02-01")
               : applies    ? apply(k)
                            : answer(k, audits);
    zone_close(k->zone);
    return code;
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct job k = {.app = app, .args = args, .s = &s, .all = args_flag(args, "all")};
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = dispatch(&k);
    session_close(&s);
    return code;
}

const struct command_def command_territory = {
    .name = "territory",
    .summary = "what territories will move, and move it; their gaps and overlaps",
    .usage = "plan [TERRITORY] [--covers [--on DAY] [--everybody]] [--all] | apply TERRITORY [--on "
             "DAY] [--everybody] | audit [--days N] [--all]",
    .details = "plan: for each seat that begins after today, the open records that will go to its "
               "holder, from whom, how many, what they\n"
               "are worth, and what stays by `keep_when`; nothing is changed. With --covers what\n"
               "territories as they cover now would bring to who sits there, though no seat "
               "changes hands; and the records that none, or more than\n"
               "one, covers. apply: these moves, on that day, with a list. audit: days on which "
               "nobody holds a seat, people who share\n"
               "one, people in the same seat of two territories, records that two territories "
               "cover or none; exits 1 when there are any.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
