#include "model/model.h"
#include "model/numbering.h"
#include "model/tree.h"
#include "tests/tap.h"

static struct arena *arena;
static struct diags ds;

#define COMPANY                                                                                   \
    "version: 1\ncompany: {name: A, currency: EUR, timezone: Europe/Berlin, fiscal_year_starts: " \
    "\"02-01\"}\n"                                                                                \
    "people: {ana: {name: Ana Ruiz, email: Ana@A.example}, ben: {name: Ben, manager: ana}}\n"     \
    "teams: {sdr: {lead: ana, members: [ben]}}\n"

static const char sales[] = COMPANY
    "objects:\n"
    "- {name: account, owner: ana, keys: [domain], fields: [{name: name, type: text, required: "
    "true}, {name: domain, type: domain},\n"
    "   {name: segment, type: enum, values: [smb, mid]}, {name: open_value, type: money, rollup: "
    "{of: opportunity.amount, aggregate: sum,\n"
    "   where: \"opportunity.stage == 'open'\"}}, {name: is_big, type: boolean, computed: "
    "\"account.opportunities.size() > 3\"}]}\n"
    "- {name: opportunity, owner: ben, keys: [crm_id], fields: [{name: crm_id, type: text}, {name: "
    "account, type: ref, to: account},\n"
    "   {name: amount, type: money, min: 0}, {name: close_date, type: date}]}\n"
    "- {name: opportunity_contact, owner: ben, parent: opportunity, keys: [opportunity, role], "
    "fields: [{name: role, type: text}]}\n"
    "- {name: touch, kind: fact, owner: ana, fields: [{name: account, type: ref, to: account}, "
    "{name: at, type: instant}]}\n"
    "pipelines:\n"
    "- {name: sales, object: opportunity, stages: [{name: open, probability: 0.5}, {name: won, "
    "outcome: won, enter: [{id: W-1,\n"
    "   require: is_positive(opportunity.amount), field: amount, message: Add an amount.}]}, "
    "{name: lost, outcome: lost}]}\n"
    "metrics:\n"
    "- {name: won_value, kind: simple, object: opportunity, value: amount, where: "
    "\"opportunity.stage == 'won'\", time: close_date}\n"
    "- {name: win_rate, kind: derived, expr: won / (won + lost), owner: ana, dimensions: "
    "[account.segment]}\n"
    "- {name: won, kind: simple, object: opportunity, where: \"opportunity.stage == 'won'\", time: "
    "close_date}\n"
    "- {name: lost, kind: simple, object: opportunity, where: \"opportunity.stage == 'lost'\", "
    "time: close_date}\n"
    "- {name: per_won, kind: ratio, numerator: won_value, denominator: won, owner: ben}\n";

static struct model *compile(const char *text, const struct numbering *live)
{
    struct source *file = ARENA_NEW(arena, struct source);
    *file = (struct source){STR("revos.yaml"), str_of(text)};
    struct source_set *set = ARENA_NEW(arena, struct source_set);
    *set = (struct source_set){file, 1};
    struct model *m;
    diags_init(&ds, arena);
    enum rc rc = model_compile(set, live, arena, &m, &ds);
    if (rc != RC_OK)
        for (size_t i = 0; i < ds.list.n && i < 5; i++)
            tap_diag("%u:%u %s %.*s", ds.list.v[i].at.line, ds.list.v[i].at.col, ds.list.v[i].code,
                     STR_ARG(ds.list.v[i].message));
    return m;
}

static void check_people(const struct model *m)
{
    const struct person_seed *ben = model_person(m, STR("ben"));
    ok_str(ben->manager->name.p, "ana");
    ok(str_is(ben->team->name, "sdr"));
    ok_int(m->teams[0].n_members, 1);
    ok(str_is(model_person(m, STR("ana"))->email, "ana@a.example"));
    ok_int(m->company.fiscal_month, 2);
}

static void check_objects(const struct model *m)
{
    const struct object *opp = model_object(m, STR("opportunity")),
                        *account = model_object(m, STR("account"));
    ok(str_is(opp->plural, "opportunities"));
    ok(str_is(opp->prefix, "opp"));
    ok(opp->number >= ON_FIRST_FREE);
    ok_int(object_field(opp, STR("id"))->number, FN_ID);
    ok_int(object_field(opp, STR("owner"))->number, FN_OWNER);
    ok(object_field(opp, STR("owner"))->to == model_object(m, STR("person")));
    ok(object_field(opp, STR("crm_id"))->number >= FN_FIRST_FREE);
    ok_int(object_field(opp, STR("stage"))->kind, FIELD_STAGE);
    ok_int(object_field(opp, STR("stage_since"))->kind, FIELD_SYSTEM);
    ok(object_field(opp, STR("closed_at")) != NULL);
    ok(object_field(opp, STR("pipeline")) == NULL);
    for (size_t i = 0; i < opp->n_fields; i++)
        ok_int(object_place(opp, opp->fields[i]->name), i);
    ok_int(object_place(opp, STR("pipeline")), opp->n_fields);
    ok(object_child(account, STR("opportunities"))->via == object_field(opp, STR("account")));
    ok(object_child(account, STR("touches"))->object->is_fact);
    const struct object *role = model_object(m, STR("opportunity_contact"));
    ok(role->parent == opp);
    ok(object_field(role, STR("opportunity"))->required);
    ok_int_at("a key with a reference is one key", role->n_keys, 1);
    ok(str_is(role->keys[0].name, "opportunity+role"));
    ok(object_field(account, STR("open_value"))->rollup->field == object_field(opp, STR("amount")));
    ok(object_field(account, STR("is_big"))->computed != NULL);
    ok(str_is(model_object(m, STR("touch"))->time_field->name, "at"));
    ok(object_child(model_object(m, STR("person")), STR("reports")) != NULL);
}

static void check_processes(const struct model *m)
{
    const struct process_def *p = model_process(m, STR("sales"));
    ok_int(p->n_stages, 3);
    ok(p->stages[0].initial);
    ok_int(process_stage(p, STR("won"))->n_enter, 1);
    ok_int(process_stage(p, STR("won"))->probability.mantissa, 1);
    ok(process_stage(p, STR("won"))->number == field_value(p->field, STR("won"))->number);
    ok_str(process_stage(p, STR("won"))->enter[0]->owner->name.p, "ben");
}

static void check_metrics(const struct model *m)
{
    const struct metric *rate = model_metric(m, STR("win_rate")),
                        *per = model_metric(m, STR("per_won"));
    ok_int(rate->n_inputs, 2);
    ok_int(rate->shape, SHAPE_NUMBER);
    ok_int(per->shape, SHAPE_MONEY);
    ok(per->expr != NULL);
    ok_str(model_metric(m, STR("won"))->owner->name.p, "ben");
    struct path p;
    ok(metric_dimension(rate->inputs[0], STR("account.segment"), arena, &p));
    ok_int(p.n_steps, 2);
    ok(!metric_dimension(rate->inputs[0], STR("account.nothing"), arena, &p));
    for (size_t i = 0; i < m->n_metrics; i++)
        for (size_t k = 0; k < m->metrics[i]->n_inputs; k++) {
            bool before = false;
            for (size_t j = 0; j < i; j++)
                before = before || m->metrics[j] == m->metrics[i]->inputs[k];
            ok_at("inputs stand before", before);
        }
}

static void check_numbers_stay(const struct model *m)
{
    static const char next[] = COMPANY
        "objects:\n"
        "- {name: deal, was: opportunity, owner: ben, fields: [{name: newer, type: text}, {name: "
        "value, was: amount, type: money}]}\n";
    const struct model *then = compile(next, m->numbering);
    if (!ok(then != NULL))
        return;
    const struct object *deal = model_object(then, STR("deal")),
                        *opp = model_object(m, STR("opportunity"));
    ok_int(deal->number, opp->number);
    ok_int(object_field(deal, STR("value"))->number, object_field(opp, STR("amount"))->number);
    for (size_t i = 0; i < opp->n_fields; i++)
        ok(object_field(deal, STR("newer"))->number != opp->fields[i]->number);
}

static void check_two_pipelines(void)
{
    static const char text[] = COMPANY
        "objects: [{name: deal, owner: ben, fields: []}]\n"
        "pipelines:\n"
        "- {name: a, object: deal, stages: [{name: open}, {name: won, outcome: won}]}\n"
        "- {name: b, object: deal, stages: [{name: due}, {name: won, outcome: won}]}\n";
    const struct model *m = compile(text, NULL);
    if (!ok(m != NULL))
        return;
    const struct object *deal = model_object(m, STR("deal"));
    ok_int(object_field(deal, STR("pipeline"))->n_values, 2);
    ok_int(object_field(deal, STR("stage"))->n_values, 3);
    ok(process_stage(m->processes[0], STR("won"))->number ==
       process_stage(m->processes[1], STR("won"))->number);
}

static void check_definitions(void)
{
    static const char text[] = COMPANY
        "objects:\n"
        "- {name: lead, owner: ana, fields: [{name: size, type: integer}, {name: note, type: "
        "text}]}\n"
        "- {name: chore, owner: ana, fields: [{name: lead, type: ref, to: lead}, {name: size, "
        "type: "
        "integer}]}\n"
        "scores: [{name: fit, object: lead, range: [0, 100], points: [{add: 5, when: lead.size > "
        "3, because: Size}]}]\n"
        "health: [{name: h, object: lead, inputs: [{name: i, weight: 1, value: \"1.0\"}], bands: "
        "{red: \"<40\", green: else}}]\n"
        "automations: [{name: follow up, object: lead, when: lead.health == 'red' && lead.fit > "
        "3,\n"
        "  do: [{create: {object: chore, set: {lead: lead, size: lead.size + 1}}}]}]\n";
    const struct model *m = compile(text, NULL);
    if (!ok(m != NULL))
        return;
    const struct object *lead = model_object(m, STR("lead"));
    ok_int(object_field(lead, STR("fit"))->kind, FIELD_DERIVED);
    ok_int(object_field(lead, STR("fit"))->max.mantissa, 100);
    ok_int(object_field(lead, STR("health"))->n_values, 2);
    ok_int(object_field(lead, STR("health_score"))->type, FT_NUMBER);
    ok_int(m->n_definitions, 3);
    const struct definition *d = &m->definitions[1];
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "automations"))
            d = &m->definitions[i];
    ok(str_is(d->name, "follow up"));
    ok(d->object == lead);
    ok(node_get(d->node, "when")->expr != NULL);
    const struct node *create = node_get(node_items(d->node, "do")->items[0], "create");
    ok(node_get(node_get(create, "set"), "size")->expr != NULL);
}

/* A wrong set of a created record is told at its place. */
static void check_wrong_set(void)
{
    static const char text[] = COMPANY
        "objects: [{name: lead, owner: ana}, {name: chore, owner: ana, fields: [{name: size, type: "
        "integer}]}]\n"
        "automations: [{name: a, object: lead, when: has(lead.owner), do: [{create: {object: "
        "chore, "
        "set: {sise: \"1\", size: \"'x'\"}}}]}]\n";
    ok(!compile(text, NULL));
    ok_int(ds.errors, 2);
    ok_str(ds.list.v[0].code, "M0205");
}

int main(void)
{
    arena = arena_new();
    const struct model *m = compile(sales, NULL);
    if (ok(m != NULL)) {
        check_people(m);
        check_objects(m);
        check_processes(m);
        check_metrics(m);
        check_numbers_stay(m);
    }
    check_two_pipelines();
    check_definitions();
    check_wrong_set();
    ok_at("no file, no model", !compile("", NULL));
    arena_free(arena);
    return tap_done();
}
