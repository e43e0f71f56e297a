/* Applies and imports on a disk that loses power, fails and fills up: what was reported is there, the doctor finds nothing, and
 * doing the same again ends where an undisturbed run ends. */
#include "tests/crash/sweep.h"

enum { ROWS = 24, GROUP = 7, SEEDS = 2, WRITE_STRIDE = 5 };

static const char version_one[] =
    "version: 1\n"
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n"
    "people:\n"
    "  ana: {name: Ana Ruiz, email: ana@acme.example, role: revops}\n"
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [name]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: parent, type: ref, to: account}\n"
    "  - {name: size, type: integer, min: 0}\n"
    "- name: touch\n"
    "  kind: fact\n"
    "  plural: touches\n"
    "  owner: ana\n"
    "  fields:\n"
    "  - {name: account, type: ref, to: account, required: true}\n"
    "  - {name: at, type: date, required: true}\n";
/* The second version adds a field and an object. */
static const char version_two[] = "  - {name: channel, type: text}\n"
                                  "- name: campaign\n"
                                  "  owner: ana\n"
                                  "  keys: [code]\n"
                                  "  fields:\n"
                                  "  - {name: code, type: text}\n";
static const char account_map[] = "source: crm\nobject: account\ncolumns:\n  name: {to: name}\n"
                                  "  parent: {to: parent, by: name}\n  size: {to: size}\n";
static const char touch_map[] = "source: web\nobject: touch\ncolumns:\n"
                                "  account: {to: account, by: name}\n"
                                "  at: {to: at, format: YYYY-MM-DD}\n  channel: {to: channel}\n";

struct bench {
    struct crash_bench c;
    uint64_t accounts, touches;  /* rows reported as done, so that the disk must hold them */
    struct row_counts counts[2]; /* of the last whole import of accounts, touches */
    uint64_t resumed[2];
};

/* ---- the work ------------------------------------------------------------------------------------------------------ */

static struct str accounts_csv(struct arena *a)
{
    struct str s = STR("name,parent,size\n");
    for (int i = 0; i < ROWS;
         i++) /* parents stand below: they wait; one size in eight is refused */
        s = str_printf(a, "%.*sA%d,%s,%d\n", STR_ARG(s), i, i % 5 == 0 ? "A23" : "",
                       i % 8 == 3 ? -1 : i);
    return s;
}

static struct str touches_csv(struct arena *a)
{
    struct str s = STR("account,at,channel\n");
    for (int i = 0; i < ROWS; i++) /* some differ only by their occurrence */
        s = str_printf(a, "%.*sA%d,2025-01-0%d,mail\n", STR_ARG(s), i % 2 == 0 ? 2 : 4, 1 + i % 8);
    return s;
}

static bool import(struct bench *b, int which, const char *map_text, const char *path)
{
    struct import_report report;
    uint64_t *rows = which == 0 ? &b->accounts : &b->touches;
    if (!crash_import(&b->c, map_text, path, GROUP, rows, &report))
        return false;
    *rows = report.counts.rows;
    b->counts[which] = report.counts;
    b->resumed[which] = report.resumed_rows;
    return true;
}

/* From an empty disk to two imports under two versions; goes on from wherever it was stopped. */
static bool work(struct bench *b)
{
    struct arena *a = b->c.app.arena;
    return crash_write(&b->c, "accounts.csv", accounts_csv(a)) &&
           crash_write(&b->c, "touches.csv", touches_csv(a)) &&
           crash_apply(&b->c, 1, str_of(version_one)) &&
           import(b, 0, account_map, "accounts.csv") &&
           crash_apply(&b->c, 2, str_printf(a, "%s%s", version_one, version_two)) &&
           import(b, 1, touch_map, "touches.csv");
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

/* Rows reported are passed over by the run that goes on, or were finished and now change nothing. */
static bool kept(const struct bench *b, int which, uint64_t rows)
{
    const struct row_counts *c = &b->counts[which];
    return c->rows == ROWS &&
           (b->resumed[which] >= rows || c->unchanged + c->quarantined == c->rows);
}

static bool same_end(const struct bench *b)
{
    const struct row_counts *accounts = &b->counts[0], *touches = &b->counts[1];
    return accounts->quarantined == ROWS / 8 &&
           accounts->created + accounts->unchanged == ROWS - ROWS / 8 &&
           touches->quarantined == 0 && touches->created + touches->unchanged == ROWS;
}

static bool sound(struct bench *b)
{
    uint32_t version = 0, before = b->c.version;
    uint64_t accounts = b->accounts, touches = b->touches;
    bool whole = crash_write(&b->c, "revos.yaml", str_of(version_one)) &&
                 crash_doctor(&b->c, &version) && version >= before;
    whole = whole && work(b) && kept(b, 0, accounts) && kept(b, 1, touches) && same_end(b);
    return whole && crash_doctor(&b->c, &version) && version == 2;
}

/* ---- sweeps ---------------------------------------------------------------------------------------------------------- */

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct bench b = {0};
    crash_begin(&b.c, seed);
    crash_plan_failure(b.c.fs, plan, n);
    (void)work(&b);
    crashfs_reboot(b.c.fs, seed);
    bool held = sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": reported version %u, %" PRIu64
                 " accounts, %" PRIu64 " touches",
                 crash_plan_name(plan), n, seed, b.c.version, b.accounts, b.touches);
    crash_end(&b.c);
    return held;
}

/* A disk that fills up anywhere refuses and harms nothing; with space the work is done. */
static void full_disk(uint64_t used)
{
    uint64_t bad = 0;
    for (uint64_t share = 1; share < 12; share++) {
        struct bench b = {0};
        crash_begin(&b.c, share);
        crashfs_set_space(b.c.fs, used * share / 12);
        bool done = work(&b);
        crashfs_set_space(b.c.fs, 0);
        bad += done || !sound(&b);
        crash_end(&b.c);
    }
    ok_int_at("a disk filling up", bad, 0);
}

int main(void)
{
    struct bench b = {0};
    crash_begin(&b.c, 1);
    ok(work(&b));
    uint64_t syncs = crashfs_count(b.c.fs, CRASHFS_SYNC),
             writes = crashfs_count(b.c.fs, CRASHFS_WRITE), used = crashfs_used(b.c.fs);
    ok_int(b.counts[0].created, ROWS - ROWS / 8);
    ok_int(b.counts[1].created, ROWS);
    ok(sound(&b));
    crash_end(&b.c);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes, %" PRIu64 " bytes", syncs, writes, used);
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    crash_sweep(survives, FAIL_SYNC, syncs, 1, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    crash_sweep(survives, FAIL_WRITES_ON, writes, WRITE_STRIDE, 1);
    full_disk(used);
    return tap_done();
}
