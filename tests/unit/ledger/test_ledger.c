#include "ledger/ledger.h"
#include "tests/fixture.h"

#include <string.h>

static struct event name_event(struct fixture *f, enum event_kind kind, uint64_t record,
                               struct patch_field *field)
{
    return (struct event){
        .kind = kind,
        .actor = STR("person:ana"),
        .object = OBJ_ACCOUNT,
        .record = record,
        .effective_at = f->env.now,
        .model_version = 1,
        .patch = {.home = kind == EV_CREATE ? record : 0, .fields = field, .n_fields = 1}};
}

static void heads(struct fixture *f)
{
    struct ledger_head h = ledger_head(f->ledger), read;
    ok(h.seq == 1 && h.txn == 1 && h.recorded_at.us == f->env.now.us);
    ok(ledger_read_head(f->store, &read) == RC_OK && read.seq == 1 && digest_eq(h.hash, read.hash));
}

/* Two commands in one group; the second is dropped and its numbers are free again. */
static uint64_t groups(struct fixture *f)
{
    struct ledger_txn t;
    uint64_t id = fixture_id(f);
    struct patch_field name = {.field = F_NAME, .value = v_text("Acme")};
    struct event e = name_event(f, EV_CREATE, id, &name);
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok(t.txn == 2 && t.recorded_at.us == f->env.now.us + 1); /* the clock stood still */
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok(e.seq == 2 && e.txn == 2 && e.recorded_at.us == t.recorded_at.us);
    ok_int(ledger_end(f->ledger), RC_OK);
    struct digest before = ledger_head(f->ledger).hash;

    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(t.txn, 3);
    ok_int(ledger_guard(f->ledger), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok_int(e.seq, 3);
    ok_int(ledger_undo(f->ledger), RC_OK);
    ok(ledger_head(f->ledger).seq == 2 && digest_eq(ledger_head(f->ledger).hash, before));

    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK); /* without events: no number is taken */
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_undo(f->ledger), RC_OK); /* nothing written: no guard needed */
    f->env.now.us += US_PER_DAY;
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok(t.txn == 3 && t.recorded_at.us == f->env.now.us);
    e = name_event(f, EV_PATCH, id, &name);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok(e.seq == 4 && e.txn == 3);
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);

    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ledger_rollback(f->ledger);
    ok_int(ledger_head(f->ledger).seq, 4);
    return id;
}

static void reading(struct fixture *f, uint64_t id)
{
    struct ledger_reader *r = NULL;
    struct event e, *events;
    size_t n;
    bool more;
    int count = 0;
    ok_int(ledger_read(f->store, f->vault, 2, 3, &r), RC_OK);
    while (ledger_next(r, f->arena, &e, &more) == RC_OK && more) {
        count++;
        ok(ledger_body(r).n > 0 && str_is(e.actor, "person:ana"));
        ok(event_field(&e, F_NAME) && str_is(event_field(&e, F_NAME)->text, "Acme"));
    }
    ok_int(count, 2);
    ok(ledger_next(r, f->arena, &e, &more) == RC_OK && !more);
    ledger_read_end(r);
    ok_int(ledger_of_record(f->store, f->vault, OBJ_ACCOUNT, id, f->arena, &events, &n), RC_OK);
    ok(n == 3 && events[0].kind == EV_CREATE && events[0].patch.home == id && events[2].seq == 4);
    ok(ledger_of_record(f->store, f->vault, OBJ_CONTACT, id, f->arena, &events, &n) == RC_OK &&
       n == 0);
    ok(ledger_get(f->store, f->vault, 1, f->arena, &e) == RC_OK &&
       str_is(e.genesis.zone, "Europe/Berlin"));
    ok_int(ledger_get(f->store, f->vault, 99, f->arena, &e), RC_NOT_FOUND);
    fixture_stop(f);
    fixture_engine(f);
    ok(ledger_head(f->ledger).seq == 4 && ledger_head(f->ledger).txn == 3);
}

static bool file_contains(struct fixture *f, struct str path, const char *needle)
{
    struct str bytes;
    ok_int(env_read_file(&f->env.env, path.p, 64 << 20, f->arena, &bytes), RC_OK);
    return str_find(bytes, str_of(needle), 0) >= 0;
}

static void personal(struct fixture *f)
{
    struct ledger_txn t;
    uint64_t id = fixture_id(f);
    struct patch_field fields[] = {
        {.field = F_EMAIL, .person = id, .value = v_text("jo@secret.example")},
        {.field = F_CITY, .value = v_text("Uppsala")}};
    struct event_key key = {.key = 1, .value = STR("jo@secret.example"), .person = id};
    struct event e = {
        .kind = EV_CREATE,
        .actor = STR("system"),
        .object = OBJ_CONTACT,
        .record = id,
        .effective_at = f->env.now,
        .patch = {.home = id, .fields = fields, .n_fields = 2, .keys = &key, .n_keys = 1}};
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok(str_is(e.patch.fields[0].value.text,
              "jo@secret.example")); /* stays plain for the projection */
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
    ok_int(store_checkpoint(f->store), RC_OK);
    ok(file_contains(f, f->path, "Uppsala") && !file_contains(f, f->path, "secret.example"));

    struct event got;
    ok_int(ledger_get(f->store, f->vault, e.seq, f->arena, &got), RC_OK);
    ok(str_is(got.patch.fields[0].value.text, "jo@secret.example") &&
       got.patch.fields[0].person == id);
    ok(str_is(got.patch.keys[0].value, "jo@secret.example") &&
       str_is(got.patch.fields[1].value.text, "Uppsala"));
    ok_int(ledger_get(f->store, NULL, e.seq, f->arena, &got), RC_OK);
    ok(got.patch.fields[0].value.type == VT_ABSENT && got.patch.keys[0].value.n == 0);
    fixture_stop(f);
    fixture_engine(f); /* the key is on the disk */
    ok(ledger_get(f->store, f->vault, e.seq, f->arena, &got) == RC_OK &&
       got.patch.fields[0].value.type == VT_TEXT);
    ok_int(vault_destroy(f->vault, id), RC_OK);
    ok_int(vault_destroy(f->vault, id), RC_NOT_FOUND);
    ok_int(ledger_get(f->store, f->vault, e.seq, f->arena, &got), RC_OK);
    ok(got.patch.fields[0].value.type == VT_ABSENT &&
       got.patch.fields[0].person == id); /* erased */

    e.kind =
        EV_PATCH; /* the person comes back: a new key, which does not open what the old one sealed */
    uint64_t first = e.seq;
    e.patch.home = 0;
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append(f->ledger, &e), RC_OK);
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
    ok(ledger_get(f->store, f->vault, e.seq, f->arena, &got) == RC_OK &&
       got.patch.fields[0].value.type == VT_TEXT);
    ok(ledger_get(f->store, f->vault, first, f->arena, &got) == RC_OK &&
       got.patch.fields[0].value.type == VT_ABSENT);

    struct ledger *without = NULL;
    ledger_close(f->ledger);
    f->ledger = NULL;
    ok_int(ledger_open(f->store, NULL, &without), RC_OK);
    ok_int(ledger_begin_group(without), RC_OK);
    ok_int(ledger_begin(without, f->env.now, &t), RC_OK);
    ok_int(ledger_append(without, &e), RC_UNSUPPORTED);
    ledger_close(without);
    ok_int(ledger_open(f->store, f->vault, &f->ledger), RC_OK);
}

enum { ROWS = 50 };

static void fact_values(struct fixture *f, struct fact_row *rows, uint64_t person)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct value *v = ARENA_ARRAY(f->arena, f->touch->n_fields, struct value);
        v[4] = v_ref(person);
        v[5] = v_text(i % 2 ? "mail" : "web");
        v[7] = v_int((int64_t)i * 10);
        if (i % 3 == 0)
            v[8] = v_text("said in confidence");
        rows[i] = (struct fact_row){
            .id = fixture_id(f), .home = 1, .at = {f->env.now.us - (int64_t)i}, .values = v};
        v[6] = (struct value){.type = VT_INSTANT, .instant = rows[i].at};
    }
}

static void facts(struct fixture *f)
{
    struct ledger_txn t;
    struct fact_row rows[ROWS], row;
    struct event e = {.actor = STR("import:1"), .object = OBJ_TOUCH, .effective_at = f->env.now};
    uint64_t person = fixture_id(f), ids[3];
    fact_values(f, rows, person);
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append_facts(f->ledger, f->touch, rows, ROWS, &e), RC_OK);
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
    ok(e.kind == EV_BATCH && e.batch.rows == ROWS && e.batch.first == rows[0].id &&
       e.batch.last == rows[ROWS - 1].id);

    struct fact_reader *r;
    bool more;
    size_t n = 0, same = 0;
    ok_int(ledger_read_facts(f->store, f->vault, f->touch, e.batch.first, e.batch.last, FACTS_OPEN,
                             &r),
           RC_OK);
    while (fact_next(r, f->arena, &row, &more) == RC_OK && more) {
        bool equal = row.id == rows[n].id && row.batch == e.seq && row.at.us == rows[n].at.us &&
                     row.home == 1;
        for (size_t i = 4; i < f->touch->n_fields; i++)
            equal = equal && value_eq(&row.values[i], &rows[n].values[i]);
        same += equal && row.values[0].ref == row.id && row.recorded_at.us == e.recorded_at.us;
        n++;
    }
    fact_read_end(r);
    ok(n == ROWS && same == ROWS);

    struct digest digest;
    uint64_t counted;
    ok_int(ledger_batch_digest(f->store, &e, &counted, &digest), RC_OK);
    ok(counted == ROWS && digest_eq(digest, e.batch.digest));
    ok(ledger_count_facts(f->store, OBJ_TOUCH, &counted) == RC_OK && counted == ROWS);
    ok(ledger_count_facts(f->store, 99, &counted) == RC_OK && counted == 0);

    struct value wanted[] = {v_int(0), v_int(490), v_int(7)};
    const struct value *keys[] = {&wanted[0], &wanted[1], &wanted[2]};
    ok_int(ledger_find_facts(f->store, f->touch, f->touch->keys, keys, 3, ids), RC_OK);
    ok(ids[0] == rows[0].id && ids[1] == rows[49].id && ids[2] == 0);
    n = 0;
    ok_int(ledger_facts_of(f->store, f->vault, f->touch->fields[4], person, rows[9].at, rows[5].at,
                           &r),
           RC_OK);
    for (; fact_next(r, f->arena, &row, &more) == RC_OK && more; n++)
        ok(row.id == rows[9 - n].id && row.values[4].ref == person);
    fact_read_end(r);
    ok_int(n, 5);
    struct str merge = str_printf(f->arena, "INSERT INTO redirect VALUES (%llu, 2, 4711, 1, 0)",
                                  (unsigned long long)person);
    ok_int(store_exec(f->store, merge), RC_OK);
    ok_int(
        ledger_facts_of(f->store, f->vault, f->touch->fields[4], 4711, rows[9].at, rows[5].at, &r),
        RC_OK);
    for (n = 0; fact_next(r, f->arena, &row, &more) == RC_OK && more; n++)
        ok(row.id == rows[9 - n].id && row.values[4].ref == person); /* as it was written */
    fact_read_end(r);
    ok_int(n, 5);
    ok_int(store_exec(f->store, STR("DELETE FROM redirect")), RC_OK);
    ok_int(store_checkpoint(f->store), RC_OK);
    ok(!file_contains(f, f->path, "in confidence"));
}

/* A table made for an older model gets the columns it lacks. */
static void evolving(struct fixture *f)
{
    struct ledger_txn t;
    struct fact_row rows[ROWS];
    struct event e = {.actor = STR("import:2"), .object = OBJ_TOUCH, .effective_at = f->env.now};
    fixture_field(f, f->touch, "cost", 30, FT_MONEY, NULL);
    fixture_field(f, f->touch, "campaign", 31, FT_REF, f->account);
    ok_int(store_begin(f->store), RC_OK);
    ok_int(ledger_evolve_facts(f->store, f->touch), RC_OK);
    ok_int(ledger_evolve_facts(f->store, f->touch), RC_OK);
    ok_int(store_commit(f->store), RC_OK);
    fact_values(f, rows, 7);
    struct value *v = ARENA_ARRAY(f->arena, f->touch->n_fields, struct value);
    memcpy(v, rows[0].values, 9 * sizeof *v);
    v[9] = v_money(1999);
    v[10] = v_ref(8);
    rows[0].values = v;
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append_facts(f->ledger, f->touch, rows, 1, &e), RC_OK);
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
    struct fact_reader *r;
    struct fact_row row;
    bool more;
    ok_int(ledger_read_facts(f->store, f->vault, f->touch, rows[0].id, rows[0].id, FACTS_OPEN, &r),
           RC_OK);
    ok(fact_next(r, f->arena, &row, &more) == RC_OK && more && value_eq(&row.values[9], &v[9]) &&
       row.values[10].ref == 8);
    fact_read_end(r);
    struct digest
        digest; /* with more columns, an old batch has the same bytes; a new one has them too */
    uint64_t counted;
    struct event old;
    ok_int(ledger_get(f->store, NULL, e.seq - 1, f->arena, &old), RC_OK);
    ok(ledger_batch_digest(f->store, &old, &counted, &digest) == RC_OK && counted == ROWS &&
       digest_eq(digest, old.batch.digest));
    ok(ledger_batch_digest(f->store, &e, &counted, &digest) == RC_OK && counted == 1 &&
       digest_eq(digest, e.batch.digest));
}

int main(void)
{
    struct fixture f;
    fixture_open(&f, "ledger");
    heads(&f);
    reading(&f, groups(&f));
    personal(&f);
    facts(&f);
    evolving(&f);
    fixture_close(&f);
    return tap_done();
}
