#include "projection/warehouse.h"

#include "projection/warehouse_impl.h"
#include "store/setting.h"
#include <assert.h>
#include <string.h>

/* A batch ends at the end of a transaction once it has this many events or bytes: few enough to stay flat in memory, enough
 * that DuckDB's cost per statement does not count. */
enum { BATCH_EVENTS = 131072, BATCH_BYTES = 96 << 20 };

static enum rc open_file(struct warehouse *w, struct diags *ds)
{
    enum rc rc = duck_open(&w->settings.duck, &w->duck, ds);
    return rc == RC_OK ? duck_connect(w->duck, &w->conn, ds) : rc;
}

static void close_file(struct warehouse *w)
{
    duck_disconnect(w->conn);
    duck_close(w->duck);
    w->conn = NULL;
    w->duck = NULL;
    w->shaped = false;
}

static enum rc remove_file(struct warehouse *w, const char *suffix, struct diags *ds)
{
    const struct env *env = w->settings.env;
    struct str path = str_printf(ds->arena, "%s%s", w->settings.duck.path, suffix);
    enum rc rc = env->remove(env->self, path.p);
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        return RC_OK;
    diag_add(ds, SEV_ERROR, "W0006", span_none(), "cannot remove the old warehouse %.*s: %s",
             STR_ARG(path), env_error());
    return rc;
}

/* Starts over: an empty file, followed from seq 1. */
static enum rc start_over(struct warehouse *w, struct diags *ds)
{
    close_file(w);
    w->mark = (struct warehouse_mark){0};
    enum rc rc = RC_OK;
    if (w->settings.duck.path) {
        rc = remove_file(w, "", ds);
        if (rc == RC_OK)
            rc = remove_file(w, ".wal", ds);
    }
    return rc == RC_OK ? open_file(w, ds) : rc;
}

enum rc warehouse_open(const struct warehouse_settings *s, struct warehouse **out, struct diags *ds)
{
    *out = NULL;
    struct warehouse *w = mem_new(1, sizeof(*w));
    w->settings = *s;
    w->arena = arena_new();
    bool usable = false;
    enum rc rc = zone_open(s->model->company.timezone, &w->zone);
    if (rc != RC_OK) {
        diag_add(ds, SEV_ERROR, "W0007", span_none(), "the company's time zone '%.*s' is unknown",
                 STR_ARG(s->model->company.timezone));
        goto done;
    }
    rc = open_file(w, ds);
    if (rc == RC_OK)
        rc = wh_read_mark(w, &usable, ds);
    if (rc == RC_OK && !usable)
        rc = start_over(w, ds);
done:
    if (rc == RC_OK)
        *out = w;
    else
        warehouse_close(w);
    return rc;
}

void warehouse_close(struct warehouse *w)
{
    if (!w)
        return;
    close_file(w);
    if (w->zone)
        zone_close(w->zone);
    arena_free(w->arena);
    mem_free(w);
}

static enum rc is_outdated(struct warehouse *w, bool *out)
{
    struct str text;
    uint64_t version = 0;
    enum rc rc = setting_get(w->settings.store, STR(WAREHOUSE_ANEW), w->arena, &text);
    *out = str_to_u64(text, &version) && w->mark.model_version < version;
    return rc;
}

/* The file follows this ledger only when the ledger still says at its mark what it said then. */
static enum rc check_mark(struct warehouse *w, const struct ledger_head *head, struct arena *a,
                          bool *ours, struct diags *ds)
{
    *ours = w->mark.seq == 0;
    if (*ours || w->mark.seq > head->seq)
        return RC_OK;
    struct event e;
    bool outdated;
    enum rc rc = ledger_get(w->settings.store, w->settings.vault, w->mark.seq, a, &e);
    if (rc == RC_OK)
        rc = is_outdated(w, &outdated);
    if (rc != RC_OK)
        return wh_store_failed(w, rc, ds);
    *ours = digest_eq(e.hash, w->mark.hash) && !outdated;
    return RC_OK;
}

struct batch {
    VEC(struct event) events;
    bool erases; /* a person's key was destroyed */
};

/* Reads whole transactions from the mark on. */
static enum rc read_batch(struct warehouse *w, uint64_t head, struct arena *a, struct batch *b,
                          struct diags *ds)
{
    struct ledger_reader *r = NULL;
    bool more = true;
    enum rc rc = ledger_read(w->settings.store, w->settings.vault, w->mark.seq + 1, head, &r);
    while (rc == RC_OK) {
        struct event e = {0};
        rc = ledger_next(r, a, &e, &more);
        if (rc != RC_OK || !more)
            break;
        if (e.kind == EV_VERSION && e.version.version > w->settings.model->version)
            break; /* what comes now is for whoever follows with that model */
        bool full = b->events.n >= BATCH_EVENTS || arena_used(a) >= BATCH_BYTES;
        if (full && e.txn != b->events.v[b->events.n - 1].txn)
            break;
        b->erases = b->erases || e.kind == EV_ERASE;
        *VEC_PUSH(a, &b->events) = e;
    }
    ledger_read_end(r);
    return rc == RC_OK ? RC_OK : wh_store_failed(w, rc, ds);
}

static enum rc apply_batch(struct warehouse *w, struct batch *b, struct arena *a, struct diags *ds)
{
    const struct event *last = &b->events.v[b->events.n - 1];
    struct warehouse_mark mark = {last->seq, last->hash, last->recorded_at, last->model_version};
    enum rc rc = duck_exec(w->conn, "BEGIN", ds);
    if (rc != RC_OK)
        return rc;
    rc = wh_apply(w, b->events.v, b->events.n, a, ds);
    if (rc == RC_OK)
        rc = wh_seen_write(w, ds);
    if (rc == RC_OK)
        rc = wh_write_mark(w, mark, ds);
    enum rc end = duck_exec(w->conn, rc == RC_OK ? "COMMIT" : "ROLLBACK", ds);
    rc = rc == RC_OK ? end : rc;
    if (rc != RC_OK)
        return rc;
    w->mark = mark;
    wh_seen_committed(w);
    return RC_OK;
}

/* Batches up to the head. `*erased` asks to start over, since a value that is erased now stands in older rows. */
static enum rc follow(struct warehouse *w, uint64_t head, bool anew,
                      const struct warehouse_progress *p, bool *erased, struct diags *ds)
{
    enum rc rc = w->shaped ? RC_OK : wh_shape(w, ds);
    struct arena *a = arena_new();
    while (rc == RC_OK && w->mark.seq < head && !*erased) {
        struct batch b = {0};
        arena_reset(a);
        rc = read_batch(w, head, a, &b, ds);
        if (rc == RC_OK && b.events.n == 0)
            break;
        *erased = b.erases && !anew;
        if (rc == RC_OK && !*erased)
            rc = apply_batch(w, &b, a, ds);
        if (rc == RC_OK && p && !*erased && !p->step(p->self, w->mark.seq, head))
            rc = RC_CANCELLED;
    }
    arena_free(a);
    return rc;
}

/* Odd while tables may change. */
static void turn(struct warehouse *w)
{
    atomic_fetch_add(&w->generation, 1);
}

uint64_t warehouse_generation(struct warehouse *w)
{
    return atomic_load(&w->generation);
}

enum rc warehouse_follow(struct warehouse *w, const struct warehouse_progress *p, struct diags *ds)
{
    struct arena *a = arena_new();
    struct ledger_head head = {0};
    bool ours = false, erased = false;
    enum rc rc = store_begin(w->settings.store);
    if (rc == RC_OK)
        rc = ledger_read_head(w->settings.store, &head);
    if (rc != RC_OK)
        rc = wh_store_failed(w, rc, ds);
    if (rc == RC_OK)
        rc = check_mark(w, &head, a, &ours, ds);
    bool changes = !ours || !w->shaped || w->mark.seq < head.seq;
    if (changes)
        turn(w);
    if (rc == RC_OK && !ours)
        rc = start_over(w, ds);
    if (rc == RC_OK)
        rc = follow(w, head.seq, w->mark.seq == 0, p, &erased, ds);
    if (rc == RC_OK && erased) {
        rc = start_over(w, ds);
        erased = false;
        if (rc == RC_OK)
            rc = follow(w, head.seq, true, p, &erased, ds);
    }
    if (changes)
        turn(w);
    store_rollback(w->settings.store);
    arena_free(a);
    return rc;
}

void warehouse_set_model(struct warehouse *w, const struct model *m, const struct fx_rates *rates)
{
    w->settings.model = m;
    w->settings.rates = rates;
    w->shaped = false;
}

const struct model *warehouse_model(const struct warehouse *w)
{
    return w->settings.model;
}

struct warehouse_mark warehouse_mark(const struct warehouse *w)
{
    return w->mark;
}

struct zone *warehouse_zone(const struct warehouse *w)
{
    return w->zone;
}

enum rc warehouse_connect(struct warehouse *w, struct duck_conn **out, struct diags *ds)
{
    return duck_connect(w->duck, out, ds);
}
