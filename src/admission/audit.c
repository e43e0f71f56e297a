/* audit.c - stored records judged as they are. */
#include "admission/audit.h"

#include "admission/steps.h"
#include "projection/list.h"

enum { AUDIT_CHUNK = 500 };

/* ---- criteria ---------------------------------------------------------------------------------------------------- */

static bool stands_alone(const struct expr *e)
{
    return !e || (expr_uses(e) & (XU_OLD | XU_ACTOR)) == 0;
}

bool audit_can_ask(const struct rule *r)
{
    return stands_alone(r->when) && stands_alone(r->require);
}

typedef VEC(struct audit_criterion) criterion_list;

static void add_field(criterion_list *list, const struct field *f, struct arena *a)
{
    if (f->kind != FIELD_PLAIN && f->kind != FIELD_STAGE)
        return; /* the engine fills it */
    if (f->required)
        *VEC_PUSH(a, list) = (struct audit_criterion){.kind = AUDIT_REQUIRED, .field = f};
    if (f->has_min || f->has_max)
        *VEC_PUSH(a, list) = (struct audit_criterion){.kind = AUDIT_RANGE, .field = f};
    if (f->n_values)
        *VEC_PUSH(a, list) = (struct audit_criterion){.kind = AUDIT_VALUE, .field = f};
}

static void add_gates(criterion_list *list, const struct process_def *p, struct arena *a)
{
    for (size_t s = 0; s < p->n_stages; s++)
        for (size_t i = 0; i < p->stages[s].n_enter; i++)
            *VEC_PUSH(a, list) = (struct audit_criterion){.kind = AUDIT_GATE,
                                                          .field = p->field,
                                                          .rule = p->stages[s].enter[i],
                                                          .stage = p->stages[s].number};
}

void audit_criteria(const struct object *o, struct arena *a, struct audit_criterion **out,
                    size_t *n)
{
    criterion_list list = {NULL, 0, 0};
    for (size_t i = 0; i < o->n_fields; i++)
        add_field(&list, o->fields[i], a);
    for (size_t i = 0; i < o->n_rules; i++)
        *VEC_PUSH(a, &list) = (struct audit_criterion){.kind = AUDIT_RULE, .rule = o->rules[i]};
    for (size_t i = 0; i < o->n_processes; i++)
        add_gates(&list, o->processes[i], a);
    *out = list.v;
    *n = list.n;
}

struct audit_choice audit_everything(const struct object *o, struct arena *a)
{
    struct audit_criterion *all;
    size_t n, kept = 0;
    audit_criteria(o, a, &all, &n);
    for (size_t i = 0; i < n; i++)
        if (!all[i].rule || audit_can_ask(all[i].rule))
            all[kept++] = all[i];
    return (struct audit_choice){.object = o, .criteria = all, .n = kept};
}

/* ---- one record -------------------------------------------------------------------------------------------------- */

struct audit {
    struct admission *adm;
    const struct audit_choice *choice;
    const struct audit_report *report;
    struct arena *arena; /* of a chunk */
    struct instant now;
    struct date today;
    struct group g;
    struct command command;
    struct decision d;
    struct verdict verdict;
    uint64_t seen;
};

static void begin_chunk(struct audit *au)
{
    arena_reset(au->arena);
    group_init(&au->g, au->adm, au->arena, 1);
    au->command = (struct command){.object = au->choice->object};
    au->d = (struct decision){.g = &au->g, .w = &au->g.works[0], .v = &au->verdict};
    au->d.txn.recorded_at = au->now;
    au->d.today = au->today;
    au->d.w->command = &au->command;
    au->d.w->plan = plan_get(&au->adm->plans, au->choice->object->number);
    au->d.w->bad = bits_new(au->d.w->plan, au->arena);
}

static bool is_value_of(const struct field *f, uint32_t number)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (f->values[i].number == number)
            return true;
    return false;
}

static void judge_field(struct audit *au, const struct audit_criterion *c, const struct value *v)
{
    struct work *w = au->d.w;
    const struct field *f = c->field;
    struct str why;
    if (c->kind == AUDIT_REQUIRED && v->type == VT_ABSENT) {
        finding_add(&au->g, w, "REQUIRED", f, "%.*s is required", STR_ARG(f->name))
            ->state = CRITERION_ABSENT;
    } else if (c->kind == AUDIT_RANGE) {
        const char *code = range_broken(f, v, au->g.arena, &why);
        if (code)
            finding_add(&au->g, w, code, f, "%.*s", STR_ARG(why));
    } else if (c->kind == AUDIT_VALUE && v->type == VT_ENUM && !is_value_of(f, v->number_of)) {
        finding_add(&au->g, w, "UNKNOWN_VALUE", f, "%.*s holds a value that was removed",
                    STR_ARG(f->name));
    }
}

static void judge_criterion(struct audit *au, const struct audit_criterion *c,
                            const struct row *row)
{
    struct state s = {.now = row, .at = au->now, .today = au->today};
    const struct value *v = c->field ? &row->values[slot_of(au->d.w->plan, c->field->number)]
                                     : NULL;
    if (c->kind == AUDIT_RULE)
        judge_rule(&au->d, c->rule, "RULE", &s);
    else if (c->kind != AUDIT_GATE)
        judge_field(au, c, v);
    else if (v->type == VT_ENUM && v->number_of == c->stage)
        judge_rule(&au->d, c->rule, "GATE", &s);
}

static enum rc judge_record(struct audit *au, const struct audit_criterion *c, size_t n,
                            const struct row *row)
{
    struct work *w = au->d.w;
    w->findings.n = 0;
    for (size_t i = 0; i < n && au->g.rc == RC_OK; i++)
        judge_criterion(au, &c[i], row);
    for (size_t i = 0; i < w->findings.n && au->g.rc == RC_OK; i++)
        if (!au->report->broken(au->report->self, au->choice->object, row->id, &w->findings.v[i]))
            au->g.rc = RC_CANCELLED;
    return au->g.rc;
}

/* ---- records a criterion may not hold for --------------------------------------------------------------------------- */

static struct list_query suspects(const struct audit *au, const struct audit_criterion *c,
                                  uint32_t *numbers)
{
    struct list_query q = {
        .object = au->choice->object, .now = au->now, .zone = au->adm->parser.zone};
    q.test = (struct list_test){.field = c->field, .numbers = numbers};
    if (c->rule) {
        q.require = c->rule->require;
        q.when = c->rule->when;
    }
    switch (c->kind) {
    case AUDIT_REQUIRED:
        q.test.asks = LIST_EMPTY;
        break;
    case AUDIT_RANGE:
        q.test.asks = LIST_OUTSIDE;
        break;
    case AUDIT_VALUE:
        q.test.asks = LIST_NOT_AMONG;
        for (size_t i = 0; i < c->field->n_values; i++)
            numbers[q.test.n++] = c->field->values[i].number;
        break;
    case AUDIT_GATE:
        q.test.asks = LIST_AMONG;
        numbers[q.test.n++] = c->stage;
        break;
    case AUDIT_RULE:
        break;
    }
    return q;
}

/* The next suspects in order of id. Where SQL cannot say the condition every record is one. */
static enum rc next_suspects(struct audit *au, const struct list_query *q, bool *slow,
                             uint64_t after, uint64_t *ids, size_t *n)
{
    struct projection *p = au->adm->parts.projection;
    struct list_place from = {.id = after}, *page;
    if (!*slow) {
        enum rc rc = list_page(p, q, &from, AUDIT_CHUNK, au->arena, &page, n);
        for (size_t i = 0; rc == RC_OK && i < *n; i++)
            ids[i] = page[i].id;
        if (rc != RC_UNSUPPORTED && rc != RC_LIMIT)
            return rc;
        *slow = true;
    }
    return rows_after(p, q->object, after, AUDIT_CHUNK, ids, n);
}

static enum rc audit_criterion(struct audit *au, const struct audit_criterion *c,
                               struct arena *call)
{
    uint32_t *numbers = ARENA_ARRAY(call, c->field ? c->field->n_values + 1 : 1, uint32_t);
    struct list_query q = suspects(au, c, numbers);
    uint64_t ids[AUDIT_CHUNK], after = 0;
    size_t n = AUDIT_CHUNK;
    bool slow = au->choice->without_sql;
    enum rc rc = RC_OK;
    while (rc == RC_OK && n == AUDIT_CHUNK) {
        begin_chunk(au);
        rc = next_suspects(au, &q, &slow, after, ids, &n);
        if (rc == RC_OK)
            entries_load(&au->g, au->d.w->plan, ids, n);
        for (size_t i = 0; i < n && rc == RC_OK && au->g.rc == RC_OK; i++) {
            const struct entry *e = entry_get(&au->g, au->d.w->plan, ids[i]);
            if (entry_live(e))
                rc = judge_record(au, c, 1, entry_row(e));
        }
        if (rc == RC_OK)
            rc = au->g.rc;
        after = n ? ids[n - 1] : after;
    }
    return rc;
}

static enum rc audit_records(struct audit *au)
{
    struct list_query all = {.object = au->choice->object};
    struct arena *call = arena_new();
    enum rc rc = list_count(au->adm->parts.projection, &all, &au->seen);
    for (size_t i = 0; i < au->choice->n && rc == RC_OK && au->seen > 0; i++)
        rc = audit_criterion(au, &au->choice->criteria[i], call);
    arena_free(call);
    return rc;
}

/* Fact rows are read once, in order: their values may be sealed, which only the ledger's reader opens. */
static enum rc audit_facts(struct audit *au)
{
    const struct object *o = au->choice->object;
    struct fact_reader *r;
    bool more = true;
    enum rc rc = ledger_read_facts(au->adm->parts.store, au->adm->parts.vault, o, 1, INT64_MAX,
                                   FACTS_IN_FORCE, &r);
    if (rc != RC_OK)
        return rc;
    while (rc == RC_OK && more) {
        struct fact_row fact;
        if (au->seen % AUDIT_CHUNK == 0)
            begin_chunk(au);
        rc = fact_next(r, au->arena, &fact, &more);
        if (rc != RC_OK || !more)
            break;
        au->seen++;
        rc = judge_record(au, au->choice->criteria, au->choice->n,
                          fact_as_row(o, &fact, au->arena));
    }
    fact_read_end(r);
    return rc;
}

enum rc admission_audit(struct admission *a, const struct audit_choice *choice,
                        const struct audit_report *report, uint64_t *seen)
{
    const struct env *env = a->parts.env;
    struct audit *au = mem_new(1, sizeof *au);
    au->adm = a;
    au->choice = choice;
    au->report = report;
    au->arena = arena_new();
    au->now = env->now(env->self);
    au->today = zone_date(a->parser.zone, au->now);
    enum rc rc = RC_OK;
    if (choice->n > 0)
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
