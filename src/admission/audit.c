/* audit.c - stored records judged as they are. */
#include "admission/audit.h"

#include "admission/engine.h"

enum { AUDIT_CHUNK = 500 };

static bool can_be_asked(const struct expr *e)
{
    return !e || (expr_uses(e) & (XU_OLD | XU_ACTOR)) == 0;
}

struct audit_choice audit_everything(const struct object *o, struct arena *a)
{
    struct audit_choice c = {.object = o};
    const struct rule **rules = ARENA_ARRAY(a, o->n_rules, const struct rule *);
    const struct field **required = ARENA_ARRAY(a, o->n_fields, const struct field *);
    for (size_t i = 0; i < o->n_rules; i++)
        if (can_be_asked(o->rules[i]->when) && can_be_asked(o->rules[i]->require))
            rules[c.n_rules++] = o->rules[i];
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->required && o->fields[i]->kind == FIELD_PLAIN)
            required[c.n_required++] = o->fields[i];
    c.rules = rules;
    c.required = required;
    return c;
}

struct audit {
    struct admission *adm;
    const struct audit_choice *choice;
    const struct audit_report *report;
    struct arena *arena;
    struct group g;
    struct command command;
    struct decision d;
    struct verdict verdict;
    uint64_t seen;
};

static void begin_chunk(struct audit *au)
{
    const struct env *env = au->adm->parts.env;
    arena_reset(au->arena);
    group_init(&au->g, au->adm, au->arena, 1);
    au->command = (struct command){.object = au->choice->object};
    au->d = (struct decision){.g = &au->g, .w = &au->g.works[0], .v = &au->verdict};
    au->d.txn.recorded_at = env->now(env->self);
    au->d.today = zone_date(au->adm->parser.zone, au->d.txn.recorded_at);
    au->d.w->command = &au->command;
    au->d.w->plan = plan_get(&au->adm->plans, au->choice->object->number);
    au->d.w->bad = bits_new(au->d.w->plan, au->arena);
}

static enum rc judge_record(struct audit *au, const struct row *row)
{
    const struct audit_choice *c = au->choice;
    struct work *w = au->d.w;
    w->findings.n = 0;
    au->seen++;
    for (size_t i = 0; i < c->n_required; i++)
        if (row->values[slot_of(w->plan, c->required[i]->number)].type == VT_ABSENT)
            finding_add(&au->g, w, "REQUIRED", c->required[i], "%.*s is required",
                        STR_ARG(c->required[i]->name))
                ->state = CRITERION_ABSENT;
    struct state s = {.now = row, .at = au->d.txn.recorded_at, .today = au->d.today};
    for (size_t i = 0; i < c->n_rules && au->g.rc == RC_OK; i++)
        judge_rule(&au->d, c->rules[i], &s);
    for (size_t i = 0; i < w->findings.n && au->g.rc == RC_OK; i++)
        if (!au->report->broken(au->report->self, c->object, row->id, &w->findings.v[i]))
            au->g.rc = RC_CANCELLED;
    return au->g.rc;
}

static enum rc audit_records(struct audit *au)
{
    const struct object *o = au->choice->object;
    uint64_t ids[AUDIT_CHUNK], after = 0;
    size_t n = AUDIT_CHUNK;
    enum rc rc = RC_OK;
    while (rc == RC_OK && n == AUDIT_CHUNK) {
        begin_chunk(au);
        rc = rows_after(au->adm->parts.projection, o, after, AUDIT_CHUNK, ids, &n);
        if (rc == RC_OK)
            entries_load(&au->g, au->d.w->plan, ids, n);
        for (size_t i = 0; i < n && rc == RC_OK && au->g.rc == RC_OK; i++) {
            const struct entry *e = entry_get(&au->g, au->d.w->plan, ids[i]);
            if (entry_live(e))
                rc = judge_record(au, entry_row(e));
        }
        if (rc == RC_OK)
            rc = au->g.rc;
        after = n ? ids[n - 1] : after;
    }
    return rc;
}

static enum rc audit_facts(struct audit *au)
{
    const struct object *o = au->choice->object;
    struct fact_reader *r;
    bool more = true;
    enum rc rc = ledger_read_facts(au->adm->parts.store, au->adm->parts.vault, o, 1, INT64_MAX,
                                   FACTS_IN_FORCE, &r);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; rc == RC_OK && more; i++) {
        struct fact_row fact;
        if (i % AUDIT_CHUNK == 0)
            begin_chunk(au);
        rc = fact_next(r, au->arena, &fact, &more);
        if (rc != RC_OK || !more)
            break;
        struct row *row = fact_as_row(o, &fact, au->arena);
        rc = judge_record(au, row);
    }
    fact_read_end(r);
    return rc;
}

enum rc admission_audit(struct admission *a, const struct audit_choice *choice,
                        const struct audit_report *report, uint64_t *seen)
{
    struct audit *au = mem_new(1, sizeof *au);
    au->adm = a;
    au->choice = choice;
    au->report = report;
    au->arena = arena_new();
    enum rc rc = RC_OK;
    if (choice->n_rules + choice->n_required > 0)
        rc = choice->object->is_fact ? audit_facts(au) : audit_records(au);
    if (seen)
        *seen = au->seen;
    arena_free(au->arena);
    mem_free(au);
    return rc;
}

enum rc admission_rehearse(struct admission *a, enum rc (*with)(void *self, struct admission *a),
                           void *self)
{
    enum rc rc = ledger_begin_group(a->parts.ledger);
    if (rc != RC_OK)
        return rc;
    rc = projection_evolve(a->parts.store, a->parts.model);
    if (rc == RC_OK)
        rc = with(self, a);
    ledger_rollback(a->parts.ledger);
    return rc;
}
