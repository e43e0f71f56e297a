/* The bare loop an import is measured against: prepared inserts of the very rows it wrote, into the same tables and indexes.
 *
 * In:     BEFORE.db (as it stood before the import; the loop writes into it), AFTER.db (as the import left it), how many rows of
 *         the file, and how many of them a commit (1,000 when left out). Rows are inserted in the order of their making, WAL and
 *         synchronous=FULL, log and cache sized as the product's.
 * Out:    one line of JSON: rows inserted in all tables, seconds of processor and wall, peak resident KiB. Reading AFTER.db is
 *         not counted.
 * Errors: status 1 and a line on stderr; also when a table does not end up with as many rows as AFTER.db has.
 */
#include "base/arena.h"
#include "base/text.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { GROUP = 1000, TABLES_MAX = 200 };

struct table {
    const char *name;
    sqlite3_stmt *read, *insert;
    int columns;
    int64_t fresh; /* rows the import added */
    sqlite3_value **cells;
    size_t n_cells, room;
};

struct loop {
    sqlite3 *before, *after;
    struct arena *arena;
    struct table tables[TABLES_MAX];
    size_t n;
    double cpu_s, wall_s;
};

static _Noreturn void fail(const char *what, sqlite3 *db)
{
    (void)fprintf(stderr, "bench_loop: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void must(int code, const char *what, sqlite3 *db)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        fail(what, db);
}

static sqlite3 *opened(const char *path)
{
    sqlite3 *db;
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), path, NULL);
    must(sqlite3_exec(db,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = "
                      "-32768; PRAGMA wal_autocheckpoint = 16384",
                      NULL, NULL, NULL),
         path, db);
    return db;
}

static sqlite3_stmt *prepared(sqlite3 *db, struct str sql)
{
    sqlite3_stmt *st;
    must(sqlite3_prepare_v3(db, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &st, NULL), sql.p,
         db);
    return st;
}

static int64_t number(sqlite3 *db, struct str sql)
{
    sqlite3_stmt *st = prepared(db, sql);
    must(sqlite3_step(st), sql.p, db);
    int64_t x = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return x;
}

/* The column that tells the order in which rows came. */
static const char *order_of(struct loop *l, const char *table)
{
    static const char *const names[] = {"seq", "entered_seq", "id", "record", "batch"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (number(l->after,
                   str_printf(l->arena,
                              "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'",
                              table, names[i])))
            return names[i];
    return NULL;
}

static void add_table(struct loop *l, const char *name)
{
    const char *order = order_of(l, name);
    if (!order)
        return;
    int64_t last = number(l->before, str_printf(l->arena, "SELECT max(%s) FROM %s", order, name));
    int64_t fresh = number(l->after, str_printf(l->arena, "SELECT count(*) FROM %s WHERE %s > %lld",
                                                name, order, (long long)last));
    if (fresh == 0)
        return;
    if (l->n == TABLES_MAX)
        fail("too many tables", NULL);
    struct table *t = &l->tables[l->n++];
    t->name = name;
    t->fresh = fresh;
    t->read = prepared(l->after,
                       str_printf(l->arena, "SELECT * FROM %s WHERE %s > %lld ORDER BY %s", name,
                                  order, (long long)last, order));
    t->columns = sqlite3_column_count(t->read);
    struct str marks = STR("?");
    for (int i = 1; i < t->columns; i++)
        marks = str_printf(l->arena, "%.*s, ?", STR_ARG(marks));
    t->insert = prepared(
        l->before, str_printf(l->arena, "INSERT INTO %s VALUES (%.*s)", name, STR_ARG(marks)));
}

static void find_tables(struct loop *l)
{
    sqlite3_stmt *st = prepared(l->after,
                                STR("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                                    "name NOT LIKE 'sqlite_%' ORDER BY name"));
    while (sqlite3_step(st) == SQLITE_ROW)
        add_table(l, str_dup(l->arena, str_of((const char *)sqlite3_column_text(st, 0))).p);
    sqlite3_finalize(st);
}

/* ---- the loop -------------------------------------------------------------------------------------------------- */

static void load(struct table *t, int64_t rows, sqlite3 *db)
{
    t->n_cells = 0;
    for (int64_t i = 0; i < rows && sqlite3_step(t->read) == SQLITE_ROW; i++)
        for (int c = 0; c < t->columns; c++) {
            if (t->n_cells == t->room) {
                t->room = t->room ? t->room * 2 : 1024;
                t->cells = mem_resize(t->cells, t->room, sizeof *t->cells);
            }
            t->cells[t->n_cells++] = sqlite3_value_dup(sqlite3_column_value(t->read, c));
        }
    must(sqlite3_errcode(db), t->name, db);
}

static void unload(struct table *t)
{
    for (size_t i = 0; i < t->n_cells; i++)
        sqlite3_value_free(t->cells[i]);
}

static void bind(sqlite3_stmt *st, int i, sqlite3_value *v)
{
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER:
        sqlite3_bind_int64(st, i, sqlite3_value_int64(v));
        break;
    case SQLITE_FLOAT:
        sqlite3_bind_double(st, i, sqlite3_value_double(v));
        break;
    case SQLITE_TEXT:
        sqlite3_bind_text(st, i, (const char *)sqlite3_value_text(v), sqlite3_value_bytes(v),
                          SQLITE_STATIC);
        break;
    case SQLITE_BLOB:
        sqlite3_bind_blob(st, i, sqlite3_value_blob(v), sqlite3_value_bytes(v), SQLITE_STATIC);
        break;
    default:
        sqlite3_bind_null(st, i);
    }
}

static void insert(struct loop *l, struct table *t)
{
    for (size_t at = 0; at < t->n_cells; at += (size_t)t->columns) {
        for (int c = 0; c < t->columns; c++)
            bind(t->insert, c + 1, t->cells[at + (size_t)c]);
        must(sqlite3_step(t->insert), t->name, l->before);
        sqlite3_reset(t->insert);
    }
}

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void group(struct loop *l, int64_t left)
{
    for (size_t i = 0; i < l->n; i++) {
        int64_t share = (l->tables[i].fresh + left - 1) / left;
        load(&l->tables[i], share, l->after);
        l->tables[i].fresh -= share;
    }
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    must(sqlite3_exec(l->before, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin", l->before);
    for (size_t i = 0; i < l->n; i++)
        insert(l, &l->tables[i]);
    must(sqlite3_exec(l->before, "COMMIT", NULL, NULL, NULL), "commit", l->before);
    l->cpu_s += seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    l->wall_s += seconds(CLOCK_MONOTONIC) - wall;
    for (size_t i = 0; i < l->n; i++)
        unload(&l->tables[i]);
}

static void check(struct loop *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct str sql = str_printf(l->arena, "SELECT count(*) FROM %s", l->tables[i].name);
        if (number(l->before, sql) != number(l->after, sql))
            fail(l->tables[i].name, NULL);
    }
}

static void finish(struct loop *l)
{
    for (size_t i = 0; i < l->n; i++) {
        sqlite3_finalize(l->tables[i].read);
        sqlite3_finalize(l->tables[i].insert);
        mem_free(l->tables[i].cells);
    }
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
    sqlite3_close(l->before); /* the last checkpoint, which an import makes too */
    l->cpu_s += seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    l->wall_s += seconds(CLOCK_MONOTONIC) - wall;
    sqlite3_close(l->after);
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5) {
        (void)fputs("usage: bench_loop BEFORE.db AFTER.db ROWS [GROUP]\n", stderr);
        return 2;
    }
    struct loop l = {.arena = arena_new(), .before = opened(argv[1]), .after = opened(argv[2])};
    int64_t size = argc == 5 ? strtoll(argv[4], NULL, 10) : GROUP, rows = 0;
    if (size < 1)
        fail(argv[4], NULL);
    int64_t groups = (strtoll(argv[3], NULL, 10) + size - 1) / size;
    find_tables(&l);
    for (size_t i = 0; i < l.n; i++)
        rows += l.tables[i].fresh;
    for (int64_t left = groups; left > 0; left--)
        group(&l, left);
    check(&l);
    finish(&l);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("{\"rows\": %lld, \"cpu_s\": %.6f, \"wall_s\": %.6f, \"rss_kib\": %ld}\n",
           (long long)rows, l.cpu_s, l.wall_s, u.ru_maxrss);
    arena_free(l.arena);
    return 0;
}
