#include "model/seeds.h"
#include "tests/tap.h"
#include <string.h>

static struct arena *arena;

static const char yaml[] =
    "version: 1\ncompany: {name: A, currency: EUR, timezone: UTC, owner: ana}\n"
    "people: {ana: {name: Ana}, ben: {name: Ben}}\n"
    "objects: [{name: deal, fields: [{name: amount, type: money}]}]\n"
    "metrics: [{name: sold, kind: simple, object: deal, value: amount}, {name: deals, kind: "
    "simple, "
    "object: deal}]\n"
    "seats: {file: files/seats.csv, keys: [person, starts], fields: [seat, ends]}\n"
    "quotas:\n- {name: arr, metric: sold, period: month, amounts: files/quota.csv}\n"
    "- {name: calls, metric: deals, period: month, amounts: files/calls.csv}\n"
    "territories: [{name: north, object: deal, covers: has(deal.amount), seats: {ae: ben}, from: "
    "2026-01-01}]\n"
    "pools: {desk: {members: [ana, {person: ben, weight: 3}]}}\n";

static const char quota[] = "person,period,amount\nana,2026-01-01,10.00 EUR\n";

/* The model with these rows of seats and calls; NULL when it has errors. */
static const struct model *compile(const char *seats, const char *calls, struct diags *ds)
{
    struct source files[] = {{STR("files/calls.csv"), str_of(calls)},
                             {STR("files/quota.csv"), str_of(quota)},
                             {STR("files/seats.csv"), str_of(seats)},
                             {STR("revos.yaml"), str_of(yaml)}};
    struct source_set *set = ARENA_NEW(arena, struct source_set);
    *set = (struct source_set){arena_copy(arena, files, sizeof files), 4};
    struct model *m;
    diags_init(ds, arena);
    return model_compile(set, NULL, arena, &m, ds) == RC_OK ? m : NULL;
}

static const struct seed_row *row(const struct model *m, const char *identity)
{
    for (size_t i = 0; m && i < m->n_seeds; i++)
        if (str_is(m->seeds[i].identity, identity))
            return &m->seeds[i];
    return NULL;
}

static struct str cell(const struct seed_row *r, const char *field)
{
    for (size_t i = 0; r && i < r->n_cells; i++)
        if (str_is(r->cells[i].field->name, field))
            return r->cells[i].text;
    return STR("(none)");
}

static void check_cell(const struct model *m, const char *identity, const char *field,
                       const char *want)
{
    ok_str_at(identity, str_c(arena, cell(row(m, identity), field)), want);
}

static void names_of_files(void)
{
    struct source file = {STR("revos.yaml"), str_of(yaml)};
    struct source_set set = {&file, 1};
    struct str *names;
    size_t n;
    struct diags ds;
    struct model *m;
    seed_files(&set, arena, &names, &n);
    ok_int(n, 3);
    ok(str_is(names[0], "files/calls.csv") && str_is(names[1], "files/quota.csv") &&
       str_is(names[2], "files/seats.csv"));
    diags_init(&ds, arena);
    ok_int(model_compile(&set, NULL, arena, &m, &ds), RC_OK);
    ok_int(m->n_seeds, 4); /* a territory, its seat, two members */
    seed_files_check(m, &ds);
    ok_int(ds.errors, 3);
}

static void rows(void)
{
    struct diags ds;
    const struct model *m = compile(
        "\xEF\xBB\xBFseat,person,starts,ends\r\n"
        "lead,ana,2026-01-01,\r\n\"a, b\", ben ,2026-01-01,2026-06-30\r\n",
        "person,count,period\nben,4,2026-02-01\n", &ds);
    ok_int(m ? m->n_seeds : 0, 8);
    check_cell(m, "seats: ben, 2026-01-01", "seat", "a, b");
    check_cell(m, "seats: ben, 2026-01-01", "ends", "2026-06-30");
    check_cell(m, "quotas.arr: ana, 2026-01-01", "amount", "10.00 EUR");
    check_cell(m, "quotas.arr: ana, 2026-01-01", "name", "arr");
    check_cell(m, "quotas.calls: ben, 2026-02-01", "count", "4");
    check_cell(m, "quotas.calls: ben, 2026-02-01", "starts", "2026-02-01");
    check_cell(m, "territories.north", "owner", "ana");
    check_cell(m, "territories.north: ae", "person", "ben");
    check_cell(m, "pools.desk: ben", "weight", "3");
    check_cell(m, "pools.desk: ana", "active", "true");
    ok(row(m, "seats: ana, 2026-01-01") && row(m, "seats: ana, 2026-01-01")->at.line == 2);
}

/* The first problem of the seats' file: "line:column message". */
static void wrong(const char *seats, const char *want)
{
    struct diags ds;
    ok_at(seats, !compile(seats, "person,period,count\n", &ds));
    const struct diag *d = ds.list.n ? &ds.list.v[0] : NULL;
    ok_str_at(seats,
              d ? str_c(arena,
                        str_printf(arena, "%u:%u %.*s", d->at.line, d->at.col, STR_ARG(d->message)))
                : "",
              want);
}

int main(void)
{
    arena = arena_new();
    names_of_files();
    rows();
    wrong("", "1:1 the first row does not name the columns");
    wrong("person,starts,seat\n", "1:1 there is no column 'ends'");
    wrong("person,starts,seat,ends,é\n", "1:25 there is no column 'é'");
    wrong("person,starts,seat,ends\nana,2026-1-1,lead,\n",
          "2:5 '2026-1-1' is no value of 'starts'");
    wrong("person,starts,seat,ends\nana,,lead,\n", "2:5 'starts' is empty");
    wrong("person,starts,seat,ends\nana,2026-01-01,\"é, è\",x\n", "2:23 'x' is no value of 'ends'");
    wrong("person,starts,seat,ends\nana,2026-01-01,lead\n", "2:1 the row has 3 cells, the first 4");
    wrong("person,starts,seat,ends\nana,2026-01-01,lead,\nana,2026-01-01,head,\n",
          "3:1 seats: ana, 2026-01-01 stands twice");
    arena_free(arena);
    return tap_done();
}
