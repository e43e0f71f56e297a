/* prop_admission.c - whatever commands come: the ledger does not know their groups, replay gives the rows, a record is in
 * one stage, saying a row again changes nothing and reverts nothing. */
#include "projection/rebuild.h"
#include "tests/engine.h"
#include "tests/prop.h"

static const char model[] =
    "objects:\n"
    "- name: account\n"
    "  owner: ana\n"
    "  keys: [domain]\n"
    "  match: [{exact: [name]}, {all: [{similar: city, at_least: 0.75}, {exact: [size]}]}]\n"
    "  survivor: {default: most_recent, size: [crm, form]}\n"
    "  fields:\n"
    "  - {name: name, type: text, required: true}\n"
    "  - {name: domain, type: domain}\n"
    "  - {name: size, type: integer, min: 1}\n"
    "  - {name: city, type: text}\n"
    "  - {name: parent_account, type: ref, to: account}\n"
    "  - {name: worth, type: money, rollup: {of: deal.amount, aggregate: sum}}\n"
    "  - {name: n_deals, type: integer, rollup: {of: deal, aggregate: count, where: \"deal.stage "
    "!= 'lost'\"}}\n"
    "- name: deal\n"
    "  owner: ben\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: amount, type: money}\n"
    "  - {name: size, type: integer, computed: \"deal.account.size * 2\"}\n"
    "  - {name: reason, type: text}\n"
    "pipelines:\n"
    "- name: sales\n"
    "  object: deal\n"
    "  owner: ben\n"
    "  skip: forbid\n"
    "  back: reason\n"
    "  stages:\n"
    "  - {name: open}\n"
    "  - {name: offer, advance: auto, enter: [{id: G-1, require: \"is_positive(deal.amount)\", "
    "message: An offer "
    "has an amount.}]}\n"
    "  - {name: won, outcome: won}\n"
    "  - {name: lost, outcome: lost}\n"
    "rules:\n"
    "- {id: R-1, object: deal, owner: ben, when: \"deal.stage == 'lost'\", require: "
    "has(deal.reason), message: Say why.}\n"
    "- {id: R-2, object: account, owner: ana, require: \"account.n_deals < 4\", message: Too many "
    "deals., enforcement: warn}\n";

enum { COMMANDS_MAX = 40, WORD = 16 };

/* One drawn command, as text: made into a struct command by each engine. */
struct drawn {
    bool deal;
    int kind; /* 0-7 upsert, 8 delete, 9 restore; by key. 10 merge, 11 unmerge of what earlier ones made */
    size_t of, other; /* those */
    char fields[256];
    int days; /* effective days before the start; 0: now */
    int row;  /* source row; 0: none */
    bool reason;
};

static const char *const cities[] = {"",          ";city=berlin", ";city=berlni",   ";city=berli",
                                     ";city=ulm", ";city=bremen", ";city=Berlin AG"};

static void draw(struct prop *p, size_t i, struct drawn *d)
{
    static const char *const stages[] = {"", ";stage=offer", ";stage=won", ";stage=lost",
                                         ";stage=open"};
    static const char *const reasons[] = {"", ";reason=price"};
    *d = (struct drawn){.deal = prop_once_in(p, 2) || prop_once_in(p, 2),
                        .kind = (int)prop_draw(p, i > 0 ? 12 : 10),
                        .of = (size_t)prop_draw(p, i + 1) / 2,
                        .other = (size_t)prop_draw(p, i ? i : 1)};
    int key = (int)prop_draw(p, 4);
    if (d->deal)
        snprintf(d->fields, sizeof d->fields, "code=d%d%s%d%s%s%s%d.com%s", key,
                 prop_once_in(p, 3) ? ";amount=" : ";amount=1", (int)prop_draw(p, 9),
                 stages[prop_draw(p, 5)], reasons[prop_draw(p, 2)], ";account=a",
                 (int)prop_draw(p, 4), "");
    else
        snprintf(d->fields, sizeof d->fields, "domain=%s%d%s;name=n%d;size=%d%s%s",
                 prop_once_in(p, 5) ? "" : "a", key, prop_once_in(p, 5) ? "" : ".com",
                 (int)prop_draw(p, 5), (int)prop_range(p, 0, 9),
                 prop_once_in(p, 4) ? ";parent_account=a1.com" : "",
                 cities[prop_draw(p, sizeof cities / sizeof *cities)]);
    d->days = prop_once_in(p, 4) ? (int)prop_draw(p, 5) : 0;
    d->row = prop_once_in(p, 3) ? key + 1 : 0;
    d->reason = prop_once_in(p, 2);
}

/* Deletes and restores name the record by its key alone; merges by what was made: `ids`, 0 for nothing. */
static struct command command_of(struct engine *e, const struct drawn *d, const uint64_t *ids)
{
    static const enum command_kind kinds[] = {[8] = CMD_DELETE, [9] = CMD_RESTORE};
    char fields[256];
    if (d->kind >= 10) {
        struct command pair = engine_command(e, d->kind == 10 ? CMD_MERGE : CMD_UNMERGE,
                                             d->deal ? "deal" : "account", "");
        pair.id = ids[d->of] ? ids[d->of] : 1;
        pair.merge_id = ids[d->other] ? ids[d->other] : 2;
        return pair;
    }
    snprintf(fields, sizeof fields, "%s", d->fields);
    if (d->kind >= 8)
        *strchr(fields, ';') = 0;
    struct command c = engine_command(e, d->kind >= 8 ? kinds[d->kind] : CMD_UPSERT,
                                      d->deal ? "deal" : "account", fields);
    if (d->row) {
        c.source = STR("crm");
        c.source_row = str_printf(e->arena, "%d", d->row);
    }
    if (d->days) {
        c.dated = true;
        c.effective_at.us = e->env.now.us - d->days * US_PER_DAY;
    }
    if (d->reason)
        c.reason = STR("because");
    return c;
}

/* Fills `ids` with what was made when they come one by one; larger groups are told. */
static bool run(struct engine *e, const struct drawn *drawn, size_t n, size_t size, uint64_t *ids,
                struct verdict *verdicts)
{
    struct command commands[COMMANDS_MAX];
    for (size_t i = 0; i < n; i += size) {
        size_t take = n - i < size ? n - i : size;
        for (size_t k = i; k < i + take; k++)
            commands[k] = command_of(e, &drawn[k], ids);
        if (admission_group(e->adm, &commands[i], take, NULL, e->arena, &verdicts[i]) != RC_OK)
            return false;
        if (size == 1)
            ids[i] = verdict_accepted(&verdicts[i]) ? verdicts[i].id : 0;
    }
    return true;
}

static bool replays(struct prop *p, struct engine *e)
{
    struct table_digest *before, *after;
    size_t n, m;
    bool same = projection_digests(e->projection, e->arena, &before, &n) == RC_OK &&
                store_begin(e->store) == RC_OK &&
                projection_rebuild(e->projection, e->store, e->vault, NULL) == RC_OK &&
                store_commit(e->store) == RC_OK &&
                projection_digests(e->projection, e->arena, &after, &m) == RC_OK && n == m;
    for (size_t i = 0; same && i < n; i++)
        if (!digest_eq(before[i].digest, after[i].digest)) {
            prop_note(p, "table %.*s differs from its replay", STR_ARG(before[i].name));
            return false;
        }
    return same;
}

static bool one_stage(struct prop *p, struct engine *e, const struct verdict *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct fold_visit *visits;
        size_t count, open = 0;
        if (!v[i].id || !str_is(v[i].object->name, "deal"))
            continue;
        if (rows_visits(e->projection, v[i].object, v[i].id, e->arena, &visits, &count) != RC_OK)
            return false;
        for (size_t k = 0; k < count; k++)
            open += visits[k].left.seq == 0;
        if (open > 1) {
            prop_note(p, "a deal is in %zu stages", open);
            return false;
        }
    }
    return true;
}

static bool groups_and_replay(struct prop *p, void *context)
{
    static const size_t sizes[] = {1, 7, 256};
    struct drawn drawn[COMMANDS_MAX];
    struct verdict v[COMMANDS_MAX];
    struct ledger_head first = {0};
    uint64_t ids[COMMANDS_MAX] = {0};
    size_t n = prop_length(p, COMMANDS_MAX);
    bool good = true;
    (void)context;
    for (size_t i = 0; i < n; i++) {
        draw(p, i, &drawn[i]);
        prop_note(p, "%zu: %d of %zu %zu %s%s row %d days %d%s", i, drawn[i].kind, drawn[i].of,
                  drawn[i].other, drawn[i].deal ? "deal " : "account ", drawn[i].fields,
                  drawn[i].row, drawn[i].days, drawn[i].reason ? " reason" : "");
    }
    for (size_t s = 0; s < 3 && good; s++) {
        struct engine e;
        good = engine_open_memory(&e, model) && run(&e, drawn, n, sizes[s], ids, v);
        struct ledger_head head = ledger_head(e.ledger);
        if (s == 0)
            first = head;
        if (good && !digest_eq(head.hash, first.hash)) {
            prop_note(p, "groups of %zu: head %llu instead of %llu", sizes[s],
                      (unsigned long long)head.seq, (unsigned long long)first.seq);
            good = false;
        }
        if (good && s != 1)
            good = replays(p, &e) && one_stage(p, &e, v, n);
        engine_close(&e);
    }
    return good;
}

/* The same rows of a source again: every one is unchanged, and nothing is written. */
static bool says_again(struct prop *p, void *context)
{
    struct drawn drawn[WORD];
    struct verdict first[WORD], again[WORD];
    uint64_t ids[COMMANDS_MAX] = {0};
    struct engine e;
    size_t n = prop_length(p, WORD);
    (void)context;
    for (size_t i = 0; i < n; i++) {
        draw(p, i, &drawn[i]);
        drawn[i].kind = 0;
        drawn[i].days = 0;
        drawn[i].row = (int)i + 1;
        prop_note(p, "%s", drawn[i].fields);
    }
    bool good = engine_open_memory(&e, model) && run(&e, drawn, n, 7, ids, first);
    struct ledger_head before = ledger_head(e.ledger);
    good = good && run(&e, drawn, n, 7, ids, again);
    for (size_t i = 0; good && i < n; i++)
        if (verdict_accepted(&first[i]) && again[i].outcome != VERDICT_UNCHANGED &&
            again[i].outcome != VERDICT_MERGED) {
            prop_note(p, "row %zu was %s and is %s again", i + 1,
                      verdict_outcome_name(first[i].outcome),
                      verdict_outcome_name(again[i].outcome));
            good = false;
        }
    (void)before;
    engine_close(&e);
    return good;
}

/* ---- words of a source and edits by hand ------------------------------------------------------------------------------ */

static const char things[] = "objects:\n"
                             "- name: thing\n"
                             "  owner: ana\n"
                             "  keys: [code]\n"
                             "  fields:\n"
                             "  - {name: code, type: text}\n"
                             "  - {name: a, type: text}\n"
                             "  - {name: b, type: text}\n"
                             "  - {name: c, type: text}\n";

enum { THINGS = 3, FIELDS = 3, STEPS_MAX = 30 };

/* What is expected of one record: 0 is empty. */
struct expected {
    uint64_t id;
    bool said_once;
    uint64_t now[FIELDS], said[FIELDS];
};

/* A source that repeats its word for a field says nothing; a new word counts; so does every edit. */
static void expect(struct expected *x, const uint64_t *values, bool source)
{
    for (size_t i = 0; i < FIELDS; i++) {
        if (!source || !x->said_once || values[i] != x->said[i])
            x->now[i] = values[i];
        if (source)
            x->said[i] = values[i];
    }
    x->said_once = x->said_once || source;
}

static struct command thing_command(struct engine *e, struct prop *p, struct expected *all)
{
    static const char *const words[] = {"", "v1", "v2", "v3"};
    char fields[64];
    uint64_t values[FIELDS], which = prop_draw(p, THINGS);
    bool source = !prop_once_in(p, 3);
    for (size_t i = 0; i < FIELDS; i++)
        values[i] = prop_draw(p, 4);
    snprintf(fields, sizeof fields, "code=k%d;a=%s;b=%s;c=%s", (int)which, words[values[0]],
             words[values[1]], words[values[2]]);
    prop_note(p, "%s %s", source ? "source" : "edit", fields);
    struct command c = engine_command(e, CMD_UPSERT, "thing", fields);
    if (source) {
        c.source = STR("crm");
        c.source_row = str_printf(e->arena, "%d", (int)which);
    }
    expect(&all[which], values, source);
    return c;
}

static bool stands_as(struct prop *p, struct engine *e, const struct expected *x)
{
    static const char *const names[] = {"a", "b", "c"};
    struct row *r = x->id ? engine_row(e, "thing", x->id) : NULL;
    for (size_t i = 0; r && i < FIELDS; i++) {
        const struct value *v = row_value(r, object_field(r->object, str_of(names[i])));
        uint64_t got = v->type == VT_TEXT ? (uint64_t)(v->text.p[1] - '0') : 0;
        if (got == x->now[i])
            continue;
        prop_note(p, "field %s is v%d, not v%d", names[i], (int)got, (int)x->now[i]);
        return false;
    }
    return !x->id || r;
}

static bool edits_stay(struct prop *p, void *context)
{
    struct expected all[THINGS] = {0};
    struct command commands[STEPS_MAX];
    struct verdict v[STEPS_MAX];
    struct engine e;
    size_t n = prop_length(p, STEPS_MAX), size = 1 + (size_t)prop_draw(p, 7);
    (void)context;
    bool good = engine_open_memory(&e, things);
    for (size_t i = 0; good && i < n; i++)
        commands[i] = thing_command(&e, p, all);
    for (size_t i = 0; good && i < n; i += size)
        good = admission_group(e.adm, &commands[i], n - i < size ? n - i : size, NULL, e.arena,
                               &v[i]) == RC_OK;
    for (size_t i = 0; good && i < n; i++) {
        good = verdict_accepted(&v[i]);
        all[commands[i].fields[0].text.p[1] - '0'].id = v[i].id;
    }
    for (size_t i = 0; good && i < THINGS; i++)
        good = stands_as(p, &e, &all[i]);
    good = good && replays(p, &e);
    engine_close(&e);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property all[] = {
        {"groups leave no trace, replay equals, one stage", groups_and_replay, 1},
        {"a source that says the same again changes nothing", says_again, 1},
        {"repeated words never revert an edit", edits_stay, 1},
    };
    return prop_main(argc, argv, all, sizeof all / sizeof *all, NULL);
}
