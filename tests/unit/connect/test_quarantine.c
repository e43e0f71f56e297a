/* test_quarantine.c - what a refused row leaves at rest, how long it can be read, and what closes it. */
#include "admission/imports.h"
#include "connect/quarantine.h"
#include "connect/undo.h"
#include "tests/engine.h"

#define CANARY "canary-4711"

static const char model[] = "objects:\n"
                            "- name: contact\n"
                            "  owner: ana\n"
                            "  keys: [email]\n"
                            "  fields:\n"
                            "  - {name: email, type: email, personal: true}\n"
                            "  - {name: nick, type: text, personal: true}\n"
                            "  - {name: level, type: integer, required: true}\n";

static uint64_t begin_batch(struct engine *e)
{
    struct import_begin about = {
        .object = engine_object(e, "contact"), .source = STR("crm"), .file = STR("c.csv")};
    uint64_t batch = 0;
    ok_int(admission_import_begin(e->adm, &about, NULL, &batch), RC_OK);
    return batch;
}

static void end_batch(struct engine *e, uint64_t batch, struct row_counts counts)
{
    struct import_begin about = {
        .object = engine_object(e, "contact"), .source = STR("crm"), .file = STR("c.csv")};
    ok_int(admission_import_end(e->adm, &about, batch, IMPORT_ENDED, &counts, NULL), RC_OK);
}

static struct verdict send_row(struct engine *e, uint64_t batch, const char *name,
                               const char *fields)
{
    struct command c = engine_command(e, CMD_UPSERT, "contact", fields);
    struct row_origin origin = {.batch = batch, .row = 2, .text = str_of(fields)};
    c.door = DOOR_IMPORT;
    c.source = STR("crm");
    c.source_row = str_of(name);
    c.actor = import_actor(batch, e->arena);
    c.row = &origin;
    return engine_send(e, &c);
}

static size_t page(struct engine *e, struct vault *v, struct quarantined **rows)
{
    struct quarantine_filter all = {0};
    size_t n = 0;
    ok_int(quarantine_page(e->store, v, &all, 0, 100, e->arena, rows, &n), RC_OK);
    return n;
}

static bool file_has(struct engine *e, const char *name, const char *text)
{
    FILE *f = fopen(str_c(e->arena, str_printf(e->arena, "%s/%s", e->dir, name)), "rb");
    size_t n = 0, want = strlen(text);
    char *bytes = arena_alloc(e->arena, 16u << 20);
    if (f != NULL) {
        n = fread(bytes, 1, 16u << 20, f);
        fclose(f);
    }
    for (size_t i = 0; i + want <= n; i++) {
        if (memcmp(bytes + i, text, want) == 0) {
            return true;
        }
    }
    return false;
}

static void test_sealed(struct engine *e)
{
    struct quarantined *rows;
    struct vault *other;
    uint64_t batch = begin_batch(e);
    struct verdict v = send_row(e, batch, "1", "email=a@acme.example;level=" CANARY);
    end_batch(e, batch, (struct row_counts){.rows = 1, .quarantined = 1});
    ok_str(verdict_outcome_name(v.outcome), "quarantined");
    ok(page(e, e->vault, &rows) == 1 && !rows[0].expired);
    ok(str_is(rows[0].text, "email=a@acme.example;level=" CANARY));
    ok(str_is(rows[0].value, CANARY) && rows[0].findings.n > 2);
    ok(file_has(e, "revos.db", "crm") || file_has(e, "revos.db-wal", "crm"));
    ok(!file_has(e, "revos.db", CANARY) && !file_has(e, "revos.db-wal", CANARY));
    ok_int(vault_open(&e->env.env, STR(""), &other, &e->ds), RC_OK);
    ok(page(e, other, &rows) == 1 && rows[0].expired && rows[0].text.n == 0);
    ok(rows[0].code.n > 0 && str_is(rows[0].field, "level"));
    vault_close(other);
}

/* The digests must compare as the values would: what was said before does not undo what a person changed since. */
static void test_said(struct engine *e)
{
    uint64_t batch = begin_batch(e);
    struct verdict v = send_row(e, batch, "7", "email=g@acme.example;nick=" CANARY ";level=3");
    ok_str(verdict_outcome_name(v.outcome), "created");
    struct verdict mine = engine_update(e, "contact", v.id, "nick=Gus");
    ok_str(verdict_outcome_name(mine.outcome), "updated");
    struct verdict again = send_row(e, batch, "7", "email=g@acme.example;nick=" CANARY ";level=4");
    ok_str(verdict_outcome_name(again.outcome), "updated");
    const struct field *nick = object_field(engine_object(e, "contact"), STR("nick"));
    struct row *r = engine_row(e, "contact", v.id);
    ok(r != NULL && str_is(row_value(r, nick)->text, "Gus"));

    struct stmt *st;
    bool row = false;
    ok_int(store_named(e->store, SQL_SOURCE_ROWS_OF_RECORD, &st), RC_OK);
    stmt_u64(st, 1, v.id);
    ok(stmt_step(st, &row) == RC_OK && row);
    struct str said = stmt_get_blob(st, 1);
    bool found = false;
    for (size_t i = 0; i + strlen(CANARY) <= said.n; i++) {
        found |= memcmp(said.p + i, CANARY, strlen(CANARY)) == 0;
    }
    ok(said.n > 64 && !found);
    stmt_reset(st);
    end_batch(e, batch, (struct row_counts){.rows = 2, .created = 1, .updated = 1});
}

static void test_mended(struct engine *e)
{
    struct quarantined *rows;
    struct batch_info info;
    ok_int(page(e, e->vault, &rows), 1);
    uint64_t first = rows[0].batch, batch = begin_batch(e);
    (void)send_row(e, batch, "2", "email=b@acme.example;level=2");
    ok_int(page(e, e->vault, &rows), 1); /* another row */
    struct verdict v = send_row(e, batch, "1", "email=a@acme.example;level=1");
    ok_str(verdict_outcome_name(v.outcome), "created");
    ok_int(page(e, e->vault, &rows), 0);
    ok_int(batch_find(e->store, first, e->arena, &info), RC_OK);
    ok(info.counts.rows == 1 && info.counts.quarantined == 0 && info.counts.unchanged == 1);
    end_batch(e, batch, (struct row_counts){.rows = 2, .created = 2});
}

static void test_given_up(struct engine *e)
{
    struct quarantined *rows;
    struct actor ana = {.kind = ACTOR_PERSON, .name = STR("ana")};
    uint64_t batch = begin_batch(e), n = 0;
    struct verdict a = send_row(e, batch, "8", "email=h@acme.example;level=x");
    struct verdict b = send_row(e, batch, "9", "email=i@acme.example;level=x");
    end_batch(e, batch, (struct row_counts){.rows = 2, .quarantined = 2});
    uint64_t ids[] = {a.quarantine, a.quarantine};
    ok_int(quarantine_give_up(e->store, ids, 2, &ana, e->env.now, &n), RC_OK);
    ok_int((int64_t)n, 1);
    ok(page(e, e->vault, &rows) == 1 && rows[0].id == b.quarantine);
}

static void test_expired(struct engine *e)
{
    struct quarantined *rows;
    ok(page(e, e->vault, &rows) == 1 && !rows[0].expired);
    e->env.now.us += (HELD_DAYS - 1) * US_PER_DAY;
    ok(page(e, e->vault, &rows) == 1 && !rows[0].expired);
    e->env.now.us += US_PER_DAY;
    ok(page(e, e->vault, &rows) == 1 && rows[0].expired); /* a long-running process, too */
    engine_detach(e);
    ok(engine_attach(e, true));
    e->env.now.us -= 10 * US_PER_DAY; /* the key is gone, whatever a clock says */
    ok(page(e, e->vault, &rows) == 1 && rows[0].expired && str_is(rows[0].findings, "[]"));
}

int main(void)
{
    struct engine e;
    ok(engine_open(&e, model));
    test_sealed(&e);
    test_mended(&e);
    test_said(&e);
    test_given_up(&e);
    test_expired(&e);
    engine_close(&e);
    return tap_done();
}
