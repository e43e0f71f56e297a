/* Derived tables kept up event by event equal those made anew from the ledger. */
#include "projection/keys.h"
#include "projection/rebuild.h"
#include "tests/fixture.h"
#include "tests/prop.h"

#include <string.h>

enum { RECORDS = 6, STEPS_MAX = 40 };

struct bench {
    struct fixture f;
    struct projection *p, *replay;
    struct store *temporary;
    struct arena *arena; /* of a case */
    uint64_t ids[RECORDS];
    uint64_t seqs[RECORDS][STEPS_MAX + 8]; /* events of each */
    size_t n_seqs[RECORDS];
};

static const struct object *object_of(const struct bench *c, size_t i)
{
    const struct object *const objects[] = {c->f.account, c->f.contact, c->f.opportunity};
    return objects[i % 3];
}

static struct value draw_value(struct prop *p, const struct bench *c, const struct field *f)
{
    static const char *const texts[] = {"a", "b", "Z\303\274rich"};
    if (prop_once_in(p, 4))
        return VALUE_ABSENT;
    switch (field_type_info(f->type)->stored) {
    case VT_BOOL:
        return v_bool(prop_once_in(p, 2));
    case VT_NUM:
        return (struct value){.type = VT_NUM, .number = {(int64_t)prop_draw(p, 9) * 10 + 5, 1}};
    case VT_DATE:
        return v_date((int32_t)prop_draw(p, 30000));
    case VT_MONEY:
        return v_money(prop_range(p, -500, 500));
    case VT_ENUM:
        return v_enum(1 + (uint32_t)prop_draw(p, 3));
    case VT_REF:
        return v_ref(c->ids[prop_draw(p, RECORDS)]);
    case VT_ABSENT:
    case VT_INT:
    case VT_TEXT:
    case VT_INSTANT:
    case VT_CURRENCY:
    case VT_JSON:
    case VT_SEALED:
        break;
    }
    return v_text(texts[prop_draw(p, 3)]);
}

static void draw_patch(struct prop *p, struct bench *c, const struct object *o, struct event *e)
{
    struct patch_field *fields = ARENA_ARRAY(c->arena, o->n_fields, struct patch_field);
    size_t n = 0;
    for (uint32_t number = 1; number < 40; number++)
        for (size_t i = 0; i < o->n_fields; i++) {
            const struct field *f = o->fields[i];
            if (f->number != number || !column_own(f) || !prop_once_in(p, 3))
                continue;
            fields[n] = (struct patch_field){.field = number, .value = draw_value(p, c, f)};
            if (f->personal && fields[n].value.type != VT_ABSENT)
                fields[n].person = e->record;
            n++;
        }
    e->patch.fields = fields;
    e->patch.n_fields = n;
}

/* Keys are values of their own, so that no two records ever want one; one that is there may be said again or removed. */
static void draw_key(struct prop *p, struct bench *c, struct event *e, size_t record)
{
    struct event_key *k = ARENA_NEW(c->arena, struct event_key);
    *k = (struct event_key){.key = (uint32_t)prop_draw(p, 2),
                            .remove = prop_once_in(p, 3),
                            .source = STR("crm"),
                            .value = str_printf(c->arena, "%zu-%d", record, (int)prop_draw(p, 3)),
                            .person = prop_once_in(p, 3) ? e->record : 0};
    e->patch.keys = k;
    e->patch.n_keys = 1;
}

static void draw_retract(struct prop *p, struct bench *c, struct event *e, size_t record)
{
    uint64_t *seqs = ARENA_ARRAY(c->arena, c->n_seqs[record] + 1, uint64_t);
    size_t n = 0;
    for (size_t i = 0; i < c->n_seqs[record]; i++)
        if (prop_once_in(p, 3))
            seqs[n++] = c->seqs[record][i];
    e->retract.seqs = seqs;
    e->retract.n = n;
}

static void draw_event(struct prop *p, struct bench *c, size_t record, struct event *e)
{
    static const enum event_kind kinds[] = {EV_PATCH,    EV_PATCH,   EV_PATCH,   EV_PATCH,
                                            EV_PATCH,    EV_KEY,     EV_DELETE,  EV_RESTORE,
                                            EV_REDIRECT, EV_RETRACT, EV_RETRACT, EV_CREATE};
    *e = (struct event){.actor = STR("person:ana"),
                        .object = object_of(c, record)->number,
                        .record = c->ids[record]};
    e->kind = c->n_seqs[record] ? kinds[prop_draw(p, sizeof kinds / sizeof *kinds)] : EV_CREATE;
    if (e->kind == EV_CREATE)
        e->patch.home = c->ids[prop_draw(p, RECORDS)];
    if (e->kind == EV_CREATE || e->kind == EV_PATCH)
        draw_patch(p, c, object_of(c, record), e);
    if ((e->kind == EV_CREATE || e->kind == EV_PATCH) ? prop_once_in(p, 3) : e->kind == EV_KEY)
        draw_key(p, c, e, record);
    if (e->kind == EV_RETRACT)
        draw_retract(p, c, e, record);
    if (e->kind == EV_REDIRECT)
        e->redirect.into = c->ids[(record + 3) % RECORDS];
}

static bool good(enum rc rc)
{
    return rc == RC_OK;
}

/* One command: append, project, write. */
static bool happen(struct prop *p, struct bench *c, size_t record)
{
    struct event e;
    struct ledger_txn t;
    struct row *row = NULL;
    const struct object *o = object_of(c, record);
    c->f.env.now.us += (int64_t)prop_draw(p, 5);
    draw_event(p, c, record, &e);
    if (!good(ledger_begin(c->f.ledger, c->f.env.now, &t)))
        return false;
    e.effective_at = t.recorded_at;
    if (e.kind != EV_REDIRECT && prop_once_in(p, 3))
        e.effective_at.us -= (int64_t)prop_draw(p, 20);
    if (!good(rows_load(c->p, o, &e.record, 1, c->arena, &row)) ||
        !good(ledger_append(c->f.ledger, &e)))
        return false;
    c->seqs[record][c->n_seqs[record]++] = e.seq;
    if (!row)
        row = row_new(o, e.record, c->arena);
    bool there = row->stored || e.kind == EV_CREATE;
    bool ok_apply = good(projection_apply(c->p, &e));
    bool folded = there && ok_apply && (c->n_seqs[record] == 1 || row->stored) &&
                  row_fold(row, &e, c->arena);
    bool written = folded ? good(rows_write(c->p, &row, 1))
                          : good(rows_refold(c->p, c->f.vault, o, e.record, c->arena, NULL));
    prop_note(p, "#%d record %zu %s effective %lld before", (int)e.seq, record,
              event_kind_name(e.kind), (long long)(t.recorded_at.us - e.effective_at.us));
    return ok_apply && written && good(ledger_end(c->f.ledger));
}

static bool equal(struct prop *p, struct bench *c, struct projection *x, struct projection *y)
{
    struct table_digest *a, *b;
    size_t n, m;
    if (!good(projection_digests(x, c->arena, &a, &n)) ||
        !good(projection_digests(y, c->arena, &b, &m)) || n != m)
        return false;
    for (size_t i = 0; i < n; i++)
        if (a[i].rows != b[i].rows || !digest_eq(a[i].digest, b[i].digest)) {
            prop_note(p, "%.*s differs", STR_ARG(a[i].name));
            return false;
        }
    return true;
}

static bool replay_is_the_same(struct prop *p, void *context)
{
    struct bench *c = context;
    arena_reset(c->arena);
    memset(c->n_seqs, 0, sizeof c->n_seqs);
    for (size_t i = 0; i < RECORDS; i++)
        c->ids[i] = fixture_id(&c->f);
    size_t steps = 1 + prop_length(p, STEPS_MAX - 1);
    bool held = good(ledger_begin_group(c->f.ledger));
    for (size_t i = 0; i < steps && held; i++)
        held = happen(p, c, prop_draw(p, RECORDS));
    if (!held)
        prop_note(p, "a step failed: %s", store_error(c->f.store));
    held = held && good(store_begin(c->temporary)) &&
           good(projection_rebuild(c->replay, c->f.store, c->f.vault, NULL)) &&
           good(store_commit(c->temporary)) && equal(p, c, c->p, c->replay);
    held = held && good(projection_rebuild(c->p, c->f.store, c->f.vault, NULL)) &&
           equal(p, c, c->p, c->replay);
    store_rollback(c->temporary);
    ledger_rollback(c->f.ledger); /* the next case begins with an empty ledger */
    return held;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {.name = "a replay gives the tables that stand", .holds = replay_is_the_same, .divide = 4},
    };
    struct bench c = {.arena = arena_new()};
    fixture_open(&c.f, "rebuild");
    ok_int(store_open_temporary(&c.f.env.env, &c.temporary, &c.f.ds), RC_OK);
    ok_int(store_begin(c.f.store), RC_OK);
    ok_int(projection_evolve(c.f.store, &c.f.model), RC_OK);
    ok_int(store_commit(c.f.store), RC_OK);
    ok_int(projection_open(c.f.store, &c.f.model, &c.p), RC_OK);
    ok_int(projection_open(c.temporary, &c.f.model, &c.replay), RC_OK);
    int status = prop_main(argc, argv, properties, sizeof properties / sizeof *properties, &c);
    projection_close(c.p);
    projection_close(c.replay);
    store_close(c.temporary);
    arena_free(c.arena);
    fixture_close(&c.f);
    return status;
}
