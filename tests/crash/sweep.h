/* sweep.h - a workspace on a disk that fails, and the sweep over every place where it can.
 *
 * In:     model text, mappings, files; what a test does with them and what must hold afterwards.
 * Out:    one check a kind of failure; a diagnostic line for each run that did not hold.
 * Owns:   the disk and the app of a bench; crash_end gives them back.
 */
#ifndef TESTS_CRASH_SWEEP_H
#define TESTS_CRASH_SWEEP_H

#include "app/changes.h"
#include "app/session.h"
#include "care/doctor.h"
#include "connect/import.h"
#include "tests/crash/crashfs.h"
#include "tests/tap.h"

#include <inttypes.h>

struct crash_bench {
    struct crashfs *fs;
    struct app app;
    struct session session;
    uint32_t version; /* of the model, as reported: the disk must hold it */
    FILE *nowhere;
};

static inline void crash_begin(struct crash_bench *b, uint64_t seed)
{
    *b = (struct crash_bench){.fs = crashfs_new(seed), .nowhere = fopen("/dev/null", "w")};
    b->app = (struct app){.env = crashfs_env(b->fs),
                          .arena = arena_new(),
                          .dir = ".",
                          .out = b->nowhere,
                          .err = b->nowhere};
    crashfs_clock(b->fs)->now.us = INT64_C(1767225600) * US_PER_SECOND; /* 2026-01-01 */
}

static inline void crash_end(struct crash_bench *b)
{
    crashfs_free(b->fs);
    arena_free(b->app.arena);
    (void)fclose(b->nowhere);
}

static inline bool crash_write(struct crash_bench *b, const char *path, struct str text)
{
    return env_write_file(b->app.env, path, text) == RC_OK;
}

/* Makes `yaml` live unless a version of that number is. */
static inline bool crash_apply(struct crash_bench *b, uint32_t number, struct str yaml)
{
    struct change_plan plan;
    if (!crash_write(b, "revos.yaml", yaml) ||
        session_open(&b->app, SESSION_ANY, &b->session) != RC_OK)
        return false;
    bool done = b->session.model && b->session.version.number >= number;
    if (!done && changes_plan(&b->app, &b->session, &plan) == EXIT_DONE)
        done = changes_apply(&b->app, &b->session, &plan, NULL, true) == EXIT_DONE;
    if (done && b->version < number)
        b->version = number;
    session_close(&b->session);
    return done;
}

static inline bool crash_on_rows(void *self, const struct import_progress *p)
{
    uint64_t *rows = self;
    *rows = p->rows > *rows ? p->rows : *rows;
    return true;
}

static inline enum rc crash_import_bound(struct crash_bench *b, struct mapping *map,
                                         struct str text, const char *path, size_t group,
                                         uint64_t *rows, struct import_report *out,
                                         struct diags *ds)
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
                                     .group = group,
                                     .self = rows,
                                     .go_on = crash_on_rows};
    if (rc == RC_OK)
        rc = import_run(&request, a, out, ds);
    table_close(table);
    return rc;
}

/* `*rows` becomes how many rows were reported as done, also when it fails. */
static inline bool crash_import(struct crash_bench *b, const char *map_text, const char *path,
                                size_t group, uint64_t *rows, struct import_report *out)
{
    struct diags ds;
    struct mapping *map = NULL;
    struct source source = {.name = STR("map.yaml"), .text = str_of(map_text)};
    *out = (struct import_report){0};
    diags_init(&ds, b->app.arena);
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    enum rc rc = mapping_read(&source, b->session.model, NULL, b->app.arena, &map, &ds);
    if (rc == RC_OK)
        rc = crash_import_bound(b, map, source.text, path, group, rows, out, &ds);
    mapping_close(map);
    session_close(&b->session);
    return rc == RC_OK;
}

static inline bool crash_doctor(struct crash_bench *b, uint32_t *version)
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

/* ---- sweeps -------------------------------------------------------------------------------------------------------- */

enum crash_plan { CUT, FAIL_SYNC, FAIL_WRITE, FAIL_WRITES_ON, CRASH_PLANS };

static inline const char *crash_plan_name(enum crash_plan plan)
{
    static const char *const names[CRASH_PLANS] = {"power cut at sync", "one failed sync",
                                                   "one failed write", "failing writes from"};
    return names[plan];
}

static inline void crash_plan_failure(struct crashfs *fs, enum crash_plan plan, uint64_t n)
{
    if (plan == CUT)
        crashfs_cut_at(fs, n);
    else
        crashfs_fail_at(fs, plan == FAIL_SYNC ? CRASHFS_SYNC : CRASHFS_WRITE, n,
                        plan == FAIL_WRITES_ON);
}

/* One run with that failure, a reboot, and what must hold. */
typedef bool crash_survives(enum crash_plan plan, uint64_t n, uint64_t seed);

static inline void crash_sweep(crash_survives *survives, enum crash_plan plan, uint64_t calls,
                               uint64_t stride, uint64_t seeds)
{
    uint64_t bad = 0, runs = 0;
    for (uint64_t n = 1; n <= calls; n += stride)
        for (uint64_t seed = 1; seed <= seeds; seed++, runs++)
            bad += !survives(plan, n, 100 * n + seed);
    tap_diag("%s: %" PRIu64 " runs", crash_plan_name(plan), runs);
    ok_int_at(crash_plan_name(plan), (int64_t)bad, 0);
}

#endif
