#include "care/doctor.h"
#include "tests/events.h"

#include <string.h>

struct bench {
    struct fixture f;
    struct projection *p;
};

static void happen(struct bench *b, struct event *e)
{
    const struct object *o = model_object_numbered(&b->f.model, e->object);
    event_begin(&b->f, b->p, e);
    if (e->record)
        ok_int(rows_refold(b->p, b->f.vault, o, e->record, b->f.arena, NULL), RC_OK);
    event_end(&b->f);
}

static void fill(struct bench *b)
{
    struct event import = {
        .kind = EV_IMPORT,
        .object = OBJ_ACCOUNT,
        .import = {.batch = 1, .phase = IMPORT_BEGUN, .source = STR("crm"), .file = STR("a.csv")}};
    happen(b, &import);
    for (int i = 0; i < 5; i++) {
        uint64_t id = fixture_id(&b->f);
        struct patch_field name = {.field = F_NAME, .value = v_text("Acme")};
        struct event_key key = {.key = 1, .value = str_printf(b->f.arena, "%d.example", i)};
        struct event e = {
            .kind = EV_CREATE,
            .object = OBJ_ACCOUNT,
            .record = id,
            .patch = {.home = id, .fields = &name, .n_fields = 1, .keys = &key, .n_keys = 1}};
        happen(b, &e);
    }
    uint64_t person = fixture_id(&b->f);
    struct patch_field email = {
        .field = F_EMAIL, .person = person, .value = v_text("jo@a.example")};
    struct event e = {.kind = EV_CREATE,
                      .object = OBJ_CONTACT,
                      .record = person,
                      .patch = {.home = person, .fields = &email, .n_fields = 1}};
    happen(b, &e);
    import.import.phase = IMPORT_ENDED;
    import.import.counts = (struct row_counts){
        .rows = 7, .created = 5, .updated = 1, .quarantined = 1};
    happen(b, &import);
}

static size_t findings(struct bench *b, const char *first)
{
    struct doctor_settings s = {.store = b->f.store, .vault = b->f.vault, .model = &b->f.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, b->f.arena);
    ok_int(doctor_run(&s, b->f.arena, &report, &ds), RC_OK);
    ok_str(ds.list.n ? ds.list.v[0].code : NULL, first);
    return ds.errors;
}

static void healthy(struct bench *b)
{
    struct doctor_settings s = {.store = b->f.store, .vault = b->f.vault, .model = &b->f.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, b->f.arena);
    ok_int(doctor_run(&s, b->f.arena, &report, &ds), RC_OK);
    ok(ds.errors == 0 && report.replayed && report.ledger.events == 9 && report.n_tables == 10);
    uint64_t rows = 0;
    for (size_t i = 0; i < report.n_tables; i++)
        if (str_is(report.tables[i].name, "r_1"))
            rows = report.tables[i].rows;
    ok_int(rows, 5);
}

static const struct {
    const char *sql, *code;
    size_t findings;
} wounds[] = {
    {"UPDATE r_1 SET f16 = 'Acne' WHERE id = (SELECT min(id) FROM r_1)", "K0102", 2},
    {"DELETE FROM r_1", "K0102", 6},
    {"DELETE FROM record_key WHERE value = '3.example'", "K0102", 1},
    {"UPDATE r_2 SET f16 = NULL", "K0102", 2},
    {"UPDATE r_1 SET stamps = x'00'", "K0102", 1},
    {"INSERT INTO visit (record, field, entered_at, entered_seq, object, stage) VALUES (1, 18, 1, "
     "1, 3, 1)",
     "K0102", 1},
    {"UPDATE batch SET rows_in = 8", "K0105", 2},
    {"UPDATE event SET record = record + 1 WHERE seq = 4", "L0203", 1},
};

static void wounded(struct bench *b)
{
    struct rebuild_report report;
    for (size_t i = 0; i < sizeof wounds / sizeof *wounds; i++) {
        bool facts = strcmp(wounds[i].code, "L0203") == 0;
        if (facts)
            ok_int(store_begin(b->f.store), RC_OK);
        ok_int_at(wounds[i].sql, store_exec(b->f.store, str_of(wounds[i].sql)), RC_OK);
        ok_int_at(wounds[i].sql, findings(b, wounds[i].code), wounds[i].findings);
        store_rollback(b->f.store);
        if (facts)
            continue;
        ok_int(care_rebuild(b->p, b->f.vault, NULL, b->f.arena, &report), RC_OK);
        ok_int_at(wounds[i].sql, report.changed, i == 4 ? 10 : 1);
        ok_int_at(wounds[i].sql, findings(b, NULL), 0);
    }
    ok(care_rebuild(b->p, b->f.vault, NULL, b->f.arena, &report) == RC_OK && report.changed == 0 &&
       report.n == 10);
}

static bool refuse(void *self, const char *what, uint64_t done, uint64_t total)
{
    (void)what, (void)total;
    *(uint64_t *)self = done;
    return false;
}

static void cancelling(struct bench *b)
{
    uint64_t done = 0;
    struct care_progress progress = {&done, refuse};
    struct rebuild_report report;
    struct patch_field name = {.field = F_NAME, .value = v_text("Many")};
    uint64_t id = fixture_id(&b->f);
    for (int i = 0; i < 1000; i++) {
        struct ledger_txn t;
        struct event e = {.kind = i ? EV_PATCH : EV_CREATE,
                          .actor = STR("x"),
                          .object = OBJ_ACCOUNT,
                          .record = id,
                          .effective_at = b->f.env.now,
                          .patch = {.home = i ? 0 : id, .fields = &name, .n_fields = 1}};
        if (i == 0 && ledger_begin_group(b->f.ledger) != RC_OK)
            fail("begin");
        if (ledger_begin(b->f.ledger, b->f.env.now, &t) != RC_OK ||
            ledger_append(b->f.ledger, &e) != RC_OK || ledger_end(b->f.ledger) != RC_OK)
            fail("append");
    }
    ok_int(rows_refold(b->p, b->f.vault, b->f.account, id, b->f.arena, NULL), RC_OK);
    ok_int(ledger_commit(b->f.ledger), RC_OK);
    ok_int(care_rebuild(b->p, b->f.vault, &progress, b->f.arena, &report), RC_CANCELLED);
    ok(done >= 1000 && !store_in_transaction(b->f.store));
    ok_int(findings(b, NULL), 0); /* the old tables stand */
}

int main(void)
{
    struct bench b;
    fixture_open(&b.f, "doctor");
    ok_int(store_begin(b.f.store), RC_OK);
    ok_int(projection_evolve(b.f.store, &b.f.model), RC_OK);
    ok_int(store_commit(b.f.store), RC_OK);
    ok_int(projection_open(b.f.store, &b.f.model, &b.p), RC_OK);
    fill(&b);
    healthy(&b);
    wounded(&b);
    cancelling(&b);
    projection_close(b.p);
    fixture_close(&b.f);
    return tap_done();
}
