/* test_moments.c - the past, the deleted, the said-again, the fact rows: what is more than one write now. */
#include "admission/imports.h"
#include "tests/engine.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [domain]\n"
    "  match: [{exact: [name]}]\n"
    "  on_delete: refuse\n"
    "  survivor: {default: most_recent, segment: [crm, form]}\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: domain, type: domain}\n"
    "  - {name: segment, type: enum, values: [smb, mid]}\n"
    "  - {name: country, type: country, invalid: blank_and_flag}\n"
    "  - {name: worth, type: money, rollup: {of: deal.amount, aggregate: sum}}\n"
    "  - {name: visits, type: integer, rollup: {of: touch, aggregate: count}}\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  fields:\n"
    "  - {name: account, type: ref, to: account, required: true}\n"
    "  - {name: amount, type: money}\n"
    "  - {name: double_amount, type: money, computed: \"deal.amount + deal.amount\"}\n"
    "- name: touch\n"
    "  kind: fact\n"
    "  plural: touches\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text, required: true}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: at, type: instant, required: true}\n"
    "- name: click\n"
    "  kind: fact\n"
    "  owner: ben\n"
    "  fields:\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: at, type: instant, required: true}\n"
    "- name: ticket\n"
    "  owner: ben\n"
    "  mode: overlay\n"
    "  fields:\n"
    "  - {name: title, type: text, required: true}\n"
    "  - {name: level, type: integer, max: 5}\n";

static struct str shown(struct engine *e, const char *object, uint64_t id, const char *field)
{
    const struct row *r = engine_row(e, object, id);
    const struct field *f = object_field(engine_object(e, object), str_of(field));
    return r ? field_value_text(f, row_value(r, f), e->arena) : STR("(none)");
}

static void test_late_write(struct engine *e)
{
    struct verdict a = engine_write(e, "account", "name=Acme;domain=acme.com");
    struct command c = engine_command(e, CMD_UPSERT, "deal", "account=acme.com;amount=10");
    c.dated = true;
    c.effective_at.us = e->env.now.us - 10 * US_PER_DAY;
    struct verdict v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "");
    uint64_t id = v.id;
    ok(str_is(shown(e, "deal", id, "double_amount"), "20.00 EUR"));
    ok(str_is(shown(e, "account", a.id, "worth"), "10.00 EUR"));
    v = engine_update(e, "deal", id, "amount=30");
    ok(str_is(shown(e, "account", a.id, "worth"), "30.00 EUR"));
    c = engine_command(e, CMD_UPDATE, "deal", "amount=20"); /* between the two: today stays */
    c.id = id;
    c.dated = true;
    c.effective_at.us = e->env.now.us - 5 * US_PER_DAY;
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok(str_is(shown(e, "deal", id, "amount"), "30.00 EUR"));
    ok(str_is(shown(e, "deal", id, "double_amount"), "60.00 EUR"));
    c.effective_at.us = e->env.now.us + US_PER_DAY;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "FUTURE");
    c.effective_at.us = e->env.now.us - 20 * US_PER_DAY;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "BEFORE_CREATION");

    c = engine_command(e, CMD_DELETE, "account", "");
    c.id = a.id;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "REFERENCED");
    c = engine_command(e, CMD_DELETE, "deal", "");
    c.id = id;
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "deleted");
    ok(str_is(shown(e, "account", a.id, "worth"), ""));
    c.kind = CMD_RESTORE;
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "restored");
    ok(str_is(shown(e, "account", a.id, "worth"), "30.00 EUR"));
}

static struct verdict say(struct engine *e, const char *source, const char *row, const char *fields)
{
    struct command c = engine_command(e, CMD_UPSERT, "account", fields);
    c.source = str_of(source);
    c.source_row = str_of(row);
    c.door = DOOR_IMPORT;
    return engine_send(e, &c);
}

static void test_sources(struct engine *e)
{
    struct verdict v = say(e, "crm", "1", "name=Beta;domain=beta.com;segment=smb");
    uint64_t id = v.id;
    ok_str(verdict_outcome_name(v.outcome), "created");
    v = engine_update(e, "account", id, "name=Beta AG");
    v = say(e, "crm", "1", "name=Beta;domain=beta.com;segment=smb");
    ok_str(verdict_outcome_name(v.outcome), "unchanged");
    v = say(e, "crm", "1", "name=Beta;domain=beta.com;segment=smb;country=DE");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok(str_is(shown(e, "account", id, "name"), "Beta AG")); /* the later edit stands */
    v = say(e, "form", "x", "name=Beta Ltd;domain=beta.com;segment=mid");
    ok(str_is(shown(e, "account", id, "segment"), "smb")); /* crm ranks before form */
    ok(str_is(shown(e, "account", id, "name"), "Beta Ltd"));
    v = say(e, "list", "7", "name=Beta Ltd");
    ok_str(verdict_outcome_name(v.outcome), "merged");
    ok(v.id == id);
    v = say(e, "list", "8", "name=Gamma;country=Nowhereland");
    ok_str(verdict_outcome_name(v.outcome), "created");
    ok_str(engine_codes(e, &v), "INVALID");
}

static void test_conflicts(struct engine *e)
{
    struct verdict a = engine_write(e, "account", "name=One;domain=one.com");
    struct verdict b = engine_write(e, "account", "name=Two;domain=two.com");
    struct verdict v = engine_update(e, "account", a.id, "domain=two.com");
    ok_str(engine_codes(e, &v), "KEY_CONFLICT");
    ok(v.id == a.id && v.other == b.id);
    struct command c = engine_command(e, CMD_CREATE, "account", "name=One;domain=one.com");
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "EXISTS");
    c = engine_command(e, CMD_UPDATE, "account", "name=Uno");
    c.id = a.id;
    c.has_seen_version = true;
    c.seen_version = 1;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "STALE STALE");
    ok(str_is(v.findings[1].old_value, "One") && str_is(v.findings[1].new_value, "Uno"));

    c = engine_command(e, CMD_UPSERT, "account", "name=Once;domain=once.com");
    c.idempotency_key = STR("k1");
    v = engine_send(e, &c);
    uint64_t id = v.id;
    v = engine_send(e, &c);
    ok(v.replayed && v.id == id && v.outcome == VERDICT_CREATED);
    struct stmt *st;
    bool row = false;
    ok_int(store_prepare(e->store, STR("SELECT verdict FROM idempotency"), &st), RC_OK);
    ok(stmt_step(st, &row) == RC_OK && row &&
       str_find(stmt_get_blob(st, 0), STR("created"), 0) < 0);
    stmt_close(st);
    c.n_fields = 1;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "IDEMPOTENCY");

    struct ledger_head head = ledger_head(e->ledger);
    c = engine_command(e, CMD_UPSERT, "account", "name=Dry;domain=dry.com");
    ok_int(admission_dry_run(e->adm, &c, 1, e->arena, &v), RC_OK);
    ok_str(verdict_outcome_name(v.outcome), "created");
    ok(ledger_head(e->ledger).seq == head.seq && !engine_row(e, "account", v.id));
    uint64_t dry = v.id;
    v = engine_send(e, &c);
    ok(v.id == dry); /* the dry run used no id up */
}

static void test_overlay(struct engine *e)
{
    struct command c = engine_command(e, CMD_UPSERT, "ticket", "level=9");
    struct verdict v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "TOO_LARGE REQUIRED");
    ok(!verdict_accepted(&v));
    c.door = DOOR_SYNC; /* what the master says is accepted, and flagged */
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "TOO_LARGE REQUIRED");
    ok_str(verdict_outcome_name(v.outcome), "created");
}

static void test_retract(struct engine *e)
{
    struct verdict a = engine_write(e, "account", "name=Gone;domain=gone.com");
    uint64_t created = a.first_seq;
    struct verdict v = engine_update(e, "account", a.id, "segment=mid");
    uint64_t patched = v.first_seq;
    struct command c = engine_command(e, CMD_RETRACT, "account", "");
    c.id = a.id;
    c.retract_seqs = &created;
    c.n_retract_seqs = 1;
    v = engine_send(e, &c);
    ok_str(engine_codes(e, &v), "LATER_EDITS");
    c.retract_seqs = &patched;
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "retracted");
    ok(str_is(shown(e, "account", a.id, "segment"), ""));
    c.retract_seqs = &created;
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "retracted");
    ok(!engine_row(e, "account", a.id));
    v = engine_write(e, "account", "name=Gone;domain=gone.com"); /* its key is free */
    ok_str(verdict_outcome_name(v.outcome), "created");
}

static void test_facts(struct engine *e)
{
    const struct object *touch = engine_object(e, "touch");
    const struct object *account = engine_object(e, "account");
    struct verdict a = engine_write(e, "account", "name=Seen;domain=seen.com");
    struct fact_column columns[] = {
        {.field = object_field(touch, STR("code"))},
        {.field = object_field(touch, STR("account")), .key = &account->keys[0]},
        {.field = object_field(touch, STR("at"))}};
    const char *texts[][3] = {{"t1", "seen.com", "2025-12-01T00:00:00Z"},
                              {"t2", "seen.com", "2025-12-02T00:00:00Z"},
                              {"t1", "seen.com", "2025-12-01T00:00:00Z"},
                              {"t1", "seen.com", "2025-12-09T00:00:00Z"},
                              {"t3", "nobody.com", "2025-12-01T00:00:00Z"}};
    struct fact_cell cells[15] = {0};
    struct row_origin origins[5] = {0};
    for (size_t i = 0; i < 15; i++)
        cells[i] = (struct fact_cell){.form = i % 3 == 1 ? INPUT_KEY : INPUT_TEXT,
                                      .text = str_of(texts[i / 3][i % 3])};
    for (size_t i = 0; i < 5; i++)
        origins[i] = (struct row_origin){.batch = 1, .row = i + 1, .text = STR("row")};
    struct fact_batch batch = {.object = touch,
                               .columns = columns,
                               .n_columns = 3,
                               .cells = cells,
                               .origins = origins,
                               .n_rows = 5,
                               .source = STR("web")};
    struct verdict v[5];
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, v), RC_OK);
    static const char *const first[] = {"created", "created", "unchanged", "quarantined",
                                        "quarantined"};
    for (size_t i = 0; i < 5; i++)
        ok_str_at(first[i], verdict_outcome_name(v[i].outcome), first[i]);
    ok_str(engine_codes(e, &v[3]), "KEY_CLASH");
    ok_str(engine_codes(e, &v[4]), "REF_UNKNOWN");
    ok(v[3].quarantine > 0 && v[2].id == v[0].id);
    ok(str_is(shown(e, "account", a.id, "visits"), "2"));
    e->env.now.us += US_PER_SECOND;
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, v), RC_OK);
    ok_str(verdict_outcome_name(v[1].outcome), "unchanged");
    ok_str(verdict_outcome_name(v[3].outcome), "quarantined");
    ok(str_is(shown(e, "account", a.id, "visits"), "2"));
}

/* Rows without a key of the model are known by what their source calls them. */
static void test_facts_without_key(struct engine *e)
{
    const struct object *click = engine_object(e, "click");
    struct fact_column columns[] = {{.field = object_field(click, STR("account")),
                                     .key = &engine_object(e, "account")->keys[0]},
                                    {.field = object_field(click, STR("at"))}};
    struct fact_cell cells[] = {{.form = INPUT_KEY, .text = STR("seen.com")},
                                {.form = INPUT_TEXT, .text = STR("2025-12-05T00:00:00Z")}};
    struct str name = STR("row 1");
    struct fact_batch batch = {.object = click,
                               .columns = columns,
                               .n_columns = 2,
                               .cells = cells,
                               .row_keys = &name,
                               .n_rows = 1,
                               .source = STR("web")};
    struct verdict first, again;
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, &first), RC_OK);
    ok_str(verdict_outcome_name(first.outcome), "created");
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, &again), RC_OK);
    ok_str(verdict_outcome_name(again.outcome), "unchanged");
    ok(again.id == first.id);
    cells[1].text = STR("2025-12-06T00:00:00Z");
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, &again), RC_OK);
    ok_str(engine_codes(e, &again), "KEY_CLASH");
}

static struct verdict click_on(struct engine *e, const char *domain, const char *at)
{
    const struct object *click = engine_object(e, "click");
    struct fact_column columns[] = {{.field = object_field(click, STR("account")),
                                     .key = &engine_object(e, "account")->keys[0]},
                                    {.field = object_field(click, STR("at"))}};
    struct fact_cell cells[] = {{.form = INPUT_KEY, .text = str_of(domain)},
                                {.form = INPUT_TEXT, .text = str_of(at)}};
    struct fact_batch batch = {
        .object = click, .columns = columns, .n_columns = 2, .cells = cells, .n_rows = 1};
    struct verdict v;
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, &v), RC_OK);
    return v;
}

/* What a batch learned about keys, found or not, serves the next one only until somebody else writes. */
static void test_facts_keep_keys(struct engine *e)
{
    struct verdict v = click_on(e, "late.com", "2025-12-07T00:00:00Z");
    ok_str(engine_codes(e, &v), "REF_UNKNOWN");
    struct verdict a = engine_write(e, "account", "name=Late;domain=late.com");
    v = click_on(e, "late.com", "2025-12-07T00:00:00Z");
    ok_str(verdict_outcome_name(v.outcome), "created");
    v = click_on(e, "late.com", "2025-12-08T00:00:00Z");
    ok_str(verdict_outcome_name(v.outcome), "created");
    struct field_input moved = {
        .name = STR("domain"), .form = INPUT_TEXT, .text = STR("later.com")};
    struct command c = {.kind = CMD_UPDATE,
                        .object = engine_object(e, "account"),
                        .id = a.id,
                        .fields = &moved,
                        .n_fields = 1};
    v = engine_send(e, &c);
    ok_str(verdict_outcome_name(v.outcome), "updated");
    v = click_on(e, "late.com", "2025-12-09T00:00:00Z");
    ok_str(engine_codes(e, &v), "REF_UNKNOWN");
    v = click_on(e, "later.com", "2025-12-09T00:00:00Z");
    ok_str(verdict_outcome_name(v.outcome), "created");
}

/* Inputs given whole say the same as columns and cells; a row that could not be read has none. */
static void test_facts_by_inputs(struct engine *e)
{
    const struct object *click = engine_object(e, "click");
    struct field_input row[] = {{.field = object_field(click, STR("account")),
                                 .form = INPUT_KEY,
                                 .key = &engine_object(e, "account")->keys[0],
                                 .text = STR("later.com")},
                                {.field = object_field(click, STR("at")),
                                 .form = INPUT_TEXT,
                                 .text = STR("2025-12-10T00:00:00Z")}};
    const struct field_input *inputs[] = {row, NULL};
    const struct str unreadable[] = {STR_NONE, STR("a quote is not closed")};
    struct fact_batch batch = {
        .object = click, .inputs = inputs, .n_columns = 2, .unreadable = unreadable, .n_rows = 2};
    struct verdict v[2];
    ok_int(admission_facts(e->adm, &batch, NULL, e->arena, v), RC_OK);
    ok_str(verdict_outcome_name(v[0].outcome), "created");
    ok_str(verdict_outcome_name(v[1].outcome), "refused");
    ok(strstr(engine_codes(e, &v[1]), "UNREADABLE") != NULL);
}

/* Two programs one after the other within a tick of the clock. */
static void test_import_numbers(struct engine *e)
{
    struct import_begin about = {.object = engine_object(e, "account"), .source = STR("crm")};
    uint64_t first = 0, second = 0;
    ok_int(admission_import_begin(e->adm, &about, NULL, &first), RC_OK);
    engine_detach(e);
    ok(engine_attach(e, true));
    ok_int(admission_import_begin(e->adm, &about, NULL, &second), RC_OK);
    ok(second > first);
}

int main(void)
{
    struct engine e;
    if (!ok(engine_open(&e, model)))
        return tap_done();
    test_late_write(&e);
    test_sources(&e);
    test_conflicts(&e);
    test_overlay(&e);
    test_retract(&e);
    test_facts(&e);
    test_facts_without_key(&e);
    test_facts_keep_keys(&e);
    test_facts_by_inputs(&e);
    test_import_numbers(&e);
    engine_detach(&e);
    ok(engine_attach(&e, true)); /* and everything is there when opened again */
    struct verdict v = engine_write(&e, "account", "name=Acme;domain=acme.com");
    ok_str(verdict_outcome_name(v.outcome), "unchanged");
    engine_close(&e);
    return tap_done();
}
