/* run.c - statements of a plan are run and their rows gathered as tallies by group and bucket.
 *
 * Kept: a group is known by its dimensions' stored values, never by their labels; sums stay fractions.
 */
#include "insight/run.h"

#include "projection/rows.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void bind(struct duck_stmt *stmt, size_t i, const struct value *v)
{
    switch (v->type) {
    case VT_ABSENT:
    case VT_SEALED:
        duck_bind_null(stmt, i);
        return;
    case VT_BOOL:
        duck_bind_bool(stmt, i, v->boolean);
        return;
    case VT_INT:
        duck_bind_i64(stmt, i, v->integer);
        return;
    case VT_NUM:
        duck_bind_f64(stmt, i, decimal_double(v->number));
        return;
    case VT_TEXT:
    case VT_JSON:
        duck_bind_text(stmt, i, v->text);
        return;
    case VT_DATE:
        duck_bind_i64(stmt, i, v->date.days);
        return;
    case VT_INSTANT:
        duck_bind_i64(stmt, i, v->instant.us);
        return;
    case VT_MONEY:
        duck_bind_i64(stmt, i, v->money.minor);
        return;
    case VT_ENUM:
        duck_bind_i64(stmt, i, v->number_of);
        return;
    case VT_REF:
        duck_bind_i64(stmt, i, (int64_t)v->ref);
        return;
    case VT_CURRENCY: {
        char code[4];
        duck_bind_text(stmt, i, currency_text(v->currency, code));
        return;
    }
    }
}

enum rc run_statement(struct runner *r, const struct statement *s, struct duck_stmt **stmt,
                      struct duck_result **out)
{
    *out = NULL;
    enum rc rc = view_prepare(r->view, s->sql, stmt, r->ds);
    if (rc != RC_OK)
        return rc;
    assert(duck_parameters(*stmt) <= s->n_params);
    for (size_t i = 0; i < duck_parameters(*stmt); i++) {
        if (s->params[i].is_double)
            duck_bind_f64(*stmt, i + 1, s->params[i].number);
        else
            bind(*stmt, i + 1, &s->params[i].value);
    }
    return duck_run(*stmt, out, r->ds);
}

void run_done(struct runner *r, struct duck_stmt *stmt, struct duck_result *row)
{
    duck_result_close(row);
    view_return(r->view, stmt);
}

bool run_ratio(const struct duck_result *r, size_t col, struct ratio *out)
{
    enum duck_type type = duck_column_type(r, col);
    if (duck_is_null(r, col) ||
        (type != DUCK_INT && type != DUCK_DECIMAL && type != DUCK_DATE && type != DUCK_INSTANT))
        return false;
    return ratio_make(duck_i128(r, col), (i128)wide_pow10(duck_column_scale(r, col)), out);
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static struct str shown_number(struct arena *a, struct str text)
{
    struct decimal d;
    char room[32];
    return decimal_parse(text, &d) ? str_dup(a, decimal_text(d, room)) : str_dup(a, text);
}

static struct answer_key key_of_enum(struct arena *a, const struct field *f, int64_t number)
{
    const struct enum_value *v = field_value_numbered(f, (uint32_t)number);
    struct str name = v ? v->name : str_printf(a, "%" PRId64, number);
    return (struct answer_key){.value = name, .label = v && v->label.n ? v->label : name};
}

/* The stored value of a dimension as an answer shows it. */
static struct answer_key key_of(struct arena *a, const struct field *f, struct str stored)
{
    char room[64];
    int64_t number = 0;
    bool whole = str_to_i64(stored, &number);
    struct str value;
    if (f->n_values > 0 && whole)
        return key_of_enum(a, f, number);
    if (f->type == FT_REF && whole)
        value = str_dup(a, id_text(f->to ? f->to->prefix : STR_NONE, (uint64_t)number, room));
    else if (f->type == FT_DATE && whole)
        value = str_dup(a, date_text((struct date){(int32_t)number}, room));
    else if (f->type == FT_INSTANT && whole)
        value = str_dup(a, instant_text((struct instant){number}, room));
    else if (f->type == FT_NUMBER)
        value = shown_number(a, stored);
    else
        value = str_dup(a, stored);
    return (struct answer_key){.value = value, .label = value};
}

static const struct field *last_step(const struct path *p)
{
    return p->steps[p->n_steps - 1];
}

static enum rc find_group(struct runner *r, struct found *f, const struct answer_key *keys,
                          int32_t bucket, struct group **out)
{
    const struct plan *p = f->plan;
    struct str name = str_printf(r->a, "%d", bucket);
    for (size_t i = 0; i < p->n_by; i++)
        name = keys[i].none
                   ? str_printf(r->a, "%.*s\x1f-", STR_ARG(name))
                   : str_printf(r->a, "%.*s\x1f+%.*s", STR_ARG(name), STR_ARG(keys[i].value));
    *out = map_find(&f->by_key, name);
    if (*out)
        return RC_OK;
    if (f->n_groups >= QUERY_ROWS_MAX) {
        struct diag *d = diag_add(r->ds, SEV_ERROR, "I0021", span_none(),
                                  "the answer has more than %d groups", QUERY_ROWS_MAX);
        diag_help(r->ds, d, "take fewer dimensions, a coarser grain, or a shorter window");
        return RC_LIMIT;
    }
    struct group *g = *out = ARENA_NEW(r->a, struct group);
    g->keys = ARENA_ARRAY(r->a, p->n_by + 1, struct answer_key);
    memcpy(g->keys, keys, p->n_by * sizeof(*keys));
    g->bucket = bucket;
    g->cells = ARENA_ARRAY(r->a, p->n_leaves, struct tally);
    f->groups = vec_room(r->a, f->groups, f->n_groups, &f->cap_groups, sizeof(struct group *));
    f->groups[f->n_groups++] = g;
    (void)map_put(&f->by_key, name, g);
    return RC_OK;
}

/* ---- scans ------------------------------------------------------------------------------------------------------ */

static struct str text_of(struct runner *r, const struct duck_result *row, size_t col)
{
    if (duck_is_null(row, col) || duck_column_type(row, col) != DUCK_TEXT)
        return STR_NONE;
    return str_dup(r->a, duck_text(row, col));
}

static void read_cell(struct runner *r, const struct duck_result *row, size_t col, struct tally *c)
{
    c->met = (uint64_t)duck_i64(row, col + MC_MET);
    c->values = (uint64_t)duck_i64(row, col + MC_VALUES);
    c->has_a = run_ratio(row, col + MC_A, &c->a);
    c->has_b = run_ratio(row, col + MC_B, &c->b);
    c->text = text_of(r, row, col + MC_A);
}

static enum rc read_row(struct runner *r, const struct scan *s, const struct duck_result *row,
                        struct found *f)
{
    const struct plan *p = f->plan;
    struct answer_key keys[QUERY_DIMENSIONS_MAX] = {0};
    for (size_t i = 0; i < p->n_by; i++) {
        if (duck_is_null(row, i))
            keys[i] = (struct answer_key){.none = true, .value = STR_NONE, .label = STR("(none)")};
        else
            keys[i] = key_of(r->a, last_step(&s->keys[i].path), duck_text(row, i));
    }
    struct group *g;
    enum rc rc = find_group(r, f, keys, (int32_t)duck_i64(row, p->n_by), &g);
    for (size_t i = 0; i < s->n_measures && rc == RC_OK; i++)
        read_cell(r, row, p->n_by + 1 + i * MC_COUNT, &g->cells[s->measures[i].leaf]);
    return rc;
}

/* A row tells of a group in a bucket, of records without a time, or of nothing: a series without instants, or none that count. */
static enum rc take_row(struct runner *r, const struct scan *s, const struct duck_result *row,
                        struct found *f, struct scan_facts *facts)
{
    const struct plan *p = f->plan;
    size_t first = p->n_by + 1;
    bool tells = msql_tells_untimed(p, s, r->view), bucket = !duck_is_null(row, p->n_by);
    uint64_t met = (uint64_t)duck_i64(row, first + MC_MET), untimed = 0;
    if (tells && p->has_grain)
        untimed = bucket ? 0 : met;
    else if (tells)
        untimed = (uint64_t)duck_i64(row, first + s->n_measures * MC_COUNT);
    for (size_t i = 0; i < s->n_measures; i++)
        facts->no_time[i] += untimed;
    return bucket && met > 0 ? read_row(r, s, row, f) : RC_OK;
}

static enum rc run_scan(struct runner *r, const struct scan *s, struct found *f,
                        struct scan_facts *facts)
{
    struct msql e;
    struct statement text;
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    facts->no_time = ARENA_ARRAY(r->a, s->n_measures, uint64_t);
    facts->unknown = ARENA_ARRAY(r->a, s->n_measures, uint64_t);
    msql_init(&e, f->plan, s, r->facts, r->a, r->ds);
    enum rc rc = msql_scan(&e, &text);
    if (rc == RC_OK)
        rc = run_statement(r, &text, &stmt, &row);
    while (rc == RC_OK && duck_next(row))
        rc = take_row(r, s, row, f, facts);
    run_done(r, stmt, row);
    return rc;
}

/* May a figure of the scan lack a value? Then its reason needs the number of all records. */
static bool may_lack(const struct found *f, const struct scan *s)
{
    bool lacks = f->plan->has_grain || f->n_groups == 0 || f->plan->query->compare.n > 0;
    for (size_t g = 0; g < f->n_groups && !lacks; g++) {
        for (size_t i = 0; i < s->n_measures; i++)
            lacks = lacks || f->groups[g]->cells[s->measures[i].leaf].values == 0;
    }
    return lacks;
}

static enum rc run_facts(struct runner *r, const struct found *f, const struct scan *s,
                         struct scan_facts *out)
{
    bool asks;
    struct msql e;
    struct statement text;
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    msql_init(&e, f->plan, s, r->facts, r->a, r->ds);
    enum rc rc = msql_left_out(&e, may_lack(f, s), &text, &asks);
    if (rc != RC_OK || !asks)
        return rc;
    rc = run_statement(r, &text, &stmt, &row);
    if (rc == RC_OK && duck_next(row)) {
        out->records = (uint64_t)duck_i64(row, 0);
        out->later = (uint64_t)duck_i64(row, 1);
        for (size_t i = 0; i < s->n_measures; i++) {
            out->no_time[i] += (uint64_t)duck_i64(row, 2 + 2 * i);
            out->unknown[i] = (uint64_t)duck_i64(row, 3 + 2 * i);
        }
    }
    run_done(r, stmt, row);
    return rc;
}

enum rc run_present(struct runner *r, const struct plan *p, const struct leaf *l, uint64_t *out)
{
    struct msql e;
    struct statement text;
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    msql_init(&e, p, &p->scans[l->scan], r->facts, r->a, r->ds);
    enum rc rc = msql_present(&e, l->measure, &text);
    if (rc == RC_OK)
        rc = run_statement(r, &text, &stmt, &row);
    *out = rc == RC_OK && duck_next(row) ? (uint64_t)duck_i64(row, 0) : 0;
    run_done(r, stmt, row);
    return rc;
}

enum rc run_plan(struct runner *r, const struct plan *p, struct found *out)
{
    *out = (struct found){.plan = p, .facts = ARENA_ARRAY(r->a, p->n_scans, struct scan_facts)};
    map_init(&out->by_key, r->a);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->n_scans && rc == RC_OK; i++)
        rc = run_scan(r, &p->scans[i], out, &out->facts[i]);
    for (size_t i = 0; i < p->n_scans && rc == RC_OK; i++)
        rc = run_facts(r, out, &p->scans[i], &out->facts[i]);
    return rc;
}

/* ---- labels of records ------------------------------------------------------------------------------------------- */

/* What the record in `t<depth>` is called, as projection/titles.h says it; NULL where it is called nothing. */
static void put_title(struct buf *sql, const struct object *o, int depth)
{
    char room[64];
    bool refers = false;
    for (size_t i = 0; i < o->n_title; i++)
        refers = refers || o->title[i]->type == FT_REF;
    buf_printf(sql, "coalesce(NULLIF(concat_ws('%s'", refers ? " · " : " ");
    for (size_t i = 0; i < o->n_title; i++) {
        const struct field *f = o->title[i];
        struct str column = column_of(f, room);
        if (f->type != FT_REF) {
            buf_printf(sql, ", t%d.%.*s", depth, STR_ARG(column));
        } else if (depth < TITLE_STEPS) {
            buf_cstr(sql, ", (SELECT ");
            put_title(sql, f->to, depth + 1);
            column = column_of(f, room);
            buf_printf(sql, " FROM c_%u t%d WHERE t%d.id = t%d.%.*s)", f->to->number, depth + 1,
                       depth + 1, depth, STR_ARG(column));
        }
    }
    buf_cstr(sql, "), '')");
    if (o->title_else)
        buf_printf(sql, ", t%d.%.*s", depth, STR_ARG(column_of(o->title_else, room)));
    buf_cstr(sql, ")");
}

static enum rc label_dimension(struct runner *r, const struct found *f, size_t dim,
                               const struct object *to)
{
    struct map by_id;
    struct buf sql;
    char room[64];
    map_init(&by_id, r->a);
    buf_init(&sql, 64u << 20);
    buf_cstr(&sql, "SELECT * FROM (SELECT t0.id, ");
    put_title(&sql, to, 0);
    buf_printf(&sql, " AS title FROM c_%u t0 WHERE t0.id IN (0", to->number);
    for (size_t i = 0; i < f->n_groups; i++) {
        struct answer_key *k = &f->groups[i]->keys[dim];
        uint64_t id;
        if (k->none || !id_parse(k->value, STR_NONE, &id) || map_find(&by_id, k->value))
            continue;
        (void)map_put(&by_id, k->value, &k->label);
        buf_printf(&sql, ", %" PRIu64, id);
    }
    buf_cstr(&sql, ")) WHERE title IS NOT NULL");
    struct statement text = {.sql = buf_view(&sql)};
    struct duck_stmt *stmt = NULL;
    struct duck_result *row = NULL;
    struct map labels;
    map_init(&labels, r->a);
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = run_statement(r, &text, &stmt, &row);
    while (rc == RC_OK && duck_next(row)) {
        struct str *label = ARENA_NEW(r->a, struct str);
        *label = str_dup(r->a, duck_text(row, 1));
        (void)map_put(&labels, str_dup(r->a, id_text(to->prefix, (uint64_t)duck_i64(row, 0), room)),
                      label);
    }
    run_done(r, stmt, row);
    buf_release(&sql);
    for (size_t i = 0; rc == RC_OK && i < f->n_groups; i++) {
        struct answer_key *k = &f->groups[i]->keys[dim];
        const struct str *label = k->none ? NULL : map_find(&labels, k->value);
        if (label)
            k->label = *label;
    }
    return rc;
}

enum rc run_labels(struct runner *r, const struct found *f)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < f->plan->n_by && f->plan->n_scans > 0 && rc == RC_OK; i++) {
        const struct field *last = last_step(&f->plan->scans[0].keys[i].path);
        bool called = last->type == FT_REF && last->to && last->to->n_title > 0;
        if (called && f->n_groups > 0)
            rc = label_dimension(r, f, i, last->to);
    }
    return rc;
}
