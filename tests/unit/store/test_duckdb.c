#include "store/duckdb.h"

#include "base/wide.h"
#include "tests/tap.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *arena;
static struct diags ds;
static char dir[] = "/tmp/revos-duckdb-XXXXXX";

static struct str last_message(void)
{
    return ds.list.n ? ds.list.v[ds.list.n - 1].message : STR_NONE;
}

static bool last_code_is(const char *code)
{
    return ds.list.n && strcmp(ds.list.v[ds.list.n - 1].code, code) == 0;
}

static struct duck_result *rows_of(struct duck_conn *c, const char *sql, struct duck_stmt **stmt)
{
    struct duck_result *r = NULL;
    if (duck_prepare(c, str_of(sql), stmt, &ds) != RC_OK || duck_run(*stmt, &r, &ds) != RC_OK)
        tap_diag("%s: %.*s", sql, STR_ARG(last_message()));
    return r;
}

static void absent_library(void)
{
    struct duck *d = (struct duck *)&ds;
    struct duck_settings s = {.library = "/nowhere/libduckdb.so"};
    ok_int(duck_open(&s, &d, &ds), RC_UNSUPPORTED);
    ok(d == NULL && last_code_is("W0001"));
    ok(str_find(last_message(), STR("/nowhere/libduckdb.so"), 0) >= 0);
    ok_at("the help says what to do", str_find(ds.list.v[0].help, STR("script/setup"), 0) >= 0);
    s.library = "/proc/self/exe";
    ok_int(duck_open(&s, &d, &ds), RC_UNSUPPORTED);
}

static void types(struct duck_conn *c)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = rows_of(
        c,
        "SELECT true, 7::TINYINT, (-9223372036854775807 - 1)::BIGINT, 1.5::DOUBLE, "
        "12345.678::DECIMAL(24,9), "
        "'short', repeat('long ', 9), DATE '1970-01-03', NULL::BIGINT, 0.25::DECIMAL(4,2), "
        "-170141183460469231731687303715884105727::HUGEINT, NULL::VARCHAR",
        &stmt);
    if (!ok(r && duck_next(r)))
        return;
    ok_int(duck_columns(r), 12);
    ok(duck_column_type(r, 0) == DUCK_BOOL && duck_bool(r, 0));
    ok_int(duck_i64(r, 1), 7);
    ok(duck_i64(r, 2) == INT64_MIN);
    ok(duck_column_type(r, 3) == DUCK_DOUBLE && duck_f64(r, 3) > 1.4 && duck_f64(r, 3) < 1.6);
    ok(duck_column_type(r, 4) == DUCK_DECIMAL && duck_column_scale(r, 4) == 9);
    ok(duck_i128(r, 4) == (i128)INT64_C(12345678000000));
    ok(str_is(duck_text(r, 5), "short"));
    ok(str_is(duck_text(r, 6), "long long long long long long long long long "));
    ok(duck_column_type(r, 7) == DUCK_DATE && duck_i64(r, 7) == 2);
    ok(duck_is_null(r, 8) && duck_i64(r, 8) == 0);
    ok(duck_column_scale(r, 9) == 2 && duck_i128(r, 9) == 25);
    ok(duck_i128(r, 10) == -((i128)(((u128)1 << 127) - 1)));
    ok(duck_is_null(r, 11) && duck_text(r, 11).n == 0);
    ok(!duck_next(r));
    duck_result_close(r);
    duck_finalize(stmt);
}

static void parameters(struct duck_conn *c)
{
    struct duck_stmt *stmt = NULL;
    ok_int(
        duck_prepare(
            c,
            STR("SELECT $1::BIGINT + 1, $2::VARCHAR || '!', $3::BOOLEAN, $4::DOUBLE, $5::BIGINT"),
            &stmt, &ds),
        RC_OK);
    ok_int(duck_parameters(stmt), 5);
    for (int64_t i = 0; i < 2; i++) {
        struct duck_result *r = NULL;
        duck_bind_i64(stmt, 1, i);
        duck_bind_text(stmt, 2, i ? STR("a b") : STR_NONE);
        duck_bind_bool(stmt, 3, i == 0);
        duck_bind_f64(stmt, 4, 0.5);
        duck_bind_null(stmt, 5);
        ok_int(duck_run(stmt, &r, &ds), RC_OK);
        ok(duck_next(r) && duck_i64(r, 0) == i + 1);
        ok(str_eq(duck_text(r, 1), i ? STR("a b!") : STR("!")));
        ok(duck_bool(r, 2) == (i == 0) && duck_is_null(r, 4));
        duck_result_close(r);
    }
    duck_finalize(stmt);
}

static void many_rows(struct duck_conn *c)
{
    enum { N = 5000 };
    struct duck_append *a = NULL;
    ok_int(duck_exec(c,
                     "CREATE TABLE t(id BIGINT, day INTEGER, name VARCHAR, on_ BOOLEAN, "
                     "n DECIMAL(24,9), x DOUBLE); BEGIN",
                     &ds),
           RC_OK);
    ok_int(duck_append_open(c, "t", &a, &ds), RC_OK);
    enum rc rc = RC_OK;
    for (int64_t i = 0; i < N && rc == RC_OK; i++) {
        char text[32];
        int n = snprintf(text, sizeof(text), "a name of its own %d", (int)i);
        duck_put_i64(a, 0, i);
        if (i % 3 == 0) {
            duck_put_i64(a, 1, -i);
            duck_put_text(a, 2, (struct str){text, (size_t)n});
            duck_put_bool(a, 3, i % 2 == 0);
        }
        duck_put_i128(a, 4, (i128)i * 500000000);
        duck_put_f64(a, 5, (double)i);
        rc = duck_put_row(a, &ds);
    }
    ok_int(rc, RC_OK);
    ok_int(duck_append_close(a, &ds), RC_OK);
    ok_int(duck_exec(c, "COMMIT", &ds), RC_OK);
    int64_t got = 0;
    ok(duck_get_i64(c, "SELECT count(*) FROM t", &got, &ds) == RC_OK && got == N);
    ok(duck_get_i64(
           c, "SELECT count(day) FROM t WHERE day = -id AND name = 'a name of its own ' || id",
           &got, &ds) == RC_OK &&
       got == (N + 2) / 3);
    ok(duck_get_i64(c, "SELECT count(*) FROM t WHERE n = id / 2.0 AND x = id", &got, &ds) ==
           RC_OK &&
       got == N);

    struct duck_stmt *stmt = NULL;
    struct duck_result *r = rows_of(c, "SELECT id, name FROM t ORDER BY id", &stmt);
    int64_t seen = 0;
    bool right = true;
    while (duck_next(r)) {
        right = right && duck_i64(r, 0) == seen && duck_is_null(r, 1) == (seen % 3 != 0);
        seen++;
    }
    ok(right && seen == N);
    duck_result_close(r);
    duck_finalize(stmt);
}

static void dropped(struct duck_conn *c)
{
    struct duck_append *a = NULL;
    int64_t n = 0;
    ok_int(duck_exec(c, "CREATE TABLE gone(id BIGINT); BEGIN", &ds), RC_OK);
    ok_int(duck_append_open(c, "gone", &a, &ds), RC_OK);
    bool sent = true;
    for (int64_t i = 0; i < 3000; i++) {
        duck_put_i64(a, 0, i);
        sent = sent && duck_put_row(a, &ds) == RC_OK;
    }
    ok(sent);
    duck_append_drop(a);
    ok_int(duck_exec(c, "ROLLBACK", &ds), RC_OK);
    ok(duck_get_i64(c, "SELECT count(*) FROM gone", &n, &ds) == RC_OK && n == 0);
    ok_int(duck_append_open(c, "no_such_table", &a, &ds), RC_IO);
}

/* Nothing but the own file can be reached, and a query cannot take more than it was given. */
static void locked_down(struct duck_conn *c)
{
    static const char *const refused[] = {
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/revos-out.csv'",
        "ATTACH '/tmp/revos-other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SELECT * FROM '/etc/passwd'",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        ok_at(refused[i], duck_exec(c, refused[i], &ds) != RC_OK);
    ok(access("/tmp/revos-out.csv", F_OK) != 0 && access("/tmp/revos-other.db", F_OK) != 0);
}

static void errors(struct duck_conn *c)
{
    struct duck_stmt *stmt = NULL;
    ok_int(duck_prepare(c, STR("SELECT no_such FROM t"), &stmt, &ds), RC_IO);
    ok(stmt == NULL && last_code_is("W0004"));
    ok_int(duck_exec(c, "SELECT 1 FROM no_such", &ds), RC_IO);
    ok_at("only the first line is told", str_find(last_message(), STR("\n"), 0) < 0);
}

/* Spilling stays inside the folder given, and the limit of memory is one. */
static void bounded(const char *temp)
{
    struct duck_settings s = {.temp_dir = temp, .memory_bytes = 160u << 20, .threads = 1};
    struct duck *d = NULL;
    struct duck_conn *c = NULL;
    int64_t n = 0;
    ok_int(duck_open(&s, &d, &ds), RC_OK);
    ok_int(duck_connect(d, &c, &ds), RC_OK);
    ok_int(duck_get_i64(c,
                        "SELECT count(*) FROM (SELECT DISTINCT hash(i) FROM range(2000000) t(i))",
                        &n, &ds),
           RC_OK);
    ok_int(n, 2000000);
    duck_disconnect(c);
    duck_close(d);
    s.temp_bytes = 1u << 20;
    s.memory_bytes = 20u << 20;
    ok_int(duck_open(&s, &d, &ds), RC_OK);
    ok_int(duck_connect(d, &c, &ds), RC_OK);
    ok_int(duck_get_i64(c,
                        "SELECT count(*) FROM (SELECT DISTINCT hash(i) FROM range(3000000) t(i))",
                        &n, &ds),
           RC_LIMIT);
    duck_disconnect(c);
    duck_close(d);
}

static void kept_in_a_file(const char *path, const char *temp)
{
    struct duck_settings s = {.path = path, .temp_dir = temp};
    struct duck *d = NULL;
    struct duck_conn *c = NULL;
    int64_t n = 0;
    for (int64_t round = 0; round < 2; round++) {
        if (!ok(duck_open(&s, &d, &ds) == RC_OK && duck_connect(d, &c, &ds) == RC_OK)) {
            tap_diag("%.*s", STR_ARG(last_message()));
            return;
        }
        ok_int(
            duck_exec(c, "CREATE TABLE IF NOT EXISTS t(i BIGINT); INSERT INTO t VALUES (1)", &ds),
            RC_OK);
        ok(duck_get_i64(c, "SELECT count(*) FROM t", &n, &ds) == RC_OK && n == round + 1);
        duck_disconnect(c);
        duck_close(d);
    }
    FILE *f = fopen(path, "w");
    ok(f && fputs("not a database, but long enough to be looked at", f) > 0 && fclose(f) == 0);
    ok_int(duck_open(&s, &d, &ds), RC_IO);
}

int main(void)
{
    arena = arena_new();
    diags_init(&ds, arena);
    absent_library();

    struct duck *d = NULL;
    struct duck_conn *c = NULL;
    struct duck_settings s = {0};
    enum rc rc = duck_open(&s, &d, &ds);
    if (rc == RC_UNSUPPORTED) {
        tap_skip("DuckDB", "its library is absent: run script/setup");
        return tap_done();
    }
    if (!ok_int(rc, RC_OK)) {
        tap_diag("%.*s", STR_ARG(last_message()));
        return tap_done();
    }
    ok(duck_version(d)[0] == 'v');
    ok_int(duck_connect(d, &c, &ds), RC_OK);
    types(c);
    parameters(c);
    many_rows(c);
    dropped(c);
    locked_down(c);
    errors(c);
    duck_disconnect(c);
    duck_close(d);

    if (ok(mkdtemp(dir) != NULL)) {
        struct str path = str_printf(arena, "%s/w.duckdb", dir),
                   temp = str_printf(arena, "%s/tmp", dir);
        bounded(temp.p);
        kept_in_a_file(path.p, temp.p);
        (void)unlink(path.p);
        (void)rmdir(temp.p);
        (void)rmdir(dir);
    }
    arena_free(arena);
    return tap_done();
}
