/* Store, vault, ledger and rows on a disk that loses power, fails and fills up: what was acknowledged is there, what was not is
 * there whole or not at all, and the doctor finds nothing. */
#include "care/doctor.h"
#include "tests/crash/crashfs.h"
#include "tests/fixture.h"

#include <inttypes.h>
#include <string.h>

enum { GROUPS = 6, SEEDS = 12, FACTS = 20, CHECKPOINT_AT = 3 };

struct bench {
    struct fixture f;
    struct crashfs *fs;
    struct projection *p;
    struct ledger_head acknowledged;
    int groups;      /* acknowledged */
    enum rc refused; /* what the first failing group said */
};

/* ---- a run ------------------------------------------------------------------------------------------------------- */

static bool try_open(struct bench *b)
{
    struct fixture *f = &b->f;
    diags_init(&f->ds, f->arena);
    bool opened = store_open(f->machine, f->path, STORE_WRITER, &f->store, &f->ds) == RC_OK &&
                  vault_open(f->machine, f->keys_path, &f->vault, &f->ds) == RC_OK &&
                  ledger_open(f->store, f->vault, &f->ledger) == RC_OK;
    if (opened && b->p == NULL && ledger_head(f->ledger).seq > 0)
        opened = projection_open(f->store, &f->model, &b->p) == RC_OK;
    return opened;
}

static void stop(struct bench *b)
{
    projection_close(b->p);
    b->p = NULL;
    fixture_stop(&b->f);
}

static enum rc command(struct bench *b, const struct object *o, struct event *e)
{
    struct ledger_txn t;
    enum rc rc = ledger_begin(b->f.ledger, b->f.env.now, &t);
    if (rc != RC_OK)
        return rc;
    e->actor = STR("import:1");
    e->effective_at = t.recorded_at;
    rc = ledger_append(b->f.ledger, e);
    if (rc == RC_OK)
        rc = projection_apply(b->p, e);
    if (rc == RC_OK && o)
        rc = rows_refold(b->p, b->f.vault, o, e->record, b->f.arena, NULL);
    return rc == RC_OK ? ledger_end(b->f.ledger) : rc;
}

static enum rc facts(struct bench *b, uint64_t person)
{
    struct ledger_txn t;
    struct fact_row rows[FACTS];
    struct event e = {.actor = STR("import:1"), .object = OBJ_TOUCH, .effective_at = b->f.env.now};
    for (size_t i = 0; i < FACTS; i++) {
        struct value *v = ARENA_ARRAY(b->f.arena, b->f.touch->n_fields, struct value);
        v[4] = v_ref(person);
        v[7] = v_int((int64_t)i);
        v[8] = v_text("a note");
        rows[i] = (struct fact_row){
            .id = fixture_id(&b->f), .home = person, .at = b->f.env.now, .values = v};
    }
    enum rc rc = ledger_begin(b->f.ledger, b->f.env.now, &t);
    if (rc == RC_OK)
        rc = ledger_append_facts(b->f.ledger, b->f.touch, rows, FACTS, &e);
    return rc == RC_OK ? ledger_end(b->f.ledger) : rc;
}

/* Three records, one of them personal, a patch and a batch of facts. */
static enum rc group(struct bench *b, int i)
{
    struct arena *a = b->f.arena;
    uint64_t account = fixture_id(&b->f), person = fixture_id(&b->f), deal = fixture_id(&b->f);
    struct patch_field name = {.field = F_NAME, .value = v_text("Acme")};
    struct event_key key = {.key = 1, .value = str_printf(a, "%d.example", i)};
    struct patch_field email = {
        .field = F_EMAIL, .person = person, .value = v_text("jo@a.example")};
    struct patch_field stage[] = {{.field = F_ACCOUNT, .value = v_ref(account)},
                                  {.field = F_STAGE, .value = v_enum(1)}};
    struct event events[] = {
        {.kind = EV_CREATE,
         .object = OBJ_ACCOUNT,
         .record = account,
         .patch = {.home = account, .fields = &name, .n_fields = 1, .keys = &key, .n_keys = 1}},
        {.kind = EV_CREATE,
         .object = OBJ_CONTACT,
         .record = person,
         .patch = {.home = account, .fields = &email, .n_fields = 1}},
        {.kind = EV_CREATE,
         .object = OBJ_OPPORTUNITY,
         .record = deal,
         .patch = {.home = account, .fields = stage, .n_fields = 2}},
        {.kind = EV_PATCH,
         .object = OBJ_OPPORTUNITY,
         .record = deal,
         .patch = {.fields = stage, .n_fields = 2}},
    };
    const struct object *objects[] = {b->f.account, b->f.contact, b->f.opportunity,
                                      b->f.opportunity};
    enum rc rc = ledger_begin_group(b->f.ledger);
    for (size_t k = 0; k < 4 && rc == RC_OK; k++)
        rc = command(b, objects[k], &events[k]);
    if (rc == RC_OK)
        rc = facts(b, person);
    if (rc == RC_OK)
        rc = ledger_commit(b->f.ledger);
    if (rc != RC_OK)
        ledger_rollback(b->f.ledger);
    return rc;
}

/* Works until it is done or refused; every group after a refusal by a broken store must be refused as well. */
static void work(struct bench *b)
{
    int failures_after = 0;
    b->refused = RC_OK;
    for (int i = b->groups; i < GROUPS; i++) {
        b->f.env.now.us += US_PER_SECOND;
        enum rc rc = group(b, i);
        if (rc == RC_OK && b->refused != RC_OK)
            failures_after++;
        if (rc != RC_OK) {
            b->refused = b->refused == RC_OK ? rc : b->refused;
            continue;
        }
        b->acknowledged = ledger_head(b->f.ledger);
        b->groups++;
        if (i == CHECKPOINT_AT && store_checkpoint(b->f.store) != RC_OK)
            b->refused = RC_IO;
    }
    ok_int_at("nothing is acknowledged after a failure", failures_after, 0);
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

static bool sound(struct bench *b, const char *what, uint64_t n, uint64_t seed)
{
    struct ledger_head head = ledger_head(b->f.ledger);
    struct event last;
    bool kept = head.seq >= b->acknowledged.seq && (head.seq - b->acknowledged.seq) % 5 == 0 &&
                head.seq - b->acknowledged.seq <= 5;
    if (kept && b->acknowledged.seq)
        kept = ledger_get(b->f.store, NULL, b->acknowledged.seq, b->f.arena, &last) == RC_OK &&
               digest_eq(last.hash, b->acknowledged.hash);
    struct doctor_settings s = {.store = b->f.store, .vault = b->f.vault, .model = &b->f.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, b->f.arena);
    bool whole = doctor_run(&s, b->f.arena, &report, &ds) == RC_OK && ds.errors == 0 &&
                 report.replayed;
    if (!kept || !whole)
        tap_diag("%s %" PRIu64 " seed %" PRIu64 ": acknowledged %" PRIu64 ", head %" PRIu64 ", %s",
                 what, n, seed, b->acknowledged.seq, head.seq,
                 ds.list.n ? ds.list.v[0].message.p : "no finding");
    return kept && whole;
}

/* A prepared disk and what its ledger holds. */
struct base {
    struct crashfs *fs;
    struct ledger_head head;
};

static void begin(struct bench *b, struct crashfs *fs, struct ledger_head head)
{
    *b = (struct bench){.fs = fs, .acknowledged = head, .f = {.arena = arena_new()}};
    env_sim_init(&b->f.env, 1, (struct instant){INT64_C(1750000000000000)});
    fixture_model(&b->f);
    b->f.machine = crashfs_env(fs);
    b->f.path = STR("revos.db");
    b->f.keys_path = STR("keys.db");
}

static void end(struct bench *b)
{
    stop(b);
    crashfs_free(b->fs);
    arena_free(b->f.arena);
}

/* A workspace with its genesis event and tables, synced. */
static struct base prepared(void)
{
    struct bench b;
    begin(&b, crashfs_new(1), (struct ledger_head){0});
    fixture_engine(&b.f);
    fixture_genesis(&b.f);
    ok_int(store_begin(b.f.store), RC_OK);
    ok_int(projection_evolve(b.f.store, &b.f.model), RC_OK);
    ok_int(store_commit(b.f.store), RC_OK);
    struct base base = {b.fs, ledger_head(b.f.ledger)};
    stop(&b);
    arena_free(b.f.arena);
    return base;
}

enum plan { CUT, FAIL_SYNC_ONCE, FAIL_SYNC, FAIL_WRITE_ONCE, FAIL_WRITE, PLANS };
static const char *const plan_names[PLANS] = {"power cut at sync", "one failed sync",
                                              "failing syncs from", "one failed write",
                                              "failing writes from"};

static void plan_failure(struct crashfs *fs, enum plan plan, uint64_t n)
{
    switch (plan) {
    case CUT:
        crashfs_cut_at(fs, n);
        break;
    case FAIL_SYNC_ONCE:
    case FAIL_SYNC:
        crashfs_fail_at(fs, CRASHFS_SYNC, n, plan == FAIL_SYNC);
        break;
    case FAIL_WRITE_ONCE:
    case FAIL_WRITE:
        crashfs_fail_at(fs, CRASHFS_WRITE, n, plan == FAIL_WRITE);
        break;
    case PLANS:
        break;
    }
}

/* One run with the n-th call failing: true when it held. */
static bool survives(const struct base *base, enum plan plan, uint64_t n, uint64_t seed)
{
    struct bench b;
    begin(&b, crashfs_copy(base->fs, seed), base->head);
    plan_failure(b.fs, plan, n);
    if (try_open(&b))
        work(&b);
    stop(&b);
    crashfs_reboot(b.fs, seed);
    bool held = try_open(&b) && sound(&b, plan_names[plan], n, seed);
    if (held) { /* and life goes on */
        b.groups = GROUPS - 1;
        held = group(&b, 1000) == RC_OK;
    }
    end(&b);
    return held;
}

static uint64_t calls_of_a_run(const struct base *base, enum crashfs_call call)
{
    struct bench b;
    begin(&b, crashfs_copy(base->fs, 1), base->head);
    uint64_t before = crashfs_count(b.fs, call);
    ok(try_open(&b));
    work(&b);
    ok_int(b.groups, GROUPS);
    stop(&b);
    uint64_t calls = crashfs_count(b.fs, call) - before;
    crashfs_reboot(b.fs, 9);
    ok(try_open(&b) && sound(&b, "whole run", 0, 9));
    end(&b);
    return calls;
}

static void sweep(const struct base *base, enum plan plan, uint64_t calls, uint64_t stride,
                  uint64_t seeds)
{
    uint64_t bad = 0, runs = 0;
    for (uint64_t n = 1; n <= calls; n += stride)
        for (uint64_t seed = 1; seed <= seeds; seed++, runs++)
            bad += !survives(base, plan, n, 100 * n + seed);
    tap_diag("%s: %" PRIu64 " runs", plan_names[plan], runs);
    ok_int_at(plan_names[plan], bad, 0);
}

/* ---- the very first start ------------------------------------------------------------------------------------------- */

static enum rc found(struct bench *b)
{
    struct ledger_txn t;
    struct event e = {.kind = EV_GENESIS,
                      .actor = STR("system"),
                      .effective_at = b->f.env.now,
                      .genesis = {.zone = STR("Europe/Berlin"), .format = 1}};
    if (!try_open(b))
        return RC_IO;
    enum rc rc = ledger_begin_group(b->f.ledger);
    if (rc == RC_OK)
        rc = ledger_begin(b->f.ledger, b->f.env.now, &t);
    if (rc == RC_OK)
        rc = ledger_append(b->f.ledger, &e);
    if (rc == RC_OK)
        rc = ledger_end(b->f.ledger);
    if (rc == RC_OK)
        rc = projection_evolve(b->f.store, &b->f.model);
    if (rc == RC_OK)
        rc = ledger_commit(b->f.ledger);
    if (rc == RC_OK)
        b->acknowledged = ledger_head(b->f.ledger);
    return rc;
}

/* Cut at the n-th sync of the first start: afterwards the workspace is founded, or can be founded again. */
static bool founding_survives(enum plan plan, uint64_t n, uint64_t seed)
{
    struct bench b;
    begin(&b, crashfs_new(seed), (struct ledger_head){0});
    plan_failure(b.fs, plan, n);
    enum rc first = found(&b);
    stop(&b);
    crashfs_reboot(b.fs, seed);
    bool held = try_open(&b) && ledger_head(b.f.ledger).seq >= (first == RC_OK ? 1U : 0U);
    if (held && ledger_head(b.f.ledger).seq == 0) {
        stop(&b);
        held = found(&b) == RC_OK;
        stop(&b);
        held = held && try_open(&b);
    }
    held = held && group(&b, 0) == RC_OK;
    b.acknowledged = ledger_head(b.f.ledger);
    held = held && sound(&b, "founding", n, seed);
    if (!held)
        tap_diag("founding, %s %" PRIu64 " seed %" PRIu64, plan_names[plan], n, seed);
    end(&b);
    return held;
}

static void founding(enum plan plan)
{
    uint64_t bad = 0;
    for (uint64_t n = 1; n <= 16; n++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            bad += !founding_survives(plan, n, 100 * n + seed);
    ok_int_at("founding a workspace", bad, 0);
}

/* A full disk refuses a group and harms nothing; with space again the same store goes on. */
static void full_disk(const struct base *base)
{
    struct bench b;
    begin(&b, crashfs_copy(base->fs, 5), base->head);
    ok(try_open(&b));
    ok_int(group(&b, 0), RC_OK);
    b.acknowledged = ledger_head(b.f.ledger);
    crashfs_set_space(b.fs, crashfs_used(b.fs));
    enum rc rc = RC_OK;
    for (int i = 1; i < 50 && rc == RC_OK; i++) {
        rc = group(&b, i);
        if (rc == RC_OK)
            b.acknowledged = ledger_head(b.f.ledger);
    }
    ok_int(rc, RC_IO);
    crashfs_set_space(b.fs, 0);
    if (!store_broken(b.f.store)) {
        ok_int(group(&b, 100), RC_OK);
        b.acknowledged = ledger_head(b.f.ledger);
    }
    stop(&b);
    crashfs_reboot(b.fs, 5);
    ok(try_open(&b) && sound(&b, "full disk", 0, 5));
    end(&b);
}

int main(void)
{
    struct base base = prepared();
    uint64_t syncs = calls_of_a_run(&base, CRASHFS_SYNC),
             writes = calls_of_a_run(&base, CRASHFS_WRITE);
    sweep(&base, CUT, syncs, 1, SEEDS);
    sweep(&base, FAIL_SYNC_ONCE, syncs, 1, 1);
    sweep(&base, FAIL_SYNC, syncs, 1, 1);
    sweep(&base, FAIL_WRITE_ONCE, writes, 1, 1);
    sweep(&base, FAIL_WRITE, writes, 1, 1);
    full_disk(&base);
    founding(CUT);
    founding(FAIL_SYNC_ONCE);
    crashfs_free(base.fs);
    return tap_done();
}
