/* test_admission.c - commands become events or a refusal, through the whole engine on a real store. */
#include "tests/engine.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [domain]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: domain, type: domain}\n"
    "  - {name: segment, type: enum, values: [smb, mid, enterprise]}\n"
    "  - {name: employees, type: integer, min: 1}\n"
    "  - {name: deals, type: integer, rollup: {of: opportunity, aggregate: count}}\n"
    "- name: opportunity\n"
    "  plural: opportunities\n"
    "  owner: ben\n"
    "  fields:\n"
    "  - {name: name, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: amount, type: money}\n"
    "  - {name: loss_reason, type: enum, values: [price, timing]}\n"
    "  - {name: segment, type: text, computed: \"opportunity.account.name\"}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: opportunity\n"
    "  owner: ben\n"
    "  skip: forbid\n"
    "  back: reason\n"
    "  stages:\n"
    "  - {name: discovery}\n"
    "  - name: proposal\n"
    "    enter:\n"
    "    - {id: PROP-1, require: \"is_positive(opportunity.amount)\", field: amount, message: Add "
    "an amount.}\n"
    "  - {name: negotiation}\n"
    "  - {name: closed_won, outcome: won}\n"
    "  - {name: closed_lost, outcome: lost}\n"
    "rules:\n"
    "- {id: OPP-1, object: opportunity, owner: ben, when: \"opportunity.stage == 'closed_lost'\", "
    "require: has(opportunity.loss_reason), field: loss_reason, message: Pick a loss reason.}\n";

static void test_create_and_update(struct engine *e)
{
    struct verdict v = engine_write(e, "account", "name=Acme;domain=https://www.Acme.com/x");
    ok_str(verdict_outcome_name(v.outcome), "created");
    uint64_t id = v.id;
    struct row *r = engine_row(e, "account", id);
    ok(r && r->life == LIFE_LIVE);
    v = engine_write(e, "account", "name=Acme Inc;domain=acme.com");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    ok(v.id == id);
    v = engine_write(e, "account", "name=Acme Inc;domain=acme.com");
    ok_str(verdict_outcome_name(v.outcome), "unchanged");
    v = engine_write(e, "account", "domain=other.com");
    ok_str(engine_codes(e, &v), "REQUIRED");
    v = engine_write(e, "account", "name=X;segment=enterprize;employees=0;colour=red");
    ok_str(engine_codes(e, &v), "UNKNOWN_VALUE TOO_SMALL UNKNOWN_FIELD");
    ok(str_is(v.findings[0].help, "Did you mean 'enterprise'?"));
}

static void test_gates(struct engine *e)
{
    struct verdict v = engine_write(e, "opportunity", "name=Big deal;account=acme.com");
    ok_str(verdict_outcome_name(v.outcome), "created");
    uint64_t id = v.id;
    v = engine_update(e, "opportunity", id, "stage=proposal");
    ok_str(engine_codes(e, &v), "GATE:PROP-1");
    ok_str(criterion_state_name(v.findings[0].state), "absent");
    v = engine_update(e, "opportunity", id, "stage=proposal;amount=100");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    v = engine_update(e, "opportunity", id, "stage=discovery");
    ok_str(engine_codes(e, &v), "REASON_REQUIRED:sales");
    v = engine_update(e, "opportunity", id, "stage=closed_won");
    ok_str(engine_codes(e, &v), "SKIP:sales");
    v = engine_update(e, "opportunity", id, "stage=closed_lost");
    ok_str(engine_codes(e, &v), "RULE:OPP-1");
    v = engine_update(e, "opportunity", id, "stage=closed_lost;loss_reason=price");
    ok_str(verdict_outcome_name(v.outcome), "updated");
    v = engine_update(e, "opportunity", id, "amount=");
    ok_str(verdict_outcome_name(v.outcome), "updated");
}

int main(void)
{
    struct engine e;
    if (!ok(engine_open(&e, model)))
        return tap_done();
    test_create_and_update(&e);
    test_gates(&e);
    engine_close(&e);
    return tap_done();
}
