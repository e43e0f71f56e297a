/* test_agenda.c - what falls due again and again within a second because of other looks is put off, so that others get their turn, and
 * its owner hears of it; nothing of it is lost. */
#include "admission/agenda.h"
#include "tests/process.h"

enum { STEPS = 20, MOST = 16 /* looks at one record within a second that looks asked for */ };

/* A deal that walks through STEPS stages by itself, one each `ms` milliseconds from its start on, and another one that begins then too. */
static void open_walk(struct engine *e, int ms)
{
    char text[8192];
    int n = snprintf(text, sizeof text,
                     "objects:\n"
                     "- {name: deal, owner: ben, keys: [code], fields: [{name: code, type: text}, "
                     "{name: starts, type: instant}]}\n"
                     "pipelines:\n"
                     "- name: walk\n  object: deal\n  owner: ben\n  stages:\n"
                     "  - {name: s0}\n");
    for (int i = 1; i <= STEPS; i++)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "  - {name: s%d, advance: auto, enter: [{id: G-%d, require: \"deal.starts + "
                      "duration('%dms') <= now\"}]}\n",
                      i, i, i * ms);
    (void)snprintf(text + n, sizeof text - (size_t)n, "  - {name: won, outcome: won}\n");
    ok(engine_open_memory(e, text));
    engine_write(e, "person", "name=ben");
    settle_now(e); /* the quiet look at the people there are */
}

/* What is due, in transactions of at most so many. */
static size_t fire_in(struct engine *e, size_t max)
{
    struct firing f = {.until = e->env.now, .max = max};
    size_t all = 0, n = max;
    while (n == max) {
        ok(admission_fire(e->adm, &f, e->arena, &n) == RC_OK);
        all += n;
    }
    return all;
}

static size_t fire(struct engine *e)
{
    return fire_in(e, 256);
}

static const char *stage(struct engine *e, uint64_t id)
{
    return shown(e, engine_row(e, "deal", id), "stage");
}

static struct instant next_due(struct engine *e)
{
    struct instant t;
    ok(agenda_next(e->store, &t) == RC_OK);
    return t;
}

/* The same whatever a transaction holds: the count goes on from one to the next. */
static void the_restless_waits(size_t max)
{
    struct engine e;
    open_walk(&e, 10);
    struct instant start = utc("2026-01-05T10:00:00Z");
    uint64_t id = engine_write(&e, "deal", "code=a;starts=2026-01-05T10:00:00Z").id;
    uint64_t other = engine_write(&e, "deal", "code=b;starts=2026-01-05T10:00:01Z").id;
    is_str(stage(&e, id), "s0", "nothing is due yet");
    e.env.now = utc("2026-01-05T10:00:01.015Z");
    is_int((long long)fire_in(&e, max), 1 + MOST + 2,
           "the first look, those that looks asked for, the one that puts it off, and the other's");
    is_str(stage(&e, id), "s17", "as many steps as looks");
    is_str(stage(&e, other), "s1", "the other had its turn");
    e.env.now = utc("2026-01-05T10:00:02Z");
    (void)fire_in(&e, max);
    is_str(stage(&e, other), "s17", "and is put off like it");
    is_int(next_due(&e).us, start.us + INT64_C(3600180) * 1000, "an hour behind its instant");
    is_int((long long)count_of(&e, "blocked"), 2, "the owner of each hears of it");
    is_str(shown(&e, nth(&e, "blocked", 0), "owner"), "ben", "who owns deals");
    ok_at("and whom it is woken by",
          strstr(shown(&e, nth(&e, "blocked", 0), "verdict"), ", woken by deal dea_") != NULL);
    e.env.now = utc("2026-01-05T11:00:10Z");
    (void)fire_in(&e, max);
    is_str(stage(&e, id), "s20", "then it goes on");
    is_str(stage(&e, other), "s20", "as does the other");
    is_int(next_due(&e).us, INSTANT_MAX.us, "nothing is left behind");
    engine_close(&e);
}

/* Two balls, each hit 10 ms after the other one was: by two automations, for ever. */
static void the_cycle_is_named(size_t max)
{
    struct engine e;
    ok(engine_open_memory(
        &e,
        "objects:\n"
        "- {name: ball, owner: ben, keys: [code], fields: [{name: code, type: text}, {name: hit, "
        "type: instant}, {name: back, type: ref, to: ball}]}\n"
        "automations:\n"
        "- {name: ping, object: ball, when: \"ball.code == 'a' && ball.back.hit + "
        "duration('10ms') <= now\", do: [{set: {hit: now}}]}\n"
        "- {name: pong, object: ball, when: \"ball.code == 'b' && ball.back.hit + "
        "duration('10ms') <= now\", do: [{set: {hit: now}}]}\n"));
    engine_write(&e, "person", "name=ben");
    settle_now(&e);
    char a[64], b[64];
    id_text(STR("bal"), engine_write(&e, "ball", "code=a").id, a);
    id_text(STR("bal"), engine_write(&e, "ball", str_printf(e.arena, "code=b;back=%s", a).p).id, b);
    engine_write(&e, "ball", str_printf(e.arena, "code=a;back=%s;hit=2026-01-05T10:00:00Z", b).p);
    e.env.now = utc("2026-01-05T10:00:30Z");
    size_t looks = fire_in(&e, max);
    ok_at("it ends", looks > MOST && looks < 4 * MOST);
    is_int((long long)count_of(&e, "blocked"), 1, "one is put off, and with it the other");
    const struct row *told = nth(&e, "blocked", 0);
    is_str(shown(&e, told, "owner"), "ben", "the owner of balls hears of it");
    const char *why = shown(&e, told, "verdict"), *first = strstr(why, a), *other = strstr(why, b);
    ok_at("both are named", strstr(why, "RESTLESS") && first && other);
    ok_at("and that it comes back to where it began",
          strstr(first < other ? other : first, first < other ? a : b) != NULL);
    e.env.now = utc("2026-01-05T10:30:00Z");
    is_int((long long)fire_in(&e, max), 0, "nothing is due before the hour is over");
    engine_close(&e);
}

/* As many looks over two seconds are none of that. */
static void the_busy_does_not(void)
{
    struct engine e;
    open_walk(&e, 100);
    uint64_t id = engine_write(&e, "deal", "code=a;starts=2026-01-05T10:00:00Z").id;
    e.env.now = utc("2026-01-05T10:01:00Z");
    is_int((long long)fire(&e), STEPS, "a look a step");
    is_str(stage(&e, id), "s20", "all the way");
    is_int(next_due(&e).us, INSTANT_MAX.us, "nothing is put off");
    engine_close(&e);
}

int main(void)
{
    the_restless_waits(256);
    the_restless_waits(3);
    the_restless_waits(1);
    the_cycle_is_named(256);
    the_cycle_is_named(1);
    the_busy_does_not();
    return tap_done();
}
