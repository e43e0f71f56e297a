#include "projection/keys.h"
#include "tests/events.h"

#include <string.h>

struct bench {
    struct fixture f;
    struct projection *p;
};

/* Appends `e` as a command of its own and projects it onto `row` (or by refold). */
static void happen(struct bench *b, struct event *e, struct row *row)
{
    event_begin(&b->f, b->p, e);
    if (row && row_fold(row, e, b->f.arena))
        ok_int(rows_write(b->p, &row, 1), RC_OK);
    else if (row)
        ok_int(rows_refold(b->p, b->f.vault, row->object, row->id, b->f.arena, NULL), RC_OK);
    event_end(&b->f);
}

static struct row *loaded(struct bench *b, const struct object *o, uint64_t id)
{
    struct row *r = NULL;
    ok_int(rows_load(b->p, o, &id, 1, b->f.arena, &r), RC_OK);
    return r;
}

static bool same_rows(const struct row *a, const struct row *b)
{
    bool same = a->id == b->id && a->version == b->version && a->home == b->home &&
                a->life == b->life && a->created_at.us == b->created_at.us &&
                a->updated_at.us == b->updated_at.us &&
                stamp_cmp(a->life_stamp, b->life_stamp) == 0;
    for (size_t i = 0; i < a->object->n_fields; i++)
        same = same && value_eq(&a->values[i], &b->values[i]) &&
               stamp_cmp(a->stamps[i], b->stamps[i]) == 0;
    return same;
}

static struct row *account(struct bench *b, const char *name, const char *domain)
{
    uint64_t id = fixture_id(&b->f);
    struct patch_field fields[] = {{.field = F_NAME, .value = v_text(name)},
                                   {.field = F_DOMAIN, .value = v_text(domain)}};
    struct event_key key = {.key = 1, .value = str_of(domain)};
    struct event e = {
        .kind = EV_CREATE,
        .object = OBJ_ACCOUNT,
        .record = id,
        .patch = {.home = id, .fields = fields, .n_fields = 2, .keys = &key, .n_keys = 1}};
    struct row *r = row_new(b->f.account, id, b->f.arena);
    happen(b, &e, r);
    return r;
}

static struct row *opportunity(struct bench *b, uint64_t of)
{
    uint64_t id = fixture_id(&b->f);
    struct patch_field fields[] = {
        {.field = F_AMOUNT, .value = v_money(100000)},
        {.field = F_ACCOUNT, .value = v_ref(of)},
        {.field = F_STAGE, .value = v_enum(1)},
        {.field = F_SCORE, .value = {.type = VT_NUM, .number = {25, 1}}}};
    struct event e = {.kind = EV_CREATE,
                      .object = OBJ_OPPORTUNITY,
                      .record = id,
                      .patch = {.home = of, .fields = fields, .n_fields = 4}};
    struct row *r = row_new(b->f.opportunity, id, b->f.arena);
    happen(b, &e, r);
    return r;
}

static void patch_stage(struct bench *b, struct row *r, uint32_t stage, struct instant at)
{
    struct patch_field field = {.field = F_STAGE, .value = v_enum(stage)};
    struct event e = {.kind = EV_PATCH,
                      .object = r->object->number,
                      .record = r->id,
                      .effective_at = at,
                      .patch = {.fields = &field, .n_fields = 1}};
    happen(b, &e, r);
}

static void storing(struct bench *b)
{
    struct row *acme = account(b, "Acme", "acme.example"), *got = loaded(b, b->f.account, acme->id);
    ok(got && same_rows(acme, got) && got->stored && !got->dirty && got->life == LIFE_LIVE);
    ok(str_is(row_value(got, b->f.account->fields[4])->text, "Acme") &&
       row_value(got, b->f.account->fields[0])->ref == acme->id);
    ok(row_value(got, b->f.account->fields[2])->instant.us == got->created_at.us);
    struct row *opp = opportunity(b, acme->id);
    got = loaded(b, b->f.opportunity, opp->id);
    ok(got && same_rows(opp, got) && got->home == acme->id && got->values[4].money.minor == 100000);

    struct row *draft = row_copy(opp, b->f.arena);
    struct patch_field field = {.field = F_OPEN, .value = v_bool(true)};
    struct event e = {.seq = 900,
                      .recorded_at = b->f.env.now,
                      .effective_at = b->f.env.now,
                      .kind = EV_PATCH,
                      .object = OBJ_OPPORTUNITY,
                      .record = opp->id,
                      .patch = {.fields = &field, .n_fields = 1}};
    ok(row_fold(draft, &e, b->f.arena) && draft->dirty && !opp->dirty && !same_rows(draft, opp));
    ok(opp->values[9].type == VT_ABSENT && draft->values[9].boolean);

    uint64_t ids[] = {acme->id, 12345, opp->id};
    struct row *rows[3];
    ok_int(rows_load(b->p, b->f.account, ids, 3, b->f.arena, rows), RC_OK);
    ok(rows[0] && !rows[1] && !rows[2]);
}

static void late_patches(struct bench *b)
{
    struct row *acme = account(b, "Late", "late.example");
    struct patch_field old = {.field = F_NAME, .value = v_text("Before")},
                       clear = {.field = F_NAME};
    struct event e = {.kind = EV_PATCH,
                      .object = OBJ_ACCOUNT,
                      .record = acme->id,
                      .effective_at = {acme->created_at.us - 1000},
                      .patch = {.fields = &old, .n_fields = 1}};
    happen(b, &e, acme);
    struct row *got = loaded(b, b->f.account, acme->id);
    ok(same_rows(acme, got) && str_is(got->values[4].text, "Late") && got->version == e.seq);
    e = (struct event){.kind = EV_PATCH,
                       .object = OBJ_ACCOUNT,
                       .record = acme->id,
                       .patch = {.fields = &clear, .n_fields = 1}};
    happen(b, &e, acme);
    got = loaded(b, b->f.account, acme->id);
    ok(same_rows(acme, got) && got->values[4].type == VT_ABSENT && got->stamps[4].seq == e.seq);
}

static void stage_visits(struct bench *b)
{
    struct row *opp = opportunity(b, 77);
    struct instant begun = opp->created_at;
    patch_stage(b, opp, 2, (struct instant){0});
    patch_stage(b, opp, 2, (struct instant){0}); /* no move */
    patch_stage(b, opp, 3, (struct instant){0});
    struct fold_visit *v;
    size_t n;
    ok_int(rows_visits(b->p, b->f.opportunity, opp->id, b->f.arena, &v, &n), RC_OK);
    ok(n == 3 && v[0].stage == 1 && v[1].stage == 2 && v[2].stage == 3 && v[2].left.seq == 0);
    ok(stamp_cmp(v[0].left, v[1].entered) == 0 && v[0].entered.effective_at.us == begun.us);
    patch_stage(b, opp, 4,
                (struct instant){begun.us + 10}); /* late: between the first and the second */
    ok_int(rows_visits(b->p, b->f.opportunity, opp->id, b->f.arena, &v, &n), RC_OK);
    ok(n == 4 && v[1].stage == 4 && v[1].entered.effective_at.us == begun.us + 10 &&
       v[3].stage == 3);
    ok(v[0].left.effective_at.us == begun.us + 10);
    ok(loaded(b, b->f.opportunity, opp->id)->values[6].number_of == 3);
}

static void retracting(struct bench *b)
{
    struct row *acme = account(b, "Gone", "gone.example"), *got;
    struct ledger_head head = ledger_head(b->f.ledger);
    uint64_t create = head.seq, record = 0;
    struct event e = {.kind = EV_RETRACT,
                      .object = OBJ_ACCOUNT,
                      .record = acme->id,
                      .retract = {.seqs = &create, .n = 1}};
    struct key_ref key = {OBJ_ACCOUNT, 1, STR(""), STR("gone.example")};
    ok(keys_find(b->p, &key, 1, &record) == RC_OK && record == acme->id);
    happen(b, &e, acme);
    ok(loaded(b, b->f.account, acme->id) == NULL);
    ok(keys_find(b->p, &key, 1, &record) == RC_OK && record == 0);
    uint64_t undo = e.seq;
    e = (struct event){.kind = EV_RETRACT,
                       .object = OBJ_ACCOUNT,
                       .record = acme->id,
                       .retract = {.seqs = &undo, .n = 1}};
    happen(b, &e, acme);
    got = loaded(b, b->f.account, acme->id);
    ok(got && got->version == e.seq && str_is(got->values[4].text, "Gone"));
    ok(keys_find(b->p, &key, 1, &record) == RC_OK && record == acme->id);
}

static void merging(struct bench *b)
{
    struct row *loser = account(b, "A", "a.example"), *middle = account(b, "B", "b.example"),
               *winner = account(b, "C", "c.example");
    struct row *opp = opportunity(b, loser->id);
    uint64_t ids[] = {loser->id, middle->id, winner->id, 5}, *found, record;
    size_t n, *at;
    struct event first = {.kind = EV_REDIRECT,
                          .object = OBJ_ACCOUNT,
                          .record = loser->id,
                          .redirect = {.into = middle->id}};
    struct event second = {.kind = EV_REDIRECT,
                           .object = OBJ_ACCOUNT,
                           .record = middle->id,
                           .redirect = {.into = winner->id}};
    happen(b, &first, loser);
    happen(b, &second, middle);
    ok_int(redirects_resolve(b->p, ids, 4), RC_OK);
    ok(ids[0] == winner->id && ids[1] == winner->id && ids[2] == winner->id && ids[3] == 5);
    struct key_ref key = {OBJ_ACCOUNT, 1, STR(""), STR("a.example")};
    ok(keys_find(b->p, &key, 1, &record) == RC_OK && record == winner->id);
    ok(loaded(b, b->f.account, loser->id)->life == LIFE_MERGED);
    ok_int(rows_children(b->p, b->f.opportunity, b->f.opportunity->fields[5], &winner->id, 1, 10,
                         b->f.arena, &found, &at, &n),
           RC_OK);
    ok(n == 1 && found[0] == opp->id && at[0] == 0);
    uint64_t undo = first.seq;
    struct event unmerge = {.kind = EV_RETRACT,
                            .object = OBJ_ACCOUNT,
                            .record = loser->id,
                            .retract = {.seqs = &undo, .n = 1}};
    happen(b, &unmerge, loser);
    ok(loaded(b, b->f.account, loser->id)->life == LIFE_LIVE);
    ok(keys_find(b->p, &key, 1, &record) == RC_OK && record == loser->id);
    ok(rows_children(b->p, b->f.opportunity, b->f.opportunity->fields[5], &winner->id, 1, 10,
                     b->f.arena, &found, &at, &n) == RC_OK &&
       n == 0);
}

static void deleting(struct bench *b)
{
    struct row *acme = account(b, "D", "d.example"), *opp = opportunity(b, acme->id);
    uint64_t *found;
    size_t n, *at;
    struct event e = {.kind = EV_DELETE, .object = OBJ_OPPORTUNITY, .record = opp->id};
    happen(b, &e, opp);
    ok(loaded(b, b->f.opportunity, opp->id)->life == LIFE_DELETED);
    const struct field *via = b->f.opportunity->fields[5];
    ok(rows_children(b->p, b->f.opportunity, via, &acme->id, 1, 10, b->f.arena, &found, &at, &n) ==
           RC_OK &&
       n == 0);
    e = (struct event){.kind = EV_RESTORE, .object = OBJ_OPPORTUNITY, .record = opp->id};
    happen(b, &e, opp);
    struct row *second = opportunity(b, acme->id);
    ok(rows_children(b->p, b->f.opportunity, via, &acme->id, 1, 10, b->f.arena, &found, &at, &n) ==
           RC_OK &&
       n == 2);
    ok(found[0] == opp->id && found[1] == second->id);
    ok_int(rows_children(b->p, b->f.opportunity, via, &acme->id, 1, 1, b->f.arena, &found, &at, &n),
           RC_LIMIT);
}

static void keys(struct bench *b)
{
    struct row *acme = account(b, "K", "k.example");
    struct event_key add = {.key = KEY_FOREIGN, .source = STR("hubspot"), .value = STR("77")},
                     drop = add;
    drop.remove = true;
    struct event e = {.kind = EV_KEY,
                      .object = OBJ_ACCOUNT,
                      .record = acme->id,
                      .patch = {.keys = &add, .n_keys = 1}};
    struct key_ref *held, wanted[] = {{OBJ_ACCOUNT, KEY_FOREIGN, STR("hubspot"), STR("77")},
                                      {OBJ_ACCOUNT, KEY_FOREIGN, STR("crm"), STR("77")}};
    uint64_t records[2];
    size_t n;
    happen(b, &e, acme);
    ok_int(keys_find(b->p, wanted, 2, records), RC_OK);
    ok(records[0] == acme->id && records[1] == 0);
    ok_int(keys_of(b->p, OBJ_ACCOUNT, acme->id, b->f.arena, &held, &n), RC_OK);
    ok(n == 2 && held[0].key == KEY_FOREIGN && str_is(held[0].source, "hubspot") &&
       str_is(held[1].value, "k.example"));
    e = (struct event){.kind = EV_KEY,
                       .object = OBJ_ACCOUNT,
                       .record = acme->id + 1,
                       .seq = 1,
                       .patch = {.keys = &add, .n_keys = 1}};
    ok_int(projection_apply(b->p, &e), RC_CONFLICT); /* held by another */
    e = (struct event){.kind = EV_KEY,
                       .object = OBJ_ACCOUNT,
                       .record = acme->id,
                       .patch = {.keys = &drop, .n_keys = 1}};
    happen(b, &e, acme);
    ok(keys_find(b->p, wanted, 1, records) == RC_OK && records[0] == 0);
}

/* Rows of facts are taken back one by one or by batch; what is taken back is found no more. */
static void retracted_facts(struct bench *b)
{
    struct fact_row rows[3];
    struct ledger_txn t;
    struct event e = {.actor = STR("import:1"), .object = OBJ_TOUCH, .effective_at = b->f.env.now};
    for (size_t i = 0; i < 3; i++) {
        struct value *v = ARENA_ARRAY(b->f.arena, b->f.touch->n_fields, struct value);
        v[7] = v_int((int64_t)i);
        rows[i] = (struct fact_row){
            .id = fixture_id(&b->f), .home = 1, .at = b->f.env.now, .values = v};
    }
    ok_int(ledger_begin_group(b->f.ledger), RC_OK);
    ok_int(ledger_begin(b->f.ledger, b->f.env.now, &t), RC_OK);
    ok_int(ledger_append_facts(b->f.ledger, b->f.touch, rows, 3, &e), RC_OK);
    ok_int(ledger_end(b->f.ledger), RC_OK);
    ok_int(ledger_commit(b->f.ledger), RC_OK);
    struct value wanted[] = {v_int(0), v_int(1), v_int(2)};
    const struct value *keys[] = {&wanted[0], &wanted[1], &wanted[2]};
    uint64_t ids[3];
    struct event one = {.kind = EV_RETRACT,
                        .object = OBJ_TOUCH,
                        .retract = {.batch = e.seq, .seqs = &rows[1].id, .n = 1}};
    happen(b, &one, NULL);
    ok_int(ledger_find_facts(b->f.store, b->f.touch, b->f.touch->keys, keys, 3, ids), RC_OK);
    ok(ids[0] == rows[0].id && ids[1] == 0 && ids[2] == rows[2].id);
    struct event all = {.kind = EV_RETRACT, .object = OBJ_TOUCH, .retract = {.batch = e.seq}};
    happen(b, &all, NULL);
    ok_int(ledger_find_facts(b->f.store, b->f.touch, b->f.touch->keys, keys, 3, ids), RC_OK);
    ok(ids[0] == 0 && ids[1] == 0 && ids[2] == 0);
}

/* A wider model: the table gains columns, old rows read on. */
static void evolving(struct bench *b)
{
    struct row *acme = account(b, "E", "e.example");
    projection_close(b->p);
    fixture_field(&b->f, b->f.account, "revenue", 30, FT_MONEY, NULL);
    fixture_field(&b->f, b->f.account, "parent", 31, FT_REF, b->f.account);
    ok_int(store_begin(b->f.store), RC_OK);
    ok_int(projection_evolve(b->f.store, &b->f.model), RC_OK);
    ok_int(store_commit(b->f.store), RC_OK);
    ok_int(projection_open(b->f.store, &b->f.model, &b->p), RC_OK);
    struct row *got = loaded(b, b->f.account, acme->id);
    ok(got && got->values[6].type == VT_ABSENT && got->stamps[6].seq == 0 &&
       str_is(got->values[4].text, "E"));
    struct patch_field fields[] = {{.field = 30, .value = v_money(5)},
                                   {.field = 31, .value = v_ref(acme->id)}};
    struct event e = {.kind = EV_PATCH,
                      .object = OBJ_ACCOUNT,
                      .record = acme->id,
                      .patch = {.fields = fields, .n_fields = 2}};
    happen(b, &e, got);
    ok(same_rows(got, loaded(b, b->f.account, acme->id)) && got->values[6].money.minor == 5);
}

int main(void)
{
    struct bench b;
    fixture_open(&b.f, "rows");
    ok_int(store_begin(b.f.store), RC_OK);
    ok_int(projection_evolve(b.f.store, &b.f.model), RC_OK);
    ok_int(store_commit(b.f.store), RC_OK);
    ok_int(projection_open(b.f.store, &b.f.model, &b.p), RC_OK);
    storing(&b);
    late_patches(&b);
    stage_visits(&b);
    retracting(&b);
    merging(&b);
    deleting(&b);
    keys(&b);
    retracted_facts(&b);
    evolving(&b);
    projection_close(b.p);
    fixture_close(&b.f);
    return tap_done();
}
