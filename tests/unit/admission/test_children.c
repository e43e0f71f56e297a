/* test_children.c - children of a record as conditions see them in the middle of a group: of one that the same group made, of one
 * that stood there, with children that came, went, moved on and were refused. */
#include "tests/engine.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [name]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: count, type: integer, rollup: {of: deal, aggregate: count}}\n"
    "  - {name: most, type: integer, rollup: {of: deal.amount, aggregate: max}}\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: amount, type: integer}\n"
    "rules:\n"
    "- {id: R-1, object: deal, owner: ben, require: \"deal.amount < 100\", message: Too much.}\n"
    "- {id: R-2, object: deal, owner: ben, require: \"deal.account.count <= 3\", message: Too "
    "many.}\n";

/* What is sent, and what is refused of it. */
static const struct {
    enum command_kind kind;
    const char *object, *fields;
    bool refused;
} lines[] = {
    {CMD_UPSERT, "account", "name=B", false},
    {CMD_UPSERT, "deal", "code=b1;account=A;amount=5", false},
    {CMD_UPSERT, "deal", "code=b2;account=B;amount=7", false},
    {CMD_UPSERT, "deal", "code=b3;account=B;amount=700", true},
    {CMD_UPSERT, "deal", "code=b4;account=B;amount=9", false},
    {CMD_UPSERT, "deal", "code=b1;account=B;amount=6", false},
    {CMD_UPSERT, "deal", "code=b2;account=B;amount=8", false},
    {CMD_UPSERT, "deal", "code=b4;account=A", false},
    {CMD_UPSERT, "deal", "code=a1;amount=4", false},
    {CMD_UPSERT, "deal", "code=a1;account=B", false},
    {CMD_DELETE, "deal", "code=b2", false},
    {CMD_RESTORE, "deal", "code=b2", false},
    {CMD_DELETE, "deal", "code=b1", false},
};
enum { LINES = sizeof lines / sizeof *lines };

static int64_t number(struct engine *e, uint64_t id, const char *field)
{
    const struct row *r = engine_row(e, "account", id);
    const struct value *v = row_value(r, object_field(r->object, str_of(field)));
    return v->type == VT_INT ? v->integer : -1;
}

/* Takes the lines `at_once` at a time, with account A and its deal a1 there before. */
static struct digest taken(size_t at_once)
{
    struct engine e;
    struct command c[LINES];
    struct verdict v[LINES];
    if (!ok(engine_open(&e, model)))
        return (struct digest){0};
    uint64_t a = engine_write(&e, "account", "name=A").id;
    ok_int(engine_write(&e, "deal", "code=a1;account=A;amount=3").outcome, VERDICT_CREATED);
    for (size_t i = 0; i < LINES; i++)
        c[i] = engine_command(&e, lines[i].kind, lines[i].object, lines[i].fields);
    for (size_t i = 0; i < LINES; i += at_once)
        ok(admission_group(e.adm, &c[i], i + at_once < LINES ? at_once : LINES - i, NULL, e.arena,
                           &v[i]) == RC_OK);
    for (size_t i = 0; i < LINES; i++)
        ok_int_at(lines[i].fields, verdict_accepted(&v[i]), !lines[i].refused);
    uint64_t b = v[0].id;
    ok_int(number(&e, a, "count"), 1);
    ok_int(number(&e, a, "most"), 9);
    ok_int(number(&e, b, "count"), 2);
    ok_int(number(&e, b, "most"), 8);
    struct digest head = ledger_head(e.ledger).hash;
    engine_close(&e);
    return head;
}

int main(void)
{
    struct digest one = taken(1);
    ok(digest_eq(one, taken(2)));
    ok(digest_eq(one, taken(5)));
    ok(digest_eq(one, taken(LINES)));
    return tap_done();
}
