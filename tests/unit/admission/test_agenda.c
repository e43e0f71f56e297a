/* test_agenda.c - what falls due again and again within a second is put off, so that others get their turn; nothing of it is lost. */
#include "admission/agenda.h"
#include "tests/process.h"

enum { STEPS = 20, MOST = 16 /* looks at one record within a second */ };

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
    settle_now(e); /* the quiet look at the people there are */
}

static size_t fire(struct engine *e)
{
    struct firing f = {.until = e->env.now, .max = 256};
    size_t n = 0;
    ok(admission_fire(e->adm, &f, e->arena, &n) == RC_OK);
    return n;
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

static void the_restless_waits(void)
{
    struct engine e;
    open_walk(&e, 10);
    struct instant start = utc("2026-01-05T10:00:00Z");
    uint64_t id = engine_write(&e, "deal", "code=a;starts=2026-01-05T10:00:00Z").id;
    uint64_t other = engine_write(&e, "deal", "code=b;starts=2026-01-05T10:00:01Z").id;
    is_str(stage(&e, id), "s0", "nothing is due yet");
    e.env.now = utc("2026-01-05T10:00:01.015Z");
    is_int((long long)fire(&e), MOST + 2, "its looks, the one that puts it off, and the other's");
    is_str(stage(&e, id), "s16", "as many steps as looks");
    is_str(stage(&e, other), "s1", "the other had its turn");
    e.env.now = utc("2026-01-05T10:00:02Z");
    (void)fire(&e);
    is_str(stage(&e, other), "s17", "and is put off like it, counted anew in each transaction");
    is_int(next_due(&e).us, start.us + INT64_C(3600170) * 1000, "an hour behind its instant");
    e.env.now = utc("2026-01-05T11:00:10Z");
    (void)fire(&e);
    is_str(stage(&e, id), "s20", "then it goes on");
    is_str(stage(&e, other), "s20", "as does the other");
    is_int(next_due(&e).us, INSTANT_MAX.us, "nothing is left behind");
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
    the_restless_waits();
    the_busy_does_not();
    return tap_done();
}
