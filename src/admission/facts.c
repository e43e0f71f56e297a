/* facts.c - batches of fact rows: parsed, judged and looked up like commands, written as one event. */
#include "admission/steps.h"

#include <assert.h>

/* One row on its way. */
struct incoming {
    struct command command;
    struct row *row;    /* as conditions see it */
    struct key_ref key; /* of its model key; value empty: none */
    uint64_t known;     /* fact row that holds the key already */
    size_t twin;        /* earlier row of this batch with the same key, plus one */
    bool accepted;
};

struct batch {
    const struct fact_batch *in;
    struct group g;
    struct decision d; /* of the row in hand; then of the batch */
    struct work whole; /* of the batch: findings of what follows */
    struct command whole_command;
    struct incoming *rows;
    struct verdict *out;
    struct fact_row *facts; /* accepted rows */
    size_t n_facts;
};

/* ---- reading facts for conditions ---------------------------------------------------------------------------------- */

struct row *fact_as_row(const struct object *o, const struct fact_row *fact, struct arena *a)
{
    struct row *row = ARENA_NEW(a, struct row);
    *row = (struct row){.object = o,
                        .id = fact->id,
                        .home = fact->home,
                        .created_at = fact->recorded_at,
                        .updated_at = fact->recorded_at,
                        .life = LIFE_LIVE};
    row->values = arena_copy(a, fact->values, o->n_fields * sizeof *fact->values);
    return row;
}

enum rc facts_visit(struct group *g, const struct object_plan *facts, const struct field *via,
                    uint64_t parent, const struct xwindow *w,
                    bool (*visit)(void *, const struct xrecord *), void *vctx)
{
    struct fact_reader *r;
    struct instant from = {w ? w->from : INSTANT_MIN.us}, to = {w ? w->to : INSTANT_MAX.us};
    if (g->rc == RC_OK)
        g->rc = ledger_facts_of(g->adm->parts.store, g->adm->parts.vault, via, parent, from, to,
                                &r);
    if (g->rc != RC_OK)
        return g->rc;
    bool more = true;
    for (size_t n = 0; more && n < CHILDREN_MAX; n++) {
        struct fact_row fact;
        g->rc = fact_next(r, g->arena, &fact, &more);
        if (g->rc != RC_OK || !more)
            break;
        struct row *row = fact_as_row(facts->object, &fact, g->arena);
        struct xrecord record = {facts->object->x, fact.id, row};
        more = visit(vctx, &record);
    }
    fact_read_end(r);
    return g->rc;
}

/* ---- parsing --------------------------------------------------------------------------------------------------------- */

/* A row with all of its model key is known by it: what its source said needs no keeping and no looking up. */
static bool is_keyed(const struct work *w)
{
    const struct object *o = w->plan->object;
    for (size_t k = 0; k < w->n_keys; k++)
        if (o->n_keys && w->keys[k].key == o->keys[0].number)
            return true;
    return false;
}

/* The inputs of a row; `*n` of them. */
static const struct field_input *row_inputs(const struct batch *b, size_t i, size_t *n)
{
    const struct fact_batch *in = b->in;
    bool unreadable = in->unreadable && in->unreadable[i].n;
    *n = in->n_columns;
    if (in->inputs && !unreadable)
        return in->inputs[i];
    struct field_input *fields = ARENA_ARRAY(b->g.arena, in->n_columns + 1, struct field_input);
    for (size_t c = 0; c < in->n_columns && !in->inputs; c++) {
        const struct fact_cell *cell = &in->cells[i * in->n_columns + c];
        const struct fact_column *column = &in->columns[c];
        fields[c] = (struct field_input){
            .field = column->field,
            .form = cell->form,
            .text = cell->text,
            .why = cell->why,
            .value = cell->value,
            .key = column->key,
            .key_source = column->key_source,
            .may_wait = column->may_wait,
        };
    }
    if (in->inputs)
        *n = 0;
    if (unreadable)
        fields[(*n)++] = (struct field_input){
            .name = STR("row"), .form = INPUT_BAD, .why = in->unreadable[i]};
    return fields;
}

static void parse_row(struct batch *b, size_t i)
{
    const struct fact_batch *in = b->in;
    struct incoming *r = &b->rows[i];
    size_t n;
    const struct field_input *fields = row_inputs(b, i, &n);
    r->command = (struct command){
        .kind = CMD_CREATE,
        .object = in->object,
        .fields = fields,
        .n_fields = n,
        .actor = in->actor,
        .door = in->door,
        .source = in->source,
        .row = in->origins ? &in->origins[i] : NULL,
        .cause = in->cause,
    };
    if (in->row_keys)
        r->command.source_row = in->row_keys[i];
    struct work *w = &b->g.works[i];
    work_parse(&b->g, w, &r->command);
    if (is_keyed(w))
        r->command.source_row = STR_NONE;
    w->n_keys = 0; /* fact rows are found by their own table's index, see find_known */
    said_encode(&b->g, w);
}

static void default_values(struct batch *b, struct work *w, struct row *row)
{
    for (size_t s = 0; s < w->plan->n_slots; s++) {
        const struct field *f = w->plan->object->fields[s];
        struct str why, help;
        if (f->default_text.n && row->values[s].type == VT_ABSENT && !bits_has(w->bad, s))
            (void)!parse_text(&b->g.adm->parser, f, f->default_text, b->g.arena, &row->values[s],
                              &why, &help);
    }
}

/* ---- identity -------------------------------------------------------------------------------------------------------- */

/* Looks up, in one set, which rows' keys are held by stored rows; rows of this batch are each other's twins. */
static void find_known(struct batch *b)
{
    struct group *g = &b->g;
    const struct object *o = b->in->object;
    if (o->n_keys == 0 || g->rc != RC_OK)
        return;
    const struct key_def *k = &o->keys[0];
    const struct object_plan *p = plan_get(&g->adm->plans, o->number);
    struct value **values = ARENA_ARRAY(g->arena, g->n, struct value *);
    size_t *at = ARENA_ARRAY(g->arena, g->n, size_t), n = 0;
    uint64_t *ids = ARENA_ARRAY(g->arena, g->n, uint64_t);
    struct map seen;
    map_init(&seen, g->arena);
    for (size_t i = 0; i < g->n; i++) {
        struct incoming *r = &b->rows[i];
        if (!key_of_values(p, k, r->row->values, g->arena, &r->key))
            continue;
        struct incoming *twin = map_find(&seen, r->key.value);
        if (twin)
            r->twin = (size_t)(twin - b->rows) + 1;
        else
            map_put(&seen, r->key.value, r);
        values[n] = ARENA_ARRAY(g->arena, k->n_fields, struct value);
        for (size_t f = 0; f < k->n_fields; f++)
            values[n][f] = r->row->values[slot_of(p, k->fields[f]->number)];
        at[n++] = i;
    }
    g->rc = ledger_find_facts(g->adm->parts.store, o, k, (const struct value *const *)values, n,
                              ids);
    for (size_t i = 0; g->rc == RC_OK && i < n; i++)
        b->rows[at[i]].known = ids[i];
}

static bool same_content(const struct work *w, const struct row *row, const struct value *stored)
{
    for (size_t i = 0; i < w->changes.n; i++) {
        size_t s = w->changes.v[i].slot;
        if (!value_eq(&row->values[s], &stored[s]))
            return false;
    }
    return true;
}

static bool stored_content(struct batch *b, uint64_t id, struct fact_row *out)
{
    struct group *g = &b->g;
    struct fact_reader *r;
    bool more = false;
    g->rc = ledger_read_facts(g->adm->parts.store, g->adm->parts.vault, b->in->object, id, id,
                              FACTS_OPEN, &r);
    if (g->rc != RC_OK)
        return false;
    g->rc = fact_next(r, g->arena, out, &more);
    fact_read_end(r);
    return g->rc == RC_OK && more;
}

static void clash(struct batch *b, struct work *w, struct str key)
{
    struct finding *f = finding_add(&b->g, w, "KEY_CLASH", NULL,
                                    "a row with the key '%.*s' is there with other content",
                                    STR_ARG(key));
    if (b->in->object->n_keys)
        f->field = b->in->object->keys[0].fields[0];
    f->new_value = key;
    finding_help(&b->g, f,
                 "Rows of %.*s are never changed: retract the other one, or correct the key.",
                 STR_ARG(b->in->object->name));
}

/* Is the row there already? Then it is unchanged, or it clashes. */
static bool settled(struct batch *b, size_t i)
{
    struct incoming *r = &b->rows[i];
    struct work *w = &b->g.works[i];
    struct verdict *v = &b->out[i];
    struct fact_row stored;
    const struct incoming *twin = r->twin ? &b->rows[r->twin - 1] : NULL;
    if (r->known && stored_content(b, r->known, &stored)) {
        if (!same_content(w, r->row, stored.values)) {
            clash(b, w, r->key.value);
            return false;
        }
        v->id = r->known;
    } else if (twin && twin->accepted) {
        if (!same_content(w, r->row, twin->row->values)) {
            clash(b, w, r->key.value);
            return false;
        }
        v->id = twin->row->id;
    } else if (r->key.value.n == 0 && w->before && w->before->record) {
        if (!digest_eq(w->before->digest, w->said_digest)) {
            clash(b, w, r->command.source_row);
            return false;
        }
        v->id = w->before->record;
    } else {
        return false;
    }
    v->outcome = VERDICT_UNCHANGED;
    return true;
}

/* ---- deciding -------------------------------------------------------------------------------------------------------- */

static struct instant own_time(struct batch *b, const struct work *w, const struct row *row)
{
    const struct field *f = b->in->object->time_field;
    const struct value *v = f ? &row->values[slot_of(w->plan, f->number)] : NULL;
    if (v && v->type == VT_INSTANT)
        return v->instant;
    if (v && v->type == VT_DATE)
        return zone_midnight(b->g.adm->parser.zone, v->date);
    return b->d.txn.recorded_at;
}

static void check_time(struct batch *b, struct work *w, const struct row *row)
{
    const struct field *f = b->in->object->time_field;
    if (!f || f->required || row->values[slot_of(w->plan, f->number)].type != VT_ABSENT ||
        bits_has(w->bad, slot_of(w->plan, f->number)))
        return;
    finding_add(&b->g, w, "REQUIRED", f, "%.*s says when it happened and is required",
                STR_ARG(f->name));
}

static void judge_row(struct batch *b, size_t i)
{
    struct decision *d = &b->d;
    struct incoming *r = &b->rows[i];
    d->w = &b->g.works[i];
    d->v = &b->out[i];
    check_time(b, d->w, r->row);
    struct state s = {.now = r->row, .at = own_time(b, d->w, r->row)};
    s.today = zone_date(b->g.adm->parser.zone, s.at);
    derive_own(d, r->row, bits_new(d->w->plan, b->g.arena), s.at, true);
    judge_fields(d, &s);
    judge_rules(d, &s);
    for (size_t k = 0; k < d->w->pending.n; k++)
        finding_add(&b->g, d->w, "REF_WAITS", d->w->pending.v[k].field,
                    "%.*s '%.*s' is not there yet", STR_ARG(d->w->pending.v[k].field->to->name),
                    STR_ARG(d->w->pending.v[k].text));
}

static void accept_row(struct batch *b, size_t i)
{
    struct incoming *r = &b->rows[i];
    struct verdict *v = &b->out[i];
    const struct object_plan *p = b->g.works[i].plan;
    r->accepted = true;
    r->row->id = id_next(&b->g.adm->ids, b->d.txn.recorded_at);
    r->row->values[p->id_slot] = (struct value){.type = VT_REF, .ref = r->row->id};
    const struct value *home = p->home ? &r->row->values[slot_of(p, p->home->number)]
                                       : &VALUE_ABSENT;
    b->facts[b->n_facts++] = (struct fact_row){
        .id = r->row->id,
        .home = home->type == VT_REF ? home->ref : r->row->id,
        .at = own_time(b, &b->g.works[i], r->row),
        .values = r->row->values,
    };
    v->outcome = VERDICT_CREATED;
    v->id = r->row->id;
}

static void decide_row(struct batch *b, size_t i)
{
    struct work *w = &b->g.works[i];
    struct verdict *v = &b->out[i];
    v->object = b->in->object;
    bool waits = w->pending.n > 0;
    if (!work_refused(w) && settled(b, i))
        return;
    judge_row(b, i);
    v->findings = w->findings.v;
    v->n_findings = w->findings.n;
    v->pending = w->pending.v;
    v->n_pending = w->pending.n;
    if (!work_refused(w)) {
        accept_row(b, i);
        return;
    }
    v->outcome = VERDICT_REFUSED;
    if (waits || !b->rows[i].command.row || b->g.rc != RC_OK)
        return;
    v->outcome = VERDICT_QUARANTINED;
    b->g.rc = quarantine_put(&b->g, &b->rows[i].command, b->d.txn.recorded_at, v);
}

static void fill_rows(struct batch *b)
{
    for (size_t i = 0; i < b->g.n && b->g.rc == RC_OK; i++) {
        struct work *w = &b->g.works[i];
        b->d.w = w;
        b->d.v = &b->out[i];
        refuse_erased(&b->d);
        resolve_references(&b->d);
        struct row *row = ARENA_NEW(b->g.arena, struct row);
        *row = (struct row){.object = b->in->object,
                            .created_at = b->d.txn.recorded_at,
                            .updated_at = b->d.txn.recorded_at,
                            .life = LIFE_LIVE};
        row->values = ARENA_ARRAY(b->g.arena, w->plan->n_slots, struct value);
        for (size_t k = 0; k < w->changes.n; k++)
            if (!w->changes.v[k].dropped)
                row->values[w->changes.v[k].slot] = w->changes.v[k].value;
        default_values(b, w, row);
        b->rows[i].row = row;
    }
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

static void append_batch(struct batch *b)
{
    struct group *g = &b->g;
    struct event ev = {.effective_at = b->d.txn.recorded_at,
                       .actor = b->d.actor,
                       .cause = b->in->cause,
                       .object = b->in->object->number,
                       .model_version = g->model->version};
    g->rc = ledger_append_facts(g->adm->parts.ledger, b->in->object, b->facts, b->n_facts, &ev);
    if (g->rc == RC_OK)
        g->rc = projection_apply(g->projection, &ev);
    if (g->rc != RC_OK)
        return;
    for (size_t i = 0; i < g->n; i++) {
        struct verdict *v = &b->out[i];
        if (v->outcome != VERDICT_CREATED)
            continue;
        v->txn = ev.txn;
        v->version = v->first_seq = v->last_seq = ev.seq;
        b->d.w = &g->works[i];
        b->d.v = v;
        b->d.target = &(struct entry){.plan = g->works[i].plan, .id = v->id};
        if (b->rows[i].key.value.n == 0)
            said_write(&b->d);
    }
    b->d.next_seq = ev.seq + 1;
    b->d.target = NULL;
    b->d.w = &b->whole;
    if (g->rc == RC_OK)
        derive_from_facts(&b->d, g->works[0].plan, b->facts, b->n_facts, &ev);
    if (g->rc == RC_OK)
        looks_of_facts(&b->d, g->works[0].plan, b->facts, b->n_facts, &ev);
    if (g->rc == RC_OK)
        effects_keep(&b->d);
}

static void mend_rows(struct batch *b)
{
    for (size_t i = 0; i < b->g.n && b->g.rc == RC_OK; i++) {
        b->d.w = &b->g.works[i];
        if (verdict_accepted(&b->out[i]))
            quarantine_mend(&b->d);
    }
    b->d.w = &b->whole;
}

static enum rc run_batch(struct batch *b, const struct companion *with)
{
    struct group *g = &b->g;
    struct ledger *l = g->adm->parts.ledger;
    b->d.now = g->adm->parts.env->now(g->adm->parts.env->self);
    g->rc = ledger_begin(l, b->d.now, &b->d.txn);
    if (g->rc != RC_OK)
        return g->rc;
    b->d.today = zone_date(g->adm->parser.zone, b->d.txn.recorded_at);
    fill_rows(b);
    find_known(b);
    for (size_t i = 0; i < g->n && g->rc == RC_OK; i++)
        decide_row(b, i);
    if (g->rc == RC_OK && b->n_facts)
        append_batch(b);
    mend_rows(b);
    if (g->rc == RC_OK)
        g->rc = ledger_end(l);
    group_flush(g);
    agenda_write(g);
    if (g->rc == RC_OK && with)
        g->rc = with->write(with->self, g->adm->parts.store, b->out, g->n);
    return g->rc;
}

enum rc admission_facts(struct admission *a, const struct fact_batch *in,
                        const struct companion *with, struct arena *arena, struct verdict *out)
{
    assert(in->object->is_fact && in->n_rows <= GROUP_MAX);
    verdicts_clear(out, in->n_rows);
    if (in->n_rows == 0 && !with)
        return RC_OK;
    struct batch b = {.in = in, .out = out};
    struct id_source ids = a->ids;
    uint64_t seq = ledger_head(a->parts.ledger).seq;
    group_init(&b.g, a, arena, in->n_rows);
    b.rows = ARENA_ARRAY(arena, in->n_rows, struct incoming);
    b.facts = ARENA_ARRAY(arena, in->n_rows, struct fact_row);
    b.whole_command = (struct command){.object = in->object, .actor = in->actor, .door = in->door};
    b.whole.command = &b.whole_command;
    b.whole.plan = plan_get(&a->plans, in->object->number);
    b.d = (struct decision){.g = &b.g, .w = &b.whole};
    b.d.actor = actor_text(&in->actor, arena);
    enum rc rc = ledger_begin_group(a->parts.ledger);
    if (rc != RC_OK)
        return rc;
    keys_recall(&b.g);
    for (size_t i = 0; i < in->n_rows; i++)
        parse_row(&b, i);
    group_load(&b.g);
    rc = b.g.rc == RC_OK ? run_batch(&b, with) : b.g.rc;
    if (rc == RC_OK)
        rc = ledger_commit(a->parts.ledger);
    if (rc == RC_OK && ledger_head(a->parts.ledger).seq == seq + (b.n_facts > 0)) {
        keys_keep(&b.g);
    } else if (rc != RC_OK) {
        ledger_rollback(a->parts.ledger);
        a->ids = ids;
    }
    return rc;
}
