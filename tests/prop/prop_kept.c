/* prop_kept.c - offers whose definition changes while they are open, whatever happens in between: each has the limit and the pauses of
 * the version that it names, at any time; what begins has those of the live one; a rebuild agrees. */
#include "care/doctor.h"
#include "change/apply.h"
#include "prop.h"
#include "tests/process.h"

enum { LEADS_MAX = 8, STEPS = 40, VERSIONS_MAX = 64, PAUSES = 3 };

/* A workspace whose handoff has been another one in every version. */
struct state {
    struct prop *p;
    struct engine e;
    struct version live;
    unsigned kinds[VERSIONS_MAX]; /* by version: which definition it had */
    uint64_t leads[LEADS_MAX];
    size_t n;
};

static const char *yaml_of(struct state *s, unsigned kind)
{
    return str_c(s->e.arena,
                 str_printf(s->e.arena,
                            "  sam: {name: Sam Ode, role: ae}\n"
                            "objects:\n"
                            "- name: lead\n"
                            "  owner: ana\n"
                            "  keys: [ext]\n"
                            "  fields:\n"
                            "  - {name: ext, type: text}\n"
                            "  - {name: p0, type: boolean}\n"
                            "  - {name: p1, type: boolean}\n"
                            "  - {name: p2, type: boolean}\n"
                            "handoffs:\n"
                            "- {name: to_sales, object: lead, owner: ana, from: ana, to: {role: "
                            "ae}, offer_when: has(lead.ext), packet: [ext], sla: {accept_within: "
                            "%uh, pause_when: lead.p%u}}\n",
                            1 + kind % 5, kind % PAUSES));
}

static bool open_live(struct state *s)
{
    struct engine *e = &s->e;
    admission_close(e->adm);
    projection_close(e->projection);
    e->adm = NULL;
    e->projection = NULL;
    if (live_load(e->store, e->arena, &s->live, &e->model, &e->ds) != RC_OK ||
        projection_open(e->store, e->model, &e->projection) != RC_OK)
        return false;
    struct admission_parts parts = {.store = e->store,
                                    .ledger = e->ledger,
                                    .vault = e->vault,
                                    .projection = e->projection,
                                    .model = e->model,
                                    .env = &e->env.env};
    return admission_open(&parts, &e->adm) == RC_OK;
}

/* False: a ninth version would be kept. */
static bool apply(struct state *s, unsigned kind)
{
    struct engine *e = &s->e;
    struct change_parts parts = {.store = e->store,
                                 .ledger = e->ledger,
                                 .vault = e->vault,
                                 .env = &e->env.env,
                                 .live = &s->live,
                                 .model = e->model};
    struct actor actor = {.kind = ACTOR_PERSON, .name = STR("ana")};
    struct change_plan *plan = ARENA_NEW(e->arena, struct change_plan);
    struct source *file = ARENA_NEW(e->arena, struct source);
    struct source_set *set = ARENA_NEW(e->arena, struct source_set);
    *file = (struct source){STR("revos.yaml"),
                            str_printf(e->arena, "%s%s", ENGINE_HEAD, yaml_of(s, kind))};
    *set = (struct source_set){file, 1};
    if (change_plan_make(&parts, set, e->arena, plan, &e->ds) != RC_OK)
        abort();
    if (change_plan_is_empty(plan) || plan->base + 1 >= VERSIONS_MAX ||
        change_apply(&parts, plan, &actor, e->arena, &e->ds) != RC_OK)
        return false;
    if (!open_live(s))
        abort();
    s->kinds[s->live.number] = kind;
    return true;
}

static void begin(struct state *s)
{
    struct engine *e = &s->e;
    *e = (struct engine){.arena = arena_new()};
    env_sim_init(&e->env, 1, utc("2026-01-05T08:00:00Z"));
    diags_init(&e->ds, e->arena);
    if (store_open_temporary(&e->env.env, &e->store, &e->ds) != RC_OK ||
        vault_open(&e->env.env, STR(""), &e->vault, &e->ds) != RC_OK ||
        ledger_open(e->store, e->vault, &e->ledger) != RC_OK || !apply(s, 0))
        abort();
    settle_now(e);
}

static void step(struct state *s)
{
    struct engine *e = &s->e;
    uint64_t kind = prop_draw(s->p, 10);
    uint64_t lead = s->n ? s->leads[prop_draw(s->p, s->n)] : 0;
    if (kind <= 1 && s->n < LEADS_MAX) {
        const char *fields = str_printf(e->arena, "ext=L%zu", s->n).p;
        s->leads[s->n++] = engine_write(e, "lead", fields).id;
    } else if (kind <= 5 && lead) {
        uint64_t pause = prop_draw(s->p, PAUSES);
        bool on = prop_once_in(s->p, 2);
        engine_update(e, "lead", lead,
                      str_printf(e->arena, "p%u=%s", (unsigned)pause, on ? "true" : "false").p);
    } else if (kind == 6) {
        e->env.now.us += (int64_t)(1 + prop_draw(s->p, 120)) * 60 * US_PER_SECOND;
    } else if (kind == 7 && lead) {
        size_t n = count_of(e, "handoff");
        struct row *h = n ? nth(e, "handoff", prop_draw(s->p, n)) : NULL;
        if (h && strcmp(shown(e, h, "state"), "offered") == 0)
            engine_update(e, "handoff", h->id, "state=accepted");
    } else if (kind == 8) {
        unsigned to = (unsigned)prop_draw(s->p, 15);
        prop_note(s->p, "apply %u: %s", to, apply(s, to) ? "live" : "refused, or the same");
    } else if (!open_live(s)) {
        abort();
    }
    settle_now(e);
}

static int64_t number(struct engine *e, const struct row *r, const char *field)
{
    const struct value *v = row_value(r, object_field(r->object, str_of(field)));
    (void)e;
    return v->type == VT_INT ? v->integer : 0;
}

/* The limit and the pauses of the version that it names. */
static bool clock_holds(struct state *s, const struct row *c)
{
    struct engine *e = &s->e;
    const char *state = shown(e, c, "state");
    unsigned kind = s->kinds[number(e, c, "version")];
    struct row *lead = engine_row(e, "lead",
                                  row_value(c, object_field(c->object, STR("lead")))->ref);
    const char *pause = str_printf(e->arena, "p%u", kind % PAUSES).p;
    bool waits = strcmp(shown(e, lead, pause), "true") == 0;
    bool paused = strcmp(state, "paused") == 0, running = strcmp(state, "running") == 0;
    if (number(e, c, "allowed") != (int64_t)(1 + kind % 5) * 3600 * US_PER_SECOND) {
        prop_note(s->p, "a clock of version %d has another limit", (int)number(e, c, "version"));
        return false;
    }
    if ((paused && !waits) || (running && waits)) {
        prop_note(s->p, "a clock of version %d is %s, its lead %s", (int)number(e, c, "version"),
                  state, waits ? "waits" : "does not wait");
        return false;
    }
    return true;
}

static bool is_whole(struct state *s)
{
    struct doctor_settings settings = {
        .store = s->e.store, .vault = s->e.vault, .model = s->e.model};
    struct doctor_report report;
    struct diags ds;
    diags_init(&ds, s->e.arena);
    return doctor_run(&settings, s->e.arena, &report, &ds) == RC_OK && ds.errors == 0;
}

static bool course(struct prop *p, void *context)
{
    struct state *s = context;
    *s = (struct state){.p = p};
    begin(s);
    bool good = true;
    for (size_t i = 0; i < STEPS && good; i++) {
        step(s);
        struct row *c;
        for (size_t k = 0; good && (c = nth(&s->e, "clock", k)); k++)
            good = clock_holds(s, c);
    }
    good = good && is_whole(s);
    engine_detach(&s->e);
    arena_free(s->e.arena);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property all[] = {
        {"what is open keeps the definition of the version that it names", course, 20}};
    static struct state state; /* tidy: globals: one course at a time */
    return prop_main(argc, argv, all, sizeof all / sizeof *all, &state);
}
