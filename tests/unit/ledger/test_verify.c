#include "ledger/ledger.h"
#include "tests/fixture.h"

#include <string.h>

enum { ROWS = 20 };

static void fill(struct fixture *f)
{
    struct ledger_txn t;
    struct patch_field name = {.field = F_NAME, .value = v_text("Acme")};
    uint64_t id = fixture_id(f);
    struct fact_row rows[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        struct value *v = ARENA_ARRAY(f->arena, f->touch->n_fields, struct value);
        v[5] = v_text("mail");
        v[7] = v_int((int64_t)i);
        rows[i] = (struct fact_row){.id = fixture_id(f), .home = 1, .at = f->env.now, .values = v};
    }
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    for (int i = 0; i < 5; i++) {
        struct event e = {.kind = i ? EV_PATCH : EV_CREATE,
                          .actor = STR("person:ana"),
                          .object = OBJ_ACCOUNT,
                          .record = id,
                          .effective_at = f->env.now,
                          .patch = {.home = i ? 0 : id, .fields = &name, .n_fields = 1}};
        ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
        ok_int(ledger_append(f->ledger, &e), RC_OK);
        ok_int(ledger_end(f->ledger), RC_OK);
    }
    struct event e = {.actor = STR("import:1"), .object = OBJ_TOUCH, .effective_at = f->env.now};
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    ok_int(ledger_append_facts(f->ledger, f->touch, rows, ROWS, &e), RC_OK);
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
}

static const struct tamper {
    const char *sql, *code;
    size_t findings;
} tampers[] = {
    {"SELECT 1", "", 0},
    {"UPDATE event SET actor = 'person:eve' WHERE seq = 3", "L0203", 1},
    {"UPDATE event SET recorded_at = recorded_at + 1 WHERE seq = 3", "L0203", 2},
    {"UPDATE event SET hash = zeroblob(32) WHERE seq = 4", "L0203", 2},
    {"UPDATE event SET patch = x'01' WHERE seq = 4", "L0203", 2},
    {"UPDATE event SET patch = CAST(patch || x'00' AS BLOB) WHERE seq = 4", "L0203", 2},
    {"DELETE FROM event WHERE seq = 4", "L0201", 3},
    {"UPDATE event SET seq = seq + 1 WHERE seq = 7", "L0201", 3},
    {"UPDATE x_4 SET f17 = 'web' WHERE f19 = 7", "L0205", 1},
    {"UPDATE x_4 SET home = 2 WHERE f19 = 7", "L0205", 1},
    {"UPDATE x_4 SET recorded_at = 0 WHERE f19 = 7", "L0205", 1},
    {"DELETE FROM x_4 WHERE f19 = 7", "L0205", 2},
    {"INSERT INTO x_4 (id, batch, home, recorded_at, at) VALUES (1, 1, 1, 1, 1)", "L0205", 1},
};

static void tampering(struct fixture *f)
{
    for (size_t i = 0; i < sizeof tampers / sizeof *tampers; i++) {
        struct diags ds;
        struct ledger_check check;
        diags_init(&ds, f->arena);
        ok_int(store_begin(f->store), RC_OK);
        ok_int_at(tampers[i].sql, store_exec(f->store, str_of(tampers[i].sql)), RC_OK);
        ok_int_at(tampers[i].sql, ledger_verify(f->store, NULL, NULL, &check, &ds), RC_OK);
        ok_int_at(tampers[i].sql, ds.errors, tampers[i].findings);
        ok_at(tampers[i].sql, !ds.list.n || strcmp(ds.list.v[0].code, tampers[i].code) == 0);
        store_rollback(f->store);
    }
}

static void since(struct fixture *f)
{
    struct diags ds;
    struct ledger_check check;
    struct ledger_head head = ledger_head(f->ledger);
    struct ledger_since kept = {head.seq, head.hash}, wrong = {2, head.hash},
                        beyond = {head.seq + 1, head.hash};
    diags_init(&ds, f->arena);
    ok(ledger_verify(f->store, &kept, NULL, &check, &ds) == RC_OK && ds.errors == 0);
    ok(check.events == 7 && check.batches == 1 && check.fact_rows == ROWS && check.head.seq == 7);
    ok(ledger_verify(f->store, &wrong, NULL, &check, &ds) == RC_OK && ds.errors == 1);
    ok(ledger_verify(f->store, &beyond, NULL, &check, &ds) == RC_OK && ds.errors == 2);
    ok(strcmp(ds.list.v[0].code, "L0206") == 0 && strcmp(ds.list.v[1].code, "L0206") == 0);
}

int main(void)
{
    struct fixture f;
    fixture_open(&f, "verify");
    fill(&f);
    tampering(&f);
    since(&f);
    fixture_close(&f);
    return tap_done();
}
