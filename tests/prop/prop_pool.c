/* Turns of a pool, through the whole engine, in whatever groups the records come: turns by weight of those available differ by
 * one at most; who comes back gets no burst. */
#include "tests/process.h"
#include "tests/prop.h"

#include <math.h>

enum { MEMBERS = 4, TURNS_MAX = 60, RUNS_MAX = 4 };

static const char *const names[MEMBERS] = {"sam", "lou", "tia", "kim"};

struct pool {
    struct engine e;
    int weight[MEMBERS];
    bool in[MEMBERS];
    int taken[MEMBERS]; /* in the run at hand */
    int made;
};

static bool open_pool(struct prop *p, struct pool *s)
{
    char text[2048];
    size_t n = 0;
    n += (size_t)snprintf(
        text, sizeof text,
        "  sam: {name: Sam}\n  lou: {name: Lou}\n  tia: {name: Tia}\n  kim: {name: Kim}\n"
        "objects: [{name: lead, owner: ana, keys: [ext], fields: [{name: ext, type: text}]}]\n"
        "routes: [{name: all, object: lead, owner: ana, trigger: has(lead.ext), rules: [], "
        "otherwise: {pool: reps}}]\n"
        "pools: {reps: {members: [");
    for (int i = 0; i < MEMBERS; i++) {
        s->weight[i] = 1 + (int)prop_draw(p, 5);
        s->in[i] = true;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s{person: %s, weight: %d}",
                              i ? ", " : "", names[i], s->weight[i]);
    }
    (void)snprintf(text + n, sizeof text - n, "]}}\n");
    if (!engine_open_memory(&s->e, text))
        return false;
    for (int i = 0; i < MEMBERS; i++)
        engine_write(&s->e, "person", str_printf(s->e.arena, "name=%s", names[i]).p);
    return true;
}

/* Who got each of the records of one group. */
static bool take_turns(struct pool *s, size_t n)
{
    struct command c[8] = {{.kind = CMD_UPSERT}};
    struct verdict v[8];
    for (size_t i = 0; i < n; i++)
        c[i] = engine_command(&s->e, CMD_UPSERT, "lead",
                              str_printf(s->e.arena, "ext=%d", s->made++).p);
    if (admission_group(s->e.adm, c, n, NULL, s->e.arena, v) != RC_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *owner = shown(&s->e, engine_row(&s->e, "lead", v[i].id), "owner");
        int who = 0;
        while (who < MEMBERS && strcmp(names[who], owner) != 0)
            who++;
        if (who == MEMBERS || !s->in[who])
            return false;
        s->taken[who]++;
    }
    return true;
}

/* Turns by weight of any two who are there differ by one at most; in a run that begins in the middle of a round, by what was left
 * of that round besides. */
static bool is_fair(struct prop *p, const struct pool *s, double most)
{
    for (int i = 0; i < MEMBERS; i++)
        for (int k = 0; k < i; k++) {
            double off = fabs((double)s->taken[i] / s->weight[i] -
                              (double)s->taken[k] / s->weight[k]);
            if (!s->in[i] || !s->in[k] || off <= most + 1e-3)
                continue;
            prop_note(p, "%s of weight %d took %d turns, %s of weight %d took %d", names[i],
                      s->weight[i], s->taken[i], names[k], s->weight[k], s->taken[k]);
            return false;
        }
    return true;
}

/* Somebody leaves, or comes back; one stays at least. */
static void change_members(struct prop *p, struct pool *s)
{
    int who = (int)prop_draw(p, MEMBERS), left = 0;
    for (int i = 0; i < MEMBERS; i++)
        left += s->in[i];
    if (s->in[who] && left == 1)
        return;
    s->in[who] = !s->in[who];
    engine_update(&s->e, "person", person_named(&s->e, names[who]),
                  s->in[who] ? "active=true" : "active=false");
    memset(s->taken, 0, sizeof s->taken);
}

static bool shares_are_kept(struct prop *p, void *context)
{
    struct pool *s = context;
    memset(s, 0, sizeof *s);
    bool right = open_pool(p, s);
    size_t runs = 1 + prop_draw(p, RUNS_MAX);
    for (size_t r = 0; r < runs && right; r++) {
        if (r)
            change_members(p, s);
        size_t turns = prop_draw(p, TURNS_MAX);
        while (turns > 0 && right) {
            size_t n = 1 + prop_draw(p, turns < 8 ? turns : 8);
            right = take_turns(s, n) && is_fair(p, s, r ? 2 : 1);
            turns -= n;
        }
    }
    engine_close(&s->e);
    return right;
}

int main(int argc, char **argv)
{
    static struct pool s; /* tidy: globals: large, and made anew for each case */
    static const struct property properties[] = {
        {"turns by weight differ by one at most", shares_are_kept, 50}};
    return prop_main(argc, argv, properties, 1, &s);
}
