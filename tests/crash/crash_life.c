/* The life of a workspace on a disk that loses power and fails: a field gets another type, refused rows are read again, a person
 * is erased, an earlier version comes back, the import is undone. What was reported stands, the doctor finds nothing, and going on
 * ends where an undisturbed run ends. */
#include "care/erase.h"
#include "connect/quarantine.h"
#include "connect/undo.h"
#include "tests/crash/sweep.h"

enum { ROWS = 18, REFUSED = ROWS / 6, GROUP = 7, WRITE_STRIDE = 7 };

#define MODEL(size)                                                               \
    "version: 1\n"                                                                \
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n" \
    "people:\n"                                                                   \
    "  ana: {name: Ana Ruiz, email: ana@acme.example, role: revops}\n"            \
    "objects:\n"                                                                  \
    "- name: account\n"                                                           \
    "  owner: ana\n"                                                              \
    "  keys: [name]\n"                                                            \
    "  fields:\n"                                                                 \
    "  - {name: name, type: text, required: true}\n"                              \
    "  - {name: mail, type: email, personal: true}\n"                             \
    "  - {name: size, " size "}\n"

static const char version_one[] = MODEL("type: integer, min: 0");
static const char version_two[] = MODEL("type: number");
static const char map_text[] = "source: crm\nobject: account\ncolumns:\n  name: {to: name}\n"
                               "  mail: {to: mail}\n  size: {to: size}\n";

/* What was reported as done. */
struct reported {
    bool imported, retried, erased, undone;
};

struct bench {
    struct crash_bench c;
    struct reported reported;
    uint64_t rows;
};

/* What the disk says. */
struct found {
    uint32_t version;
    struct batch_info batch;
    uint64_t open_rows, erased; /* seq of the erasure */
};

static struct str accounts_csv(struct arena *a)
{
    struct str s = STR("name,mail,size\n");
    for (int i = 0; i < ROWS; i++)
        s = str_printf(a, "%.*sA%d,a%d@x.example,%d\n", STR_ARG(s), i, i, i % 6 == 2 ? -1 : i);
    return s;
}

/* ---- the steps ------------------------------------------------------------------------------------------------------ */

static enum rc find_out(struct bench *b, struct found *out)
{
    struct session *s = &b->c.session;
    struct arena *a = b->c.app.arena;
    const struct quarantine_filter all = {0};
    struct batch_info *batches;
    uint64_t record = 0;
    size_t n;
    *out = (struct found){.version = s->version.number};
    enum rc rc = batch_page(s->store, 1, a, &batches, &n);
    if (rc == RC_OK && n > 0)
        out->batch = batches[0];
    if (rc == RC_OK)
        rc = quarantine_count(s->store, s->vault, &all, &out->open_rows);
    if (rc == RC_OK)
        rc = admission_find(s->admission, model_object(s->model, STR("account")), STR("A1"), a,
                            &record);
    if (rc == RC_OK)
        rc = ledger_erased(s->store, record, &out->erased);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc retry(struct bench *b, const struct found *f)
{
    struct session *s = &b->c.session;
    struct quarantine_retry q = {.store = s->store,
                                 .vault = s->vault,
                                 .admission = s->admission,
                                 .env = s->env,
                                 .model = s->model,
                                 .actor = session_operator()};
    struct row_counts counts;
    struct diags ds;
    if (f->version != 2)
        return RC_OK;
    diags_init(&ds, b->c.app.arena);
    enum rc rc = quarantine_run_retry(&q, b->c.app.arena, &counts, &ds);
    b->reported.retried = b->reported.retried || rc == RC_OK;
    return rc;
}

static enum rc erase(struct bench *b, const struct found *f)
{
    struct session *s = &b->c.session;
    struct erase_order order = {.admission = s->admission,
                                .env = s->env,
                                .warehouse = ".revos/warehouse.duckdb",
                                .object = model_object(s->model, STR("account")),
                                .who = STR("A1"),
                                .reason = STR("asked"),
                                .actor = session_operator()};
    struct erased erased;
    struct diags ds;
    uint64_t record;
    if (f->version != 2 || f->erased)
        return RC_OK;
    diags_init(&ds, b->c.app.arena);
    enum rc rc = care_erase(&order, b->c.app.arena, &record, &erased, &ds);
    b->reported.erased = b->reported.erased || rc == RC_OK;
    return rc;
}

static enum rc undo(struct bench *b, const struct found *f)
{
    struct session *s = &b->c.session;
    struct undo_request q = {.store = s->store,
                             .admission = s->admission,
                             .model = s->model,
                             .actor = session_operator(),
                             .batch = f->batch.batch};
    struct undo_report report;
    if (f->version != 3 || f->batch.phase == IMPORT_UNDONE)
        return RC_OK;
    enum rc rc = import_undo(&q, b->c.app.arena, &report);
    b->reported.undone = b->reported.undone || rc == RC_OK;
    return rc;
}

static bool step(struct bench *b, enum rc (*what)(struct bench *, const struct found *))
{
    struct found found;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    enum rc rc = find_out(b, &found);
    if (rc == RC_OK)
        rc = what(b, &found);
    session_close(&b->c.session);
    return rc == RC_OK;
}

static bool import(struct bench *b)
{
    struct import_report report;
    if (b->c.version >= 2) /* done, or it could not have become live */
        return true;
    bool done = crash_import(&b->c, map_text, "accounts.csv", GROUP, &b->rows, &report);
    b->reported.imported = b->reported.imported || done;
    return done;
}

static bool roll_back(struct bench *b)
{
    struct change_plan plan;
    struct diags ds;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    struct change_parts parts = session_parts(&b->c.session);
    diags_init(&ds, b->c.app.arena);
    bool done = b->c.session.version.number >= 3;
    if (!done && change_rollback(&parts, 1, b->c.app.arena, &plan, &ds) == RC_OK)
        done = changes_apply(&b->c.app, &b->c.session, &plan, NULL, true) == EXIT_DONE;
    if (done)
        b->c.version = 3;
    session_close(&b->c.session);
    return done;
}

/* From an empty disk to the end; goes on from wherever it was stopped. */
static bool work(struct bench *b)
{
    return crash_write(&b->c, "accounts.csv", accounts_csv(b->c.app.arena)) &&
           crash_apply(&b->c, 1, str_of(version_one)) && import(b) &&
           crash_apply(&b->c, 2, str_of(version_two)) && step(b, retry) && step(b, erase) &&
           roll_back(b) && step(b, undo);
}

/* ---- what must hold -------------------------------------------------------------------------------------------------- */

static enum rc keep_found(struct bench *b, const struct found *f)
{
    const struct row_counts *c = &f->batch.counts;
    const struct reported *r = &b->reported;
    bool held = (!r->imported || (f->batch.phase >= IMPORT_ENDED && c->rows == ROWS)) &&
                (!r->retried || f->open_rows == 0) &&
                (!r->undone || f->batch.phase == IMPORT_UNDONE);
    /* undone, the record is gone, and its erasure with it from sight */
    held = held && (!r->erased || f->erased || f->batch.phase == IMPORT_UNDONE || f->version == 3);
    return held ? RC_OK : RC_CORRUPT;
}

/* Nothing of the erased mail can be read, before the end and at it. */
static enum rc is_at_end(struct bench *b, const struct found *f)
{
    struct session *s = &b->c.session;
    struct ledger_reader *reader = NULL;
    bool more = true, read = false;
    enum rc rc = ledger_read(s->store, s->vault, 1, 0, &reader);
    while (rc == RC_OK && more) {
        struct event e = {0};
        rc = ledger_next(reader, b->c.app.arena, &e, &more);
        for (size_t i = 0; rc == RC_OK && more && e.kind == EV_CREATE && i < e.patch.n_fields; i++)
            read = read || (e.patch.fields[i].value.type == VT_TEXT &&
                            str_is(e.patch.fields[i].value.text, "a1@x.example"));
    }
    ledger_read_end(reader);
    if (rc != RC_OK)
        return rc;
    bool ended = f->version == 3 && f->batch.phase == IMPORT_UNDONE && f->open_rows == 0 && !read;
    return ended ? RC_OK : RC_CORRUPT;
}

static bool sound(struct bench *b)
{
    uint32_t version = 0, before = b->c.version;
    bool whole = crash_write(&b->c, "revos.yaml", str_of(version_one)) &&
                 crash_doctor(&b->c, &version) && version >= before;
    b->c.version = version;
    whole = whole && (version == 0 || step(b, keep_found));
    whole = whole && work(b) && step(b, is_at_end);
    return whole && crash_doctor(&b->c, &version) && version == 3;
}

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct bench b = {0};
    crash_begin(&b.c, seed);
    crash_plan_failure(b.c.fs, plan, n);
    (void)work(&b);
    crashfs_reboot(b.c.fs, seed);
    bool held = sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": reported version %u", crash_plan_name(plan), n,
                 seed, b.c.version);
    crash_end(&b.c);
    return held;
}

int main(void)
{
    struct bench b = {0};
    crash_begin(&b.c, 1);
    ok(work(&b));
    uint64_t syncs = crashfs_count(b.c.fs, CRASHFS_SYNC),
             writes = crashfs_count(b.c.fs, CRASHFS_WRITE);
    ok(b.reported.imported && b.reported.retried && b.reported.erased && b.reported.undone);
    ok(sound(&b));
    crash_end(&b.c);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes", syncs, writes);
    crash_sweep(survives, CUT, syncs, 1, 1);
    crash_sweep(survives, FAIL_SYNC, syncs, 2, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    crash_sweep(survives, FAIL_WRITES_ON, writes, WRITE_STRIDE, 1);
    return tap_done();
}
