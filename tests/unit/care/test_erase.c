/* Erasing a person: what the ledger, current rows, refused rows and admission say afterwards. */
#include "care/erase.h"

#include "admission/held.h"
#include "care/doctor.h"
#include "projection/keys.h"
#include "tests/engine.h"

static const char model_text[] = "objects:\n"
                                 "- name: contact\n"
                                 "  owner: ana\n"
                                 "  keys: [email]\n"
                                 "  fields:\n"
                                 "  - {name: email, type: email, personal: true}\n"
                                 "  - {name: city, type: text, personal: true}\n"
                                 "  - {name: size, type: integer, min: 0}\n"
                                 "- name: ticket\n"
                                 "  owner: ana\n"
                                 "  keys: [code]\n"
                                 "  fields:\n"
                                 "  - {name: code, type: text}\n"
                                 "  - {name: contact, type: ref, to: contact}\n"
                                 "  - {name: words, type: text, person_of: contact}\n"
                                 "  - {name: reply_to, type: email, person_of: contact}\n";

static struct erase_order order_of(struct engine *e, const char *who)
{
    return (struct erase_order){.admission = e->adm,
                                .env = &e->env.env,
                                .warehouse = str_printf(e->arena, "%s/w.duckdb", e->dir).p,
                                .object = engine_object(e, "contact"),
                                .who = str_of(who),
                                .reason = STR("asked"),
                                .actor = {.kind = ACTOR_PERSON, .name = STR("operator")}};
}

static const char *text_of(struct engine *e, const char *object, uint64_t id, const char *field)
{
    struct row *r = engine_row(e, object, id);
    const struct field *f = object_field(engine_object(e, object), str_of(field));
    if (r == NULL || row_show_erased(e->projection, r) != RC_OK)
        return "?";
    return str_c(e->arena, field_value_text(f, row_value(r, f), e->arena));
}

static bool is_whole(struct engine *e)
{
    struct doctor_settings s = {.store = e->store, .vault = e->vault, .model = e->model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, e->arena);
    return doctor_run(&s, e->arena, &report, &ds) == RC_OK && ds.errors == 0 && report.replayed;
}

static void everywhere(void)
{
    struct engine e;
    struct erased erased;
    struct diags ds;
    uint64_t record;
    ok(engine_open(&e, model_text));
    uint64_t jo = engine_write(&e, "contact", "email=jo@x.example;city=Bonn").id;
    uint64_t al = engine_write(&e, "contact", "email=al@x.example;city=Ulm").id;
    (void)engine_update(&e, "contact", jo, "email=jo.new@x.example");
    uint64_t theirs = engine_write(&e, "ticket",
                                   "code=1;contact=jo.new@x.example;words=hi;reply_to=j@y.example")
                          .id;
    /* said while it was about Jo, then given to Al: the seal, not the reference, says whose it is */
    uint64_t moved = engine_write(&e, "ticket", "code=2;contact=jo.new@x.example;words=late").id;
    (void)engine_update(&e, "ticket", moved, "contact=al@x.example");
    uint64_t other = engine_write(&e, "ticket", "code=3;contact=al@x.example;words=mine").id;
    struct erase_order order = order_of(&e, "jo.new@x.example");
    diags_init(&ds, e.arena);
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_OK);
    ok(record == jo && erased.persons == 1);
    ok_int_at("the person and two tickets", (int64_t)erased.records, 3);
    ok_int_at("both addresses and the one to reply to", (int64_t)erased.hashes, 3);
    ok_str(text_of(&e, "contact", jo, "email"), "(erased)");
    ok_str(text_of(&e, "contact", jo, "size"), "");
    ok_str(text_of(&e, "ticket", theirs, "words"), "(erased)");
    ok_str(text_of(&e, "ticket", moved, "words"), "(erased)");
    ok_str(text_of(&e, "ticket", other, "words"), "mine");
    ok_str(text_of(&e, "contact", al, "city"), "Ulm");
    ok(is_whole(&e));
    struct rebuild_report rebuilt;
    ok(care_rebuild(e.projection, e.vault, NULL, e.arena, &rebuilt) == RC_OK &&
       rebuilt.changed == 0);

    struct verdict v = engine_write(&e, "contact", "email=JO@x.example");
    ok_str_at("an address of before may not return", engine_codes(&e, &v), "ERASED");
    v = engine_write(&e, "ticket", "code=4;reply_to=jo.new@x.example");
    ok_str_at("nor on another object", engine_codes(&e, &v), "ERASED");
    v = engine_write(&e, "contact", "email=new@x.example;city=Bonn");
    ok_int_at("what many share may", v.outcome, VERDICT_CREATED);
    v = engine_update(&e, "contact", jo, "size=3");
    ok_int_at("the record lives on", v.outcome, VERDICT_UPDATED);

    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_NOT_FOUND);
    order.who = str_printf(e.arena, "%.*s",
                           STR_ARG(id_text(order.object->prefix, jo, (char[64]){0})));
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_OK);
    ok_int_at("erased again: the hashes stay", (int64_t)erased.hashes, 3);
    order.allow_return = true;
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_OK);
    v = engine_write(&e, "contact", "email=jo@x.example;city=Kiel");
    ok_int_at("allowed to return", v.outcome, VERDICT_CREATED);
    ok_str(text_of(&e, "contact", v.id, "city"), "Kiel");
    ok(is_whole(&e));
    engine_close(&e);
}

static void refused_orders(void)
{
    struct engine e;
    struct erased erased;
    struct diags ds;
    uint64_t record;
    ok(engine_open(&e, model_text));
    diags_init(&ds, e.arena);
    struct erase_order order = order_of(&e, "nobody@x.example");
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_NOT_FOUND);
    order.reason = STR("  ");
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_INVALID);
    order = order_of(&e, "ana");
    order.object = engine_object(&e, "team");
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_INVALID);
    ok_str(ds.list.v[0].code, "K0303");
    ok_str(ds.list.v[1].code, "K0302");
    ok_str(ds.list.v[2].code, "K0301");
    engine_close(&e);
}

/* The ledger has the erasure, the machine stopped before the key was destroyed: the next start destroys it. */
static void killed_in_between(void)
{
    struct engine e;
    struct event *events;
    size_t n;
    ok(engine_open(&e, model_text));
    uint64_t jo = engine_write(&e, "contact", "email=jo@x.example").id;
    engine_detach(&e);
    ok(engine_files(&e));
    struct str sql = str_printf(e.arena, "INSERT INTO erase_pending (person) VALUES (%llu)",
                                (unsigned long long)jo);
    ok_int(store_exec(e.store, sql), RC_OK);
    vault_close(e.vault);
    store_close(e.store);
    ok(engine_attach(&e, true));
    ok_int(ledger_of_record(e.store, e.vault, engine_object(&e, "contact")->number, jo, e.arena,
                            &events, &n),
           RC_OK);
    ok(n == 1 && events[0].patch.n_fields > 0);
    for (size_t i = 0; n == 1 && i < events[0].patch.n_fields; i++)
        if (events[0].patch.fields[i].person)
            ok_int(patch_shown(&events[0].patch.fields[i])->type, VT_SEALED);
    ok_int(store_exec(e.store, STR("INSERT INTO erase_pending (person) VALUES (1)")), RC_OK);
    engine_close(&e);
}

/* A refused row that names the person is blanked; others stay. */
static void held_rows(void)
{
    struct engine e;
    struct erased erased;
    struct diags ds;
    uint64_t record;
    ok(engine_open(&e, model_text));
    (void)engine_write(&e, "contact", "email=jo@x.example");
    const char *const texts[] = {"JO@X.example,-1", "al@x.example,-1"};
    for (size_t i = 0; i < 2; i++) {
        struct command c = engine_command(&e, CMD_UPSERT, "contact", "size=-1");
        struct row_origin origin = {.batch = 7, .row = i + 1, .text = str_of(texts[i])};
        c.row = &origin;
        ok_int(engine_send(&e, &c).outcome, VERDICT_QUARANTINED);
    }
    struct erase_order order = order_of(&e, "jo@x.example");
    diags_init(&ds, e.arena);
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_OK);
    ok_int((int64_t)erased.held_rows, 1);
    struct command c = engine_command(&e, CMD_UPSERT, "contact", "email=jo@x.example");
    struct row_origin origin = {.batch = 7, .row = 3, .text = STR("jo@x.example,")};
    c.row = &origin;
    ok_int_at("a row refused for it keeps no text", engine_send(&e, &c).outcome,
              VERDICT_QUARANTINED);
    order.who = str_printf(e.arena, "%.*s",
                           STR_ARG(id_text(order.object->prefix, record, (char[64]){0})));
    ok_int(care_erase(&order, e.arena, &record, &erased, &ds), RC_OK);
    ok_int((int64_t)erased.held_rows, 0);
    engine_close(&e);
}

int main(void)
{
    everywhere();
    refused_orders();
    killed_in_between();
    held_rows();
    return tap_done();
}
