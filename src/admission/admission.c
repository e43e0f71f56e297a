/* admission.c - groups of commands: loaded together, decided in order, written and committed once. */
#include "admission/keeping.h"
#include "admission/steps.h"

#include <assert.h>

enum { SCRATCH_MAX = 64 << 20, LEDGER_FORMAT = 1 };

/* ---- open and close ---------------------------------------------------------------------------------------------------- */

static enum rc take_model(struct admission *a, const struct model *model)
{
    parser_close(&a->parser);
    calendars_close(a->calendars);
    arena_reset(a->plan_arena);
    a->parts.model = model;
    a->calendars = calendars_open(model, a->parts.env,
                                  a->parts.workspace ? a->parts.workspace : ".");
    struct process *process = process_make(model, a->plan_arena);
    enum rc rc = keeping_load(a->parts.store, process, a->plan_arena);
    plans_make(process, a->plan_arena, &a->plans);
    return rc == RC_OK ? parser_open(model, a->plan_arena, &a->parser) : rc;
}

/* Imports have ids of their own; one that changed no record left no other trace. */
static enum rc see_batches(struct admission *a)
{
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(a->parts.store, SQL_BATCH_LAST, &st);
    if (rc != RC_OK)
        return rc;
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row && stmt_get_u64(st, 0) > a->ids.last)
        a->ids.last = stmt_get_u64(st, 0);
    stmt_reset(st);
    return rc;
}

enum rc admission_open(const struct admission_parts *parts, struct admission **out)
{
    assert(parts->store && parts->ledger && parts->projection && parts->model && parts->env);
    struct admission *a = mem_new(1, sizeof *a);
    a->parts = *parts;
    a->plan_arena = arena_new();
    a->brief = arena_new();
    buf_init(&a->scratch, SCRATCH_MAX);
    *out = a;
    enum rc rc = take_model(a, parts->model);
    if (rc == RC_OK)
        rc = ledger_last_id(a->parts.store, a->parts.model, &a->ids.last);
    if (rc == RC_OK)
        rc = see_batches(a);
    if (rc == RC_OK)
        rc = erase_finish(a);
    if (rc == RC_OK)
        rc = erased_look(a);
    if (rc == RC_OK)
        rc = agenda_see(a);
    if (rc == RC_OK)
        return RC_OK;
    admission_close(a);
    *out = NULL;
    return rc;
}

void admission_close(struct admission *a)
{
    if (!a)
        return;
    parser_close(&a->parser);
    calendars_close(a->calendars);
    buf_release(&a->scratch);
    arena_free(a->plan_arena);
    arena_free(a->brief);
    arena_free(a->kept.arena);
    mem_free(a);
}

enum rc admission_use_model(struct admission *a, const struct model *model,
                            struct projection *projection)
{
    a->parts.projection = projection;
    return take_model(a, model);
}

const struct model *admission_model(const struct admission *a)
{
    return a->parts.model;
}

struct vault *admission_vault(const struct admission *a)
{
    return a->parts.vault;
}

/* ---- a group ------------------------------------------------------------------------------------------------------------- */

struct str actor_text(const struct actor *actor, struct arena *a)
{
    static const char *const kinds[] = {
        [ACTOR_SYSTEM] = "system", [ACTOR_PERSON] = "person", [ACTOR_TOKEN] = "token",
        [ACTOR_RULE] = "rule",     [ACTOR_IMPORT] = "import", [ACTOR_AGENT] = "agent",
    };
    assert((size_t)actor->kind < sizeof kinds / sizeof kinds[0]);
    const char *kind = kinds[actor->kind];
    if (actor->name.n)
        return str_join(a, (struct str[]){str_of(kind), actor->name}, 2, STR(":"));
    if (actor->person)
        return str_printf(a, "%s:%llu", kind, (unsigned long long)actor->person);
    return str_of(kind);
}

void verdicts_clear(struct verdict *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (struct verdict){0};
}

void decide_whole(struct group *g, struct work *w, struct verdict *v, struct instant now)
{
    struct ledger *l = g->adm->parts.ledger;
    struct decision d = {.g = g, .w = w, .v = v, .now = now};
    g->rc = ledger_begin(l, now, &d.txn);
    if (g->rc != RC_OK)
        return;
    d.today = zone_date(g->adm->parser.zone, d.txn.recorded_at);
    d.start = d.next_seq = ledger_head(l).seq + 1;
    d.actor = actor_text(&d.w->command->actor, g->arena);
    decide(&d);
    if (g->rc == RC_OK && verdict_accepted(v) && !d.done_before)
        react(&d);
    decision_remember(&d);
    if (g->rc == RC_OK)
        g->rc = ledger_end(l);
}

struct work *work_new(struct group *g, const struct command *c)
{
    struct work *w = ARENA_NEW(g->arena, struct work);
    work_parse(g, w, c);
    said_encode(g, w);
    return w;
}

static void decide_one(struct group *g, size_t i, struct verdict *v)
{
    const struct env *env = g->adm->parts.env;
    if (!g->played) {
        decide_whole(g, &g->works[i], v, env->now(env->self));
        return;
    }
    (void)fire_due(g, &(struct firing){.until = g->played[i], .punctual = true, .max = GROUP_MAX});
    if (g->rc == RC_OK)
        decide_whole(g, &g->works[i], v, g->played[i]);
}

static enum rc run_group(struct group *g, const struct command *commands, struct verdict *out,
                         const struct companion *with)
{
    for (size_t i = 0; i < g->n; i++) {
        work_parse(g, &g->works[i], &commands[i]);
        said_encode(g, &g->works[i]);
    }
    group_load(g);
    match_load(g);
    for (size_t i = 0; i < g->n && g->rc == RC_OK; i++)
        decide_one(g, i, &out[i]);
    group_flush(g);
    agenda_write(g);
    if (g->rc == RC_OK && with)
        g->rc = with->write(with->self, g->adm->parts.store, out, g->n);
    return g->rc;
}

enum rc together_begin(struct admission *a, struct together *before)
{
    *before = (struct together){a->ids, a->since_expiry};
    return ledger_begin_group(a->parts.ledger);
}

enum rc together_end(struct admission *a, const struct together *before, bool undo, enum rc rc)
{
    if (rc == RC_OK && !undo)
        rc = ledger_commit(a->parts.ledger);
    if (rc != RC_OK || undo) {
        ledger_rollback(a->parts.ledger);
        a->ids = before->ids;
        a->since_expiry = before->since_expiry;
    }
    return rc;
}

enum rc group_end(struct group *g, const struct together *before, bool undo)
{
    group_flush(g);
    agenda_write(g);
    return together_end(g->adm, before, undo, g->rc);
}

/* How a group is decided. */
struct how {
    const struct companion *with;
    const struct instant *played;
    bool dry, all; /* all: or nothing */
};

/* One part was refused: the others did not happen. */
static void refuse_rest(struct verdict *out, size_t n, struct arena *a)
{
    for (size_t i = 0; i < n; i++) {
        if (!verdict_accepted(&out[i]))
            continue;
        struct finding *f = ARENA_ARRAY(a, out[i].n_findings + 1, struct finding);
        for (size_t k = 0; k < out[i].n_findings; k++)
            f[k + 1] = out[i].findings[k];
        f[0] = (struct finding){.code = "PARTS",
                                .enforcement = ENFORCE_DENY,
                                .state = CRITERION_UNMET,
                                .message = STR("another part was refused"),
                                .help = STR("Mend that one and send all of them again.")};
        bool made = out[i].outcome == VERDICT_CREATED;
        out[i] = (struct verdict){.outcome = VERDICT_REFUSED,
                                  .object = out[i].object,
                                  .id = made ? 0 : out[i].id,
                                  .findings = f,
                                  .n_findings = out[i].n_findings + 1};
    }
}

static bool any_refused(const struct verdict *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!verdict_accepted(&v[i]))
            return true;
    return false;
}

static enum rc group(struct admission *a, const struct command *commands, size_t n,
                     const struct how *how, struct arena *arena, struct verdict *out)
{
    assert(n <= GROUP_MAX);
    verdicts_clear(out, n);
    if (n == 0 && !how->with)
        return RC_OK;
    struct group g;
    struct together before;
    group_init(&g, a, arena, n);
    g.played = how->played;
    g.verdicts = out;
    enum rc rc = together_begin(a, &before);
    if (rc != RC_OK)
        return rc;
    rc = run_group(&g, commands, out, how->with);
    bool undo = how->dry || (rc == RC_OK && how->all && any_refused(out, n));
    if (rc == RC_OK && how->all && undo && any_refused(out, n))
        refuse_rest(out, n, arena);
    return together_end(a, &before, undo, rc);
}

enum rc admission_group(struct admission *a, const struct command *commands, size_t n,
                        const struct companion *with, struct arena *arena, struct verdict *out)
{
    return group(a, commands, n, &(struct how){.with = with}, arena, out);
}

enum rc admission_played(struct admission *a, const struct command *commands,
                         const struct instant *at, size_t n, struct arena *arena,
                         struct verdict *out)
{
    return group(a, commands, n, &(struct how){.played = at}, arena, out);
}

enum rc admission_all(struct admission *a, const struct command *commands, size_t n, bool dry,
                      struct arena *arena, struct verdict *out)
{
    return group(a, commands, n, &(struct how){.dry = dry, .all = true}, arena, out);
}

enum rc admission_dry_run(struct admission *a, const struct command *commands, size_t n,
                          struct arena *arena, struct verdict *out)
{
    return group(a, commands, n, &(struct how){.dry = true}, arena, out);
}

/* ---- a model goes live ------------------------------------------------------------------------------------------------- */

enum rc append_one(struct admission *a, struct event *ev)
{
    struct ledger_txn txn;
    enum rc rc = ledger_begin(a->parts.ledger, a->parts.env->now(a->parts.env->self), &txn);
    if (rc != RC_OK)
        return rc;
    ev->effective_at = txn.recorded_at;
    rc = ledger_append(a->parts.ledger, ev);
    if (rc == RC_OK)
        rc = projection_apply(a->parts.projection, ev);
    return rc == RC_OK ? ledger_end(a->parts.ledger) : rc;
}

static enum rc begin_ledger(struct admission *a)
{
    const struct env *env = a->parts.env;
    struct event ev = {.kind = EV_GENESIS, .actor = STR("system")};
    if (ledger_head(a->parts.ledger).seq > 0)
        return RC_OK;
    env->random(env->self, ev.genesis.workspace, sizeof ev.genesis.workspace);
    ev.genesis.zone = a->parts.model->company.timezone;
    ev.genesis.format = LEDGER_FORMAT;
    return append_one(a, &ev);
}

static enum rc append_version(struct admission *a, const struct going_live *what,
                              struct arena *arena)
{
    struct event ev = {.kind = EV_VERSION,
                       .actor = actor_text(&what->actor, arena),
                       .model_version = a->parts.model->version};
    ev.version.version = a->parts.model->version;
    ev.version.digest = what->digest;
    ev.version.sources = what->sources;
    ev.version.numbering = what->numbering;
    return append_one(a, &ev);
}

static enum rc seed(struct admission *a, const struct going_live *what, struct arena *arena,
                    struct verdict *out)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < what->n_seeds && rc == RC_OK; i += GROUP_MAX) {
        struct group g;
        size_t n = what->n_seeds - i < GROUP_MAX ? what->n_seeds - i : GROUP_MAX;
        group_init(&g, a, arena, n);
        g.quiet = true;
        rc = run_group(&g, &what->seeds[i], &out[i], NULL);
    }
    for (size_t i = 0; rc == RC_OK && i < what->n_seeds; i++)
        if (!verdict_accepted(&out[i]))
            rc = RC_REFUSED;
    return rc;
}

enum rc admission_go_live(struct admission *a, const struct going_live *what, struct arena *arena,
                          struct verdict *out)
{
    assert(a->parts.model->version > 0);
    struct id_source ids = a->ids;
    verdicts_clear(out, what->n_seeds);
    enum rc rc = ledger_begin_group(a->parts.ledger);
    if (rc != RC_OK)
        return rc;
    rc = begin_ledger(a);
    if (rc == RC_OK)
        rc = projection_evolve(a->parts.store, a->parts.model);
    if (rc == RC_OK)
        rc = append_version(a, what, arena);
    if (rc == RC_OK)
        rc = retired_move(a, ledger_head(a->parts.ledger).seq);
    if (rc == RC_OK)
        rc = seed(a, what, arena, out);
    if (rc == RC_OK && what->with)
        rc = what->with->write(what->with->self, a->parts.store, NULL, 0);
    if (rc == RC_OK)
        rc = agenda_sweep(a, ledger_head(a->parts.ledger).recorded_at);
    if (rc == RC_OK)
        rc = ledger_commit(a->parts.ledger);
    if (rc != RC_OK) {
        ledger_rollback(a->parts.ledger);
        a->ids = ids;
    }
    return rc;
}
