#include "process/scores.h"
#include "tests/scene.h"

#define MODEL                                                                                     \
    "objects:\n"                                                                                  \
    "- name: account\n"                                                                           \
    "  owner: ana\n"                                                                              \
    "  fields: [{name: name, type: text}, {name: employees, type: integer}]\n"                    \
    "- name: lead\n"                                                                              \
    "  owner: ana\n"                                                                              \
    "  fields:\n"                                                                                 \
    "  - {name: title, type: text}\n"                                                             \
    "  - {name: employees, type: integer}\n"                                                      \
    "  - {name: account, type: ref, to: account}\n"                                               \
    "  - {name: asked_on, type: date}\n"                                                          \
    "- name: touch\n"                                                                             \
    "  kind: fact\n"                                                                              \
    "  owner: ana\n"                                                                              \
    "  fields:\n"                                                                                 \
    "  - {name: lead, type: ref, to: lead}\n"                                                     \
    "  - {name: channel, type: text}\n"                                                           \
    "  - {name: at, type: instant, required: true}\n"                                             \
    "scores:\n"                                                                                   \
    "- name: fit\n"                                                                               \
    "  object: lead\n"                                                                            \
    "  range: [0, 100]\n"                                                                         \
    "  points:\n"                                                                                 \
    "  - {add: 60, when: lead.employees >= 50, because: Size}\n"                                  \
    "  - {add: 30, when: lead.account.employees >= 1000, because: Large account}\n"               \
    "  - {add: 40, when: \"lead.touches.exists(t, t.channel == 'pricing')\", because: Pricing, "  \
    "half_life: 45d}\n"                                                                           \
    "  - {add: -50, when: lead.title == 'student', because: Student}\n"                           \
    "- name: heat\n"                                                                              \
    "  object: lead\n"                                                                            \
    "  range: [-1000, 1000]\n"                                                                    \
    "  points:\n"                                                                                 \
    "  - {add: 10, when: \"lead.touches.exists(t, t.channel == 'page')\", because: Pages, cap: "  \
    "25}\n"                                                                                       \
    "  - {add: 8, when: \"lead.touches.exists(t, t.channel == 'mail')\", because: Mails, cap: "   \
    "12, half_life: 10d}\n"                                                                       \
    "  - {add: 20, when: \"has(lead.asked_on)\", because: Asked, half_life: 7d, since: "          \
    "asked_on}\n"                                                                                 \
    "  - {add: 16, when: \"lead.touches.filter(t, t.channel == 'event').size() >= 2\", because: " \
    "Two events, half_life: 1d}\n"                                                                \
    "  - {add: 5, when: \"lead.touches.exists(t, t.channel == 'demo' && t.at > now - "            \
    "duration('72h'))\", because: Demo of late}\n"                                                \
    "  - {add: 1, when: 10 / (lead.employees - 7) > 0, because: Odd}\n"

static struct scene scene;
static uint64_t next_touch = 1000;

static struct row *touch(uint64_t lead, const char *channel, const char *at)
{
    struct row *r = scene_row(&scene, "touch", next_touch++);
    scene_ref(r, "lead", lead);
    scene_text(r, "channel", channel);
    scene_at(r, "at", at);
    return r;
}

static struct value given(struct row *lead, const char *at, const char *field)
{
    struct look l = scene_look(&scene, lead, lead, scene_instant(at));
    return scene_derive(&l, field);
}

static const char *terms(struct row *lead, const char *at, const char *field)
{
    struct value v = given(lead, at, field);
    return str_c(scene.arena, v.text);
}

static void adds_up(void)
{
    struct row *account = scene_row(&scene, "account", 1), *lead = scene_row(&scene, "lead", 2);
    ok_int(given(lead, "2026-03-01T10:00:00Z", "fit").integer, 0);
    ok_str(terms(lead, "2026-03-01T10:00:00Z", "fit_terms"), "[]");
    scene_int(lead, "employees", 60);
    ok_int(given(lead, "2026-03-01T10:00:00Z", "fit").integer, 60);
    scene_ref(lead, "account", 1);
    scene_int(account, "employees", 5000);
    touch(2, "pricing", "2026-03-01T09:00:00Z");
    ok_int_at("the range holds", given(lead, "2026-03-01T10:00:00Z", "fit").integer, 100);
    ok_str(terms(lead, "2026-03-01T10:00:00Z", "fit_terms"),
           "[{\"because\":\"Size\",\"points\":60},{\"because\":\"Large account\",\"points\":30},"
           "{\"because\":\"Pricing\",\"points\":40,\"since\":\"2026-03-01\"},"
           "{\"because\":\"At most 100\",\"points\":-30,\"range\":true}]");
    ok_int(given(lead, "2026-04-15T10:00:00Z", "fit").integer, 100);
    ok_str(terms(lead, "2026-04-15T10:00:00Z", "fit_terms"),
           "[{\"because\":\"Size\",\"points\":60},{\"because\":\"Large account\",\"points\":30},"
           "{\"because\":\"Pricing\",\"of\":40,\"points\":20,\"since\":\"2026-03-01\"},"
           "{\"because\":\"At most 100\",\"points\":-10,\"range\":true}]");
    scene_int(lead, "employees", 3);
    scene_text(lead, "title", "student");
    ok_int_at("negative terms count", given(lead, "2026-03-01T10:00:00Z", "fit").integer, 20);
    scene_int(account, "employees", 1);
    ok_str_at("and the lower end is a term too", terms(lead, "2026-03-01T10:00:00Z", "fit_terms"),
              "[{\"because\":\"Pricing\",\"points\":40,\"since\":\"2026-03-01\"},"
              "{\"because\":\"Student\",\"points\":-50},"
              "{\"because\":\"At least 0\",\"points\":10,\"range\":true}]");
}

/* Days are the company's: 22:30 in UTC is the next day in Berlin. */
static void ages(void)
{
    struct row *lead = scene_row(&scene, "lead", 10);
    touch(10, "pricing", "2026-05-01T22:30:00Z");
    touch(10, "pricing", "2026-04-01T08:00:00Z");
    ok_int(given(lead, "2026-05-02T10:00:00Z", "fit").integer, 40);
    ok_int_at("45 days after the newest", given(lead, "2026-06-15T22:00:00Z", "fit").integer, 20);
    struct look l = scene_look(&scene, lead, lead, scene_instant("2026-05-02T10:00:00Z"));
    ok_int_at("woken at the midnight of the next integer", scene_wake(&l).us,
              scene_instant("2026-05-02T22:00:00Z").us);
    ok_int(given(lead, "2026-05-02T22:00:00Z", "fit").integer, 39);
    ok_int_at("ends at 0", given(lead, "2028-05-02T22:00:00Z", "fit").integer, 0);
}

static void caps(void)
{
    struct row *lead = scene_row(&scene, "lead", 20);
    touch(20, "page", "2026-05-01T08:00:00Z");
    touch(20, "page", "2026-05-02T08:00:00Z");
    touch(20, "other", "2026-05-02T08:00:00Z");
    ok_int(given(lead, "2026-05-02T10:00:00Z", "heat").integer, 20);
    touch(20, "page", "2026-05-02T09:00:00Z");
    ok_str(terms(lead, "2026-05-02T10:00:00Z", "heat_terms"),
           "[{\"because\":\"Pages\",\"of\":30,\"points\":25,\"times\":3}]");
    struct row *mails = scene_row(&scene, "lead", 21);
    touch(21, "mail", "2026-05-01T08:00:00Z");
    touch(21, "mail", "2026-05-01T08:00:00Z");
    ok_int(given(mails, "2026-05-01T10:00:00Z", "heat").integer, 12);
    ok_int(given(mails, "2026-05-11T10:00:00Z", "heat").integer, 8);
    struct look l = scene_look(&scene, mails, mails, scene_instant("2026-05-01T10:00:00Z"));
    struct score_result r;
    score_evaluate(&l, score_named(scene.process, l.object, STR("heat")), &r);
    /* Each is worth 6 and less from the fourth day on, and below 6 from the sixth: until then the cap hides it. */
    ok(given(mails, "2026-05-06T10:00:00Z", "heat").integer == 12);
    ok_int(r.given[1].next.us, scene_instant("2026-05-06T22:00:00Z").us);
    ok_int(given(mails, "2026-05-07T10:00:00Z", "heat").integer, 10);
}

static void sources_of_age(void)
{
    struct row *lead = scene_row(&scene, "lead", 30);
    scene_day(lead, "asked_on", "2026-05-01");
    ok_int(given(lead, "2026-05-08T10:00:00Z", "heat").integer, 10);
    touch(30, "event", "2026-05-01T08:00:00Z");
    touch(30, "event", "2026-05-07T08:00:00Z");
    touch(30, "event", "2026-05-03T08:00:00Z");
    scene_put(lead, "asked_on", VALUE_ABSENT);
    /* Two of them since 3 May: five days, 16 / 32. */
    ok_str_at("ages since the second newest when two are asked for",
              terms(lead, "2026-05-08T10:00:00Z", "heat_terms"),
              "[{\"because\":\"Two events\",\"of\":16,\"points\":1,\"since\":\"2026-05-03\"}]");
}

static void windows(void)
{
    struct row *lead = scene_row(&scene, "lead", 40);
    touch(40, "demo", "2026-05-01T08:00:00Z");
    ok_int(given(lead, "2026-05-04T07:59:59Z", "heat").integer, 5);
    ok_int(given(lead, "2026-05-04T08:00:00Z", "heat").integer, 0);
    struct look l = scene_look(&scene, lead, lead, scene_instant("2026-05-02T10:00:00Z"));
    ok_int_at("woken when the window closes", scene_wake(&l).us,
              scene_instant("2026-05-04T08:00:00Z").us);
    l = scene_look(&scene, lead, lead, scene_instant("2026-05-04T08:00:00Z"));
    ok_int_at("and then no more", scene_wake(&l).us, INSTANT_MAX.us);
}

static void faults(void)
{
    struct row *lead = scene_row(&scene, "lead", 50);
    scene_int(lead, "employees", 7);
    ok_int(given(lead, "2026-05-04T07:59:59Z", "heat").integer, 0);
    ok_str_at("a fault gives nothing and says so",
              terms(lead, "2026-05-04T07:59:59Z", "heat_terms"),
              "[{\"because\":\"Odd\",\"fault\":\"division by zero\",\"points\":0}]");
}

/* What was due and not worked off yet is not forgotten because somebody touches the record meanwhile. */
static void stale_points_ask_for_a_look(void)
{
    struct row *lead = scene_row(&scene, "lead", 950), *before;
    touch(950, "pricing", "2026-03-01T09:00:00Z");
    scene_int(lead, "fit", 40);
    before = row_copy(lead, scene.arena);
    struct look l = scene_look(&scene, before, lead, scene_instant("2027-03-01T10:00:00Z"));
    ok_int(scene_wake(&l).us, scene_instant("2027-03-01T10:00:00Z").us + 1);
    l = scene_look(&scene, before, lead, scene_instant("2026-03-01T10:00:00Z"));
    ok_at("not while they hold", scene_wake(&l).us > l.at.us);
}

int main(void)
{
    if (!scene_open(&scene, MODEL))
        return 1;
    adds_up();
    ages();
    caps();
    sources_of_age();
    windows();
    faults();
    ok(process_is_timed(scene.process, scene_object(&scene, "lead")));
    ok(!process_is_timed(scene.process, scene_object(&scene, "account")));
    ok(score_named(scene.process, scene_object(&scene, "lead"), STR("heat")) != NULL);
    ok(score_named(scene.process, scene_object(&scene, "account"), STR("heat")) == NULL);
    stale_points_ask_for_a_look();
    scene_close(&scene);
    return tap_done();
}
