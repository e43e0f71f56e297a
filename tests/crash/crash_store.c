/* The store on a disk that loses power: from the making of the file on, what store_commit acknowledged is there after any
 * cut, the file opens and is sound, and a failed sync ends all acknowledging. */
#include "store/store.h"
#include "tests/crash/crashfs.h"
#include "tests/tap.h"

#include <string.h>

enum { COMMITS = 12, ROWS = 4 };

static struct store *open_store(struct crashfs *fs)
{
    struct arena *a = arena_new();
    struct diags ds;
    struct store *s = NULL;
    diags_init(&ds, a);
    if (store_open(crashfs_env(fs), STR("data/db"), STORE_PLAIN, &s, &ds)) {
        store_close(s);
        s = NULL;
    }
    arena_free(a);
    return s;
}

/* A transaction of ROWS rows that also rewrites an older one. */
static enum rc commit_rows(struct store *s, int tx)
{
    struct stmt *st = NULL;
    enum rc rc = store_begin(s);
    for (int i = 0; !rc && i < ROWS; i++) {
        rc = store_prepared(
            s, STR("INSERT INTO t (tx, n, text) VALUES (?1, ?2, hex(zeroblob(2000)))"), &st);
        if (rc)
            break;
        stmt_int(st, 1, tx);
        stmt_int(st, 2, i);
        rc = stmt_run(st);
    }
    if (!rc)
        rc = store_prepared(s, STR("UPDATE t SET n = n + 100 WHERE tx = ?1"), &st);
    if (!rc) {
        stmt_int(st, 1, tx - 2);
        rc = stmt_run(st);
    }
    if (!rc)
        rc = store_commit(s);
    if (rc)
        store_rollback(s);
    return rc;
}

/* Makes the database if there is none and commits; returns how many commits were acknowledged. */
static int work(struct crashfs *fs, bool *made)
{
    const struct env *e = crashfs_env(fs);
    int acknowledged = 0;
    *made = false;
    if (e->mkdir(e->self, "data"))
        return 0;
    struct store *s = open_store(fs);
    if (s && !store_exec(s, STR("CREATE TABLE t (tx INTEGER, n INTEGER, text TEXT) STRICT"))) {
        *made = true;
        while (acknowledged < COMMITS && !commit_rows(s, acknowledged + 1)) {
            acknowledged++;
            if (acknowledged % 5 == 0 && store_checkpoint(s))
                break;
        }
    }
    store_close(s);
    return acknowledged;
}

static int64_t number(struct store *s, struct str sql)
{
    struct stmt *st = NULL;
    bool row = false;
    if (store_prepared(s, sql, &st) || stmt_step(st, &row) || !row)
        return -1;
    int64_t n = stmt_get_int(st, 0);
    stmt_reset(st);
    return n;
}

static bool is_whole(struct crashfs *fs, bool made, int acknowledged)
{
    const struct env *e = crashfs_env(fs);
    if (e->mkdir(e->self, "data"))
        return false;
    struct store *s = open_store(fs);
    if (!s)
        return false;
    struct arena *a = arena_new();
    struct diags ds;
    diags_init(&ds, a);
    bool whole = store_integrity(s, &ds) == RC_OK && ds.errors == 0;
    if (number(s, STR("SELECT count(*) FROM sqlite_schema WHERE name = 't'")) == 1) {
        int64_t last = number(s, STR("SELECT coalesce(max(tx), 0) FROM t"));
        whole = whole && last >= acknowledged && last <= acknowledged + 1 &&
                number(s, STR("SELECT count(*) FROM t")) == last * ROWS &&
                number(s, STR("SELECT count(*) FROM t WHERE n >= 100")) ==
                    (last > 2 ? (last - 2) * ROWS : 0);
    } else {
        whole = whole && !made;
    }
    store_close(s);
    arena_free(a);
    return whole;
}

static uint64_t syncs_of_work(void)
{
    struct crashfs *fs = crashfs_new(1);
    bool made = false;
    ok_int(work(fs, &made), COMMITS);
    ok(is_whole(fs, made, COMMITS));
    uint64_t syncs = crashfs_count(fs, CRASHFS_SYNC);
    crashfs_free(fs);
    return syncs;
}

static void cuts(uint64_t syncs)
{
    int lost = 0;
    for (uint64_t cut = 1; cut <= syncs; cut++)
        for (uint64_t seed = 0; seed < 8; seed++) {
            struct crashfs *fs = crashfs_new(1);
            bool made = false;
            crashfs_cut_at(fs, cut);
            int acknowledged = work(fs, &made);
            crashfs_cut_now(fs);
            crashfs_reboot(fs, seed);
            if (!is_whole(fs, made, acknowledged)) {
                lost++;
                tap_diag("lost at cut %d, seed %d", (int)cut, (int)seed);
            }
            crashfs_free(fs);
        }
    ok_int_at("no cut loses an acknowledged commit", lost, 0);
}

static void failed_syncs(void)
{
    int lost = 0;
    bool made = false;
    struct crashfs *base = crashfs_new(2);
    ok_int(work(base, &made), COMMITS);
    for (uint64_t nth = 1; nth < 4; nth++) {
        struct crashfs *fs = crashfs_copy(base, nth);
        struct store *s = open_store(fs);
        crashfs_fail_at(fs, CRASHFS_SYNC, nth, false);
        int acknowledged = COMMITS;
        while (acknowledged < COMMITS + 10 && !commit_rows(s, acknowledged + 1))
            acknowledged++;
        ok_at("the failure is seen", acknowledged < COMMITS + 10);
        ok(store_broken(s) && store_begin(s) == RC_IO);
        store_close(s);
        crashfs_cut_now(fs);
        crashfs_reboot(fs, nth);
        lost += !is_whole(fs, true, acknowledged);
        crashfs_free(fs);
    }
    ok_int_at("after a failed sync nothing more was acknowledged", lost, 0);
    crashfs_free(base);
}

static void full_disk(void)
{
    bool made = false;
    struct crashfs *fs = crashfs_new(3);
    ok_int(work(fs, &made), COMMITS);
    struct store *s = open_store(fs);
    int acknowledged = COMMITS;
    crashfs_set_space(fs, crashfs_used(fs) + 60000);
    while (acknowledged < COMMITS + 20 && !commit_rows(s, acknowledged + 1))
        acknowledged++;
    ok_at("the disk fills up", acknowledged > COMMITS && acknowledged < COMMITS + 20);
    ok(strstr(store_error(s), "full") != NULL && !store_broken(s));
    crashfs_set_space(fs, 0);
    ok_at("with room again the same connection goes on", commit_rows(s, acknowledged + 1) == RC_OK);
    store_close(s);
    ok(is_whole(fs, true, acknowledged + 1));
    crashfs_free(fs);
}

int main(void)
{
    uint64_t syncs = syncs_of_work();
    tap_diag("%d syncs in the work", (int)syncs);
    cuts(syncs);
    failed_syncs();
    full_disk();
    return tap_done();
}
