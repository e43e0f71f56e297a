/* Mappings: read, bound to a header, applied to rows, proposed, written and read back. */
#include "connect/mapping.h"
#include "model/model.h"
#include "tap.h"

#include <string.h>

static const char model_text[] =
    "version: 1\n"
    "company: {name: T, currency: EUR, timezone: Europe/Berlin, fiscal_year_starts: \"01-01\"}\n"
    "people:\n"
    "  ana: {name: Ana, email: ana@t.example, role: revops}\n"
    "objects:\n"
    "- {name: account, owner: ana, keys: [name], fields: [{name: name, type: text}]}\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  keys: [code]\n"
    "  fields:\n"
    "  - {name: code, type: text}\n"
    "  - {name: account, type: ref, to: account}\n"
    "  - {name: amount, type: money}\n"
    "  - {name: close_date, type: date}\n"
    "  - {name: at, type: instant}\n"
    "  - {name: kind, type: enum, values: [new_logo, upsell]}\n"
    "  - {name: full_name, type: text}\n";

struct fixture {
    struct arena *a;
    struct diags ds;
    struct model *m;
    const struct object *deal;
};

static struct fixture setup(void)
{
    struct fixture f = {.a = arena_new()};
    diags_init(&f.ds, f.a);
    struct source *source = ARENA_NEW(f.a, struct source);
    *source = (struct source){STR("revos.yaml"), str_of(model_text)};
    struct source_set *set = ARENA_NEW(f.a, struct source_set);
    *set = (struct source_set){source, 1};
    ok_int(model_compile(set, NULL, f.a, &f.m, &f.ds), RC_OK);
    f.deal = f.m != NULL ? model_object(f.m, STR("deal")) : NULL;
    diags_init(&f.ds, f.a);
    return f;
}

static enum rc read_text(struct fixture *f, const char *text, struct mapping **out)
{
    struct source *source = ARENA_NEW(f->a, struct source);
    *source = (struct source){STR("maps/deal.yaml"), str_of(text)};
    return mapping_read(source, f->m, f->deal, f->a, out, &f->ds);
}

static const struct field_input *input(const struct mapped_row *row, const char *field)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        if (str_is(row->fields[i].field->name, field)) {
            return &row->fields[i];
        }
    }
    return NULL;
}

static void test_rows(void)
{
    struct fixture f = setup();
    struct mapping *map = NULL;
    ok_int(read_text(&f,
                     "source: crm\n"
                     "null: [n/a]\n"
                     "effective: {column: Created, format: dmy}\n"
                     "columns:\n"
                     "  Id: {to: id}\n"
                     "  Deal code: {to: code}\n"
                     "  Account: {to: account, by: name, aliases: {GTXPro: GTX Pro}}\n"
                     "  Value: {to: amount, decimal: ',', group: '.', unit: 1000, currency: USD}\n"
                     "  Closed: {to: close_date, format: YYYY.DD.MM, effective: Closed}\n"
                     "  Seen: {to: at, format: 'YYYY-MM-DD H:MM', timezone: America/New_York}\n"
                     "  Given: {to: full_name, with: [Family], join: ' '}\n"
                     "constants: {kind: upsell}\n"
                     "ignore: [Junk]\n",
                     &map),
           RC_OK);
    const struct str header[] = {STR("id"),     STR(" deal code "), STR("Account"), STR("Value"),
                                 STR("Closed"), STR("Seen"),        STR("Given"),   STR("Family"),
                                 STR("Junk"),   STR("Created"),     STR("Extra")};
    ok_int(mapping_bind(map, header, 11, &f.ds), RC_OK);
    ok_int_at("a column neither mapped nor ignored is a warning", f.ds.warnings, 1);
    const struct str cells[] = {STR("77"),
                                STR("D-1"),
                                STR("GTXPro"),
                                STR("1.234,5"),
                                STR("2026.03.04"),
                                STR("2026-07-01 9:30"),
                                STR("Ann"),
                                STR("Lee"),
                                STR("x"),
                                STR("1.2.2026"),
                                STR("")};
    struct mapped_row row;
    mapping_row(map, cells, 11, f.a, &row);
    ok(str_is(row.id, "77"));
    ok(str_is(input(&row, "account")->text, "GTX Pro") &&
       input(&row, "account")->form == INPUT_KEY);
    ok(str_is(input(&row, "amount")->text, "1234500 USD"));
    ok_int(input(&row, "close_date")->value.date.days,
           date_from_ymd((struct ymd){2026, 4, 3}).days);
    struct instant expected;
    ok(instant_parse(STR("2026-04-02T22:00:00Z"), &expected));
    ok_int_at("a column that says since when it holds itself is read in its own form",
              input(&row, "close_date")->effective_at.us, expected.us);
    ok(instant_parse(STR("2026-07-01T13:30:00Z"), &expected));
    ok_int_at("times stand in the zone stated", input(&row, "at")->value.instant.us, expected.us);
    ok(str_is(input(&row, "full_name")->text, "Ann Lee"));
    ok(str_is(input(&row, "kind")->text, "upsell"));
    ok(instant_parse(STR("2026-01-31T23:00:00Z"), &expected) && row.dated);
    ok_int_at("a date as effective time is 00:00 of that company day", row.effective_at.us,
              expected.us);
    mapping_close(map);
    arena_free(f.a);
}

/* `keys` of the amount's column, a cell of it and of the column Currency; the input's text, or its reason behind "!". */
static void test_money(void)
{
    static const struct {
        const char *keys, *cell, *currency, *want;
    } cases[] = {
        {"decimal: ',', group: '.'", "2.000,00 \xe2\x82\xac", "", "2000.00 EUR"},
        {"decimal: '.'", "1000.50 EUR", "", "1000.50 EUR"},
        {"decimal: '.'", "EUR 5", "", "5 EUR"},
        {"decimal: '.'", "usd 5", "", "5 USD"},
        {"decimal: '.'",
         "-\xe2\x82\xac"
         "5.5",
         "", "-5.5 EUR"},
        {"group: ',', unit: 1000",
         "\xe2\x82\xac"
         "1,200",
         "", "1200000 EUR"},
        {"decimal: '.'", "5", "", "5"},
        {"group: ','", "$1,200", "",
         "!'$' is a sign of several currencies (USD, CAD, AUD \xe2\x80\xa6): write the code, or "
         "state 'currency' "
         "in the mapping"},
        {"group: ',', currency: USD", "$1,200", "", "1200 USD"},
        {"group: ',', currency: CAD", "$1,200", "", "1200 CAD"},
        {"currency: EUR", "$5", "", "!'$' is no sign of EUR, which the mapping says"},
        {"currency: EUR", "USD 5", "", "!'USD 5' is in USD, but the mapping says EUR"},
        {"currency_column: Currency", "$5", "usd", "5 USD"},
        {"currency_column: Currency", "5", "\xe2\x82\xac", "5 EUR"},
        {"currency_column: Currency", "5 EUR", "", "5 EUR"},
        {"currency_column: Currency", "5 EUR", "USD",
         "!'5 EUR' is in EUR, but the row's currency column says USD"},
        {"currency_column: Currency", "5", "points", "5 points"},
        {"unit: kr.", "5 kr.", "", "5"},
        {"decimal: '.'", "5 apples", "", "!'5 apples' is no number: this is no part of a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = setup();
        struct mapping *map = NULL;
        const char *text =
            str_printf(f.a, "source: s\ncolumns: {Amount: {to: amount, %s}}\nignore: [Currency]\n",
                       cases[i].keys)
                .p;
        ok_int(read_text(&f, text, &map), RC_OK);
        const struct str header[] = {STR("Amount"), STR("Currency")};
        ok_int(mapping_bind(map, header, 2, &f.ds), RC_OK);
        const struct str cells[] = {str_of(cases[i].cell), str_of(cases[i].currency)};
        struct mapped_row row;
        mapping_row(map, cells, 2, f.a, &row);
        const struct field_input *in = input(&row, "amount");
        ok_str_at(cases[i].cell,
                  in->form == INPUT_BAD ? str_printf(f.a, "!%.*s", STR_ARG(in->why)).p
                                        : str_c(f.a, in->text),
                  cases[i].want);
        mapping_close(map);
        arena_free(f.a);
    }
}

static void test_constants(void)
{
    struct fixture f = setup();
    struct mapping *map = NULL;
    ok_int(read_text(&f,
                     "source: s\ncolumns: {a: {to: code}}\nconstants: {amount: 5.5, close_date: "
                     "2026-03-01}\n",
                     &map),
           RC_OK);
    const struct str header[] = {STR("a")};
    ok_int(mapping_bind(map, header, 1, &f.ds), RC_OK);
    struct mapped_row row;
    mapping_row(map, (const struct str[]){STR("x")}, 1, f.a, &row);
    ok(str_is(input(&row, "amount")->text, "5.5"));
    ok_int(input(&row, "close_date")->form, INPUT_VALUE);
    mapping_close(map);
    arena_free(f.a);
}

static void test_bad_cells(void)
{
    struct fixture f = setup();
    struct mapping *map = NULL;
    ok_int(read_text(&f,
                     "source: crm\nnull: [n/a]\ncolumns:\n  amount: {to: amount}\n  day: {to: "
                     "close_date}\n  code: {to: code}\n",
                     &map),
           RC_OK);
    const struct str header[] = {STR("amount"), STR("day"), STR("code")};
    ok_int(mapping_bind(map, header, 3, &f.ds), RC_OK);
    const struct str cells[] = {STR("1,5"), STR("3/4/2026"), STR("n/a")};
    struct mapped_row row;
    mapping_row(map, cells, 3, f.a, &row);
    ok_at("a comma is no decimal sign unless stated",
          input(&row, "amount")->form == INPUT_BAD && input(&row, "amount")->why.n > 0);
    ok_at("day and month are not guessed", input(&row, "close_date")->form == INPUT_BAD);
    ok_at("null words are empty", input(&row, "code")->form == INPUT_CLEAR);
    mapping_row(map, cells, 0, f.a, &row);
    ok_at("missing cells are empty", input(&row, "amount")->form == INPUT_CLEAR);
    mapping_close(map);
    arena_free(f.a);
}

static void test_faults(void)
{
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"columns: {a: {to: code}}\n", "C0113"},
        {"source: s\ncolumns: {a: {to: cod}}\n", "C0105"},
        {"source: s\ncolumns: {a: {too: code}}\n", "C0102"},
        {"source: s\ncolumns: {a: {to: created_at}}\n", "C0106"},
        {"source: s\ncolumns: {a: {to: code, by: name}}\n", "C0107"},
        {"source: s\ncolumns: {a: {to: account, by: domain}}\n", "C0108"},
        {"source: s\ncolumns: {a: {to: code}, b: {to: code}}\n", "C0111"},
        {"source: s\nobject: account\ncolumns: {a: {to: name}}\n", "C0112"},
        {"source: s\ncolumns: {a: {to: close_date, format: QQQ}}\n", "C0114"},
        {"source: s\ntimezone: Europe/Berlyn\ncolumns: {a: {to: code}}\n", "C0115"},
        {"source: s\ncolumns: [a]\n", "C0110"},
        {"source: s\ncolumns: {a: {to: amount, currency: EURO}}\n", "C0103"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = setup();
        struct mapping *map = NULL;
        ok_int(read_text(&f, cases[i].text, &map), RC_INVALID);
        ok_str_at(cases[i].text, f.ds.list.n > 0 ? f.ds.list.v[0].code : NULL, cases[i].code);
        arena_free(f.a);
    }
}

static void test_too_many(void)
{
    struct fixture f = setup();
    struct mapping *map = NULL;
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_cstr(&b, "source: s\ncolumns:\n");
    for (int i = 0; i <= MAPPING_TARGETS_MAX; i++)
        buf_printf(&b, "  c%d: {to: code}\n", i);
    ok_int(read_text(&f, str_c(f.a, buf_view(&b)), &map), RC_INVALID);
    ok_str(f.ds.list.v[0].code, "C0109");
    buf_release(&b);
    arena_free(f.a);
}

static void test_bind_fault(void)
{
    struct fixture f = setup();
    struct mapping *map = NULL;
    ok_int(read_text(&f, "source: s\ncolumns: {Amount: {to: amount}}\n", &map), RC_OK);
    const struct str header[] = {STR("amuont")};
    ok_int(mapping_bind(map, header, 1, &f.ds), RC_INVALID);
    ok_str(f.ds.list.v[0].code, "C0120");
    ok(str_is(f.ds.list.v[0].help, "did you mean 'amuont'?"));
    mapping_close(map);
    arena_free(f.a);
}

static void test_propose(void)
{
    struct fixture f = setup();
    const struct str header[] = {STR("Record ID"),    STR("Deal Amount"), STR("Close Date"),
                                 STR("Account Name"), STR("Code"),        STR("Mood: today"),
                                 STR("yes")};
    struct mapping *map = mapping_propose(f.m, f.deal, STR("hubspot"), header, 7, f.a);
    ok_int(map->n_targets, 5);
    ok_at("record ids are the source's own", map->targets[0].field == NULL);
    ok(str_is(map->targets[1].field->name, "amount"));
    ok(str_is(map->targets[3].field->name, "account") && map->targets[3].by != NULL);
    struct buf b;
    buf_init(&b, 1 << 16);
    mapping_write(map, &b);
    buf_char(&b, '\0');
    struct mapping *again = NULL;
    ok_int_at("what is written reads back", read_text(&f, b.p, &again), RC_OK);
    ok(again != NULL && again->n_targets == 5 && again->n_ignored == 2);
    ok(again != NULL && str_is(again->ignored[0], "Mood: today") &&
       str_is(again->ignored[1], "yes"));
    buf_release(&b);
    mapping_close(again);
    mapping_close(map);
    arena_free(f.a);
}

int main(void)
{
    test_rows();
    test_money();
    test_constants();
    test_bad_cells();
    test_faults();
    test_too_many();
    test_bind_fault();
    test_propose();
    return tap_done();
}
