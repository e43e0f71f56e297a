/* test_react.c - what follows from a command, and what falls due later. */
#include "admission/agenda.h"
#include "projection/rebuild.h"
#include "tests/engine.h"

/* A deal moves on by itself when its gates are met: by its own fields, its account's, the passing of time. */
static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [name]\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: tier, type: integer}\n"
    "  - {name: seen_30d, type: integer, rollup: {of: touch, aggregate: count, window: 30d}}\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: amount, type: integer}\n"
    "  - {name: doubled, type: integer, computed: \"deal.amount * 2\"}\n"
    "  - {name: tier, type: integer, computed: \"deal.account.tier\"}\n"
    "  - {name: note, type: text}\n"
    "  - {name: starts, type: instant}\n"
    "- name: touch\n"
    "  kind: fact\n"
    "  plural: touches\n"
    "  owner: ben\n"
    "  fields:\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: at, type: instant, required: true}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ben\n"
    "  stages:\n"
    "  - {name: open}\n"
    "  - {name: sized, advance: auto, enter: [{id: G-1, require: \"deal.amount > 10\"}]}\n"
    "  - {name: placed, advance: auto, enter: [{id: G-2, require: \"deal.account.tier == 1 || "
    "deal.account.seen_30d >= 2\"}]}\n"
    "  - {name: begun, advance: auto, enter: [{id: G-3, require: \"deal.starts <= now\"}]}\n"
    "  - {name: won, outcome: won}\n"
    "rules:\n"
    "- {id: R-1, object: deal, owner: ben, when: \"deal.stage == 'sized'\", require: "
    "\"!has(deal.note) || deal.note != 'stuck'\", message: Not while it is stuck.}\n";

static const char *stage_of(struct engine *e, uint64_t id)
{
    const struct row *r = engine_row(e, "deal", id);
    const struct field *f = object_field(engine_object(e, "deal"), STR("stage"));
    return str_c(e->arena, field_value_text(f, row_value(r, f), e->arena));
}

static int64_t number_of(struct engine *e, const char *object, uint64_t id, const char *field)
{
    const struct row *r = engine_row(e, object, id);
    const struct value *v = row_value(r, object_field(engine_object(e, object), str_of(field)));
    return v->type == VT_INT ? v->integer : -1;
}

static size_t fire(struct engine *e)
{
    struct firing f = {.until = e->env.now, .max = 1000};
    size_t n = 0;
    ok(admission_fire(e->adm, &f, e->arena, &n) == RC_OK);
    return n;
}

static struct instant next_due(struct engine *e)
{
    struct instant t;
    ok(agenda_next(e->store, &t) == RC_OK);
    return t;
}

static size_t count(struct engine *e, const char *object)
{
    size_t n = 0;
    const struct object *o = engine_object(e, object);
    struct ledger_reader *r;
    struct event ev;
    bool more = true;
    ok(ledger_read(e->store, e->vault, 1, 0, &r) == RC_OK);
    while (ledger_next(r, e->arena, &ev, &more) == RC_OK && more)
        n += ev.kind == EV_CREATE && ev.object == o->number;
    ledger_read_end(r);
    return n;
}

static bool replays(struct engine *e)
{
    struct table_digest *before, *after;
    size_t n, m;
    bool same = projection_digests(e->projection, e->arena, &before, &n) == RC_OK &&
                store_begin(e->store) == RC_OK &&
                projection_rebuild(e->projection, e->store, e->vault, NULL) == RC_OK &&
                store_commit(e->store) == RC_OK &&
                projection_digests(e->projection, e->arena, &after, &m) == RC_OK && n == m;
    for (size_t i = 0; same && i < n; i++)
        same = digest_eq(before[i].digest, after[i].digest);
    return same;
}

/* An effect stands in the transaction of its cause and names it; the verdict tells of it. */
static void test_follows(struct engine *e)
{
    struct verdict v = engine_write(e, "deal", "code=d1;amount=20");
    struct event ev;
    ok_str(stage_of(e, v.id), "sized");
    ok_int(v.n_followed, 1);
    ok(v.n_followed == 1 && str_is(v.followed[0].definition, "pipelines.sales"));
    ok(v.n_followed == 1 && v.followed[0].id == v.id);
    ok_int((int64_t)(v.last_seq - v.first_seq), 1);
    ok(v.version == v.last_seq);
    ok(ledger_get(e->store, e->vault, v.last_seq, e->arena, &ev) == RC_OK);
    ok(ev.txn == v.txn && ev.cause == v.first_seq);
    ok(str_is(ev.actor, "rule:pipelines.sales"));
    v = engine_write(e, "deal", "code=d2;amount=5");
    ok_str(stage_of(e, v.id), "open");
    ok_int(v.n_followed, 0);
    v = engine_update(e, "deal", v.id, "amount=11");
    ok_str(stage_of(e, v.id), "sized");
    struct buf b;
    buf_init(&b, 1 << 16);
    verdict_json(&v, &b);
    ok(str_find(buf_view(&b), STR("\"followed\":[{\"object\":\"deal\""), 0) >= 0);
    buf_release(&b);
}

/* A rule against the effect stops the effect alone; one open record says so, however often it is tried. */
static void test_blocked(struct engine *e)
{
    size_t before = count(e, "blocked");
    struct verdict v = engine_write(e, "deal", "code=d3;amount=20;note=stuck");
    ok_str(verdict_outcome_name(v.outcome), "created");
    ok_str(stage_of(e, v.id), "open");
    ok_int(v.n_followed, 1);
    ok(v.n_followed == 1 && strcmp(v.followed[0].what, "blocked") == 0);
    ok_int((int64_t)count(e, "blocked"), (int64_t)before + 1);
    struct row *b = engine_row(e, "blocked", v.followed[0].id);
    const struct object *o = engine_object(e, "blocked");
    ok(b && str_is(row_value(b, object_field(o, STR("definition")))->text, "pipelines.sales"));
    ok(b && row_value(b, object_field(o, STR("deal")))->ref == v.id);
    ok(b && str_find(row_value(b, object_field(o, STR("verdict")))->text, STR("R-1"), 0) >= 0);
    v = engine_update(e, "deal", v.id, "amount=30");
    ok_int((int64_t)count(e, "blocked"), (int64_t)before + 1);
    v = engine_update(e, "deal", v.id, "note=;amount=1");
    v = engine_update(e, "deal", v.id, "amount=30"); /* it rises again */
    ok_str(stage_of(e, v.id), "sized");
}

/* Written into the past: values follow, nothing starts. */
static void test_quiet(struct engine *e)
{
    struct command c = engine_command(e, CMD_UPSERT, "deal", "code=d4;amount=20");
    c.dated = true;
    c.effective_at.us = e->env.now.us - US_PER_DAY;
    struct verdict v = engine_send(e, &c);
    ok_str(stage_of(e, v.id), "open");
    ok_int(number_of(e, "deal", v.id, "doubled"), 40);
    ok_int(v.n_followed, 0);
}

/* A change of another record asks for a look: at once when few watch, piece by piece when many do. */
static void test_watched(struct engine *e)
{
    enum { MANY = 200 };
    struct command commands[MANY];
    struct verdict verdicts[MANY];
    struct verdict a = engine_write(e, "account", "name=Few");
    struct verdict v = engine_write(e, "deal", "code=w0;amount=20;account=Few");
    ok_str(stage_of(e, v.id), "sized");
    a = engine_update(e, "account", a.id, "tier=1");
    ok_str(stage_of(e, v.id), "placed");
    a = engine_write(e, "account", "name=Many");
    for (int i = 0; i < MANY; i++) {
        char fields[80];
        snprintf(fields, sizeof fields, "code=m%d;amount=20;account=Many", i);
        commands[i] = engine_command(e, CMD_UPSERT, "deal", fields);
    }
    ok(admission_group(e->adm, commands, MANY, NULL, e->arena, verdicts) == RC_OK);
    a = engine_update(e, "account", a.id, "tier=1");
    ok(next_due(e).us <= e->env.now.us);
    size_t placed = 0, items = fire(e);
    ok(items > 1);
    for (int i = 0; i < MANY; i++)
        placed += strcmp(stage_of(e, verdicts[i].id), "placed") == 0;
    ok_int((int64_t)placed, MANY);
    ok_int(number_of(e, "deal", verdicts[MANY - 1].id, "tier"), 1);
    ok_int((int64_t)fire(e), 0);
}

/* What is due by time happens once, as of when it was due, however late. */
static void test_due(struct engine *e)
{
    char fields[120], room[40];
    struct instant when = {e->env.now.us + 3 * US_PER_DAY};
    engine_write(e, "account", "name=Timely;tier=1");
    snprintf(fields, sizeof fields, "code=t1;amount=20;account=Timely;starts=%.*s",
             STR_ARG(instant_text(when, room)));
    struct verdict v = engine_write(e, "deal", fields);
    ok_str(stage_of(e, v.id), "placed");
    ok(next_due(e).us == when.us);
    e->env.now.us = when.us - 1;
    ok_int((int64_t)fire(e), 0);
    e->env.now.us = when.us + 2 * US_PER_DAY;
    ok_int((int64_t)fire(e), 1);
    ok_str(stage_of(e, v.id), "begun");
    struct event *events;
    size_t n;
    ok(ledger_of_record(e->store, e->vault, engine_object(e, "deal")->number, v.id, e->arena,
                        &events, &n) == RC_OK);
    ok(n > 0 && events[n - 1].effective_at.us == when.us);
    ok(n > 0 && events[n - 1].recorded_at.us >= e->env.now.us);
    ok_int((int64_t)fire(e), 0);
    ok(next_due(e).us == INSTANT_MAX.us);
}

/* A row that leaves its window counts no more, without anybody touching the record. What rows make of an account is seen by
 * the deals that read it as soon as the rows are there. */
static void test_window(struct engine *e)
{
    const struct object *touch = engine_object(e, "touch");
    struct verdict a = engine_write(e, "account", "name=Windowed");
    struct verdict watching = engine_write(e, "deal", "code=f1;amount=20;account=Windowed");
    struct fact_column columns[] = {{.field = object_field(touch, STR("account"))},
                                    {.field = object_field(touch, STR("at"))}};
    struct instant first = {e->env.now.us - 2 * US_PER_DAY}, second = {e->env.now.us - US_PER_DAY};
    struct fact_cell cells[4] = {
        {.form = INPUT_VALUE, .value = {.type = VT_REF, .ref = a.id}},
        {.form = INPUT_VALUE, .value = {.type = VT_INSTANT, .instant = first}},
        {.form = INPUT_VALUE, .value = {.type = VT_REF, .ref = a.id}},
        {.form = INPUT_VALUE, .value = {.type = VT_INSTANT, .instant = second}}};
    struct fact_batch batch = {
        .object = touch, .columns = columns, .n_columns = 2, .cells = cells, .n_rows = 2};
    struct verdict out[2];
    ok(admission_facts(e->adm, &batch, NULL, e->arena, out) == RC_OK);
    e->env.now.us += US_PER_SECOND;
    (void)fire(e);
    ok_int(number_of(e, "account", a.id, "seen_30d"), 2);
    ok_str(stage_of(e, watching.id), "placed");
    ok(next_due(e).us == first.us + 30 * US_PER_DAY);
    e->env.now.us += 28 * US_PER_DAY + US_PER_DAY / 2;
    ok_int((int64_t)fire(e), 1);
    ok_int(number_of(e, "account", a.id, "seen_30d"), 1);
    e->env.now.us += US_PER_DAY;
    ok_int((int64_t)fire(e), 1);
    ok_int(number_of(e, "account", a.id, "seen_30d"), 0);
    ok(next_due(e).us == INSTANT_MAX.us);
}

/* Several commands, all or nothing; one may refer to what an earlier one makes. */
static void test_parts(struct engine *e)
{
    struct command c[2];
    struct verdict v[2];
    struct field_input in[2] = {
        {.name = STR("code"), .text = STR("p1")},
        {.name = STR("account"), .form = INPUT_PART, .part = 0},
    };
    c[0] = engine_command(e, CMD_CREATE, "account", "name=Part");
    c[1] = engine_command(e, CMD_CREATE, "deal", "");
    c[1].fields = in;
    c[1].n_fields = 2;
    ok(admission_all(e->adm, c, 2, true, e->arena, v) == RC_OK);
    ok(verdict_accepted(&v[0]) && verdict_accepted(&v[1]));
    ok(admission_all(e->adm, c, 2, false, e->arena, v) == RC_OK);
    ok(verdict_accepted(&v[0]) && verdict_accepted(&v[1]));
    const struct row *r = engine_row(e, "deal", v[1].id);
    ok(r && row_value(r, object_field(engine_object(e, "deal"), STR("account")))->ref == v[0].id);
    struct digest before = ledger_head(e->ledger).hash;
    c[0] = engine_command(e, CMD_CREATE, "account", "name=Whole");
    ok(admission_all(e->adm, c, 2, false, e->arena, v) == RC_OK); /* the deal's key is taken */
    ok_str(engine_codes(e, &v[0]), "PARTS");
    ok_str(engine_codes(e, &v[1]), "EXISTS");
    ok(v[0].id == 0 && digest_eq(before, ledger_head(e->ledger).hash));
    c[0] = engine_command(e, CMD_CREATE, "account", "tier=1");
    in[0].text = STR("p2");
    ok(admission_all(e->adm, c, 2, false, e->arena, v) == RC_OK);
    ok_str(engine_codes(e, &v[0]), "REQUIRED");
    ok_str(engine_codes(e, &v[1]), "REF_UNKNOWN");
}

/* Groups leave no trace: the same commands one by one write the same ledger. */
static void test_groups(const char *yaml)
{
    struct digest head[2] = {{{0}}};
    for (int one = 0; one < 2; one++) {
        struct engine e;
        enum { N = 12 };
        struct command c[N];
        struct verdict v[N];
        ok(engine_open_memory(&e, yaml));
        for (int i = 0; i < N; i++) {
            char fields[80];
            if (i % 4 == 0)
                snprintf(fields, sizeof fields, "name=A%d;tier=%d", i % 8, i > 6);
            else
                snprintf(fields, sizeof fields, "code=d%d;amount=%d;account=A0%s", i % 5, i * 3,
                         i == 6 ? ";note=stuck" : "");
            c[i] = engine_command(&e, CMD_UPSERT, i % 4 == 0 ? "account" : "deal", fields);
        }
        for (int i = 0; i < N; i += one ? 1 : N)
            ok(admission_group(e.adm, &c[i], one ? 1 : N, NULL, e.arena, &v[i]) == RC_OK);
        head[one] = ledger_head(e.ledger).hash;
        engine_close(&e);
    }
    ok(digest_eq(head[0], head[1]));
}

int main(void)
{
    struct engine e;
    if (!engine_open(&e, model))
        return 1;
    (void)fire(&e); /* the quiet look at the people there are */
    test_follows(&e);
    test_blocked(&e);
    test_quiet(&e);
    test_watched(&e);
    test_due(&e);
    test_window(&e);
    test_parts(&e);
    ok(replays(&e));
    engine_close(&e);
    test_groups(model);
    return tap_done();
}
