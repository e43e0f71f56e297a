/* Scores over random models, records, children and instants: the kept terms add up, points only fall with age, and what the
 * clock recomputes is what is computed from scratch at any instant. */
#include "base/json.h"
#include "process/scores.h"
#include "tests/prop.h"
#include "tests/scene.h"

enum { DAY_FROM = 20454 /* 2026-01-01 */, TERMS_MAX = 4, CHILDREN_MAX = 6 };

static const char channels[] = "abc";

/* A term: over a field, over children, over children of late, capped or not, ageing or not. */
static struct str draw_term(struct prop *p, struct arena *a)
{
    int64_t add = prop_range(p, -60, 60);
    char channel = channels[prop_draw(p, 3)];
    struct str when;
    bool children = !prop_once_in(p, 4);
    if (!children)
        when = str_printf(a, "lead.size >= %lld", (long long)prop_range(p, 0, 9));
    else if (prop_once_in(p, 4))
        when = str_printf(a, "lead.touches.filter(t, t.channel == '%c').size() >= %lld", channel,
                          (long long)prop_range(p, 1, 3));
    else if (prop_once_in(p, 3))
        when = str_printf(
            a, "lead.touches.exists(t, t.channel == '%c' && t.at > now - duration('%lldh'))",
            channel, (long long)prop_range(p, 1, 900));
    else
        when = str_printf(a, "lead.touches.exists(t, t.channel == '%c')", channel);
    struct str more = STR("");
    if (children && prop_once_in(p, 3))
        more = str_printf(a, ", cap: %lld", (long long)prop_range(p, 1, 90));
    if (children && !prop_once_in(p, 3))
        more = str_printf(a, "%.*s, half_life: %lldd", STR_ARG(more),
                          (long long)prop_range(p, 1, 40));
    else if (prop_once_in(p, 3) && !more.n)
        more = str_printf(a, ", half_life: %lldd, since: day", (long long)prop_range(p, 1, 40));
    return str_printf(a, "  - {add: %lld, when: \"%.*s\", because: r%.*s}\n", (long long)add,
                      STR_ARG(when), STR_ARG(more));
}

static bool draw_scene(struct prop *p, struct scene *s, struct row **lead)
{
    struct arena *a = arena_new();
    struct str yaml = str_printf(
        a,
        "objects:\n"
        "- {name: lead, owner: ana, fields: [{name: size, type: integer}, {name: day, type: "
        "date}]}\n"
        "- {name: touch, kind: fact, owner: ana, fields: [{name: lead, type: ref, to: lead}, "
        "{name: channel, type: text}, {name: at, type: instant, required: true}]}\n"
        "scores:\n- name: fit\n  object: lead\n  range: [%lld, %lld]\n  points:\n",
        (long long)prop_range(p, -100, 0), (long long)prop_range(p, 1, 100));
    for (size_t n = 1 + prop_draw(p, TERMS_MAX); n > 0; n--) {
        struct str term = draw_term(p, a);
        yaml = str_printf(a, "%.*s%.*s", STR_ARG(yaml), STR_ARG(term));
    }
    prop_note(p, "%s", yaml.p);
    bool good = scene_open(s, yaml.p);
    arena_free(a);
    if (!good)
        return false;
    *lead = scene_row(s, "lead", 1);
    scene_int(*lead, "size", prop_range(p, 0, 9));
    scene_put(
        *lead, "day",
        (struct value){.type = VT_DATE, .date = {(int32_t)(DAY_FROM + prop_range(p, 0, 60))}});
    for (uint64_t n = prop_draw(p, CHILDREN_MAX + 1), id = 2; n > 0; n--, id++) {
        struct row *t = scene_row(s, "touch", id);
        char *channel = arena_alloc(s->arena, 2);
        channel[0] = channels[prop_draw(p, 3)];
        scene_text(t, "channel", channel);
        scene_ref(t, "lead", 1);
        int64_t at = (int64_t)DAY_FROM * US_PER_DAY +
                     prop_range(p, 0, 60 * 24) * 3600 * US_PER_SECOND;
        scene_put(t, "at", (struct value){.type = VT_INSTANT, .instant = {at}});
        prop_note(p, "touch %s at hour %lld", channel,
                  (long long)((at / US_PER_SECOND - DAY_FROM * 86400ll) / 3600));
    }
    return true;
}

static int64_t value_at(struct scene *s, struct row *lead, struct instant at)
{
    struct look l = scene_look(s, lead, lead, at);
    return scene_derive(&l, "fit").integer;
}

/* Both fields, read from JSON: the points of the kept terms. */
static bool adds_up(struct scene *s, struct row *lead, struct instant at)
{
    struct look l = scene_look(s, lead, lead, at);
    struct json *terms;
    int64_t sum = 0;
    if (json_read(scene_derive(&l, "fit_terms").text, NULL, s->arena, &terms, NULL) != RC_OK)
        return false;
    for (uint32_t i = 0; i < terms->n; i++) {
        int64_t points = 0;
        if (!json_int(json_get(&terms->items[i], "points"), &points))
            return false;
        sum += points;
    }
    struct buf canonical;
    buf_init(&canonical, 1 << 20);
    json_canonical(terms, &canonical);
    bool same = str_eq(buf_view(&canonical), scene_derive(&l, "fit_terms").text);
    buf_release(&canonical);
    return same && sum == value_at(s, lead, at);
}

/* From one wake to the next the stored value is the computed one, at every hour that is looked at. */
static bool by_clock(struct prop *p, void *context)
{
    (void)context;
    struct scene s;
    struct row *lead;
    if (!draw_scene(p, &s, &lead))
        return false;
    struct instant at = {(int64_t)DAY_FROM * US_PER_DAY};
    struct look l = scene_look(&s, lead, lead, at);
    int64_t stored = value_at(&s, lead, at);
    struct instant wake = scene_wake(&l);
    bool good = adds_up(&s, lead, at);
    for (int i = 0; i < 40 && good; i++) {
        at.us += (1 + prop_range(p, 0, 80)) * 3600 * US_PER_SECOND;
        while (wake.us <= at.us) {
            l = scene_look(&s, lead, lead, wake);
            stored = value_at(&s, lead, wake);
            wake = scene_wake(&l);
        }
        good = stored == value_at(&s, lead, at) && adds_up(&s, lead, at);
        if (!good)
            prop_note(p, "hour %lld: stored %lld, computed %lld",
                      (long long)((at.us - DAY_FROM * US_PER_DAY) / US_PER_SECOND / 3600),
                      (long long)stored, (long long)value_at(&s, lead, at));
    }
    scene_close(&s);
    return good;
}

/* Nothing but time passes: no term whose condition has no window gains by it once all children are there. */
static bool falls(struct prop *p, void *context)
{
    (void)context;
    struct scene s;
    struct row *lead;
    if (!draw_scene(p, &s, &lead))
        return false;
    const struct score *score = score_named(s.process, lead->object, STR("fit"));
    struct instant at = {(int64_t)(DAY_FROM + 61) * US_PER_DAY};
    bool good = true;
    int64_t last[TERMS_MAX];
    for (int i = 0; i < 20 && good; i++) {
        struct look l = scene_look(&s, lead, lead, at);
        struct score_result r;
        score_evaluate(&l, score, &r);
        for (size_t k = 0; k < score->n; k++) {
            int64_t size = r.given[k].points < 0 ? -r.given[k].points : r.given[k].points;
            good &= i == 0 || size <= last[k];
            last[k] = size;
        }
        at.us += (1 + prop_range(p, 0, 9)) * US_PER_DAY;
    }
    scene_close(&s);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {.name = "what the clock recomputes is what is computed, and the terms add up",
         .holds = by_clock,
         .divide = 10},
        {.name = "points only fall with age", .holds = falls, .divide = 10},
    };
    return prop_main(argc, argv, properties, sizeof properties / sizeof *properties, NULL);
}
