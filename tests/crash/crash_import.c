/* Applies and imports on a disk that loses power, fails and fills up: what was reported is there, the doctor finds nothing, and
 * doing the same again ends where an undisturbed run ends. */
#include "app/changes.h"
#include "app/session.h"
#include "care/doctor.h"
#include "connect/import.h"
#include "tests/crash/crashfs.h"
#include "tests/tap.h"

#include <inttypes.h>

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

/* What was reported as done, so that the disk must hold it. */
struct reported {
    uint32_t version;
    uint64_t accounts, touches; /* rows */
};

struct bench {
    struct crashfs *fs;
    struct app app;
    struct session session;
    struct reported reported;
    struct row_counts counts[2]; /* of the last whole import of accounts, touches */
    uint64_t resumed[2];
};

/* ---- the work ------------------------------------------------------------------------------------------------------ */

static bool write_text(struct bench *b, const char *path, struct str text)
{
    return env_write_file(b->app.env, path, text) == RC_OK;
}

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

/* Makes `yaml` live unless a version of that number is. */
static bool apply(struct bench *b, uint32_t number, struct str yaml)
{
    struct change_plan plan;
    if (!write_text(b, "revos.yaml", yaml) ||
        session_open(&b->app, SESSION_ANY, &b->session) != RC_OK)
        return false;
    bool done = b->session.model && b->session.version.number >= number;
    if (!done && changes_plan(&b->app, &b->session, &plan) == EXIT_DONE)
        done = changes_apply(&b->app, &b->session, &plan, true) == EXIT_DONE;
    if (done && b->reported.version < number)
        b->reported.version = number;
    session_close(&b->session);
    return done;
}

static bool on_rows(void *self, const struct import_progress *p)
{
    uint64_t *rows = self;
    *rows = p->rows > *rows ? p->rows : *rows;
    return true;
}

static enum rc run_import(struct bench *b, struct mapping *map, struct str text, const char *path,
                          uint64_t *rows, struct import_report *out, struct diags *ds)
{
    struct arena *a = b->app.arena;
    struct table *table = NULL;
    struct table_format format = {.header = -1};
    enum rc rc = table_open(b->app.env, path, &format, a, &table, ds);
    size_t n = 0;
    const struct str *header = rc == RC_OK ? table_header(table, &n) : NULL;
    if (rc == RC_OK)
        rc = mapping_bind(map, header, n, ds);
    struct import_request request = {.store = b->session.store,
                                     .admission = b->session.admission,
                                     .env = b->app.env,
                                     .table = table,
                                     .mapping = map,
                                     .mapping_text = text,
                                     .mapping_digest = digest_of(text),
                                     .file_name = str_of(path),
                                     .actor = session_operator(),
                                     .group = GROUP,
                                     .self = rows,
                                     .go_on = on_rows};
    if (rc == RC_OK)
        rc = import_run(&request, a, out, ds);
    table_close(table);
    return rc;
}

static bool import(struct bench *b, int which, const char *map_text, const char *path)
{
    struct diags ds;
    struct mapping *map = NULL;
    struct import_report report = {0};
    struct source source = {.name = STR("map.yaml"), .text = str_of(map_text)};
    uint64_t *rows = which == 0 ? &b->reported.accounts : &b->reported.touches;
    diags_init(&ds, b->app.arena);
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    enum rc rc = mapping_read(&source, b->session.model, NULL, b->app.arena, &map, &ds);
    if (rc == RC_OK)
        rc = run_import(b, map, source.text, path, rows, &report, &ds);
    if (rc == RC_OK) {
        *rows = report.counts.rows;
        b->counts[which] = report.counts;
        b->resumed[which] = report.resumed_rows;
    }
    mapping_close(map);
    session_close(&b->session);
    return rc == RC_OK;
}

/* From an empty disk to two imports under two versions; goes on from wherever it was stopped. */
static bool work(struct bench *b)
{
    struct arena *a = b->app.arena;
    return write_text(b, "accounts.csv", accounts_csv(a)) &&
           write_text(b, "touches.csv", touches_csv(a)) && apply(b, 1, str_of(version_one)) &&
           import(b, 0, account_map, "accounts.csv") &&
           apply(b, 2, str_printf(a, "%s%s", version_one, version_two)) &&
           import(b, 1, touch_map, "touches.csv");
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

static bool doctor_clean(struct bench *b, uint32_t *version)
{
    struct doctor_report report;
    struct diags ds;
    *version = 0;
    diags_init(&ds, b->app.arena);
    if (session_open(&b->app, SESSION_ANY, &b->session) != RC_OK)
        return false;
    *version = b->session.model ? b->session.version.number : 0;
    struct doctor_settings s = {
        .store = b->session.store, .vault = b->session.vault, .model = b->session.model};
    bool clean = doctor_run(&s, b->app.arena, &report, &ds) == RC_OK && ds.errors == 0;
    for (size_t i = 0; i < ds.list.n; i++)
        tap_diag("%.*s", STR_ARG(ds.list.v[i].message));
    session_close(&b->session);
    return clean;
}

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
    struct reported before = b->reported;
    uint32_t version;
    bool whole = write_text(b, "revos.yaml", str_of(version_one)) && doctor_clean(b, &version) &&
                 version >= before.version;
    whole = whole && work(b) && kept(b, 0, before.accounts) && kept(b, 1, before.touches) &&
            same_end(b);
    return whole && doctor_clean(b, &version) && version == 2;
}

/* ---- sweeps ---------------------------------------------------------------------------------------------------------- */

static void begin(struct bench *b, uint64_t seed, FILE *nowhere)
{
    *b = (struct bench){.fs = crashfs_new(seed)};
    b->app = (struct app){.env = crashfs_env(b->fs),
                          .arena = arena_new(),
                          .dir = ".",
                          .out = nowhere,
                          .err = nowhere};
    crashfs_clock(b->fs)->now.us = INT64_C(1767225600) * US_PER_SECOND; /* 2026-01-01 */
}

static void end(struct bench *b)
{
    crashfs_free(b->fs);
    arena_free(b->app.arena);
}

enum plan { CUT, FAIL_SYNC, FAIL_WRITE, FAIL_WRITES_ON, PLANS };
static const char *const plan_names[PLANS] = {"power cut at sync", "one failed sync",
                                              "one failed write", "failing writes from"};

static void plan_failure(struct crashfs *fs, enum plan plan, uint64_t n)
{
    if (plan == CUT)
        crashfs_cut_at(fs, n);
    else
        crashfs_fail_at(fs, plan == FAIL_SYNC ? CRASHFS_SYNC : CRASHFS_WRITE, n,
                        plan == FAIL_WRITES_ON);
}

static bool survives(enum plan plan, uint64_t n, uint64_t seed, FILE *nowhere)
{
    struct bench b;
    begin(&b, seed, nowhere);
    plan_failure(b.fs, plan, n);
    (void)work(&b);
    crashfs_reboot(b.fs, seed);
    bool held = sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": reported version %u, %" PRIu64
                 " accounts, %" PRIu64 " touches",
                 plan_names[plan], n, seed, b.reported.version, b.reported.accounts,
                 b.reported.touches);
    end(&b);
    return held;
}

static void sweep(enum plan plan, uint64_t calls, uint64_t stride, uint64_t seeds, FILE *nowhere)
{
    uint64_t bad = 0, runs = 0;
    for (uint64_t n = 1; n <= calls; n += stride)
        for (uint64_t seed = 1; seed <= seeds; seed++, runs++)
            bad += !survives(plan, n, 100 * n + seed, nowhere);
    tap_diag("%s: %" PRIu64 " runs", plan_names[plan], runs);
    ok_int_at(plan_names[plan], bad, 0);
}

/* A disk that fills up anywhere refuses and harms nothing; with space the work is done. */
static void full_disk(uint64_t used, FILE *nowhere)
{
    uint64_t bad = 0;
    for (uint64_t share = 1; share < 12; share++) {
        struct bench b;
        begin(&b, share, nowhere);
        crashfs_set_space(b.fs, used * share / 12);
        bool done = work(&b);
        crashfs_set_space(b.fs, 0);
        bad += done || !sound(&b);
        end(&b);
    }
    ok_int_at("a disk filling up", bad, 0);
}

int main(void)
{
    FILE *nowhere = fopen("/dev/null", "w");
    struct bench b;
    begin(&b, 1, nowhere);
    ok(work(&b));
    uint64_t syncs = crashfs_count(b.fs, CRASHFS_SYNC), writes = crashfs_count(b.fs, CRASHFS_WRITE),
             used = crashfs_used(b.fs);
    ok_int(b.counts[0].created, ROWS - ROWS / 8);
    ok_int(b.counts[1].created, ROWS);
    ok(sound(&b));
    end(&b);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes, %" PRIu64 " bytes", syncs, writes, used);
    sweep(CUT, syncs, 1, SEEDS, nowhere);
    sweep(FAIL_SYNC, syncs, 1, 1, nowhere);
    sweep(FAIL_WRITE, writes, WRITE_STRIDE, 1, nowhere);
    sweep(FAIL_WRITES_ON, writes, WRITE_STRIDE, 1, nowhere);
    full_disk(used, nowhere);
    (void)fclose(nowhere);
    return tap_done();
}
