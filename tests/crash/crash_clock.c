/* What falls due on a disk that loses power and fails: each deadline happens once, whenever it was stopped, and a run that goes on ends
 * where an undisturbed one ends. */
#include "clock/clock.h"
#include "tests/crash/sweep.h"

enum { DEALS = 12, SEEDS = 2, WRITE_STRIDE = 3, BATCH = 5 };

/* A deal begins by itself when its time has come, and its account then counts one more. */
static const char model[] =
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
    "  - {name: begun, type: integer, rollup: {of: deal, aggregate: count, where: \"deal.stage == "
    "'begun'\"}}\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: starts, type: instant}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ana\n"
    "  stages:\n"
    "  - {name: open}\n"
    "  - {name: begun, advance: auto, enter: [{id: G-1, require: \"deal.starts <= now\"}]}\n"
    "  - {name: won, outcome: won}\n";

struct bench {
    struct crash_bench c;
    uint64_t fired; /* reported as done */
};

static bool write_one(struct session *s, struct arena *a, const char *object,
                      struct field_input *in, size_t n)
{
    struct command c = {.kind = CMD_UPSERT,
                        .object = model_object(s->model, str_of(object)),
                        .fields = in,
                        .n_fields = n,
                        .actor = session_operator(),
                        .door = DOOR_CLI};
    struct verdict v;
    return admission_group(s->admission, &c, 1, NULL, a, &v) == RC_OK && verdict_accepted(&v);
}

/* Deals that begin one day after the other, from tomorrow on. */
static bool prepare(struct bench *b)
{
    struct arena *a = b->c.app.arena;
    if (!crash_apply(&b->c, 1, str_of(model)) ||
        session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    struct instant start = crashfs_clock(b->c.fs)->now;
    struct field_input name = {.name = STR("name"), .text = STR("Acme")};
    bool good = write_one(&b->c.session, a, "account", &name, 1);
    for (int i = 0; i < DEALS && good; i++) {
        char room[40];
        struct instant at = {start.us + (i + 1) * US_PER_DAY};
        struct field_input in[] = {
            {.name = STR("code"), .text = str_printf(a, "d%d", i)},
            {.name = STR("account"), .text = STR("Acme")},
            {.name = STR("starts"), .text = str_dup(a, instant_text(at, room))}};
        good = write_one(&b->c.session, a, "deal", in, 3);
    }
    session_close(&b->c.session);
    return good;
}

/* All of it, long after. */
static bool fire(struct bench *b)
{
    uint64_t fired = 0;
    enum rc rc = RC_OK;
    crashfs_clock(b->c.fs)->now.us += 30 * US_PER_DAY;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    struct clock_target target = {.admission = b->c.session.admission};
    struct instant now = crashfs_clock(b->c.fs)->now;
    do {
        rc = clock_fire(&target, now, BATCH, NULL, &fired);
        b->fired += rc == RC_OK ? fired : 0;
    } while (rc == RC_OK && fired == BATCH);
    session_close(&b->c.session);
    return rc == RC_OK;
}

/* Each deal entered the stage once, as of its own instant, and nothing waits any more. */
static bool happened_once(struct bench *b)
{
    struct arena *a = b->c.app.arena;
    struct ledger_reader *r;
    struct event e;
    bool more = true, good = true;
    uint64_t moves = 0;
    struct instant last = INSTANT_MIN, next;
    if (session_open(&b->c.app, SESSION_LIVE, &b->c.session) != RC_OK)
        return false;
    struct session *s = &b->c.session;
    enum rc rc = ledger_read(s->store, s->vault, 1, 0, &r);
    while (rc == RC_OK && (rc = ledger_next(r, a, &e, &more)) == RC_OK && more) {
        if (!str_is(e.actor, "rule:pipelines.sales"))
            continue;
        moves++;
        good = good && e.effective_at.us > last.us && e.effective_at.us < e.recorded_at.us;
        last = e.effective_at;
    }
    ledger_read_end(r);
    if (rc == RC_OK)
        rc = clock_next(s->store, &next);
    session_close(s);
    return rc == RC_OK && good && moves == DEALS && next.us == INSTANT_MAX.us;
}

static bool sound(struct bench *b)
{
    uint32_t version;
    return crash_doctor(&b->c, &version) && fire(b) && happened_once(b) &&
           crash_doctor(&b->c, &version);
}

static bool begin(struct bench *b, uint64_t seed)
{
    *b = (struct bench){0};
    crash_begin(&b->c, seed);
    return prepare(b);
}

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct bench b;
    bool held = begin(&b, seed);
    crash_plan_failure(b.c.fs, plan, n);
    (void)fire(&b);
    crashfs_reboot(b.c.fs, seed);
    held = held && sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": %" PRIu64 " reported", crash_plan_name(plan), n,
                 seed, b.fired);
    crash_end(&b.c);
    return held;
}

int main(void)
{
    struct bench b = {0};
    ok(begin(&b, 1));
    uint64_t syncs = crashfs_count(b.c.fs, CRASHFS_SYNC),
             writes = crashfs_count(b.c.fs, CRASHFS_WRITE);
    ok(fire(&b));
    syncs = crashfs_count(b.c.fs, CRASHFS_SYNC) - syncs;
    writes = crashfs_count(b.c.fs, CRASHFS_WRITE) - writes;
    ok_int(b.fired, DEALS);
    ok(happened_once(&b));
    ok(sound(&b));
    crash_end(&b.c);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes", syncs, writes);
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    crash_sweep(survives, FAIL_SYNC, syncs, 1, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    crash_sweep(survives, FAIL_WRITES_ON, writes, WRITE_STRIDE, 1);
    return tap_done();
}
