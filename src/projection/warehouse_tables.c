#include "projection/rows.h"
#include "projection/warehouse_impl.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { SQL_MAX = 8 << 20, FORMAT = 3 };

/* Fixed columns of each kind of table, home first. */
static const struct {
    enum wh_fixed column;
    const char *name, *type;
    unsigned kinds; /* bit per wh_kind */
} fixed_columns[] = {
#define K(kind) (1u << (kind))
    {WF_HOME, "home", "BIGINT", K(WH_CURRENT) | K(WH_HISTORY) | K(WH_VISITS) | K(WH_FACTS)},
    {WF_ID, "id", "BIGINT", K(WH_CURRENT) | K(WH_HISTORY) | K(WH_VISITS) | K(WH_FACTS)},
    {WF_TRUE_FROM, "true_from", "BIGINT", K(WH_HISTORY)},
    {WF_TRUE_TO, "true_to", "BIGINT", K(WH_HISTORY)},
    {WF_KNOWN_FROM, "known_from", "BIGINT", K(WH_HISTORY) | K(WH_VISITS)},
    {WF_KNOWN_TO, "known_to", "BIGINT", K(WH_HISTORY) | K(WH_VISITS)},
    {WF_CREATED, "created_at", "BIGINT", K(WH_CURRENT) | K(WH_HISTORY)},
    {WF_CREATED_D, "created_at_d", "INTEGER", K(WH_CURRENT) | K(WH_HISTORY)},
    {WF_UPDATED, "updated_at", "BIGINT", K(WH_CURRENT) | K(WH_HISTORY)},
    {WF_UPDATED_D, "updated_at_d", "INTEGER", K(WH_CURRENT) | K(WH_HISTORY)},
    {WF_FIELD, "field", "INTEGER", K(WH_VISITS)},
    {WF_STAGE, "stage", "INTEGER", K(WH_VISITS)},
    {WF_ENTERED, "entered", "BIGINT", K(WH_VISITS)},
    {WF_ENTERED_D, "entered_d", "INTEGER", K(WH_VISITS)},
    {WF_ENTERED_SEQ, "entered_seq", "BIGINT", K(WH_VISITS)},
    {WF_LEFT, "left_at", "BIGINT", K(WH_VISITS)},
    {WF_LEFT_D, "left_at_d", "INTEGER", K(WH_VISITS)},
    {WF_NTH, "nth", "INTEGER", K(WH_VISITS)},
    {WF_ALIVE, "alive", "BOOLEAN", K(WH_VISITS)},
    {WF_BATCH, "batch", "BIGINT", K(WH_FACTS)},
    {WF_RECORDED, "recorded_at", "BIGINT", K(WH_FACTS)},
    {WF_AT, "at", "BIGINT", K(WH_FACTS)},
    {WF_AT_D, "at_d", "INTEGER", K(WH_FACTS)},
    {WF_RETRACTED, "retracted_at", "BIGINT", K(WH_FACTS)},
#undef K
};
static const char kind_letters[WH_KINDS] = {'c', 'w', 'v', 'x'};

static const char *duck_type_of(enum value_type t)
{
    switch (t) {
    case VT_BOOL:
        return "BOOLEAN";
    case VT_INT:
    case VT_INSTANT:
    case VT_MONEY:
    case VT_REF:
        return "BIGINT";
    case VT_NUM:
        return "DECIMAL(24,9)";
    case VT_DATE:
    case VT_ENUM:
        return "INTEGER";
    case VT_TEXT:
    case VT_CURRENCY:
    case VT_JSON:
    case VT_SEALED:
    case VT_ABSENT:
        return "VARCHAR";
    }
    return "VARCHAR";
}

/* The second column of a field, if it has one. */
static bool second_column(const struct field *f, const char **suffix, const char **type)
{
    enum value_type t = field_type_info(f->type)->stored;
    *suffix = t == VT_MONEY ? "_c" : "_d";
    *type = t == VT_MONEY ? "VARCHAR" : "INTEGER";
    return t == VT_MONEY || t == VT_INSTANT;
}

/* Columns that stand in a table of the file, in order. */
struct present {
    struct map tables; /* name → struct map of column name → index + 1 as a pointer-sized number */
    struct arena *a;
};

static enum rc read_present(struct warehouse *w, struct present *p, struct diags *ds)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    map_init(&p->tables, p->a);
    enum rc rc = duck_prepare(
        w->conn,
        STR("SELECT table_name, column_name, column_index FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY table_name, column_index"),
        &stmt, ds);
    if (rc == RC_OK)
        rc = duck_run(stmt, &r, ds);
    while (rc == RC_OK && duck_next(r)) {
        struct str table = str_dup(p->a, duck_text(r, 0));
        struct map *columns = map_find(&p->tables, table);
        if (!columns) {
            columns = ARENA_NEW(p->a, struct map);
            map_init(columns, p->a);
            map_put(&p->tables, table, columns);
        }
        int *index = ARENA_NEW(p->a, int);
        *index = (int)duck_i64(r, 2) - 1;
        map_put(columns, str_dup(p->a, duck_text(r, 1)), index);
    }
    duck_result_close(r);
    duck_finalize(stmt);
    return rc;
}

static int column_at(const struct map *columns, struct str name)
{
    const int *index = columns ? map_find(columns, name) : NULL;
    return index ? *index : NO_COLUMN;
}

static void want_column(struct buf *sql, const char *table, const struct map *have, bool *first,
                        struct str name, const char *type)
{
    if (!have)
        buf_printf(sql, "%s\"%.*s\" %s", *first ? "" : ", ", STR_ARG(name), type);
    else if (column_at(have, name) == NO_COLUMN)
        buf_printf(sql, "ALTER TABLE %s ADD COLUMN \"%.*s\" %s; ", table, STR_ARG(name), type);
    *first = false;
}

/* CREATE TABLE for one that is missing, else ADD COLUMN for each it lacks. */
static void shape_table(const struct wh_table *t, enum wh_kind kind, const struct map *have,
                        struct buf *sql)
{
    const char *name = t->columns[kind].name;
    bool first = true;
    if (!have)
        buf_printf(sql, "CREATE TABLE %s (", name);
    for (size_t i = 0; i < sizeof(fixed_columns) / sizeof(fixed_columns[0]); i++) {
        if (fixed_columns[i].kinds >> kind & 1)
            want_column(sql, name, have, &first, str_of(fixed_columns[i].name),
                        fixed_columns[i].type);
    }
    for (size_t i = 0; kind != WH_VISITS && i < t->layout.n; i++) {
        char room[24], wide[32];
        const char *suffix, *type;
        struct str column = column_of(t->fields[i], room);
        want_column(sql, name, have, &first, column,
                    duck_type_of(field_type_info(t->fields[i]->type)->stored));
        if (second_column(t->fields[i], &suffix, &type)) {
            int n = snprintf(wide, sizeof(wide), "%.*s%s", STR_ARG(column), suffix);
            want_column(sql, name, have, &first, (struct str){wide, (size_t)n}, type);
        }
    }
    if (!have)
        buf_cstr(sql, "); ");
}

static void find_columns(struct wh_table *t, enum wh_kind kind, const struct map *have,
                         struct arena *a)
{
    struct wh_columns *c = &t->columns[kind];
    for (size_t i = 0; i < sizeof(fixed_columns) / sizeof(fixed_columns[0]); i++)
        c->fixed[fixed_columns[i].column] = column_at(have, str_of(fixed_columns[i].name));
    c->main = ARENA_ARRAY(a, t->layout.n, int);
    c->second = ARENA_ARRAY(a, t->layout.n, int);
    c->seen = t->seen;
    for (size_t i = 0; i < t->layout.n; i++) {
        char room[24], wide[32];
        const char *suffix, *type;
        struct str column = column_of(t->fields[i], room);
        c->main[i] = column_at(have, column);
        c->second[i] = NO_COLUMN;
        if (second_column(t->fields[i], &suffix, &type)) {
            int n = snprintf(wide, sizeof(wide), "%.*s%s", STR_ARG(column), suffix);
            c->second[i] = column_at(have, (struct str){wide, (size_t)n});
        }
    }
}

/* id, created_at, updated_at and a fact's own instant have fixed columns. */
static bool has_slot(const struct object *o, const struct field *f)
{
    if (f->number == FN_ID || f->number == FN_CREATED_AT || f->number == FN_UPDATED_AT)
        return false;
    return !(o->is_fact && (f->personal || (f == o->time_field && f->type == FT_INSTANT)));
}

static void layout_of(struct wh_table *t, struct arena *a)
{
    const struct object *o = t->object;
    t->fields = ARENA_ARRAY(a, o->n_fields, const struct field *);
    uint32_t *numbers = ARENA_ARRAY(a, o->n_fields, uint32_t);
    uint32_t *stages = ARENA_ARRAY(a, o->n_processes, uint32_t);
    size_t n = 0, n_stages = 0;
    for (size_t i = 0; i < o->n_fields; i++) {
        if (!has_slot(o, o->fields[i]))
            continue;
        size_t at = n++;
        for (; at > 0 && numbers[at - 1] > o->fields[i]->number;
             at--) { /* ascending, as the fold wants them */
            numbers[at] = numbers[at - 1];
            t->fields[at] = t->fields[at - 1];
        }
        numbers[at] = o->fields[i]->number;
        t->fields[at] = o->fields[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (t->fields[i]->kind == FIELD_STAGE && n_stages < o->n_processes)
            stages[n_stages++] = numbers[i];
    }
    t->layout = (struct fold_layout){numbers, n, stages, n_stages};
    t->seen = ARENA_ARRAY(a, n, struct wh_seen);
    for (size_t kind = 0; kind < WH_KINDS; kind++) {
        bool wanted = o->is_fact ? kind == WH_FACTS : kind != WH_FACTS;
        if (wanted)
            snprintf(t->columns[kind].name, sizeof(t->columns[kind].name), "%c_%u",
                     kind_letters[kind], o->number);
    }
}

static enum rc fill_days(struct warehouse *w, struct diags *ds)
{
    static const enum grain grains[] = {GRAIN_WEEK, GRAIN_MONTH,          GRAIN_QUARTER,
                                        GRAIN_YEAR, GRAIN_FISCAL_QUARTER, GRAIN_FISCAL_YEAR};
    enum { GRAINS = sizeof(grains) / sizeof(grains[0]) };
    const struct company *c = &w->settings.model->company;
    struct fiscal fiscal = {.month = c->fiscal_month ? c->fiscal_month : 1,
                            .day = c->fiscal_day ? c->fiscal_day : 1};
    struct period current[GRAINS] = {0};
    struct duck_append *out = NULL;
    enum rc rc = duck_append_open(w->conn, "day", &out, ds);
    if (rc != RC_OK)
        return rc;
    struct instant from = zone_midnight(w->zone, (struct date){WAREHOUSE_DAY_FIRST});
    for (int32_t day = WAREHOUSE_DAY_FIRST; day < WAREHOUSE_DAY_END && rc == RC_OK; day++) {
        struct instant to = zone_midnight(w->zone, (struct date){day + 1});
        duck_put_i64(out, 0, day);
        duck_put_i64(out, 1, from.us);
        duck_put_i64(out, 2, to.us);
        for (size_t g = 0; g < GRAINS; g++) {
            if (day >= current[g].to.days)
                current[g] = period_of(fiscal, grains[g], (struct date){day});
            duck_put_i64(out, 3 + g, current[g].from.days);
        }
        rc = duck_put_row(out, ds);
        from = to;
    }
    if (rc == RC_OK)
        return duck_append_close(out, ds);
    duck_append_drop(out);
    return rc;
}

/* Every day of every currency has its rate, so that a query finds it by equality. `den` brings the product to minor units. */
static enum rc fill_rates(struct warehouse *w, struct diags *ds)
{
    const struct fx_rates *rates = w->settings.rates;
    if (!rates || rates->n == 0)
        return RC_OK;
    int32_t last = INT32_MIN;
    for (size_t i = 0; i < rates->n; i++)
        last = rates->v[i].from.days > last ? rates->v[i].from.days : last;
    struct duck_append *out = NULL;
    enum rc rc = duck_append_open(w->conn, "fx", &out, ds);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < rates->n && rc == RC_OK; i++) {
        const struct fx_rate *r = &rates->v[i];
        bool plan = r->from.days == INT32_MIN;
        bool followed = i + 1 < rates->n && r[1].currency.code == r->currency.code;
        int32_t to = plan ? r->from.days + 1 : followed ? r[1].from.days : last + 1;
        char code[4];
        int digits = 9 + currency_digits(r->currency) - currency_digits(rates->company);
        for (int32_t day = r->from.days; day < to && rc == RC_OK; day++) {
            duck_put_text(out, 0, currency_text(r->currency, code));
            duck_put_i64(out, 1, day);
            duck_put_i64(out, 2, r->rate.mantissa * (int64_t)wide_pow10(9 - r->rate.scale));
            duck_put_i64(out, 3, (int64_t)wide_pow10(digits));
            rc = duck_put_row(out, ds);
        }
    }
    if (rc == RC_OK)
        return duck_append_close(out, ds);
    duck_append_drop(out);
    return rc;
}

static const char make_common[] =
    "CREATE TABLE mark (format INTEGER, calendar VARCHAR, rates VARCHAR, seq BIGINT, hash VARCHAR, "
    "recorded_at BIGINT, "
    "model_version BIGINT); "
    "CREATE TABLE touched (id BIGINT); "
    "CREATE TABLE redirect (object INTEGER, id BIGINT, into_id BIGINT, true_from BIGINT, "
    "known_from BIGINT, known_to BIGINT); "
    "CREATE TABLE day (day INTEGER, from_us BIGINT, to_us BIGINT, week INTEGER, month INTEGER, "
    "quarter INTEGER, "
    "year INTEGER, fiscal_quarter INTEGER, fiscal_year INTEGER); "
    "CREATE TABLE seen (object INTEGER, field INTEGER, absent BOOLEAN, several BOOLEAN, currency "
    "VARCHAR); "
    "CREATE TABLE fx (currency VARCHAR, day INTEGER, rate BIGINT, den BIGINT); "
    /* a / b half to even; b > 0 */
    "CREATE MACRO half_even(a, b) AS CASE WHEN 2 * abs(a % b) > b OR (2 * abs(a % b) = b AND (a // "
    "b) % 2 <> 0) "
    "THEN (a // b) + sign(a) ELSE a // b END; "
    "INSERT INTO mark VALUES (0, '', '', 0, '', 0, 0)";

static struct str calendar_text(const struct warehouse *w)
{
    const struct company *c = &w->settings.model->company;
    return str_printf(w->arena, "%.*s %u-%u", STR_ARG(c->timezone), c->fiscal_month, c->fiscal_day);
}

/* Fills day and fx again when the calendar or the rates are others than those in the file. */
static enum rc refresh_common(struct warehouse *w, struct diags *ds)
{
    char hex[65] = "";
    struct str calendar = calendar_text(w);
    struct str rates = w->settings.rates ? digest_hex(w->settings.rates->version, hex) : STR("");
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    enum rc rc = duck_prepare(w->conn, STR("SELECT calendar = $1, rates = $2 FROM mark"), &stmt,
                              ds);
    bool same_calendar = false, same_rates = false;
    if (rc == RC_OK) {
        duck_bind_text(stmt, 1, calendar);
        duck_bind_text(stmt, 2, rates);
        rc = duck_run(stmt, &r, ds);
    }
    if (rc == RC_OK && duck_next(r)) {
        same_calendar = duck_bool(r, 0);
        same_rates = duck_bool(r, 1);
    }
    duck_result_close(r);
    duck_finalize(stmt);
    if (rc == RC_OK && !same_calendar)
        rc = duck_exec(w->conn, "DELETE FROM day", ds);
    if (rc == RC_OK && !same_calendar)
        rc = fill_days(w, ds);
    if (rc == RC_OK && !same_rates)
        rc = duck_exec(w->conn, "DELETE FROM fx", ds);
    if (rc == RC_OK && !same_rates)
        rc = fill_rates(w, ds);
    if (rc != RC_OK || (same_calendar && same_rates))
        return rc;
    stmt = NULL;
    r = NULL;
    rc = duck_prepare(w->conn, STR("UPDATE mark SET calendar = $1, rates = $2"), &stmt, ds);
    if (rc == RC_OK) {
        duck_bind_text(stmt, 1, calendar);
        duck_bind_text(stmt, 2, rates);
        rc = duck_run(stmt, &r, ds);
    }
    duck_result_close(r);
    duck_finalize(stmt);
    return rc;
}

/* Rows that are older than their column hold nothing in it. */
static void widen_seen(struct wh_table *t, const struct map *before)
{
    char room[24];
    for (size_t i = 0; before && i < t->layout.n; i++)
        if (column_at(before, column_of(t->fields[i], room)) == NO_COLUMN)
            t->seen[i].now.any = t->seen[i].now.absent = true;
}

/* What the file has seen, and the columns that this shape added. */
static enum rc shape_seen(struct warehouse *w, const struct present *before, struct diags *ds)
{
    enum rc rc = wh_seen_load(w, ds);
    for (size_t i = 0; i < w->n_tables; i++)
        for (enum wh_kind k = WH_CURRENT; k < WH_KINDS; k++)
            if (k != WH_VISITS && w->tables[i].columns[k].name[0])
                widen_seen(&w->tables[i],
                           map_find(&before->tables, str_of(w->tables[i].columns[k].name)));
    return rc == RC_OK ? wh_seen_write(w, ds) : rc;
}

static enum rc make_tables(struct warehouse *w, struct diags *ds)
{
    struct arena *scratch = arena_new();
    struct present have = {.a = scratch}, before = {.a = scratch};
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    enum rc rc = read_present(w, &before, ds);
    if (rc == RC_OK && !map_find(&before.tables, STR("mark")))
        rc = duck_exec(w->conn, make_common, ds);
    for (size_t i = 0; i < w->n_tables; i++) {
        for (enum wh_kind k = WH_CURRENT; k < WH_KINDS; k++) {
            const char *name = w->tables[i].columns[k].name;
            if (name[0])
                shape_table(&w->tables[i], k, map_find(&before.tables, str_of(name)), &sql);
        }
    }
    buf_char(&sql, '\0');
    if (rc == RC_OK)
        rc = buf_ok(&sql);
    if (rc == RC_OK && sql.n > 1)
        rc = duck_exec(w->conn, sql.p, ds);
    if (rc == RC_OK)
        rc = read_present(w, &have, ds);
    for (size_t i = 0; rc == RC_OK && i < w->n_tables; i++) {
        for (enum wh_kind k = WH_CURRENT; k < WH_KINDS; k++) {
            const char *name = w->tables[i].columns[k].name;
            if (name[0])
                find_columns(&w->tables[i], k, map_find(&have.tables, str_of(name)), w->arena);
        }
    }
    if (rc == RC_OK)
        rc = shape_seen(w, &before, ds);
    if (rc == RC_OK)
        rc = refresh_common(w, ds);
    buf_release(&sql);
    arena_free(scratch);
    return rc;
}

enum rc wh_shape(struct warehouse *w, struct diags *ds)
{
    const struct model *m = w->settings.model;
    arena_reset(w->arena);
    w->tables = ARENA_ARRAY(w->arena, m->n_objects, struct wh_table);
    w->n_tables = m->n_objects;
    for (size_t i = 0; i < m->n_objects; i++) {
        w->tables[i].object = m->objects[i];
        layout_of(&w->tables[i], w->arena);
    }
    enum rc rc = duck_exec(w->conn, "BEGIN", ds);
    if (rc == RC_OK) {
        rc = make_tables(w, ds);
        enum rc end = duck_exec(w->conn, rc == RC_OK ? "COMMIT" : "ROLLBACK", ds);
        rc = rc == RC_OK ? end : rc;
    }
    if (rc == RC_OK)
        wh_seen_committed(w);
    w->shaped = rc == RC_OK;
    return rc;
}

struct wh_table *wh_table_of(struct warehouse *w, uint32_t object)
{
    for (size_t i = 0; i < w->n_tables; i++) {
        if (w->tables[i].object->number == object)
            return &w->tables[i];
    }
    return NULL;
}

enum rc wh_read_mark(struct warehouse *w, bool *usable, struct diags *ds)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    int64_t tables = 0;
    w->mark = (struct warehouse_mark){0};
    *usable = false;
    enum rc rc = duck_get_i64(w->conn, "SELECT count(*) FROM duckdb_tables() WHERE NOT internal",
                              &tables, ds);
    if (rc != RC_OK || tables == 0) {
        *usable = tables == 0;
        return rc;
    }
    struct diags quiet; /* a file that is not ours has no such table, and is made anew */
    diags_init(&quiet, ds->arena);
    rc = duck_prepare(w->conn,
                      STR("SELECT format, seq, hash, recorded_at, model_version FROM mark"), &stmt,
                      &quiet);
    if (rc == RC_OK)
        rc = duck_run(stmt, &r, ds);
    if (rc == RC_OK && duck_next(r)) {
        w->mark.seq = (uint64_t)duck_i64(r, 1);
        w->mark.recorded_at.us = duck_i64(r, 3);
        w->mark.model_version = (uint32_t)duck_i64(r, 4);
        bool read = digest_parse(duck_text(r, 2), &w->mark.hash);
        *usable = w->mark.seq == 0 || (duck_i64(r, 0) == FORMAT && read);
    }
    duck_result_close(r);
    duck_finalize(stmt);
    return RC_OK;
}

enum rc wh_write_mark(struct warehouse *w, struct warehouse_mark m, struct diags *ds)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    char hex[65];
    enum rc rc = duck_prepare(
        w->conn,
        STR("UPDATE mark SET format = $1, seq = $2, hash = $3, recorded_at = $4, "
            "model_version = $5"),
        &stmt, ds);
    if (rc == RC_OK) {
        duck_bind_i64(stmt, 1, FORMAT);
        duck_bind_i64(stmt, 2, (int64_t)m.seq);
        duck_bind_text(stmt, 3, digest_hex(m.hash, hex));
        duck_bind_i64(stmt, 4, m.recorded_at.us);
        duck_bind_i64(stmt, 5, m.model_version);
        rc = duck_run(stmt, &r, ds);
    }
    duck_result_close(r);
    duck_finalize(stmt);
    return rc;
}
