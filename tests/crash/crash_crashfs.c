/* The simulated disk itself, and SQLite on it: what it acknowledged with synchronous=FULL is there after any cut. That the
 * disk really bites shows with synchronous=OFF, where rows must go missing. */
#include "tests/crash/crashfs.h"
#include "tests/tap.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { COMMITS = 24, ROWS = 5 };

/* ---- files ---- */

static struct str slurp(struct crashfs *fs, const char *path, struct arena *a)
{
    struct str s = STR_NONE;
    return env_read_file(crashfs_env(fs), path, 1 << 20, a, &s) ? STR("none") : s;
}

static void put(struct crashfs *fs, const char *path, enum env_open how, struct str bytes,
                bool sync)
{
    const struct env *e = crashfs_env(fs);
    struct env_file *f = NULL;
    bool fine = !e->open(e->self, path, how, &f) && !e->write(f, bytes.p, bytes.n) &&
                (!sync || !e->sync(f));
    ok_at("written", fine);
    e->close(f);
}

static void like_a_file_system(struct arena *a)
{
    struct crashfs *fs = crashfs_new(1);
    const struct env *e = crashfs_env(fs);
    struct env_file *f = NULL;
    struct str *names = NULL;
    bool is_dir = false;
    char bytes[8];
    size_t n = 0;
    ok_int(e->open(e->self, "a", ENV_READ, &f), RC_NOT_FOUND);
    ok_int(e->open(e->self, "d/a", ENV_CREATE, &f), RC_NOT_FOUND);
    ok(!e->mkdir(e->self, "d") && !e->mkdir(e->self, "d") && !e->mkdir(e->self, "d/e"));
    put(fs, "d/a", ENV_CREATE, STR("hello"), true);
    put(fs, "d/a", ENV_APPEND, STR("!"), true);
    put(fs, "d/a", ENV_UPDATE, STR("J"), true);
    ok(str_is(slurp(fs, "d/a", a), "Jello!"));
    ok_int(e->open(e->self, "d", ENV_READ, &f), RC_IO);
    ok(!e->list(e->self, "d", a, &names, &n) && n == 2 && str_is(names[0], "a") &&
       str_is(names[1], "e"));
    ok(!e->list(e->self, ".", a, &names, &n) && n == 1 && str_is(names[0], "d"));
    ok_int(e->list(e->self, "none", a, &names, &n), RC_NOT_FOUND);
    ok(e->exists(e->self, "d", &is_dir) && is_dir && !e->exists(e->self, "x", NULL));
    ok_int(env_write_file(e, "d/b", STR("new")), RC_OK);
    ok_int(e->rename(e->self, "d/b", "d/a"), RC_OK);
    ok(str_is(slurp(fs, "d/a", a), "new") && !e->exists(e->self, "d/b", NULL));
    ok_int(e->rename(e->self, "d/b", "d/a"), RC_NOT_FOUND);
    ok_int(e->open(e->self, "d/a", ENV_READ, &f), RC_OK);
    ok_int(e->write(f, "x", 1), RC_IO);
    ok(!e->seek(f, 1) && !e->read(f, bytes, sizeof bytes, &n) && n == 2 && bytes[0] == 'e');
    ok_int(e->remove(e->self, "d/a"), RC_OK);
    ok_int(e->remove(e->self, "d/a"), RC_NOT_FOUND);
    ok(!e->seek(f, 0) && !e->read(f, bytes, sizeof bytes, &n) &&
       n == 3); /* a removed file can still be read */
    e->close(f);
    crashfs_free(fs);
}

/* A file of 2,000 synced 'a', overwritten unsynced with 3,000 'b': what the seeds make of it. */
static void what_a_crash_leaves(struct arena *a)
{
    char old[2000], new[3000];
    memset(old, 'a', sizeof old);
    memset(new, 'b', sizeof new);
    struct crashfs *base = crashfs_new(2);
    put(base, "f", ENV_CREATE, (struct str){old, sizeof old}, true);
    int none = 0, all = 0, torn = 0, gone = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct crashfs *fs = crashfs_copy(base, seed);
        put(fs, "f", ENV_UPDATE, (struct str){new, sizeof new}, false);
        put(fs, "unsynced", ENV_CREATE, STR("x"), false);
        crashfs_cut_now(fs);
        ok_at("nothing works without power", str_is(slurp(fs, "f", a), "none"));
        crashfs_reboot(fs, seed);
        struct str s = slurp(fs, "f", a);
        bool is_old = s.n == sizeof old && !memcmp(s.p, old, s.n),
             is_new = s.n == sizeof new && !memcmp(s.p, new, s.n);
        none += is_old;
        all += is_new;
        torn += !is_old && !is_new;
        gone += !crashfs_env(fs)->exists(fs, "unsynced", NULL);
        bool sectors = s.n >= sizeof old;
        for (size_t i = 0; i + 1 < s.n && i < 1999; i++)
            sectors = sectors && (s.p[i] == s.p[i + 1] || (i + 1) % 512 == 0);
        ok_at("torn only between sectors", sectors);
        crashfs_free(fs);
    }
    tap_diag("nothing kept %d, all %d, torn %d, name gone %d of 200", none, all, torn, gone);
    ok(none > 20 && all > 20 && torn > 20 && gone > 50 && gone < 150);
    crashfs_free(base);
}

static void failures(struct arena *a)
{
    struct crashfs *fs = crashfs_new(3);
    const struct env *e = crashfs_env(fs);
    struct env_file *f = NULL;
    put(fs, "f", ENV_CREATE, STR("first"), true);
    ok_int(e->open(e->self, "f", ENV_APPEND, &f), RC_OK);
    crashfs_fail_at(fs, CRASHFS_SYNC, 1, false);
    ok_int(e->write(f, "lost", 4), RC_OK);
    ok_int(e->sync(f), RC_IO);
    ok(str_is(slurp(fs, "f", a), "firstlost"));
    ok_int(e->sync(f), RC_OK);
    crashfs_fail_at(fs, CRASHFS_WRITE, 2, true);
    ok_int(e->write(f, "", 0), RC_OK);
    ok(e->write(f, "abcd", 4) == RC_IO && e->write(f, "ef", 2) == RC_IO);
    e->close(f);
    crashfs_fail_at(fs, CRASHFS_WRITE, 0, false);
    crashfs_set_space(fs, crashfs_used(fs) + 2);
    ok_int(e->open(e->self, "g", ENV_CREATE, &f), RC_OK);
    ok_int(e->write(f, "abc", 3), RC_IO);
    ok_str(env_error(), "No space left on device");
    e->close(f);
    ok(str_is(slurp(fs, "g", a), "ab"));
    crashfs_cut_now(fs);
    crashfs_reboot(fs, 1);
    ok_at("a write whose sync failed is lost for ever",
          str_starts(slurp(fs, "f", a), STR("first")) &&
              str_find(slurp(fs, "f", a), STR("lost"), 0) < 0);
    crashfs_free(fs);
}

/* env_write_file promises old or new, never torn, at every cut. */
static void whole_file_or_none(struct arena *a)
{
    struct crashfs *base = crashfs_new(4);
    ok_int(env_write_file(crashfs_env(base), "f", STR("old")), RC_OK);
    bool whole = true;
    struct crashfs *once = crashfs_copy(base, 0);
    ok_int(env_write_file(crashfs_env(once), "f", STR("new")), RC_OK);
    uint64_t syncs = crashfs_count(once, CRASHFS_SYNC);
    crashfs_free(once);
    for (uint64_t cut = 1; cut <= syncs + 1; cut++)
        for (uint64_t seed = 0; seed < 40; seed++) {
            struct crashfs *fs = crashfs_copy(base, seed);
            crashfs_cut_at(fs, cut);
            enum rc rc = env_write_file(crashfs_env(fs), "f", STR("new"));
            if (cut > syncs)
                crashfs_cut_now(fs);
            crashfs_reboot(fs, seed);
            struct str s = slurp(fs, "f", a);
            whole = whole && (rc == RC_OK) == (cut > syncs) &&
                    (str_is(s, "new") || (rc && str_is(s, "old")));
            crashfs_free(fs);
        }
    ok(whole);
    crashfs_free(base);
}

/* ---- SQLite ---- */

static sqlite3 *open_db(struct crashfs *fs, const char *pragmas)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2("db", &db, flags, crashfs_env(fs)->sqlite_vfs) ||
        sqlite3_exec(db, pragmas, NULL, NULL, NULL)) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

/* Commits of ROWS rows each, numbered; returns how many were acknowledged before the first error. */
static int work(struct crashfs *fs, const char *pragmas)
{
    sqlite3 *db = open_db(fs, pragmas);
    int acknowledged = 0;
    char sql[300];
    while (db && acknowledged < COMMITS) {
        int n = acknowledged + 1;
        (void)snprintf(sql, sizeof sql,
                       "BEGIN IMMEDIATE; WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i+1 "
                       "FROM k WHERE i<%d)"
                       " INSERT INTO t SELECT %d*100+i, %d, (i*7919+%d*104729)%%1000003 || "
                       "hex(zeroblob(300)) FROM k;"
                       " UPDATE t SET text = 'changed' WHERE tx = %d; COMMIT",
                       ROWS, n, n, n, n - 3);
        if (sqlite3_exec(db, sql, NULL, NULL, NULL))
            break;
        acknowledged = n;
    }
    sqlite3_close(db);
    return acknowledged;
}

static int number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int n = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* Whether the database is sound, holds every acknowledged commit and no half one. */
static bool is_whole(struct crashfs *fs, int acknowledged)
{
    sqlite3 *db = open_db(fs, "");
    if (!db)
        return false;
    int last = number(db, "SELECT coalesce(max(tx), 0) FROM t");
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) = %d FROM t", last * ROWS);
    bool whole = last >= acknowledged && last <= acknowledged + 1 && number(db, sql) == 1 &&
                 number(
                     db,
                     "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'") ==
                     1 &&
                 number(db, "SELECT count(*) FROM t WHERE text = 'changed'") ==
                     (last > 3 ? (last - 3) * ROWS : 0);
    sqlite3_close(db);
    return whole;
}

static struct crashfs *prepared(const char *journal)
{
    struct crashfs *fs = crashfs_new(5);
    char sql[200];
    (void)snprintf(
        sql, sizeof sql,
        "PRAGMA page_size=1024; PRAGMA journal_mode=%s;"
        "CREATE TABLE t(id INTEGER PRIMARY KEY, tx INT, text TEXT); CREATE INDEX i ON t(text)",
        journal);
    sqlite3 *db = open_db(fs, sql);
    assert(db);
    sqlite3_close(db);
    return fs;
}

/* Cuts at every sync of the work, under several seeds; returns the number of runs that lost something. */
static int sweep(const char *journal, const char *pragmas, uint64_t seeds, uint64_t *syncs)
{
    struct crashfs *base = prepared(journal), *whole = crashfs_copy(base, 6);
    int broken = 0;
    uint64_t before = crashfs_count(whole, CRASHFS_SYNC);
    if (work(whole, pragmas) != COMMITS || !is_whole(whole, COMMITS))
        fail("the work itself");
    *syncs = crashfs_count(whole, CRASHFS_SYNC) - before;
    crashfs_free(whole);
    for (uint64_t cut = 1; cut <= *syncs + 1; cut++)
        for (uint64_t seed = 0; seed < seeds; seed++) {
            struct crashfs *fs = crashfs_copy(base, 6);
            crashfs_cut_at(fs, cut);
            int acknowledged = work(fs, pragmas);
            crashfs_cut_now(fs);
            crashfs_reboot(fs, cut * 1000 + seed);
            if (!is_whole(fs, acknowledged)) {
                broken++;
                tap_diag("%s, %s: lost at cut %d, seed %d", journal, pragmas, (int)cut, (int)seed);
            }
            crashfs_free(fs);
        }
    crashfs_free(base);
    return broken;
}

/* Fails each write or sync of the work in turn, or the disk is full at some size. Then the database must be whole for whoever
 * opens it next, and after a restart. Not so while the machine goes on after a failed sync: its cache shows what the disk
 * will never have, and SQLite cannot know; so there only the restart counts. */
static int sweep_failures(enum crashfs_call call, bool for_ever)
{
    const char *pragmas = "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=20";
    struct crashfs *base = prepared("WAL");
    int broken = 0, acknowledged = 0;
    for (uint64_t nth = 1; acknowledged < COMMITS && nth < 3000;
         nth += call == CRASHFS_WRITE ? 7 : 1) {
        struct crashfs *fs = crashfs_copy(base, 7);
        if (call == CRASHFS_CALLS)
            crashfs_set_space(fs, crashfs_used(fs) + nth * 1500);
        else
            crashfs_fail_at(fs, call, nth, for_ever);
        acknowledged = work(fs, pragmas);
        crashfs_fail_at(fs, call == CRASHFS_CALLS ? CRASHFS_WRITE : call, 0, false);
        crashfs_set_space(fs, 0);
        bool live = call == CRASHFS_SYNC || is_whole(fs, acknowledged);
        crashfs_cut_now(fs);
        crashfs_reboot(fs, nth);
        if (!live || !is_whole(fs, acknowledged)) {
            broken++;
            tap_diag("failure %d at %d: lost, live %d", (int)call, (int)nth, live);
        }
        crashfs_free(fs);
    }
    ok_at("the last run got through", acknowledged == COMMITS);
    crashfs_free(base);
    return broken;
}

/* Locks and shared memory between connections. */
static void connections(void)
{
    struct crashfs *fs = prepared("WAL");
    sqlite3 *writer = open_db(fs, ""), *reader = open_db(fs, "");
    assert(writer && reader);
    ok(!sqlite3_exec(reader, "BEGIN; SELECT * FROM t", NULL, NULL, NULL));
    ok(!sqlite3_exec(writer, "INSERT INTO t VALUES (1, 1, 'x')", NULL, NULL, NULL));
    ok_int(number(reader, "SELECT count(*) FROM t"), 0);
    ok_int(number(writer, "SELECT count(*) FROM t"), 1);
    ok(!sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL));
    ok_int(number(reader, "SELECT count(*) FROM t"), 1);
    ok(!sqlite3_exec(writer, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    ok_int(sqlite3_exec(reader, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_BUSY);
    ok(!sqlite3_exec(writer, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL));
    sqlite3_close(writer);
    sqlite3_close(reader);
    crashfs_free(fs);
}

int main(void)
{
    struct arena *a = arena_new();
    uint64_t syncs = 0;
    like_a_file_system(a);
    what_a_crash_leaves(a);
    failures(a);
    whole_file_or_none(a);
    connections();
    const char *full = "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=20";
    ok_int(sweep("WAL", full, 40, &syncs), 0);
    ok(syncs > COMMITS);
    /* With a rollback journal only EXTRA syncs the folder after the journal is gone, which is the commit. */
    ok_int(sweep("DELETE", "PRAGMA synchronous=EXTRA", 20, &syncs), 0);
    ok_at("without syncs rows are lost", sweep("WAL", "PRAGMA synchronous=OFF", 30, &syncs) > 0);
    ok_int(sweep_failures(CRASHFS_WRITE, false), 0);
    ok_int(sweep_failures(CRASHFS_WRITE, true), 0);
    ok_int(sweep_failures(CRASHFS_CALLS, false), 0);
    ok_int(sweep_failures(CRASHFS_SYNC, true), 0);
    arena_free(a);
    return tap_done();
}
