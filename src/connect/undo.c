#include "connect/undo.h"
#include "admission/imports.h"
#include "admission/refill.h"
#include "ledger/ledger.h"

enum { GROUP = 500, PASSES_MAX = 20 };

struct undo {
    const struct undo_request *q;
    struct undo_report *out;
    struct str signature; /* of the batch's events */
    uint64_t first_seq, last_seq;
    struct arena *group;
    struct command commands[GROUP];
    struct verdict verdicts[GROUP];
    size_t n;
    uint64_t gone, refused; /* in this pass */
    bool last_pass;
};

struct actor import_actor(uint64_t batch, struct arena *a)
{
    char id[64];
    return (struct actor){.kind = ACTOR_IMPORT, .name = str_dup(a, id_text(STR("imp"), batch, id))};
}

static bool is_ours(const struct undo *u, const struct event *e)
{
    return str_eq(e->actor, u->signature);
}

/* Does a later event of the record take `seq` back? */
static bool is_retracted(const struct event *events, size_t n, uint64_t seq)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; events[i].kind == EV_RETRACT && k < events[i].retract.n; k++) {
            if (events[i].retract.seqs[k] == seq) {
                return true;
            }
        }
    }
    return false;
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

static enum rc submit(struct undo *u)
{
    if (u->n == 0) {
        return RC_OK;
    }
    enum rc rc = admission_group(u->q->admission, u->commands, u->n, NULL, u->group, u->verdicts);
    for (size_t i = 0; rc == RC_OK && i < u->n; i++) {
        if (verdict_accepted(&u->verdicts[i])) {
            u->gone++;
            continue;
        }
        u->refused++;
        if (u->last_pass && u->q->kept != NULL) {
            u->q->kept(u->q->self, u->commands[i].object, u->commands[i].id,
                       verdict_reason(&u->verdicts[i]));
        }
    }
    u->n = 0;
    arena_reset(u->group);
    if (rc == RC_OK && u->q->go_on != NULL &&
        !u->q->go_on(u->q->self, u->out->retracted + u->gone)) {
        return RC_CANCELLED;
    }
    return rc;
}

static struct command *command_for(struct undo *u, const struct object *o)
{
    struct command *c = &u->commands[u->n++];
    *c = (struct command){
        .kind = CMD_RETRACT, .object = o, .actor = u->q->actor, .door = DOOR_IMPORT};
    return c;
}

/* What a new type of a field made of an event goes with it. */
static bool repeats_one(const struct event *e, const uint64_t *seqs, size_t n)
{
    for (size_t i = 0; is_refill(e) && i < n; i++) {
        if (seqs[i] == e->cause) {
            return true;
        }
    }
    return false;
}

/* All that the batch wrote to one record, once: at the first of its events that still counts. */
static enum rc add_record(struct undo *u, const struct event *e)
{
    struct event *events;
    size_t n;
    enum rc rc = ledger_of_record(u->q->store, NULL, e->object, e->record, u->group, &events, &n);
    if (rc != RC_OK) {
        return rc;
    }
    uint64_t *seqs = ARENA_ARRAY(u->group, n + 1, uint64_t);
    size_t ours = 0;
    for (size_t i = 0; i < n; i++) {
        bool counts = (is_ours(u, &events[i]) || repeats_one(&events[i], seqs, ours)) &&
                      !is_retracted(events, n, events[i].seq);
        if (counts && events[i].kind != EV_RETRACT) {
            seqs[ours++] = events[i].seq;
        }
    }
    const struct object *o = model_object_numbered(u->q->model, e->object);
    if (ours == 0 || seqs[0] != e->seq || o == NULL) {
        return RC_OK;
    }
    struct command *c = command_for(u, o);
    c->id = e->record;
    c->retract_seqs = seqs;
    c->n_retract_seqs = ours;
    return RC_OK;
}

static void add_facts(struct undo *u, const struct event *e)
{
    const struct object *o = model_object_numbered(u->q->model, e->object);
    if (o != NULL) {
        struct command *c = command_for(u, o);
        c->retract_batch = e->seq;
    }
}

/* Once over the events between the import's two ends. */
static enum rc pass(struct undo *u)
{
    struct ledger_reader *reader;
    struct arena *a = arena_new();
    bool more = true;
    enum rc rc = ledger_read(u->q->store, NULL, u->first_seq, u->last_seq, &reader);
    uint64_t at = u->first_seq;
    while (rc == RC_OK) {
        struct event e;
        rc = ledger_next(reader, a, &e, &more);
        if (rc != RC_OK || !more) {
            break;
        }
        at = e.seq;
        if (is_ours(u, &e) && e.kind == EV_BATCH) {
            add_facts(u, &e);
        } else if (is_ours(u, &e) && e.record != 0 && e.kind != EV_RETRACT) {
            rc = add_record(u, &e);
        }
        arena_reset(a);
        if (rc == RC_OK && u->n == GROUP) {
            /* One reader a connection, and a group begins a transaction: read on behind it. */
            ledger_read_end(reader);
            rc = submit(u);
            reader = NULL;
            if (rc == RC_OK) {
                rc = ledger_read(u->q->store, NULL, at + 1, u->last_seq, &reader);
            }
        }
    }
    ledger_read_end(reader);
    arena_free(a);
    return rc == RC_OK ? submit(u) : rc;
}

/* Children go in one pass, what they referred to in the next; a pass that takes nothing back is the last. */
static enum rc passes(struct undo *u)
{
    for (int i = 0; i < PASSES_MAX; i++) {
        u->gone = u->refused = 0;
        enum rc rc = pass(u);
        u->out->retracted += u->gone;
        u->out->kept = u->refused;
        if (rc != RC_OK || u->refused == 0 || u->last_pass) {
            return rc;
        }
        u->last_pass = u->gone == 0;
    }
    return RC_OK;
}

/* The source may say it all again: what it said in this batch is forgotten. */
static enum rc forget(void *self, struct store *store, const struct verdict *verdicts, size_t n)
{
    (void)verdicts;
    (void)n;
    const struct undo *u = self;
    struct stmt *st;
    enum rc rc = store_named(store, SQL_SOURCE_ROW_FORGET, &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, u->q->batch);
        rc = stmt_run(st);
    }
    return rc;
}

static enum rc end(struct undo *u)
{
    const struct batch_info *info = &u->out->info;
    struct row_counts counts = {.rows = u->out->retracted + u->out->kept,
                                .created = u->out->retracted,
                                .unchanged = u->out->kept};
    struct import_begin about = {.object = model_object_numbered(u->q->model, info->object),
                                 .source = info->source,
                                 .file = info->file,
                                 .actor = u->q->actor};
    struct companion with = {.self = u, .write = forget};
    return admission_import_end(u->q->admission, &about, u->q->batch, IMPORT_UNDONE, &counts,
                                &with);
}

enum rc import_undo(const struct undo_request *q, struct arena *a, struct undo_report *out)
{
    *out = (struct undo_report){0};
    enum rc rc = batch_find(q->store, q->batch, a, &out->info);
    if (rc != RC_OK) {
        return rc;
    }
    if (model_object_numbered(q->model, out->info.object) == NULL) {
        return RC_CONFLICT;
    }
    struct undo *u = mem_new(1, sizeof *u);
    u->q = q;
    u->out = out;
    u->group = arena_new();
    u->first_seq = out->info.first_seq;
    u->last_seq = out->info.phase == IMPORT_BEGUN ? 0 : out->info.last_seq; /* 0: to the head */
    u->signature = str_printf(a, "import:%.*s", STR_ARG(import_actor(q->batch, a).name));
    rc = passes(u);
    if (rc == RC_OK) {
        rc = end(u);
    }
    arena_free(u->group);
    mem_free(u);
    return rc;
}
