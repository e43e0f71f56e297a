/* The bare loop that imports and processes are measured against: prepared statements that write the very rows they left, into the
 * same tables and indexes: inserts of what is new, updates of the columns that differ, deletes of what is gone.
 *
 * In:     BEFORE.db (as it stood before the import; the loop writes into it), AFTER.db (as the import left it), how many rows of
 *         the file, and how many of them a commit (1,000 when left out). Rows are inserted in the order of their making, changed in
 *         that of their keys; WAL and synchronous=FULL, log and cache sized as the product's. A row that was written again and
 *         again is written once, one that came and went not at all. With RATE and START: that many commits a second, in the second
 *         slices of each period from START on (slices.h); in every other slice four of them in a row, a quarter as often.
 * Out:    one line of JSON: rows written in all tables, seconds of processor and wall, peak resident KiB. Reading AFTER.db is
 *         not counted. At a pace, 99th percentiles: of one commit from when it was to begin to its end, of how long one took, and four in a row.
 * Errors: status 1 and a line on stderr; also when a table does not end up with as many rows as AFTER.db has.
 */
#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "bench/slices.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { GROUP = 1000, TABLES_MAX = 600, ROW_OF_COMMITS = 4 };

/* What is done to one table: rows of values to bind, and the statement that takes them. */
struct table {
    const char *name;
    sqlite3_stmt *read, *write;
    int columns;
    int64_t fresh; /* rows left to write */
    sqlite3_value **cells;
    size_t n_cells, room, written; /* of them, those loaded and those written already */
};

struct loop {
    sqlite3 *before, *after;
    struct arena *arena;
    struct table tables[TABLES_MAX];
    size_t n, kept;
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

static void add_work(struct loop *l, const char *name, struct str read, struct str write,
                     int64_t rows)
{
    if (rows == 0)
        return;
    if (l->n == TABLES_MAX)
        fail("too many tables", NULL);
    struct table *t = &l->tables[l->n++];
    t->name = name;
    t->fresh = rows;
    t->read = prepared(l->after, read);
    t->columns = sqlite3_column_count(t->read);
    t->write = prepared(l->before, write);
}

static void add_new_rows(struct loop *l, const char *name, const char *order, int columns)
{
    int64_t last = number(l->before, str_printf(l->arena, "SELECT max(%s) FROM %s", order, name));
    struct str from = str_printf(l->arena, "FROM %s WHERE %s > %lld", name, order, (long long)last);
    struct str marks = STR("?");
    for (int i = 1; i < columns; i++)
        marks = str_printf(l->arena, "%.*s, ?", STR_ARG(marks));
    add_work(l, name, str_printf(l->arena, "SELECT * %.*s ORDER BY %s", STR_ARG(from), order),
             str_printf(l->arena, "INSERT INTO %s VALUES (%.*s)", name, STR_ARG(marks)),
             number(l->after, str_printf(l->arena, "SELECT count(*) %.*s", STR_ARG(from))));
}

/* The names of a table's columns, those of its key first. */
struct names {
    struct str *v;
    size_t n, keys;
};

static struct names names_of(struct loop *l, const char *table)
{
    struct names out = {NULL, 0, 0};
    struct str sql = str_printf(
        l->arena, "SELECT name, pk > 0 FROM pragma_table_info('%s') ORDER BY pk = 0, pk, cid",
        table);
    sqlite3_stmt *st = prepared(l->after, sql);
    VEC(struct str) list = {NULL, 0, 0};
    while (sqlite3_step(st) == SQLITE_ROW) {
        *VEC_PUSH(l->arena, &list) = str_dup(l->arena,
                                             str_of((const char *)sqlite3_column_text(st, 0)));
        out.keys += (size_t)sqlite3_column_int(st, 1);
    }
    sqlite3_finalize(st);
    out.v = list.v;
    out.n = list.n;
    return out;
}

/* `form` once for each of the names from `first` to before `end`, with the name for every %. */
static struct str each(struct loop *l, const struct names *k, size_t first, size_t end,
                       const char *form, const char *between)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = first; i < end; i++) {
        if (i > first)
            buf_cstr(&b, between);
        for (const char *c = form; *c; c++) {
            if (*c == '%')
                buf_str(&b, k->v[i]);
            else
                buf_char(&b, *c);
        }
    }
    struct str out = str_dup(l->arena, buf_view(&b));
    buf_release(&b);
    return out;
}

/* Moves the columns that differ in some row to the front of those behind the key; returns where the others begin. */
static size_t changed_columns(struct loop *l, struct names *k, struct str joined)
{
    if (k->n == k->keys)
        return k->keys;
    struct str sums = each(l, k, k->keys, k->n, "max(a.% IS NOT b.%)", ", ");
    struct str sql = str_printf(l->arena, "SELECT %.*s %.*s", STR_ARG(sums), STR_ARG(joined));
    sqlite3_stmt *st = prepared(l->after, sql);
    size_t end = k->keys;
    must(sqlite3_step(st), sql.p, l->after);
    for (size_t i = k->keys; i < k->n; i++)
        if (sqlite3_column_int(st, (int)(i - k->keys))) {
            struct str name = k->v[i];
            k->v[i] = k->v[end];
            k->v[end++] = name;
        }
    sqlite3_finalize(st);
    return end;
}

/* Keeps what `select` gives in a table of its own, so that the loop does not read what it writes; returns its name. */
static struct str kept(struct loop *l, struct str select, int64_t *rows)
{
    struct str table = str_printf(l->arena, "temp.kept_%zu", ++l->kept);
    struct str sql = str_printf(l->arena, "CREATE TABLE %.*s AS %.*s", STR_ARG(table),
                                STR_ARG(select));
    must(sqlite3_exec(l->after, sql.p, NULL, NULL, NULL), sql.p, l->after);
    *rows = number(l->after, str_printf(l->arena, "SELECT count(*) FROM %.*s", STR_ARG(table)));
    return table;
}

static struct str read_kept(struct loop *l, struct str table)
{
    return str_printf(l->arena, "SELECT * FROM %.*s ORDER BY rowid", STR_ARG(table));
}

static void add_changed_rows(struct loop *l, const char *name, struct names *k)
{
    struct str match = each(l, k, 0, k->keys, "a.% = b.%", " AND ");
    struct str joined = str_printf(l->arena, "FROM main.%s AS a JOIN was.%s AS b ON %.*s", name,
                                   name, STR_ARG(match));
    struct str order = each(l, k, 0, k->keys, "a.%", ", ");
    struct str where = each(l, k, 0, k->keys, "% = ?", " AND ");
    size_t end = changed_columns(l, k, joined);
    int64_t rows = 0;
    if (end > k->keys) {
        struct str select = str_printf(
            l->arena, "SELECT %.*s, %.*s %.*s WHERE %.*s ORDER BY %.*s",
            STR_ARG(each(l, k, k->keys, end, "a.%", ", ")), STR_ARG(order), STR_ARG(joined),
            STR_ARG(each(l, k, k->keys, end, "a.% IS NOT b.%", " OR ")), STR_ARG(order));
        struct str table = kept(l, select, &rows);
        add_work(l, name, read_kept(l, table),
                 str_printf(l->arena, "UPDATE %s SET %.*s WHERE %.*s", name,
                            STR_ARG(each(l, k, k->keys, end, "% = ?", ", ")), STR_ARG(where)),
                 rows);
    }
    struct str gone = str_printf(
        l->arena,
        "SELECT %.*s FROM was.%s AS a WHERE NOT EXISTS (SELECT 1 FROM main.%s AS b WHERE %.*s) "
        "ORDER BY %.*s",
        STR_ARG(order), name, name, STR_ARG(match), STR_ARG(order));
    struct str table = kept(l, gone, &rows);
    add_work(l, name, read_kept(l, table),
             str_printf(l->arena, "DELETE FROM %s WHERE %.*s", name, STR_ARG(where)), rows);
}

static void add_table(struct loop *l, const char *name)
{
    struct names k = names_of(l, name);
    const char *order = order_of(l, name);
    if (order)
        add_new_rows(l, name, order, (int)k.n);
    if (k.keys > 0)
        add_changed_rows(l, name, &k);
}

static void find_tables(struct loop *l, const char *before)
{
    struct str attach = str_printf(l->arena, "ATTACH '%s' AS was; PRAGMA temp_store = MEMORY",
                                   before);
    must(sqlite3_exec(l->after, attach.p, NULL, NULL, NULL), attach.p, l->after);
    sqlite3_stmt *st = prepared(l->after,
                                STR("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND "
                                    "name NOT LIKE 'sqlite_%' ORDER BY name"));
    while (sqlite3_step(st) == SQLITE_ROW)
        add_table(l, str_dup(l->arena, str_of((const char *)sqlite3_column_text(st, 0))).p);
    sqlite3_finalize(st);
    must(sqlite3_exec(l->after, "DETACH was", NULL, NULL, NULL), "detach", l->after);
}

/* ---- the loop -------------------------------------------------------------------------------------------------- */

/* The rows that the table gives to one commit when so many are left. */
static int64_t share_of(int64_t fresh, int64_t left)
{
    return (fresh + left - 1) / left;
}

static void unload(struct table *t)
{
    for (size_t i = 0; i < t->n_cells; i++)
        sqlite3_value_free(t->cells[i]);
    t->n_cells = t->written = 0;
}

static void load_table(struct table *t, int64_t rows, sqlite3 *db)
{
    unload(t);
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

/* What the next `commits` write, of `left`. */
static void load(struct loop *l, int64_t commits, int64_t left)
{
    for (size_t i = 0; i < l->n; i++) {
        int64_t fresh = l->tables[i].fresh;
        for (int64_t k = 0; k < commits && k < left; k++)
            fresh -= share_of(fresh, left - k);
        load_table(&l->tables[i], l->tables[i].fresh - fresh, l->after);
    }
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

static void work(struct loop *l, struct table *t, int64_t rows)
{
    for (; rows > 0; rows--, t->written += (size_t)t->columns) {
        for (int c = 0; c < t->columns; c++)
            bind(t->write, c + 1, t->cells[t->written + (size_t)c]);
        must(sqlite3_step(t->write), t->name, l->before);
        sqlite3_reset(t->write);
    }
}

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One commit of what was loaded. */
static void commit(struct loop *l, int64_t left)
{
    double cpu = cpu_now(), wall = slices_now();
    must(sqlite3_exec(l->before, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin", l->before);
    for (size_t i = 0; i < l->n; i++) {
        int64_t share = share_of(l->tables[i].fresh, left);
        work(l, &l->tables[i], share);
        l->tables[i].fresh -= share;
    }
    must(sqlite3_exec(l->before, "COMMIT", NULL, NULL, NULL), "commit", l->before);
    l->cpu_s += cpu_now() - cpu;
    l->wall_s += slices_now() - wall;
}

static void back_to_back(struct loop *l, int64_t commits)
{
    for (int64_t left = commits; left > 0; left--) {
        load(l, 1, left);
        commit(l, left);
    }
}

/* How long commits took. */
struct times {
    double *v;
    size_t n;
};

static struct times times_new(int64_t n)
{
    return (struct times){mem_new((size_t)n, sizeof(double)), 0};
}

static double p99_ms(struct times *t)
{
    qsort(t->v, t->n, sizeof *t->v, slices_by_size);
    return t->n ? t->v[t->n * 99 / 100] * 1e3 : 0;
}

static void paced(struct loop *l, int64_t commits, const struct slices *slices)
{
    struct times due = times_new(commits), one = times_new(commits), four = times_new(commits);
    load(l, SLICE, commits);
    if (slices->start < slices_now())
        fail("the first slice is over", NULL);
    for (int64_t done = 0; done < commits;) {
        struct times *t = done / SLICE % 2 ? &four : &one;
        int64_t end = done + (t == &four ? ROW_OF_COMMITS : 1);
        double at = slices_due(slices, (uint64_t)done);
        slices_sleep(at);
        double began = slices_now();
        for (; done < end && done < commits; done++)
            commit(l, commits - done);
        t->v[t->n++] = slices_now() - began;
        if (t == &one)
            due.v[due.n++] = slices_now() - at;
        if (done % SLICE == 0 && done < commits)
            load(l, SLICE, commits - done);
    }
    printf("{\"p99_due_ms\": %.6f, \"p99_one_ms\": %.6f, \"p99_four_ms\": %.6f}\n", p99_ms(&due),
           p99_ms(&one), p99_ms(&four));
    mem_free(due.v);
    mem_free(one.v);
    mem_free(four.v);
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
        sqlite3_finalize(l->tables[i].write);
        unload(&l->tables[i]);
        mem_free(l->tables[i].cells);
    }
    double cpu = cpu_now(), wall = slices_now();
    sqlite3_close(l->before); /* the last checkpoint, which an import makes too */
    l->cpu_s += cpu_now() - cpu;
    l->wall_s += slices_now() - wall;
    sqlite3_close(l->after);
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 7 || argc == 6) {
        (void)fputs("usage: bench_loop BEFORE.db AFTER.db ROWS [GROUP [RATE START]]\n", stderr);
        return 2;
    }
    struct loop l = {.arena = arena_new(), .before = opened(argv[1]), .after = opened(argv[2])};
    int64_t size = argc >= 5 ? strtoll(argv[4], NULL, 10) : GROUP, rows = 0;
    if (size < 1)
        fail(argv[4], NULL);
    int64_t commits = (strtoll(argv[3], NULL, 10) + size - 1) / size;
    find_tables(&l, argv[1]);
    for (size_t i = 0; i < l.n; i++)
        rows += l.tables[i].fresh;
    if (argc == 7)
        paced(&l, commits, &(struct slices){strtod(argv[6], NULL), strtod(argv[5], NULL), 1});
    else
        back_to_back(&l, commits);
    check(&l);
    finish(&l);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    if (argc != 7)
        printf("{\"rows\": %lld, \"cpu_s\": %.6f, \"wall_s\": %.6f, \"rss_kib\": %ld}\n",
               (long long)rows, l.cpu_s, l.wall_s, u.ru_maxrss);
    arena_free(l.arena);
    return 0;
}
