/* retire.c - records leave the values and stages that a new version retires. */
#include "admission/retire.h"

#include "admission/steps.h"
#include "projection/list.h"

enum { RETIRE_CHUNK = 500 };

static uint32_t stage_moved_to(const struct field *f, uint32_t number)
{
    uint32_t to = 0;
    for (size_t i = 0; i < f->object->n_processes; i++) {
        const struct process_def *p = f->object->processes[i];
        const struct stage *s = p->field == f ? process_stage_numbered(p, number) : NULL;
        if (s && !s->moved_to)
            return 0;
        if (s)
            to = s->moved_to->number;
    }
    return to;
}

uint32_t retired_to(const struct field *f, uint32_t number)
{
    if (f->kind == FIELD_STAGE)
        return stage_moved_to(f, number);
    for (size_t i = 0; i < f->n_values; i++)
        if (f->values[i].number == number)
            return f->values[i].moved_to ? f->values[i].moved_to->number : 0;
    return 0;
}

/* The records of one field that have to move. */
struct retiring {
    struct admission *adm;
    const struct field *field;
    const struct object_plan *plan;
    uint64_t cause;
    struct arena *arena; /* of a chunk */
    struct group g;
};

static void move_row(struct decision *d, const struct retiring *r, struct entry *e)
{
    size_t slot = slot_of(r->plan, r->field->number);
    const struct row *before = row_copy(draft_of(d, e), d->g->arena);
    struct row *now = row_copy(before, d->g->arena);
    uint64_t *touched = bits_new(r->plan, d->g->arena);
    uint32_t to = retired_to(r->field, now->values[slot].number_of);
    if (to == 0)
        return;
    now->values[slot].number_of = to;
    bits_set(touched, slot);
    stage_follow(d, before, now, touched, d->txn.recorded_at);
    derive_own(d, now, touched, d->txn.recorded_at, false);
    patch_effect(d, e, now, touched, d->txn.recorded_at, r->cause);
    derive_dependents(d);
}

static void move_record(struct retiring *r, uint64_t id)
{
    struct group *g = &r->g;
    struct ledger *l = r->adm->parts.ledger;
    const struct env *env = r->adm->parts.env;
    struct command command = {.object = r->plan->object};
    struct work work = {.command = &command, .plan = r->plan, .bad = bits_new(r->plan, g->arena)};
    struct verdict verdict = {0};
    struct decision d = {.g = g, .w = &work, .v = &verdict, .actor = STR("system")};
    struct entry *e = entry_get(g, r->plan, id);
    if (g->rc != RC_OK || !entry_live(e))
        return;
    g->rc = ledger_begin(l, env->now(env->self), &d.txn);
    if (g->rc != RC_OK)
        return;
    d.today = zone_date(r->adm->parser.zone, d.txn.recorded_at);
    d.next_seq = ledger_head(l).seq + 1;
    move_row(&d, r, e);
    if (g->rc == RC_OK && work_refused(&work))
        g->rc = RC_LIMIT; /* what derives from it does not settle, or is too much */
    if (g->rc == RC_OK)
        effects_keep(&d);
    if (g->rc == RC_OK)
        g->rc = ledger_end(l);
}

static enum rc move_field(struct retiring *r, const struct list_query *q)
{
    struct projection *p = r->adm->parts.projection;
    struct list_place *page, after = {0};
    size_t n = RETIRE_CHUNK;
    enum rc rc = RC_OK;
    while (rc == RC_OK && n == RETIRE_CHUNK) {
        arena_reset(r->arena);
        group_init(&r->g, r->adm, r->arena, 1);
        rc = list_page(p, q, &after, RETIRE_CHUNK, r->arena, &page, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            move_record(r, page[i].id);
            after.id = page[i].id;
        }
        group_flush(&r->g);
        if (rc == RC_OK)
            rc = r->g.rc;
    }
    return rc;
}

static enum rc retire_field(struct admission *a, const struct field *f, uint64_t cause)
{
    struct arena *call = arena_new();
    uint32_t *numbers = ARENA_ARRAY(call, f->n_values + 1, uint32_t);
    struct list_query q = {.object = f->object};
    q.test = (struct list_test){.asks = LIST_AMONG, .field = f, .numbers = numbers};
    for (size_t i = 0; i < f->n_values; i++)
        if (retired_to(f, f->values[i].number))
            numbers[q.test.n++] = f->values[i].number;
    struct retiring r = {.adm = a, .field = f, .cause = cause};
    enum rc rc = RC_OK;
    if (q.test.n > 0) {
        r.plan = plan_get(&a->plans, f->object->number);
        r.arena = arena_new();
        rc = move_field(&r, &q);
        arena_free(r.arena);
    }
    arena_free(call);
    return rc;
}

enum rc retired_move(struct admission *a, uint64_t cause)
{
    const struct model *m = a->parts.model;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_objects; i++) {
        const struct object *o = m->objects[i];
        for (size_t k = 0; k < o->n_fields && rc == RC_OK && !o->is_fact; k++)
            if (o->fields[k]->kind == FIELD_PLAIN || o->fields[k]->kind == FIELD_STAGE)
                rc = retire_field(a, o->fields[k], cause);
    }
    return rc;
}
