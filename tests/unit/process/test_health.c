#include "process/health.h"
#include "tests/scene.h"

#define MODEL                                                                                  \
    "objects:\n"                                                                               \
    "- name: account\n"                                                                        \
    "  owner: ana\n"                                                                           \
    "  fields: [{name: usage, type: integer}, {name: nps, type: integer}, {name: open, type: " \
    "integer}]\n"                                                                              \
    "health:\n"                                                                                \
    "- name: account_health\n"                                                                 \
    "  object: account\n"                                                                      \
    "  inputs:\n"                                                                              \
    "  - {name: adoption, weight: 50, value: \"double(account.usage) / 200.0\"}\n"             \
    "  - {name: sentiment, weight: 30, value: \"account.nps >= 30 ? 1.0 : 0.0\"}\n"            \
    "  - {name: support, weight: 20, value: \"1.0 / double(account.open)\"}\n"                 \
    "  bands: {red: \"<40\", amber: \"<70\", green: else}\n"

static struct scene scene;

static const char *word(const struct field *f, struct value v)
{
    return v.type == VT_ENUM ? field_value_numbered(f, v.number_of)->name.p : NULL;
}

static const char *number(struct value v)
{
    static char text[32];
    return v.type == VT_NUM ? decimal_text(v.number, text).p : NULL;
}

static void weighs(void)
{
    struct row *a = scene_row(&scene, "account", 1);
    struct look l = scene_look(&scene, NULL, a, scene_instant("2026-03-01T10:00:00Z"));
    const struct field *band = object_field(l.object, STR("health"));
    ok_at("without any input there is no band", scene_derive(&l, "health").type == VT_ABSENT);
    ok(scene_derive(&l, "health_score").type == VT_ABSENT);
    ok(scene_derive(&l, "health_since").type == VT_ABSENT);
    scene_int(a, "usage", 100);
    ok_str_at("an absent input leaves with its weight", number(scene_derive(&l, "health_score")),
              "50");
    ok_str(str_c(scene.arena, scene_derive(&l, "health_terms").text),
           "[{\"input\":\"adoption\",\"points\":50,\"value\":0.5,\"weight\":50},"
           "{\"absent\":\"account.nps\",\"input\":\"sentiment\",\"weight\":30},"
           "{\"absent\":\"account.open\",\"input\":\"support\",\"weight\":20}]");
    ok_str(word(band, scene_derive(&l, "health")), "amber");
    scene_int(a, "nps", 50);
    scene_int(a, "open", 3);
    ok_str(number(scene_derive(&l, "health_score")), "61.7"); /* 25 + 30 + 6.67 */
    ok_str_at("parts add up to the score",
              str_c(scene.arena, scene_derive(&l, "health_terms").text),
              "[{\"input\":\"adoption\",\"points\":25,\"value\":0.5,\"weight\":50},"
              "{\"input\":\"sentiment\",\"points\":30,\"value\":1,\"weight\":30},"
              "{\"input\":\"support\",\"points\":6.7,\"value\":0.333333,\"weight\":20}]");
}

static void odd_values(void)
{
    struct row *a = scene_row(&scene, "account", 2);
    struct look l = scene_look(&scene, NULL, a, scene_instant("2026-03-01T10:00:00Z"));
    scene_int(a, "usage", 900);
    scene_int(a, "open", 0);
    ok_str_at("a value above 1 counts as 1", number(scene_derive(&l, "health_score")), "100");
    ok_str(str_c(scene.arena, scene_derive(&l, "health_terms").text),
           "[{\"held\":true,\"input\":\"adoption\",\"points\":100,\"value\":1,\"weight\":50},"
           "{\"absent\":\"account.nps\",\"input\":\"sentiment\",\"weight\":30},"
           "{\"fault\":\"division by zero\",\"input\":\"support\",\"weight\":20}]");
    scene_int(a, "usage", -5);
    ok_str(number(scene_derive(&l, "health_score")), "0");
}

static void bands(void)
{
    static const struct {
        int64_t usage;
        const char *band;
    } rows[] = {{0, "red"}, {79, "red"}, {80, "amber"}, {139, "amber"}, {140, "green"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct row *a = scene_row(&scene, "account", 10 + i);
        struct look l = scene_look(&scene, NULL, a, scene_instant("2026-03-01T10:00:00Z"));
        scene_int(a, "usage", rows[i].usage);
        ok_str(word(object_field(l.object, STR("health")), scene_derive(&l, "health")),
               rows[i].band);
    }
}

static void since(void)
{
    struct row *before = scene_row(&scene, "account", 30);
    scene_int(before, "usage", 20);
    struct look l = scene_look(&scene, NULL, before, scene_instant("2026-03-01T10:00:00Z"));
    scene_put(before, "health", scene_derive(&l, "health"));
    scene_put(before, "health_since", scene_derive(&l, "health_since"));
    struct row *now = row_copy(before, scene.arena);
    scene_int(now, "usage", 40);
    l = scene_look(&scene, before, now, scene_instant("2026-03-05T10:00:00Z"));
    ok_int_at("still red since then", scene_derive(&l, "health_since").instant.us,
              scene_instant("2026-03-01T10:00:00Z").us);
    scene_int(now, "usage", 400);
    ok_int_at("green since now", scene_derive(&l, "health_since").instant.us, l.at.us);
    scene_put(now, "usage", VALUE_ABSENT);
    ok(scene_derive(&l, "health_since").type == VT_ABSENT);
}

int main(void)
{
    if (!scene_open(&scene, MODEL))
        return 1;
    weighs();
    odd_values();
    bands();
    since();
    scene_close(&scene);
    return tap_done();
}
