#include "store/store.h"
#include "tests/tap.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fixture {
    struct arena *a;
    struct diags ds;
    char dir[64];
    struct str path;
};

static void setup(struct fixture *f)
{
    f->a = arena_new();
    diags_init(&f->ds, f->a);
    snprintf(f->dir, sizeof f->dir, "/tmp/revos-store-XXXXXX");
    if (!mkdtemp(f->dir))
        abort();
    f->path = str_printf(f->a, "%s/revos.db", f->dir);
}

static void teardown(struct fixture *f)
{
    static const char *const ends[] = {"",       "-wal",       "-shm",      "-copy",
                                       "-plain", "-plain-wal", "-plain-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        remove(str_printf(f->a, "%s%s", f->path.p, ends[i]).p);
    remove(f->dir);
    arena_free(f->a);
}

static struct store *opened(struct fixture *f, enum store_mode mode)
{
    struct store *s = NULL;
    ok_int(store_open(env_real(), f->path, mode, &s, &f->ds), RC_OK);
    return s;
}

static enum rc put(struct store *s, const char *name, const char *value)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_SETTING_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, str_of(name));
    stmt_text(st, 2, str_of(value));
    return stmt_run(st);
}

static bool holds(struct store *s, const char *name, const char *want)
{
    struct stmt *st;
    bool row = false;
    if (store_named(s, SQL_SETTING_GET, &st) != RC_OK)
        return false;
    stmt_text(st, 1, str_of(name));
    bool same = stmt_step(st, &row) == RC_OK &&
                (row ? want && str_is(stmt_get_text(st, 0), want) : !want);
    stmt_reset(st);
    return same;
}

static void opening(struct fixture *f)
{
    struct store *s = NULL;
    ok_int(store_open(env_real(), f->path, STORE_READER, &s, &f->ds), RC_NOT_FOUND);
    ok(s == NULL && f->ds.errors == 1 && strcmp(f->ds.list.v[0].code, "S0101") == 0);
    ok_int(store_open(env_real(), str_of(f->dir), STORE_WRITER, &s, &f->ds), RC_NOT_FOUND);
    s = opened(f, STORE_WRITER);
    ok(!store_broken(s) && !store_in_transaction(s));
    store_close(s);
    s = opened(f, STORE_WRITER); /* the tables are there already */
    store_close(s);

    struct str plain = str_printf(f->a, "%s-plain", f->path.p);
    ok_int(store_open(env_real(), plain, STORE_PLAIN, &s, &f->ds), RC_OK);
    ok_int(store_exec(s, STR("CREATE TABLE other (x INTEGER)")), RC_OK);
    store_close(s);
    size_t before = f->ds.errors;
    ok_int(store_open(env_real(), plain, STORE_WRITER, &s, &f->ds), RC_INVALID);
    ok(f->ds.errors == before + 1 && strcmp(f->ds.list.v[before].code, "S0104") == 0);
    ok(env_write_file(env_real(), plain.p, STR("this is no database, whatever its name may say")) ==
       RC_OK);
    ok(store_open(env_real(), plain, STORE_WRITER, &s, &f->ds) != RC_OK && s == NULL);
}

static void transactions(struct fixture *f)
{
    struct store *w = opened(f, STORE_WRITER), *r = opened(f, STORE_READER);
    ok_int(store_begin(w), RC_OK);
    ok_int(put(w, "a", "1"), RC_OK);
    ok(holds(w, "a", "1") && holds(r, "a", NULL));
    ok_int(store_commit(w), RC_OK);
    ok(holds(r, "a", "1"));

    ok_int(store_begin(r), RC_OK); /* a snapshot */
    ok(holds(r, "a", "1"));
    ok_int(store_begin(w), RC_OK);
    ok_int(put(w, "a", "2"), RC_OK);
    ok_int(store_commit(w), RC_OK);
    ok(holds(r, "a", "1"));
    ok_int(store_commit(r), RC_OK);
    ok(holds(r, "a", "2"));
    ok(put(r, "a", "3") != RC_OK && holds(w, "a", "2"));

    ok_int(store_begin(w), RC_OK);
    ok_int(store_savepoint(w), RC_OK);
    ok_int(put(w, "kept", "1"), RC_OK);
    ok_int(store_savepoint(w), RC_OK);
    ok_int(put(w, "undone", "1"), RC_OK);
    ok_int(store_rollback_to(w), RC_OK);
    ok(holds(w, "kept", "1") && holds(w, "undone", NULL));
    ok_int(store_release(w), RC_OK);
    ok_int(store_commit(w), RC_OK);
    ok(holds(r, "kept", "1"));

    ok_int(store_begin(w), RC_OK);
    ok_int(put(w, "a", "9"), RC_OK);
    store_rollback(w);
    ok(!store_in_transaction(w) && holds(w, "a", "2"));
    ok_int(store_begin(w), RC_OK);
    ok_int(put(w, "a", "9"), RC_OK);
    store_close(w); /* rolls back */
    ok(holds(r, "a", "2"));
    store_close(r);
}

static void errors(struct fixture *f)
{
    struct store *s = opened(f, STORE_WRITER);
    struct stmt *st = NULL;
    ok_int(store_prepare(s, STR("SELECT x FROM nowhere"), &st), RC_INVALID);
    ok(st == NULL);
    ok_str(store_error(s), "no such table: nowhere (SQLite 1)");
    ok_int(store_exec(s, STR("CREATE TABLE u (x INTEGER PRIMARY KEY) STRICT")), RC_OK);
    ok_int(store_prepare(s, STR("INSERT INTO u (x) VALUES (?1)"), &st), RC_OK);
    stmt_int(st, 1, 7);
    ok_int(stmt_run(st), RC_OK);
    ok_int(stmt_changes(st), 1);
    ok_int(stmt_run(st), RC_CONFLICT); /* parameters are kept */
    stmt_int(st, 2, 1);
    ok(stmt_run(st) != RC_OK); /* no such parameter: said by the step */
    stmt_int(st, 1, 8);
    ok_int(stmt_run(st), RC_OK);
    stmt_close(st);
    ok(!store_broken(s));
    store_close(s);
}

static const struct value samples[] = {
    {.type = VT_BOOL, .boolean = true},
    {.type = VT_INT, .integer = INT64_MIN},
    {.type = VT_NUM, .number = {-12345, 3}},
    {.type = VT_NUM, .number = {7, 0}},
    {.type = VT_TEXT, .text = {"Z\303\274rich", 7}},
    {.type = VT_TEXT, .text = {"", 0}},
    {.type = VT_DATE, .date = {-1}},
    {.type = VT_INSTANT, .instant = {1234567890123456}},
    {.type = VT_MONEY, .money = {-5, {'E' << 16 | 'U' << 8 | 'R'}}},
    {.type = VT_ENUM, .number_of = UINT32_MAX},
    {.type = VT_REF, .ref = INT64_MAX},
    {.type = VT_CURRENCY, .currency = {'J' << 16 | 'P' << 8 | 'Y'}},
    {.type = VT_JSON, .text = {"{}", 2}},
};

static void values(struct fixture *f)
{
    struct store *s = opened(f, STORE_WRITER);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct value *v = &samples[i];
        bool money = v->type == VT_MONEY, row = false;
        struct buf sql;
        buf_init(&sql, 1000);
        buf_printf(&sql, "CREATE TABLE v%zu (a %s, b TEXT) STRICT", i,
                   store_column_type(s, v->type));
        ok_int(store_exec(s, buf_view(&sql)), RC_OK);
        buf_clear(&sql);
        buf_printf(&sql, "INSERT INTO v%zu (a, b) VALUES (?1, ?2)", i);
        struct stmt *in, *out;
        ok_int(store_prepared(s, buf_view(&sql), &in), RC_OK);
        ok_int(stmt_value(in, 1, v->type, v), money ? 3 : 2);
        ok_int(stmt_run(in), RC_OK);
        stmt_value(in, 1, v->type, &VALUE_ABSENT);
        stmt_null(in, 2);
        ok_int(stmt_run(in), RC_OK);
        buf_clear(&sql);
        buf_printf(&sql, "SELECT a, b FROM v%zu", i);
        ok_int(store_prepared(s, buf_view(&sql), &out), RC_OK);
        struct value got;
        enum rc rc = RC_OK;
        ok(stmt_step(out, &row) == RC_OK && row);
        ok_int(stmt_get_value(out, 0, v->type, &got, &rc), money ? 2 : 1);
        ok(rc == RC_OK && value_eq(&got, v));
        ok(stmt_step(out, &row) == RC_OK && row && stmt_is_null(out, 0));
        stmt_get_value(out, 0, v->type, &got, &rc);
        ok(rc == RC_OK && got.type == VT_ABSENT);
        stmt_reset(out);
        buf_release(&sql);
    }
    struct stmt *st;
    bool row;
    struct value got;
    enum rc rc = RC_OK;
    ok_int(store_prepared(s, STR("SELECT 'text'"), &st), RC_OK);
    ok(stmt_step(st, &row) == RC_OK && row);
    stmt_get_value(st, 0, VT_INT, &got, &rc);
    ok_int(rc, RC_CORRUPT);
    stmt_reset(st);
    store_close(s);
}

static void cache(struct fixture *f)
{
    struct store *s = opened(f, STORE_WRITER);
    int good = 0;
    for (int i = 0; i < 3 * STORE_CACHE; i++) {
        struct str sql = str_printf(f->a, "SELECT %d", i % (2 * STORE_CACHE));
        struct stmt *st;
        bool row = false;
        if (store_prepared(s, sql, &st) == RC_OK && stmt_step(st, &row) == RC_OK && row)
            good += stmt_get_int(st, 0) == i % (2 * STORE_CACHE);
        stmt_reset(st);
    }
    ok_int(good, 3 * STORE_CACHE);
    struct buf b;
    buf_init(&b, 100);
    store_quote(STR("a\"b"), &b);
    ok(str_is(buf_view(&b), "\"a\"\"b\""));
    buf_clear(&b);
    store_param(s, 12, &b);
    ok(str_is(buf_view(&b), "?12"));
    buf_release(&b);
    store_close(s);
}

struct sum {
    const int64_t *in;
    int64_t out[4];
};

static void sum_bind(void *self, struct stmt *st, size_t i)
{
    stmt_int(st, 1, ((struct sum *)self)->in[i]);
}

static enum rc sum_row(void *self, struct stmt *st, size_t i)
{
    struct sum *sum = self;
    sum->out[i] += stmt_get_int(st, 0);
    return sum->in[i] == 99 ? RC_CANCELLED : RC_OK;
}

static void sets(struct fixture *f)
{
    struct store *s = opened(f, STORE_WRITER);
    struct sum sum = {.in = (int64_t[]){3, 5, 99, 7}};
    struct stmt_set set = {&sum, sum_bind, sum_row};
    struct stmt *st;
    ok_int(store_prepared(s, STR("SELECT ?1 UNION ALL SELECT 100 + ?1"), &st), RC_OK);
    ok_int(stmt_each(st, 2, &set), RC_OK);
    ok(sum.out[0] == 106 && sum.out[1] == 110 && sum.out[2] == 0);
    ok_int(stmt_each(st, 4, &set), RC_CANCELLED);
    ok(sum.out[2] == 99 && sum.out[3] == 0);
    store_close(s);
}

static bool go_on(void *self, uint64_t done, uint64_t total)
{
    (void)done, (void)total;
    return *(bool *)self;
}

static void upkeep(struct fixture *f)
{
    struct store *s = opened(f, STORE_WRITER), *copy = NULL, *t = NULL;
    bool yes = true, no = false;
    struct str path = str_printf(f->a, "%s-copy", f->path.p);
    size_t errors_before = f->ds.errors;
    ok_int(store_checkpoint(s), RC_OK);
    ok(store_integrity(s, &f->ds) == RC_OK && f->ds.errors == errors_before);
    ok_int(store_copy(s, path, go_on, &no), RC_CANCELLED);
    ok_int(store_copy(s, path, go_on, &yes), RC_OK);
    store_close(s);
    f->path = path;
    copy = opened(f, STORE_WRITER);
    ok(holds(copy, "a", "2"));
    store_close(copy);
    ok_int(store_open_temporary(env_real(), &t, &f->ds), RC_OK);
    ok(store_begin(t) == RC_OK && put(t, "x", "y") == RC_OK && store_commit(t) == RC_OK);
    ok(holds(t, "x", "y"));
    store_close(t);
    f->path = str_sub(path, 0, path.n - strlen("-copy"));
    f->path = str_dup(f->a, f->path);
}

/* The log is moved into the file while commits go on: it stays near 128 MiB however much is written. */
static void log_stays_short(struct fixture *f)
{
    enum { ROW = 1 << 20, ROWS = 400, COMMIT = 8 };
    struct store *s = opened(f, STORE_WRITER);
    char *text = mem_new(ROW + 1, 1);
    struct stat log = {0};
    bool fine = true;
    for (int i = 0; i < ROWS && fine; i += COMMIT) {
        memset(text, 'a' + i / COMMIT % 26, ROW); /* the same content again would not be written */
        fine = store_begin(s) == RC_OK;
        for (int k = 0; k < COMMIT && fine; k++) {
            char name[16];
            snprintf(name, sizeof name, "big%d", (i + k) % 16);
            fine = put(s, name, text) == RC_OK;
        }
        fine = fine && store_commit(s) == RC_OK;
    }
    ok(fine);
    ok(stat(str_printf(f->a, "%s-wal", f->path.p).p, &log) == 0);
    ok_at("the log stays short", log.st_size < (200 << 20));
    mem_free(text);
    store_close(s);
}

int main(void)
{
    struct fixture f;
    setup(&f);
    opening(&f);
    transactions(&f);
    errors(&f);
    values(&f);
    cache(&f);
    sets(&f);
    upkeep(&f);
    log_stays_short(&f);
    teardown(&f);
    return tap_done();
}
