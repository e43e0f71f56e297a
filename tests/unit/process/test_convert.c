#include "process/convert.h"
#include "tests/scene.h"

#define MODEL                                                                                   \
    "objects:\n"                                                                                \
    "- name: firm\n"                                                                            \
    "  owner: ana\n"                                                                            \
    "  keys: [domain]\n"                                                                        \
    "  fields: [{name: name, type: text}, {name: domain, type: domain}, {name: size, type: "    \
    "integer}, {name: tier, type: enum, values: [a, b]}]\n"                                     \
    "- name: lead\n"                                                                            \
    "  owner: ana\n"                                                                            \
    "  convert_to:\n"                                                                           \
    "    firm: {match: [domain], set: {name: [company, email]}}\n"                              \
    "    chance: {optional: true}\n"                                                            \
    "  fields: [{name: email, type: email}, {name: company, type: text}, {name: domain, type: " \
    "domain}, {name: size, type: integer}, {name: tier, type: enum, values: [b, c]}, {name: "   \
    "its_firm, type: ref, to: firm}]\n"                                                         \
    "- name: chance\n"                                                                          \
    "  owner: ana\n"                                                                            \
    "  fields: [{name: firm, type: ref, to: firm}, {name: from_lead, type: ref, to: lead}, "    \
    "{name: size, type: text}]\n"                                                               \
    "lifecycles: [{name: way, object: lead, stages: [{name: raw}, {name: done, advance: "       \
    "convert}]}]\n"

static struct scene scene;

/* "name=Acme size=5" */
static const char *taken(const conversion_fields *f)
{
    struct str s = STR("");
    for (size_t i = 0; i < f->n; i++) {
        const struct value *v = &f->v[i].value;
        struct str text = v->type == VT_TEXT ? v->text
                          : v->type == VT_ENUM
                              ? field_value_numbered(f->v[i].field, v->number_of)->name
                              : str_printf(
                                    scene.arena, "%lld",
                                    (long long)(v->type == VT_REF ? (int64_t)v->ref : v->integer));
        s = str_printf(scene.arena, "%.*s%s%.*s=%.*s", STR_ARG(s), s.n ? " " : "",
                       STR_ARG(f->v[i].field->name), STR_ARG(text));
    }
    return str_c(scene.arena, s);
}

static const char *takes(const struct conversion *c, size_t i, const struct row *lead,
                         const struct row *existing, const uint64_t *ids)
{
    conversion_fields f = {NULL, 0, 0};
    conversion_take(c, i, lead, existing, ids, scene.arena, &f);
    return taken(&f);
}

int main(void)
{
    if (!scene_open(&scene, MODEL))
        return 1;
    const struct conversion *c = conversion_of(scene.process, scene_object(&scene, "lead"));
    ok(c && c->n == 2 && str_is(c->stage->name, "done"));
    ok(!conversion_of(scene.process, scene_object(&scene, "firm")));
    ok(c->targets[0].key && !c->targets[0].optional && c->targets[1].optional);
    ok(str_is(c->targets[0].link->name, "its_firm"));
    struct row *lead = scene_row(&scene, "lead", 7), *firm = scene_row(&scene, "firm", 8);
    uint64_t ids[2] = {0, 0};
    struct value key;
    const struct field *lacks;
    ok(!conversion_key(&c->targets[0], lead, &key, &lacks) && str_is(lacks->name, "domain"));
    scene_text(lead, "email", "kim@gmail.com");
    ok_at("nobody's company", !conversion_key(&c->targets[0], lead, &key, &lacks));
    scene_text(lead, "email", "kim@acme.example");
    ok(conversion_key(&c->targets[0], lead, &key, &lacks) && str_is(key.text, "acme.example"));
    scene_int(lead, "size", 5);
    scene_word(lead, "tier", "b");
    scene_word(lead, "lifecycle_stage", "raw");
    ok_str(takes(c, 0, lead, NULL, ids), "name=kim@acme.example domain=acme.example size=5 tier=b");
    scene_text(lead, "company", "Acme");
    scene_word(lead, "tier", "c");
    ok_str_at("a value that the other list lacks stays", takes(c, 0, lead, NULL, ids),
              "name=Acme domain=acme.example size=5");
    scene_int(firm, "size", 900);
    scene_text(firm, "name", "Acme Inc");
    ok_str_at("only what is empty", takes(c, 0, lead, firm, ids), "domain=acme.example");
    ids[0] = 8;
    ok_str_at("references, and no field of another type", takes(c, 1, lead, NULL, ids),
              "firm=8 from_lead=7");
    conversion_fields f = {NULL, 0, 0};
    ids[1] = 9;
    conversion_close(c, ids, scene.arena, &f);
    ok_str(taken(&f), "its_firm=8 lifecycle_stage=done");
    ok(!conversion_is_done(c, lead));
    scene_word(lead, "lifecycle_stage", "done");
    ok(conversion_is_done(c, lead));
    scene_close(&scene);
    return tap_done();
}
