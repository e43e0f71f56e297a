/* Rows that pass a rule on a waiver, imported and undone on a disk that loses power and fails: however often the work is broken off
 * and taken up, the waiver counts each row that stands on it once, and none that was taken back. */
#include "connect/undo.h"
#include "process/reaction.h"
#include "projection/match.h"
#include "tests/crash/sweep.h"

enum { ROWS = 17, BROKEN = 9, GROUP = 5, SEEDS = 2, WRITE_STRIDE = 7 };

static const char model[] =
    "version: 1\n"
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n"
    "people:\n"
    "  ana: {name: Ana Ruiz, email: ana@acme.example, role: revops}\n"
    "objects:\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  keys: [code]\n"
    "  fields: [{name: code, type: text}, {name: size, type: integer}]\n"
    "pipelines:\n"
    "- {name: sales, object: deal, owner: ana, waivers: {approver: ana, expires_after: 30d}, "
    "stages: [{name: open, enter: [{id: SIZE, require: deal.size < 8}]}, {name: won, outcome: "
    "won}]}\n";

struct bench {
    struct crash_bench c;
    struct row_counts counts;
    int64_t used;
};

/* ---- the work ------------------------------------------------------------------------------------------------------ */

static struct str deals_csv(struct arena *a)
{
    struct str s = STR("code,size\n");
    for (int i = 0; i < ROWS; i++)
        s = str_printf(a, "%.*sD%d,%d\n", STR_ARG(s), i, i);
    return s;
}

/* The only waiver; NULL: none. */
static struct row *waiver(struct bench *b)
{
    const struct session *s = &b->c.session;
    const struct object *o = model_object_numbered(s->model, ON_WAIVER);
    struct row *row = NULL;
    uint64_t id;
    size_t n;
    if (rows_after(s->projection, o, 0, 1, &id, &n) != RC_OK || n == 0 ||
        rows_load(s->projection, o, &id, 1, b->c.app.arena, &row) != RC_OK)
        return NULL;
    return row;
}

static bool write(struct bench *b, uint64_t id, const char *const pairs[][2], size_t n)
{
    const struct session *s = &b->c.session;
    struct field_input fields[4];
    struct verdict v;
    for (size_t i = 0; i < n; i++)
        fields[i] = (struct field_input){
            .name = str_of(pairs[i][0]), .form = INPUT_TEXT, .text = str_of(pairs[i][1])};
    struct command c = {.kind = id ? CMD_UPDATE : CMD_CREATE,
                        .object = model_object_numbered(s->model, ON_WAIVER),
                        .id = id,
                        .fields = fields,
                        .n_fields = n,
                        .actor = session_operator()};
    return admission_group(s->admission, &c, 1, NULL, b->c.app.arena, &v) == RC_OK &&
           verdict_accepted(&v);
}

/* Asked for and approved, each unless it is. Its id; 0: not done. */
static uint64_t approved_waiver(struct bench *b)
{
    static const char *const asked[][2] = {{"rule", "SIZE"}, {"reason", "old"}, {"source", "crm"}};
    static const char *const yes[][2] = {{"state", "approved"}};
    uint64_t id = 0;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return 0;
    bool good = waiver(b) || write(b, 0, asked, 3);
    const struct row *w = good ? waiver(b) : NULL;
    if (w && (row_is(w, "state", "approved") || write(b, w->id, yes, 1)))
        id = w->id;
    session_close(&b->c.session);
    return id;
}

static bool read_used(struct bench *b)
{
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    const struct row *w = waiver(b);
    b->used = w ? row_int(w, "used", 0) : -1;
    session_close(&b->c.session);
    return w != NULL;
}

static bool import(struct bench *b, uint64_t *batch)
{
    struct import_report report;
    char id[64];
    uint64_t rows = 0, w = approved_waiver(b);
    if (!w)
        return false;
    struct str map = str_printf(b->c.app.arena,
                                "source: crm\nobject: deal\ncolumns: {code: {to: code}, size: {to: "
                                "size}}\nwaivers: [%.*s]\n",
                                STR_ARG(id_text(STR("wai"), w, id)));
    if (!crash_import(&b->c, str_c(b->c.app.arena, map), "deals.csv", GROUP, &rows, &report))
        return false;
    b->counts = report.counts;
    *batch = report.batch;
    return true;
}

static bool undo(struct bench *b, uint64_t batch)
{
    struct undo_report report;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    const struct session *s = &b->c.session;
    struct undo_request q = {.store = s->store,
                             .model = s->model,
                             .admission = s->admission,
                             .actor = session_operator(),
                             .batch = batch};
    bool done = import_undo(&q, b->c.app.arena, &report) == RC_OK;
    session_close(&b->c.session);
    return done;
}

/* Imported; and, the first time, undone and imported again. */
static bool work(struct bench *b, bool with_undo)
{
    uint64_t batch;
    bool done = crash_write(&b->c, "deals.csv", deals_csv(b->c.app.arena)) &&
                crash_apply(&b->c, 1, str_of(model)) && import(b, &batch) && read_used(b);
    return done && (!with_undo || (undo(b, batch) && read_used(b) && b->used == 0 &&
                                   import(b, &batch) && read_used(b)));
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

/* Taken up again, nothing of the file is held back, and each row beyond the rule is one use. */
static bool sound(struct bench *b)
{
    uint32_t version = 0;
    return crash_write(&b->c, "revos.yaml", str_of(model)) && crash_doctor(&b->c, &version) &&
           work(b, false) && b->counts.rows == ROWS && b->counts.quarantined == 0 &&
           b->used == BROKEN && crash_doctor(&b->c, &version);
}

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct bench b = {0};
    crash_begin(&b.c, seed);
    crash_plan_failure(b.c.fs, plan, n);
    (void)work(&b, true);
    crashfs_reboot(b.c.fs, seed);
    bool held = sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": %" PRId64 " uses, %" PRIu64 " held",
                 crash_plan_name(plan), n, seed, b.used, b.counts.quarantined);
    crash_end(&b.c);
    return held;
}

int main(void)
{
    struct bench b = {0};
    uint64_t batch;
    crash_begin(&b.c, 1);
    ok(work(&b, false));
    ok_int(b.used, BROKEN);
    /* The same file again changes nothing, and uses nothing. */
    ok(import(&b, &batch) && read_used(&b));
    ok_int(b.used, BROKEN);
    ok(undo(&b, batch) && read_used(&b));
    ok_int(b.used, BROKEN); /* that batch wrote nothing */
    crash_end(&b.c);
    crash_begin(&b.c, 1);
    ok(work(&b, true));
    ok_int(b.used, BROKEN);
    uint64_t syncs = crashfs_count(b.c.fs, CRASHFS_SYNC),
             writes = crashfs_count(b.c.fs, CRASHFS_WRITE);
    ok(sound(&b));
    crash_end(&b.c);
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    crash_sweep(survives, FAIL_SYNC, syncs, 1, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    return tap_done();
}
