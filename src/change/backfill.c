/* backfill.c - see backfill.h. */
#include "change/backfill.h"

#include "admission/refill.h"
#include "change/convert.h"
#include "ledger/columns.h"
#include "projection/match.h"
#include "store/setting.h"

#include <stdio.h>
#include <stdlib.h>

enum { BATCH_RECORDS = 500 };

static const char setting_name[] = "backfill";

struct filling {
    const struct change_parts *parts;
    const struct change_plan *plan;
    struct backfill_way way;
    struct model bridge; /* the live model, with the columns to come */
    struct projection *projection;
    struct parser parser; /* of the next model */
    struct arena *arena;  /* of the whole */
    struct arena *batch;
    const struct conversion *steps;
    size_t n_steps;
    const struct conversion *conversion; /* in hand; `from` NULL: the field comes back */
    const struct object *object;         /* of the bridge */
    uint64_t after;                      /* the last record done */
    uint64_t seq;                        /* of the ledger's head when that was committed */
};

/* ---- the bridge --------------------------------------------------------------------------------------------------- */

static struct object *with_columns(const struct filling *x, const struct object *o)
{
    struct object *wide = arena_copy(x->arena, o, sizeof *o);
    wide->fields = ARENA_ARRAY(x->arena, o->n_fields + x->n_steps, struct field *);
    for (size_t i = 0; i < o->n_fields; i++)
        wide->fields[i] = o->fields[i];
    for (size_t i = 0; i < x->n_steps; i++)
        if (x->steps[i].object == o)
            wide->fields[wide->n_fields++] = arena_copy(x->arena, x->steps[i].to,
                                                        sizeof(struct field));
    return wide;
}

/* Rows written while the live version still is must suit both: the old columns and the new, with a stamp for each. */
static void make_bridge(struct filling *x)
{
    const struct model *live = x->parts->model;
    x->bridge = *live;
    x->bridge.objects = ARENA_ARRAY(x->arena, live->n_objects, struct object *);
    for (size_t i = 0; i < live->n_objects; i++) {
        bool changes = false;
        for (size_t k = 0; k < x->n_steps; k++)
            changes = changes || x->steps[k].object == live->objects[i];
        x->bridge.objects[i] = changes ? with_columns(x, live->objects[i]) : live->objects[i];
    }
}

/* ---- one record --------------------------------------------------------------------------------------------------- */

/* What one event says of a field. */
struct said {
    struct stamp at;
    const struct patch_field *patch;
    bool ours; /* written by a backfill */
};

typedef VEC(struct said) said_list;

static int by_stamp(const void *a, const void *b)
{
    return stamp_cmp(((const struct said *)a)->at, ((const struct said *)b)->at);
}

static void collect(struct filling *x, const struct event *events, const bool *active, size_t n,
                    uint32_t field, said_list *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct event *e = &events[i];
        if (!active[i] || (e->kind != EV_CREATE && e->kind != EV_PATCH))
            continue;
        for (size_t k = 0; k < e->patch.n_fields; k++)
            if (e->patch.fields[k].field == field)
                *VEC_PUSH(x->batch, out) = (struct said){event_stamp(e), &e->patch.fields[k],
                                                         is_refill(e)};
    }
    if (out->n > 0)
        qsort(out->v, out->n, sizeof *out->v, by_stamp);
}

/* The last said by `t`; NULL: nothing was. */
static const struct said *in_force(const said_list *l, struct instant t)
{
    const struct said *found = NULL;
    for (size_t i = 0; i < l->n && l->v[i].at.effective_at.us <= t.us; i++)
        found = &l->v[i];
    return found;
}

/* Whose value it is under the new type: that of the old one, or the record's own when only the new one is personal. */
static uint64_t person_of(const struct filling *x, const struct said *s, uint64_t record)
{
    if (!x->conversion->to->personal)
        return 0;
    return s->patch->person ? s->patch->person : record;
}

/* What the new field should hold from `t` on. */
static struct patch_field wanted(const struct filling *x, const struct said *s, uint64_t record)
{
    struct patch_field p = {.field = x->conversion->to->number, .value = VALUE_ABSENT};
    struct str why;
    if (s == NULL ||
        !convert_value(&x->parser, x->conversion, &s->patch->value, x->batch, &p.value, &why))
        p.value = VALUE_ABSENT;
    if (p.value.type != VT_ABSENT)
        p.person = person_of(x, s, record);
    return p;
}

static bool is_instant_of(const said_list *l, bool ours, struct instant t)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].ours == ours && l->v[i].at.effective_at.us == t.us)
            return true;
    return false;
}

static int by_instant(const void *pa, const void *pb)
{
    const struct instant *a = pa, *b = pb;
    return (a->us > b->us) - (a->us < b->us);
}

/* The instants at which the new field must agree: those at which the old one was said by somebody, and those at which an
 * earlier run said the new one. What a backfill said of the old field was said of the new one before. */
static struct instant *instants(struct filling *x, const said_list *old, const said_list *new,
                                size_t *n)
{
    struct instant *all = ARENA_ARRAY(x->batch, old->n + new->n + 1, struct instant);
    size_t count = 0;
    for (size_t i = 0; i < old->n; i++)
        if (!old->v[i].ours)
            all[count++] = old->v[i].at.effective_at;
    for (size_t i = 0; i < new->n; i++)
        if (new->v[i].ours && !is_instant_of(old, true, new->v[i].at.effective_at))
            all[count++] = new->v[i].at.effective_at;
    qsort(all, count, sizeof *all, by_instant);
    *n = 0;
    for (size_t i = 0; i < count; i++)
        if (*n == 0 || all[*n - 1].us != all[i].us)
            all[(*n)++] = all[i];
    return all;
}

static void compare(struct filling *x, const said_list *old, const said_list *new,
                    struct refill_record *r)
{
    VEC(struct refill_patch) patches = {NULL, 0, 0};
    size_t n;
    const struct instant *at = instants(x, old, new, &n);
    for (size_t i = 0; i < n; i++) {
        const struct said *from = in_force(old, at[i]), *s = in_force(new, at[i]);
        struct patch_field want = wanted(x, from, r->id);
        const struct refill_patch *last = patches.n ? &patches.v[patches.n - 1] : NULL;
        bool ours = last && (!s || s->at.effective_at.us <= last->effective_at.us);
        const struct value absent = VALUE_ABSENT, *has = ours ? &last->field.value
                                                         : s  ? &s->patch->value
                                                              : &absent;
        uint64_t cause = from ? from->at.seq : s ? s->at.seq : 0;
        if (!value_eq(has, &want.value))
            *VEC_PUSH(x->batch, &patches) = (struct refill_patch){at[i], cause, want};
    }
    r->patches = patches.v;
    r->n = patches.n;
}

/* `*held`: the record ever had a value, so its row is to be written. */
static enum rc work_out(struct filling *x, struct refill_record *r, bool *held)
{
    struct event *events;
    size_t n;
    struct folded f;
    said_list old = {NULL, 0, 0}, new = {NULL, 0, 0};
    enum rc rc = ledger_of_record(x->parts->store, x->parts->vault, x->object->number, r->id,
                                  x->batch, &events, &n);
    if (rc != RC_OK)
        return rc;
    fold_current(&(struct fold_layout){0}, events, n, x->batch, &f);
    collect(x, events, f.active, n, x->conversion->to->number, &new);
    if (x->conversion->from) {
        collect(x, events, f.active, n, x->conversion->from->number, &old);
        compare(x, &old, &new, r);
    }
    *held = old.n + new.n > 0;
    return RC_OK;
}

/* ---- how far it is ------------------------------------------------------------------------------------------------- */

static enum rc write_place(void *self, struct store *store, const struct verdict *verdicts,
                           size_t n)
{
    struct filling *x = self;
    char hex[65], room[256];
    (void)verdicts, (void)n;
    uint64_t seq = ledger_head(x->parts->ledger).seq;
    int size = snprintf(room, sizeof room, "%.*s %u %u %llu %llu",
                        STR_ARG(digest_hex(x->plan->digest, hex)), x->object->number,
                        x->conversion->to->number, (unsigned long long)x->after,
                        (unsigned long long)seq);
    x->seq = seq;
    return setting_put(store, str_of(setting_name), (struct str){room, (size_t)size});
}

/* Goes to the conversion and record where an earlier run of this plan stopped, unless something was written since. */
static size_t resume(struct filling *x, struct str place)
{
    struct str rest = place, part;
    struct digest digest;
    uint64_t v[4] = {0};
    bool good = str_split(&rest, ' ', &part) && digest_parse(part, &digest) &&
                digest_eq(digest, x->plan->digest);
    for (size_t i = 0; i < 4 && good; i++)
        good = str_split(&rest, ' ', &part) && str_to_u64(part, &v[i]);
    if (!good || v[3] != ledger_head(x->parts->ledger).seq)
        return 0;
    for (size_t i = 0; i < x->n_steps; i++) {
        const struct conversion *c = &x->steps[i];
        if (c->object->number == v[0] && c->to->number == v[1]) {
            x->after = v[2];
            return i;
        }
    }
    return 0;
}

/* ---- all of them --------------------------------------------------------------------------------------------------- */

static enum rc fill_batch(struct filling *x, size_t *n)
{
    uint64_t ids[BATCH_RECORDS];
    arena_reset(x->batch);
    enum rc rc = rows_all_after(x->projection, x->object, x->after, x->way.batch, ids, n);
    struct refill_record *records = ARENA_ARRAY(x->batch, *n + 1, struct refill_record);
    size_t kept = 0;
    for (size_t i = 0; i < *n && rc == RC_OK; i++) {
        bool held = false;
        records[kept].id = ids[i];
        rc = work_out(x, &records[kept], &held);
        kept += held;
    }
    if (rc != RC_OK || *n == 0)
        return rc;
    const struct admission_parts parts = {.store = x->parts->store,
                                          .ledger = x->parts->ledger,
                                          .projection = x->projection,
                                          .vault = x->parts->vault,
                                          .model = &x->bridge,
                                          .env = x->parts->env,
                                          .workspace = x->parts->workspace};
    const struct companion place = {x, write_place};
    x->after = ids[*n - 1];
    return admission_refill(&parts, x->object, records, kept, &place);
}

static enum rc fill(struct filling *x, const struct conversion *c)
{
    uint64_t done = 0;
    size_t n = x->way.batch;
    enum rc rc = RC_OK;
    x->conversion = c;
    x->object = model_object_numbered(&x->bridge, c->object->number);
    while (rc == RC_OK && n == x->way.batch) {
        rc = fill_batch(x, &n);
        done += n;
        if (rc == RC_OK && x->way.step && !x->way.step(x->way.self, c->to, done))
            rc = RC_CANCELLED;
    }
    x->after = 0;
    return rc;
}

static enum rc has_column(struct store *s, const struct field *f, bool *out)
{
    char table[COLUMN_MAX], column[COLUMN_MAX];
    struct stmt *st;
    bool row = true;
    *out = false;
    enum rc rc = store_named(s, SQL_TABLE_COLUMNS, &st);
    if (rc != RC_OK)
        return rc;
    struct str name = column_of(f, column);
    stmt_text(st, 1, table_of(f->object, table));
    while ((rc = stmt_step(st, &row)) == RC_OK && row)
        *out = *out || str_eq(stmt_get_text(st, 0), name);
    stmt_reset(st);
    return rc;
}

enum rc backfill_returning(const struct change_parts *parts, struct change_plan *plan,
                           struct arena *a)
{
    VEC(const struct field *) fields = {NULL, 0, 0};
    enum rc rc = RC_OK;
    for (size_t i = 0; parts->model && i < plan->next->n_objects; i++) {
        const struct object *o = plan->next->objects[i];
        const struct object *was = model_object_numbered(parts->model, o->number);
        for (size_t k = 0; was && !o->is_fact && k < o->n_fields && rc == RC_OK; k++) {
            bool there = false;
            if (column_own(o->fields[k]) && !object_field_numbered(was, o->fields[k]->number))
                rc = has_column(parts->store, o->fields[k], &there);
            if (there)
                *VEC_PUSH(a, &fields) = o->fields[k];
        }
    }
    plan->returning = fields.v;
    plan->n_returning = fields.n;
    return rc;
}

/* Conversions first; a field that comes back by one is no step of its own. */
static void list_steps(struct filling *x)
{
    const struct change_plan *p = x->plan;
    struct conversion *steps = ARENA_ARRAY(x->arena, p->n_conversions + p->n_returning,
                                           struct conversion);
    for (size_t i = 0; i < p->n_conversions; i++)
        steps[x->n_steps++] = p->conversions[i];
    for (size_t i = 0; i < p->n_returning; i++) {
        bool converts = false;
        for (size_t k = 0; k < p->n_conversions; k++)
            converts = converts || p->conversions[k].to == p->returning[i];
        if (!converts)
            steps[x->n_steps++] = (struct conversion){
                .object = model_object_numbered(x->parts->model, p->returning[i]->object->number),
                .to = p->returning[i]};
    }
    x->steps = steps;
}

enum rc backfill_run(const struct change_parts *parts, const struct change_plan *plan,
                     const struct backfill_way *way, struct diags *ds)
{
    struct filling x = {.parts = parts, .plan = plan};
    struct str place;
    if (!change_plan_refills(plan))
        return RC_OK;
    if (way)
        x.way = *way;
    if (x.way.batch == 0 || x.way.batch > BATCH_RECORDS)
        x.way.batch = BATCH_RECORDS;
    x.arena = arena_new();
    x.batch = arena_new();
    list_steps(&x);
    make_bridge(&x);
    enum rc rc = projection_open(parts->store, &x.bridge, &x.projection);
    if (rc == RC_OK)
        rc = parser_open(plan->next, x.arena, &x.parser);
    if (rc == RC_OK)
        rc = setting_get(parts->store, str_of(setting_name), x.arena, &place);
    for (size_t i = rc == RC_OK ? resume(&x, place) : 0; i < x.n_steps && rc == RC_OK; i++)
        rc = fill(&x, &x.steps[i]);
    if (rc != RC_OK && rc != RC_CANCELLED)
        diag_add(ds, SEV_ERROR, "V0105", span_none(), "the new columns cannot be filled: %s",
                 store_error(parts->store));
    parser_close(&x.parser);
    projection_close(x.projection);
    arena_free(x.batch);
    arena_free(x.arena);
    return rc;
}
