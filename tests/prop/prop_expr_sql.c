/* The same condition gives the same answer in C, in SQLite and in DuckDB: random expressions over random records, half
 * the values absent. Absent and fault are NULL; as a condition, only true counts. The share refused by the emitter is
 * printed and bounded. */
#include "store/duckdb.h"
#include "store/duckdb_dialect.h"
#include "store/sqlite_dialect.h"
#include "tests/expr_random.h"
#include "tests/tap.h"

#include <inttypes.h>
#include <string.h>

enum { EXPRESSIONS = 4 };

/* One cell of an answer. */
struct cell {
    bool null;
    int64_t integer;
    double number;
    char text[512];
    size_t text_n;
};

struct answer {
    struct cell value, currency;
    bool met;
};

struct engine {
    sqlite3 *lite;
    struct duck *duck;
    struct duck_conn *conn;
    uint64_t emitted, refused, uncompiled, compared;
    const char *reasons[16];
    uint64_t reason_counts[16];
};

/* ---- tables ---- */

static bool is_duck(const struct engine *e)
{
    return e->conn != NULL;
}

static enum rc table_id(void *ctx, struct str alias, const struct xobject *o, struct buf *out)
{
    (void)ctx, (void)o;
    buf_printf(out, "%.*s.id", STR_ARG(alias));
    return RC_OK;
}

static enum rc table_column(void *ctx, struct str alias, const struct xobject *o,
                            const struct xfield *f, struct buf *out, struct buf *currency)
{
    (void)o;
    bool cast = is_duck(ctx) && f->stored == VT_NUM;
    buf_printf(out, cast ? "CAST(%.*s.f%u AS DOUBLE)" : "%.*s.f%u", STR_ARG(alias), f->number);
    if (f->stored == VT_MONEY)
        buf_printf(currency, "%.*s.f%u_c", STR_ARG(alias), f->number);
    return RC_OK;
}

static enum rc table_from(void *ctx, struct str alias, const struct xobject *o, struct buf *from,
                          struct buf *where)
{
    (void)ctx;
    buf_printf(from, "r_%u AS %.*s", o->number, STR_ARG(alias));
    buf_printf(where, "%.*s.deleted_at IS NULL", STR_ARG(alias));
    return RC_OK;
}

static const char *column_type(const struct engine *e, enum value_type t)
{
    switch ((int)t) {
    case VT_BOOL:
        return is_duck(e) ? "BOOLEAN" : "INTEGER";
    case VT_NUM:
        return is_duck(e) ? "DECIMAL(24,9)" : "REAL";
    case VT_DATE:
        return "INTEGER";
    case VT_TEXT:
    case VT_JSON:
        return is_duck(e) ? "VARCHAR" : "TEXT";
    default:
        return is_duck(e) ? "BIGINT" : "INTEGER";
    }
}

static bool run_sql(struct engine *e, const char *sql)
{
    if (!is_duck(e)) {
        char *message = NULL;
        bool good = sqlite3_exec(e->lite, sql, NULL, NULL, &message) == SQLITE_OK;
        if (!good)
            tap_diag("%s: %s", message, sql);
        sqlite3_free(message);
        return good;
    }
    struct arena *a = arena_new();
    struct diags ds;
    diags_init(&ds, a);
    bool good = duck_exec(e->conn, sql, &ds) == RC_OK;
    if (!good)
        tap_diag("%.*s: %s", STR_ARG(ds.list.v[0].message), sql);
    arena_free(a);
    return good;
}

static bool make_tables(struct engine *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < COUNT(fx_objects); i++) {
        const struct xobject *o = fx_objects[i];
        buf_printf(&b, "CREATE TABLE r_%u (id BIGINT PRIMARY KEY, deleted_at BIGINT", o->number);
        for (size_t k = 0; k < o->n_fields; k++) {
            buf_printf(&b, ", f%u %s", o->fields[k].number, column_type(e, o->fields[k].stored));
            if (o->fields[k].stored == VT_MONEY)
                buf_printf(&b, ", f%u_c %s", o->fields[k].number, column_type(e, VT_TEXT));
        }
        buf_cstr(&b, ");\n");
    }
    buf_char(&b, '\0');
    bool good = run_sql(e, buf_view(&b).p);
    buf_release(&b);
    return good;
}

static void put_value(struct buf *b, const struct xfield *f, const struct value *v)
{
    char room[32];
    buf_cstr(b, ", ");
    switch ((int)v->type) {
    case VT_BOOL:
        buf_cstr(b, v->boolean ? "TRUE" : "FALSE");
        break;
    case VT_INT:
        /* The least integer has no literal of its own. */
        if (v->integer == INT64_MIN)
            buf_cstr(b, "(-9223372036854775807 - 1)");
        else
            buf_printf(b, "%" PRId64, v->integer);
        break;
    case VT_NUM:
        buf_str(b, decimal_text(v->number, room));
        break;
    case VT_TEXT:
    case VT_JSON:
        buf_printf(b, "'%.*s'", STR_ARG(v->text));
        break;
    case VT_DATE:
        buf_printf(b, "%d", v->date.days);
        break;
    case VT_INSTANT:
        buf_printf(b, "%" PRId64, v->instant.us);
        break;
    case VT_MONEY:
        buf_printf(b, "%" PRId64 ", '%.*s'", v->money.minor,
                   STR_ARG(currency_text(v->money.currency, room)));
        break;
    case VT_ENUM:
        buf_printf(b, "%u", v->number_of);
        break;
    case VT_REF:
        buf_printf(b, "%" PRIu64, v->ref);
        break;
    default:
        buf_cstr(b, f->stored == VT_MONEY ? "NULL, NULL" : "NULL");
        break;
    }
}

static bool fill_tables(struct engine *e, const struct fx_world *w)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_cstr(&b, "BEGIN;\n");
    for (size_t i = 0; i < COUNT(fx_objects); i++)
        buf_printf(&b, "DELETE FROM r_%u;\n", fx_objects[i]->number);
    for (size_t i = 0; i < w->n; i++) {
        const struct fx_row *r = &w->rows[i];
        bool next = i && w->rows[i - 1].object == r->object;
        if (next)
            buf_cstr(&b, ", ");
        else
            buf_printf(&b, "%sINSERT INTO r_%u VALUES ", i ? ";\n" : "", r->object->number);
        buf_printf(&b, "(%" PRIu64 ", NULL", r->id);
        for (size_t k = 0; k < r->object->n_fields; k++)
            put_value(&b, &r->object->fields[k], &r->v[k]);
        buf_char(&b, ')');
    }
    buf_cstr(&b, ";\nCOMMIT");
    buf_char(&b, '\0');
    bool good = run_sql(e, buf_view(&b).p);
    buf_release(&b);
    return good;
}

/* ---- asking the engines ---- */

static void set_text(struct cell *c, struct str s)
{
    c->text_n = s.n < sizeof c->text ? s.n : sizeof c->text;
    if (c->text_n)
        memcpy(c->text, s.p, c->text_n);
}

static void lite_cell(sqlite3_stmt *st, int col, struct cell *c)
{
    *c = (struct cell){.null = sqlite3_column_type(st, col) == SQLITE_NULL};
    if (c->null)
        return;
    c->integer = sqlite3_column_int64(st, col);
    c->number = sqlite3_column_double(st, col);
    set_text(c, (struct str){(const char *)sqlite3_column_text(st, col),
                             (size_t)sqlite3_column_bytes(st, col)});
}

static bool ask_lite(struct engine *e, struct str sql, const struct xbound *v, size_t n,
                     struct answer *out, size_t rows)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(e->lite, sql.p, (int)sql.n, &st, NULL) != SQLITE_OK) {
        tap_diag("%s: %.*s", sqlite3_errmsg(e->lite), STR_ARG(sql));
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int at = (int)i + 1;
        if (v[i].is_double)
            (void)sqlite3_bind_double(st, at, v[i].number);
        else if (v[i].value.type == VT_TEXT)
            (void)sqlite3_bind_text(st, at, v[i].value.text.n ? v[i].value.text.p : "",
                                    (int)v[i].value.text.n, SQLITE_TRANSIENT);
        else if (v[i].value.type == VT_BOOL)
            (void)sqlite3_bind_int(st, at, v[i].value.boolean);
        else if (v[i].value.type == VT_INT)
            (void)sqlite3_bind_int64(st, at, v[i].value.integer);
    }
    size_t got = 0;
    while (sqlite3_step(st) == SQLITE_ROW && got < rows) {
        lite_cell(st, 0, &out[got].value);
        lite_cell(st, 1, &out[got].currency);
        out[got++].met = sqlite3_column_int(st, 2) == 1;
    }
    bool good = sqlite3_finalize(st) == SQLITE_OK && got == rows;
    if (!good)
        tap_diag("%zu rows, %s", got, sqlite3_errmsg(e->lite));
    return good;
}

static void duck_cell(const struct duck_result *r, size_t col, struct cell *c)
{
    *c = (struct cell){.null = duck_is_null(r, col)};
    if (c->null)
        return;
    switch (duck_column_type(r, col)) {
    case DUCK_BOOL:
        c->integer = duck_bool(r, col);
        break;
    case DUCK_DOUBLE:
        c->number = duck_f64(r, col);
        break;
    case DUCK_TEXT:
        set_text(c, duck_text(r, col));
        break;
    case DUCK_INT:
    case DUCK_DECIMAL:
    case DUCK_DATE:
    case DUCK_INSTANT:
        c->integer = duck_i64(r, col);
        break;
    }
}

static void bind_duck(struct duck_stmt *st, size_t at, const struct xbound *v)
{
    if (v->is_double)
        duck_bind_f64(st, at, v->number);
    else if (v->value.type == VT_TEXT)
        duck_bind_text(st, at, v->value.text);
    else if (v->value.type == VT_BOOL)
        duck_bind_bool(st, at, v->value.boolean);
    else if (v->value.type == VT_INT)
        duck_bind_i64(st, at, v->value.integer);
    else
        duck_bind_null(st, at);
}

static bool ask_duck(struct engine *e, struct str sql, const struct xbound *v, size_t n,
                     struct answer *out, size_t rows, struct diags *ds)
{
    struct duck_stmt *st;
    struct duck_result *r = NULL;
    if (duck_prepare(e->conn, sql, &st, ds) != RC_OK)
        return false;
    for (size_t i = 0; i < n && i < duck_parameters(st); i++)
        bind_duck(st, i + 1, &v[i]);
    size_t got = 0;
    if (duck_run(st, &r, ds) == RC_OK)
        for (; got < rows && duck_next(r); got++) {
            duck_cell(r, 0, &out[got].value);
            duck_cell(r, 1, &out[got].currency);
            out[got].met = !duck_is_null(r, 2) && duck_i64(r, 2) == 1;
        }
    duck_result_close(r);
    duck_finalize(st);
    return got == rows;
}

/* ---- comparing ---- */

static bool same(const struct xvalue *want, const struct cell *got, const struct cell *currency)
{
    char room[4];
    if (want->result != XV_VALUE)
        return got->null;
    if (got->null)
        return false;
    switch ((int)want->kind) {
    case X_BOOL:
        return got->integer == want->boolean;
    case X_INT:
        return got->integer == want->integer;
    case X_DOUBLE:
        return !(got->number < want->number) && !(got->number > want->number);
    case X_STRING:
        return str_eq((struct str){got->text, got->text_n},
                      str_sub(want->text, 0, sizeof got->text));
    case X_DATE:
        return got->integer == want->date.days;
    case X_TIMESTAMP:
        return got->integer == want->instant.us;
    case X_DURATION:
        return got->integer == want->duration.us;
    case X_MONEY:
        return got->integer == want->money.minor &&
               str_eq((struct str){currency->text, currency->text_n},
                      currency_text(want->money.currency, room));
    default:
        return false;
    }
}

static void note_refusal(struct engine *e, const char *reason)
{
    e->refused++;
    for (size_t i = 0; i < COUNT(e->reasons); i++)
        if (!e->reasons[i] || strcmp(e->reasons[i], reason) == 0) {
            e->reasons[i] = reason;
            e->reason_counts[i]++;
            return;
        }
}

/* The whole statement: the value, its currency, and whether it is met as a condition. */
static bool statement(struct engine *e, const struct expr *x, struct xquery *q, struct buf *sql)
{
    struct buf value, currency, met;
    buf_init(&value, 1 << 17);
    buf_init(&currency, 1 << 17);
    buf_init(&met, 1 << 17);
    enum rc rc = expr_emit(x, q, XS_VALUE, &value, &currency);
    if (rc == RC_OK && expr_type(x)->kind == X_BOOL)
        rc = expr_emit(x, q, XS_CONDITION, &met, NULL);
    if (rc == RC_OK)
        buf_printf(
            sql,
            "SELECT %.*s, %.*s, CASE WHEN %.*s THEN 1 ELSE 0 END FROM r_3 AS t0%.*s ORDER BY t0.id",
            STR_ARG(buf_view(&value)), STR_ARG(currency.n ? buf_view(&currency) : STR("NULL")),
            STR_ARG(met.n ? buf_view(&met) : STR("FALSE")), STR_ARG(buf_view(&q->joins)));
    else
        note_refusal(e, q->reason);
    buf_release(&value);
    buf_release(&currency);
    buf_release(&met);
    return rc == RC_OK;
}

static struct expr *compiled(struct engine *e, const char *text, struct arena *a)
{
    static const struct xlimits limits = {65536, 64, 4096, 4, 1u << 30};
    struct xscope scope = {.place = XP_RULE,
                           .self = &fx_opportunity,
                           .fiscal_month = 2,
                           .fiscal_day = 15,
                           .limits = &limits};
    struct xtext t = {.text = str_of(text)};
    struct expr *x;
    struct diags ds;
    diags_init(&ds, a);
    (void)currency_parse(STR("EUR"), &scope.currency);
    if (expr_compile(&t, &scope, X_DYN, a, &x, &ds) == RC_OK)
        return x;
    /* A constant that can only fail, or that is no value of a closed list, is refused at check; anything else is a defect of the generator. */
    const char *code = ds.list.v[0].code;
    if (strcmp(code, "X0124") != 0 && strcmp(code, "X0103") != 0 && strcmp(code, "X0117") != 0)
        tap_diag("%s: %.*s: %s", ds.list.v[0].code, STR_ARG(ds.list.v[0].message), text);
    e->uncompiled++;
    return NULL;
}

static bool compare_rows(struct engine *e, struct prop *p, const struct expr *x, struct fx_world *w,
                         struct xquery *q, struct str sql, struct arena *a)
{
    struct answer got[RX_OPPORTUNITIES];
    struct xbindings b = {.now = fx_instant("2026-03-01T09:00:00Z").instant,
                          .today = fx_date("2026-03-01").date};
    struct xbound *bound = ARENA_ARRAY(a, q->params.n + 1, struct xbound);
    struct xreader reader = fx_reader(w);
    struct diags ds;
    diags_init(&ds, a);
    xquery_bind(q, &reader, NULL, &b, a, bound);
    bool good = is_duck(e) ? ask_duck(e, sql, bound, q->params.n, got, RX_OPPORTUNITIES, &ds)
                           : ask_lite(e, sql, bound, q->params.n, got, RX_OPPORTUNITIES);
    if (!good)
        prop_note(p, "the query fails: %.*s",
                  STR_ARG(ds.list.n ? ds.list.v[0].message : STR("see above")));
    for (size_t i = 0; good && i < RX_OPPORTUNITIES; i++) {
        struct xvalue want;
        (void)fx_follow(w, &fx_opportunity, w->rows[i].id, &b.self);
        expr_eval(x, &reader, NULL, &b, NULL, a, &want);
        bool met = want.result == XV_VALUE && want.kind == X_BOOL && want.boolean;
        e->compared++;
        good = same(&want, &got[i].value, &got[i].currency) && met == got[i].met;
        if (!good)
            prop_note(p,
                      "record %zu: C has result %d, integer %" PRId64 "; SQL has %s %" PRId64
                      " %g '%.*s', met %d",
                      i, (int)want.result, want.result == XV_VALUE ? want.integer : 0,
                      got[i].value.null ? "NULL" : "a value", got[i].value.integer,
                      got[i].value.number, (int)got[i].value.text_n, got[i].value.text, got[i].met);
    }
    if (!good) {
        prop_note(p, "%.*s", STR_ARG(expr_text(x)));
        prop_note(p, "%.*s", STR_ARG(sql));
    }
    return good;
}

static bool one_expression(struct engine *e, struct prop *p, struct fx_world *w)
{
    static const enum xkind kinds[] = {X_BOOL,   X_BOOL, X_BOOL,      X_INT,      X_DOUBLE,
                                       X_STRING, X_DATE, X_TIMESTAMP, X_DURATION, X_MONEY};
    struct arena *a = arena_new();
    struct rx *g = ARENA_NEW(a, struct rx);
    rx_init(g, p);
    rx_expr(g, kinds[prop_draw(p, COUNT(kinds))], (int)prop_draw(p, 5));
    struct expr *x = compiled(e, g->text, a);
    bool good = true;
    if (x) {
        struct xtables tables = {
            .ctx = e, .id = table_id, .column = table_column, .table = table_from};
        struct xquery q;
        struct buf sql;
        buf_init(&sql, 1 << 19);
        xquery_init(&q, is_duck(e) ? duck_dialect() : sqlite_dialect(), &tables, STR("t0"), 1, a);
        e->emitted++;
        if (statement(e, x, &q, &sql))
            good = compare_rows(e, p, x, w, &q, str_dup(a, buf_view(&sql)), a);
        buf_release(&sql);
        xquery_release(&q);
    }
    arena_free(a);
    return good;
}

static bool agrees(struct prop *p, void *context)
{
    struct engine *e = context;
    struct fx_world *w = mem_new(1, sizeof *w);
    rx_world(p, w);
    bool good = fill_tables(e, w);
    for (int i = 0; good && i < EXPRESSIONS; i++)
        good = one_expression(e, p, w);
    mem_free(w);
    return good;
}

/* ---- the program ---- */

static bool agrees_in_lite(struct prop *p, void *context)
{
    return agrees(p, &((struct engine *)context)[0]);
}

static bool agrees_in_duck(struct prop *p, void *context)
{
    struct engine *e = &((struct engine *)context)[1];
    return !e->conn || agrees(p, e);
}

static bool few_refused(struct prop *p, void *context)
{
    bool good = true;
    (void)p;
    for (int i = 0; i < 2; i++) {
        struct engine *e = &((struct engine *)context)[i];
        tap_diag("%s: %" PRIu64 " expressions, %" PRIu64 " refused, %" PRIu64
                 " answers compared, %" PRIu64 " constant faults",
                 i ? "DuckDB" : "SQLite", e->emitted, e->refused, e->compared, e->uncompiled);
        for (size_t k = 0; k < COUNT(e->reasons) && e->reasons[k]; k++)
            tap_diag("  %" PRIu64 " × %s", e->reason_counts[k], e->reasons[k]);
        good = good && e->refused * 20 <= e->emitted;
    }
    return good;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"C agrees with SQLite", agrees_in_lite, 1},
        {"C agrees with DuckDB", agrees_in_duck, 10},
        {"less than 5 % are refused", few_refused, UINT32_MAX},
    };
    struct engine engines[2] = {0};
    struct arena *a = arena_new();
    struct diags ds;
    diags_init(&ds, a);
    bool ready = sqlite3_open(":memory:", &engines[0].lite) == SQLITE_OK &&
                 sqlite_add_functions(engines[0].lite) == SQLITE_OK && make_tables(&engines[0]);
    struct duck_settings settings = {0};
    if (duck_open(&settings, &engines[1].duck, &ds) == RC_OK &&
        duck_connect(engines[1].duck, &engines[1].conn, &ds) == RC_OK)
        ready = ready && make_tables(&engines[1]);
    else
        tap_diag("DuckDB is not compared: %.*s", STR_ARG(ds.list.v[0].message));
    int status = ready ? prop_main(argc, argv, properties, COUNT(properties), engines) : 1;
    duck_disconnect(engines[1].conn);
    duck_close(engines[1].duck);
    (void)sqlite3_close(engines[0].lite);
    arena_free(a);
    return status;
}
