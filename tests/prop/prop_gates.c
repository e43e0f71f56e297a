/* Drawn pipelines: a gate never stops a deal from being marked lost, nor data from being corrected, and a closed deal is opened
 * again only past the criteria at both ends. What the criteria say of a record is computed here beside the engine. */
#include "tests/engine.h"
#include "tests/prop.h"

enum { OPEN_MAX = 4, GATES_MAX = 3, ROUNDS = 6 };

enum condition { AT_LEAST, FILLED, DIVIDES, CONDITIONS };

struct gate {
    char id[8];
    enum condition condition;
    int64_t least;
    enum enforcement enforcement;
};

struct stage_drawn {
    char name[8];
    struct gate enter[GATES_MAX], exit[GATES_MAX];
    size_t n_enter, n_exit;
};

struct values {
    int64_t a, z; /* -1: empty */
    bool b;
};

struct gates_case {
    struct prop *p;
    struct engine e;
    struct stage_drawn stages[OPEN_MAX + 2]; /* the last two are won and lost */
    size_t n, ids;
    enum move_policy reopen;
    bool asks_loss_reason;
    bool held;
};

static const char *const enforcements[] = {"deny", "warn", "audit"};
static const char *const policies[] = {"allow", "reason", "forbid"};

/* ---- the model --------------------------------------------------------------------------------------------------- */

static void draw_gates(struct gates_case *c, struct gate *v, size_t *n)
{
    *n = prop_length(c->p, GATES_MAX);
    for (size_t i = 0; i < *n; i++) {
        v[i] = (struct gate){.condition = (enum condition)prop_draw(c->p, CONDITIONS),
                             .least = prop_range(c->p, 0, 50),
                             .enforcement = (enum enforcement)prop_draw(c->p, 3)};
        snprintf(v[i].id, sizeof v[i].id, "G%zu", ++c->ids);
    }
}

static struct str gates_text(struct arena *a, const char *key, const struct gate *v, size_t n)
{
    struct str s = str_printf(a, ", %s: [", key);
    for (size_t i = 0; i < n; i++) {
        struct str require = v[i].condition == FILLED ? STR("has(deal.b)")
                             : v[i].condition == AT_LEAST
                                 ? str_printf(a, "deal.a >= %lld", (long long)v[i].least)
                                 : STR("deal.a / deal.z >= 0");
        s = str_printf(a, "%.*s%s{id: %s, message: M., enforcement: %s, require: \"%.*s\"}",
                       STR_ARG(s), i ? ", " : "", v[i].id, enforcements[v[i].enforcement],
                       STR_ARG(require));
    }
    return str_printf(a, "%.*s]", STR_ARG(s));
}

static bool draw_model(struct gates_case *c)
{
    struct arena *a = arena_new();
    size_t n_open = 1 + prop_draw(c->p, OPEN_MAX);
    c->n = n_open + 2;
    c->reopen = (enum move_policy)prop_draw(c->p, 3);
    c->asks_loss_reason = prop_once_in(c->p, 2);
    struct str s = str_printf(
        a,
        "objects:\n- name: deal\n  owner: ana\n  fields: [{name: a, type: integer}, {name: z, "
        "type: integer}, {name: b, type: text}, {name: loss_reason, type: enum, values: [price, "
        "timing]}]\npipelines:\n- name: sales\n  object: deal\n  owner: ben\n  skip: %s\n  back: "
        "%s\n  reopen: %s\n%s  stages:\n",
        policies[prop_draw(c->p, 3)], policies[prop_draw(c->p, 3)], policies[c->reopen],
        c->asks_loss_reason ? "  loss_reason: loss_reason\n" : "");
    for (size_t i = 0; i < c->n; i++) {
        struct stage_drawn *d = &c->stages[i];
        snprintf(d->name, sizeof d->name, "%s%zu", i < n_open ? "s" : "end", i);
        draw_gates(c, d->enter, &d->n_enter);
        draw_gates(c, d->exit, &d->n_exit);
        s = str_printf(a, "%.*s  - {name: %s%s%.*s%.*s}\n", STR_ARG(s), d->name,
                       i == n_open       ? ", outcome: won"
                       : i == n_open + 1 ? ", outcome: lost"
                                         : "",
                       STR_ARG(gates_text(a, "enter", d->enter, d->n_enter)),
                       STR_ARG(gates_text(a, "exit", d->exit, d->n_exit)));
    }
    bool good = engine_open_memory(&c->e, str_c(a, s));
    arena_free(a);
    return good;
}

/* ---- what must hold ------------------------------------------------------------------------------------------------ */

static bool holds(const struct gate *g, const struct values *v)
{
    if (g->condition == FILLED)
        return v->b;
    return g->condition == AT_LEAST ? v->a >= g->least : v->a >= 0 && v->z > 0;
}

/* A division by nothing is a fault, and a fault refuses under every word. */
static bool faults(const struct gate *g, const struct values *v)
{
    return g->condition == DIVIDES && v->a >= 0 && v->z == 0;
}

static void broken(struct gates_case *c, const char *what, const struct verdict *v)
{
    if (c->held)
        prop_note(c->p, "%s: %s, %s", what, verdict_outcome_name(v->outcome),
                  engine_codes(&c->e, v));
    c->held = false;
}

static bool hears(const struct verdict *v, const char *code, const char *criterion)
{
    for (size_t i = 0; i < v->n_findings; i++)
        if (strcmp(v->findings[i].code, code) == 0 && finding_broken(&v->findings[i]) &&
            (!criterion || str_is(v->findings[i].criterion, criterion)))
            return true;
    return false;
}

static const char *fields_text(struct gates_case *c, const struct values *v)
{
    struct arena *a = c->e.arena;
    struct str an = v->a < 0 ? STR("") : str_printf(a, "%lld", (long long)v->a);
    struct str zn = v->z < 0 ? STR("") : str_printf(a, "%lld", (long long)v->z);
    return str_c(a, str_printf(a, "a=%.*s;z=%.*s;b=%s", STR_ARG(an), STR_ARG(zn), v->b ? "x" : ""));
}

static struct values draw_values(struct gates_case *c)
{
    return (struct values){prop_range(c->p, -1, 60), prop_range(c->p, -1, 2),
                           prop_once_in(c->p, 2)};
}

static struct verdict update(struct gates_case *c, uint64_t id, const char *fields, bool reason)
{
    struct command q = engine_command(&c->e, CMD_UPDATE, "deal", fields);
    q.id = id;
    q.reason = reason ? STR("because") : STR("");
    return engine_send(&c->e, &q);
}

/* A record in one of the stages, with whatever values it has come to. */
static uint64_t deal_in(struct gates_case *c, size_t stage, struct values *now)
{
    struct values all = {60, 1, true};
    struct arena *a = c->e.arena;
    struct verdict v = engine_write(
        &c->e, "deal",
        str_c(a, str_printf(a, "%s;loss_reason=price;stage=%s", fields_text(c, &all),
                            c->stages[stage].name)));
    if (!verdict_accepted(&v))
        broken(c, "all criteria are met, and it may not begin there", &v);
    uint64_t id = v.id;
    for (int i = 0; i < 2 && c->held; i++) {
        *now = draw_values(c);
        v = update(c, id, fields_text(c, now), false);
        if (!verdict_accepted(&v) || hears(&v, "GATE", NULL))
            broken(c, "correcting a field hears of gates", &v);
    }
    return id;
}

static void lose(struct gates_case *c)
{
    struct values now;
    struct arena *a = c->e.arena;
    uint64_t id = deal_in(c, prop_draw(c->p, c->n - 1), &now);
    struct verdict v = update(c, id, "loss_reason=", false);
    const char *lost = c->stages[c->n - 1].name;
    const char *move = str_c(a, str_printf(a, "stage=%s", lost));
    v = update(c, id, move, false);
    if (verdict_accepted(&v) == c->asks_loss_reason)
        broken(c, "only the coded reason may be asked for", &v);
    for (size_t i = 0; i < v.n_findings; i++)
        if (finding_refuses(&v.findings[i]) && strcmp(v.findings[i].code, "REASON_REQUIRED") != 0)
            broken(c, "something else keeps it from being lost", &v);
    if (!c->asks_loss_reason)
        return;
    v = update(c, id, str_c(a, str_printf(a, "%s;loss_reason=timing", move)), false);
    if (!verdict_accepted(&v))
        broken(c, "with its reason it is still not lost", &v);
}

static bool refuses(struct gates_case *c, const struct gate *v, size_t n, const struct values *now,
                    const struct verdict *verdict)
{
    bool no = false;
    for (size_t i = 0; i < n; i++) {
        bool met = holds(&v[i], now);
        if (hears(verdict, "GATE", v[i].id) == met)
            broken(c, "a criterion at one end of the move is judged wrongly", verdict);
        no |= faults(&v[i], now) || (!met && v[i].enforcement == ENFORCE_DENY);
    }
    return no;
}

static void reopen(struct gates_case *c)
{
    struct values now;
    struct arena *a = c->e.arena;
    size_t from = c->n - 2 + prop_draw(c->p, 2), to = prop_draw(c->p, c->n - 2);
    bool reason = prop_once_in(c->p, 2);
    uint64_t id = deal_in(c, from, &now);
    if (!c->held)
        return;
    struct verdict v = update(c, id, str_c(a, str_printf(a, "stage=%s", c->stages[to].name)),
                              reason);
    bool no = refuses(c, c->stages[from].exit, c->stages[from].n_exit, &now, &v);
    no |= refuses(c, c->stages[to].enter, c->stages[to].n_enter, &now, &v);
    bool forbidden = c->reopen == MOVE_FORBID, asks = c->reopen == MOVE_REASON && !reason;
    if (hears(&v, "REOPEN", NULL) != forbidden || hears(&v, "REASON_REQUIRED", NULL) != asks)
        broken(c, "whether it may be opened again is judged wrongly", &v);
    if (verdict_accepted(&v) == (no || forbidden || asks))
        broken(c, "it is opened again against its criteria, or not in spite of them", &v);
}

static bool gates_hold(struct prop *p, void *context)
{
    struct gates_case c = {.p = p, .held = true};
    (void)context;
    if (!draw_model(&c)) {
        prop_note(p, "the model does not compile");
        return false;
    }
    for (int i = 0; i < ROUNDS && c.held; i++) {
        if (prop_once_in(p, 2))
            reopen(&c);
        else
            lose(&c);
    }
    engine_close(&c.e);
    return c.held;
}

int main(int argc, char **argv)
{
    const struct property v[] = {
        {"gates hold back moves, never losses or corrections", gates_hold, 1}};
    return prop_main(argc, argv, v, 1, NULL);
}
