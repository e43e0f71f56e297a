/* Messages on a disk that loses power and fails: between what asked for them and their claim, between claim and sending, between sending
 * and settling. None is lost, and one that goes out twice goes out under the same id. */
#include "app/delivery.h"
#include "connect/outbox.h"
#include "tests/crash/sweep.h"
#include "tests/hook.h"

enum { DEALS = 4, SEEDS = 2, WRITE_STRIDE = 3 };

static const char model[] =
    "version: 1\n"
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n"
    "chat: {webhook: 'file:chat.url'}\n"
    "people:\n"
    "  ana: {name: Ana Ruiz, email: ana@acme.example}\n"
    "objects:\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  keys: [code]\n"
    "  fields: [{name: code, type: text}, {name: hot, type: boolean}]\n"
    "automations:\n"
    "- {name: hot, object: deal, when: deal.hot, do: [{notify: [ana]}]}\n";

static struct hook *hook; /* tidy: globals: one listener for all runs of this program */
static bool together;     /* tidy: globals: of these runs: all messages of a day go out as one */

/* ---- this side ---------------------------------------------------------------------------------------------------- */

static bool write_one(struct session *s, struct arena *a, const char *object, struct str key,
                      struct field_input *in, size_t n)
{
    struct command c = {.kind = CMD_UPSERT,
                        .object = model_object(s->model, str_of(object)),
                        .fields = in,
                        .n_fields = n,
                        .idempotency_key = key,
                        .actor = session_operator(),
                        .door = DOOR_CLI};
    struct verdict v;
    return admission_group(s->admission, &c, 1, NULL, a, &v) == RC_OK && verdict_accepted(&v);
}

static bool prepare(struct crash_bench *b)
{
    struct arena *a = b->app.arena;
    struct str url = str_printf(a, "http://127.0.0.1:%d/", hook->port);
    if (!crash_write(b, "./chat.url", url) || !crash_apply(b, 1, str_of(model)) ||
        session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    struct field_input ana[] = {{.name = STR("name"), .text = STR("ana")},
                                {.name = STR("notify_by"), .text = STR("chat")},
                                {.name = STR("digest_at"), .text = STR("08:30")}};
    bool good = write_one(&b->session, a, "person", STR(""), ana, together ? 3 : 2);
    session_close(&b->session);
    return good;
}

/* Deals that each ask for a message, and what is due goes out. Done again it ends where it began. */
static bool work(struct crash_bench *b)
{
    struct arena *a = b->app.arena;
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    bool good = true;
    for (int i = 0; i < DEALS && good; i++) {
        struct field_input deal[] = {{.name = STR("code"), .text = str_printf(a, "d%d", i)},
                                     {.name = STR("hot"), .text = STR("true")}};
        good = write_one(&b->session, a, "deal", str_printf(a, "once-%d", i), deal, 2);
    }
    struct outbox o = delivery_outbox(&b->app, &b->session);
    struct outbox_counts counts;
    if (good) /* beyond any claim, any pause between tries, any digest */
        crashfs_clock(b->fs)->now.us += 30 * 3600 * US_PER_SECOND;
    good = good && outbox_deliver(&o, 100, &counts) == RC_OK;
    session_close(&b->session);
    return good;
}

/* Every message stands in the outbox, was sent, and went out at least once; none under two ids. */
static bool all_went_out(struct crash_bench *b)
{
    struct outbox_row *rows;
    size_t n = 0, sent = 0;
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    struct session *s = &b->session;
    enum rc rc = outbox_page(s->store, s->vault, -1, 0, 100, b->app.arena, &rows, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        sent += rows[i].state == OUTBOX_SENT;
    session_close(s);
    bool good = rc == RC_OK && n == DEALS && sent == DEALS && hook->n == (together ? 1 : DEALS) &&
                !hook->clash;
    if (!good)
        tap_diag("%zu rows, %zu sent, %zu ids heard%s", n, sent, hook->n,
                 hook->clash ? ", one with two texts" : "");
    return good;
}

static bool sound(struct crash_bench *b)
{
    uint32_t version;
    return crash_doctor(b, &version) && work(b) && all_went_out(b) && crash_doctor(b, &version);
}

static bool begin(struct crash_bench *b, uint64_t seed)
{
    crash_begin(b, seed);
    hook_forget(hook);
    return prepare(b);
}

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct crash_bench b;
    bool held = begin(&b, seed);
    crash_plan_failure(b.fs, plan, n);
    (void)work(&b);
    crashfs_reboot(b.fs, seed);
    held = held && sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64, crash_plan_name(plan), n, seed);
    crash_end(&b);
    return held;
}

int main(void)
{
    static struct hook h; /* tidy: globals: too large for a stack */
    struct crash_bench b;
    hook = &h;
    ok(hook_open(&h));
    ok(begin(&b, 1));
    uint64_t syncs = crashfs_count(b.fs, CRASHFS_SYNC), writes = crashfs_count(b.fs, CRASHFS_WRITE);
    ok(work(&b));
    syncs = crashfs_count(b.fs, CRASHFS_SYNC) - syncs;
    writes = crashfs_count(b.fs, CRASHFS_WRITE) - writes;
    ok(all_went_out(&b));
    ok_int((int64_t)h.taken, DEALS);
    ok(sound(&b));
    ok_int_at("nothing goes out again", (int64_t)h.taken, DEALS);
    crash_end(&b);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes", syncs, writes);
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    crash_sweep(survives, FAIL_SYNC, syncs, 1, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    crash_sweep(survives, FAIL_WRITES_ON, writes, WRITE_STRIDE, 1);
    together = true;
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    hook_close(&h);
    return tap_done();
}
