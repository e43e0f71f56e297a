/* Scores and stages through the whole engine: recomputed through children and references and by the clock, every visit kept. */
#include "tests/engine.h"

#define MODEL                                                                                  \
    "objects:\n"                                                                               \
    "- name: account\n"                                                                        \
    "  owner: ana\n"                                                                           \
    "  keys: [name]\n"                                                                         \
    "  fields: [{name: name, type: text}, {name: size, type: integer}]\n"                      \
    "- name: lead\n"                                                                           \
    "  owner: ana\n"                                                                           \
    "  keys: [name]\n"                                                                         \
    "  fields: [{name: name, type: text}, {name: account, type: ref, to: account}, {name: "    \
    "replied, type: boolean}]\n"                                                               \
    "- name: visit\n"                                                                          \
    "  owner: ana\n"                                                                           \
    "  fields: [{name: lead, type: ref, to: lead}, {name: page, type: text}]\n"                \
    "scores:\n"                                                                                \
    "- name: fit\n"                                                                            \
    "  object: lead\n"                                                                         \
    "  range: [0, 100]\n"                                                                      \
    "  points:\n"                                                                              \
    "  - {add: 50, when: lead.account.size >= 100, because: Size}\n"                           \
    "  - {add: 40, when: \"lead.visits.exists(v, v.page == 'price')\", because: Price, "       \
    "half_life: 10d}\n"                                                                        \
    "lifecycles:\n"                                                                            \
    "- name: way\n"                                                                            \
    "  object: lead\n"                                                                         \
    "  stages:\n"                                                                              \
    "  - {name: raw}\n"                                                                        \
    "  - {name: warm, advance: auto, enter: [{id: W, require: lead.fit >= 40, message: m}]}\n" \
    "  - {name: hot, advance: auto, enter: [{id: H, require: lead.fit >= 90, message: m}]}\n"  \
    "  - {name: talks, enter: [{id: T, require: lead.replied, message: m}]}\n"                 \
    "  - {name: over, outcome: lost, requires_reason: true}\n"

static struct engine e;

static int64_t score(uint64_t lead)
{
    const struct row *r = engine_row(&e, "lead", lead);
    const struct value *v = row_value(r, object_field(r->object, STR("fit")));
    return v->type == VT_INT ? v->integer : -1;
}

static const char *terms(uint64_t lead)
{
    const struct row *r = engine_row(&e, "lead", lead);
    return str_c(e.arena, row_value(r, object_field(r->object, STR("fit_terms")))->text);
}

/* The stages visited, in order. */
static const char *visits(uint64_t lead)
{
    struct fold_visit *v;
    size_t n;
    const struct object *o = engine_object(&e, "lead");
    const struct field *f = object_field(o, STR("lifecycle_stage"));
    struct str s = STR("");
    if (rows_visits(e.projection, o, lead, e.arena, &v, &n) != RC_OK)
        return "error";
    for (size_t i = 0; i < n; i++)
        s = str_printf(e.arena, "%.*s%s%.*s", STR_ARG(s), s.n ? " " : "",
                       STR_ARG(field_value_numbered(f, v[i].stage)->name));
    return str_c(e.arena, s);
}

/* Works off what is due by now. */
static void tick(const char *until)
{
    struct instant end;
    if (!instant_parse(str_of(until), &end))
        abort();
    for (;;) {
        struct agenda_item *due;
        size_t n;
        if (agenda_due(e.store, e.model, end, 1, e.arena, &due, &n) != RC_OK || n == 0)
            break;
        if (due->at.us > e.env.now.us)
            e.env.now = due->at;
        struct command c = {.kind = CMD_EXAMINE,
                            .object = due->object,
                            .id = due->record,
                            .dated = true,
                            .effective_at = due->at,
                            .agenda = due->kind};
        (void)engine_send(&e, &c);
    }
    e.env.now = end;
}

static void recomputes(void)
{
    struct verdict account = engine_write(&e, "account", "name=Big;size=10");
    struct verdict lead = engine_write(&e, "lead", "name=L;account=Big");
    ok_int(score(lead.id), 0);
    ok_str(visits(lead.id), "raw");
    (void)engine_update(&e, "account", account.id, "size=500");
    ok_int_at("through a reference", score(lead.id), 50);
    ok_str_at("and moves", visits(lead.id), "raw warm");
    struct command c = engine_command(&e, CMD_CREATE, "visit", "page=price");
    struct field_input fields[2] = {
        c.fields[0],
        {.name = STR("lead"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = lead.id}}};
    c.fields = fields;
    c.n_fields = 2;
    ok(verdict_accepted(&(struct verdict[]){engine_send(&e, &c)}[0]));
    ok_int_at("through a child", score(lead.id), 90);
    ok_str(visits(lead.id), "raw warm hot");
    ok_str(terms(lead.id), "[{\"because\":\"Size\",\"points\":50},{\"because\":\"Price\","
                           "\"points\":40,\"since\":\"2026-01-01\"}]");
    tick("2026-01-11T12:00:00Z");
    ok_int_at("halved by the clock", score(lead.id), 70);
    ok_str(terms(lead.id), "[{\"because\":\"Size\",\"points\":50},{\"because\":\"Price\",\"of\":40,"
                           "\"points\":20,\"since\":\"2026-01-01\"}]");
    tick("2027-06-01T12:00:00Z");
    ok_int_at("until nothing is left", score(lead.id), 50);
    struct agenda_item *due;
    size_t n;
    ok_at("and nobody waits any more",
          agenda_due(e.store, e.model, INSTANT_MAX, 1, e.arena, &due, &n) == RC_OK && n == 0);
}

/* Two stages within one command, each a visit. */
static void at_once(void)
{
    struct verdict lead = engine_write(&e, "lead", "name=M");
    struct command c = engine_command(&e, CMD_CREATE, "visit", "page=price");
    struct field_input fields[2] = {
        c.fields[0],
        {.name = STR("lead"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = lead.id}}};
    c.fields = fields;
    c.n_fields = 2;
    (void)engine_send(&e, &c);
    ok_str(visits(lead.id), "raw warm");
    (void)engine_update(&e, "lead", lead.id, "account=Big");
    ok_str(visits(lead.id), "raw warm hot");
    struct verdict v = engine_write(&e, "lead", "name=N;account=Big");
    ok_str_at("at birth", visits(v.id), "raw warm");
}

static void manners(void)
{
    struct verdict lead = engine_write(&e, "lead", "name=P;replied=true");
    struct verdict v = engine_update(&e, "lead", lead.id, "lifecycle_stage=over");
    ok_str(engine_codes(&e, &v), "REASON_REQUIRED:way");
    struct command c = engine_command(&e, CMD_UPDATE, "lead", "lifecycle_stage=over");
    c.id = lead.id;
    c.reason = STR("no budget");
    v = engine_send(&e, &c);
    ok(verdict_accepted(&v));
    v = engine_update(&e, "lead", lead.id, "lifecycle_stage=talks");
    ok_str_at("out of a lost stage by a reason", engine_codes(&e, &v), "REASON_REQUIRED:way");
    c = engine_command(&e, CMD_UPDATE, "lead", "lifecycle_stage=talks");
    c.id = lead.id;
    c.reason = STR("called back");
    v = engine_send(&e, &c);
    ok(verdict_accepted(&v));
    ok_str(visits(lead.id), "raw over talks");
}

int main(void)
{
    if (!engine_open_memory(&e, MODEL))
        return 1;
    recomputes();
    at_once();
    manners();
    engine_close(&e);
    return tap_done();
}
