#include "connect/undo.h"
#include "admission/imports.h"
#include "admission/refill.h"
#include "admission/writer.h"
#include "ledger/ledger.h"

enum { GROUP = 500, SCAN_MAX = 20000, PASSES_MAX = 20 };

struct undo {
    const struct undo_request *q;
    struct undo_report *out;
    struct str signature; /* of the batch's events */
    uint64_t first_seq, last_seq;
    uint64_t at; /* the next event to look at */
    bool more;   /* there may be one */
    struct arena *keep, *group;
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

/* What became of a group; told outside of the writer's turn. */
static void settle(struct undo *u)
{
    for (size_t i = 0; i < u->n; i++) {
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

/* The next group's worth of the batch's events. */
static enum rc read_on(struct undo *u)
{
    struct ledger_reader *reader;
    struct arena *a = arena_new();
    enum rc rc = ledger_read(u->q->store, NULL, u->at, u->last_seq, &reader);
    for (size_t i = 0; rc == RC_OK && u->more && u->n < GROUP && i < SCAN_MAX; i++) {
        struct event e;
        rc = ledger_next(reader, a, &e, &u->more);
        if (rc != RC_OK || !u->more) {
            break;
        }
        u->at = e.seq + 1;
        if (is_ours(u, &e) && e.kind == EV_BATCH) {
            add_facts(u, &e);
        } else if (is_ours(u, &e) && e.record != 0 && e.kind != EV_RETRACT) {
            rc = add_record(u, &e);
        }
        arena_reset(a);
    }
    ledger_read_end(reader);
    arena_free(a);
    return rc;
}

/* Read and taken back in one turn: what others write between turns is seen by the next. */
static enum rc turn_to_take_back(void *self, struct admission *adm)
{
    struct undo *u = self;
    enum rc rc = read_on(u);
    if (rc == RC_OK && u->n > 0) {
        rc = admission_group(adm, u->commands, u->n, NULL, u->group, u->verdicts);
    }
    return rc;
}

static enum rc in_turn(struct undo *u, enum rc (*job)(void *self, struct admission *a))
{
    return writer_turn(u->q->writer, u->q->admission, job, u);
}

/* Once over the events between the import's two ends. */
static enum rc pass(struct undo *u)
{
    u->at = u->first_seq;
    u->more = true;
    while (u->more) {
        enum rc rc = in_turn(u, turn_to_take_back);
        if (rc != RC_OK) {
            return rc;
        }
        settle(u);
        if (u->q->go_on != NULL && !u->q->go_on(u->q->self, u->out->retracted + u->gone)) {
            return RC_CANCELLED;
        }
    }
    return RC_OK;
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

static enum rc turn_to_end(void *self, struct admission *adm)
{
    struct undo *u = self;
    const struct batch_info *info = &u->out->info;
    struct row_counts counts = {.rows = u->out->retracted + u->out->kept,
                                .created = u->out->retracted,
                                .unchanged = u->out->kept};
    struct import_begin about = {.object = model_object_numbered(u->q->model, info->object),
                                 .source = info->source,
                                 .file = info->file,
                                 .actor = u->q->actor};
    struct companion with = {.self = u, .write = forget};
    return admission_import_end(adm, &about, u->q->batch, IMPORT_UNDONE, &counts, &with);
}

static enum rc turn_to_find(void *self, struct admission *adm)
{
    struct undo *u = self;
    (void)adm;
    return batch_find(u->q->store, u->q->batch, u->keep, &u->out->info);
}

static enum rc run(struct undo *u)
{
    enum rc rc = in_turn(u, turn_to_find);
    if (rc != RC_OK) {
        return rc;
    }
    const struct batch_info *info = &u->out->info;
    if (model_object_numbered(u->q->model, info->object) == NULL) {
        return RC_CONFLICT;
    }
    u->first_seq = info->first_seq;
    u->last_seq = info->phase == IMPORT_BEGUN ? 0 : info->last_seq; /* 0: to the head */
    u->signature = str_printf(u->keep, "import:%.*s",
                              STR_ARG(import_actor(u->q->batch, u->keep).name));
    rc = passes(u);
    return rc == RC_OK ? in_turn(u, turn_to_end) : rc;
}

/* Neither its import nor another undo of it may be under way in this process. */
static bool enter(const struct undo_request *q, size_t *slot)
{
    struct digest batch = digest_of((struct str){(const char *)&q->batch, sizeof q->batch});
    return !running_find(q->running, q->batch, NULL) &&
           running_enter(q->running, 0, STR("undo"), batch, slot);
}

enum rc import_undo(const struct undo_request *q, struct arena *a, struct undo_report *out)
{
    size_t slot;
    *out = (struct undo_report){0};
    if (q->running != NULL && !enter(q, &slot)) {
        return RC_BUSY;
    }
    struct undo *u = mem_new(1, sizeof *u);
    u->q = q;
    u->out = out;
    u->keep = a;
    u->group = arena_new();
    enum rc rc = run(u);
    arena_free(u->group);
    mem_free(u);
    if (q->running != NULL) {
        running_leave(q->running, slot);
    }
    return rc;
}
