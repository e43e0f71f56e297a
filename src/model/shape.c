#include "model/shape.h"

#include "base/zone.h"
#include "model/codes.h"
#include "model/model.h"
#include "model/scalar.h"

#include <assert.h>
#include <string.h>

static void check(struct node *n, const struct shape *s, struct str where, struct diags *ds);

/* ---- scalars ----------------------------------------------------------------------------------- */

static bool is_null(const struct node *n)
{
    return n->plain && (!n->text.n || str_is(n->text, "~") || str_is(n->text, "null") ||
                        str_is(n->text, "Null") || str_is(n->text, "NULL"));
}

static bool secret_ok(struct str s)
{
    return (str_starts(s, STR("env:")) && s.n > 4) || (str_starts(s, STR("file:")) && s.n > 5);
}

/* "24000 EUR" */
static bool price_ok(struct str s)
{
    struct money m;
    return money_parse(s, (struct currency){0}, &m);
}

/* "09:00-12:30" */
static bool clocks_ok(struct str s)
{
    int32_t from, to;
    return s.n == 11 && s.p[5] == '-' && scalar_clock(str_sub(s, 0, 5), &from) &&
           scalar_clock(str_sub(s, 6, 11), &to) && from < to;
}

/* A path inside the workspace: relative, and never upwards. */
static bool file_ok(struct str s)
{
    return s.n && s.p[0] != '/' && !str_starts(s, STR("../")) && str_find(s, STR("/../"), 0) < 0 &&
           !str_ends(s, STR("/..")) && !str_is(s, "..");
}

struct scalar_rule {
    enum shape_kind kind;
    const char *what; /* "a date such as 2026-02-01" */
};

static const char *kind_example(enum shape_kind kind)
{
    static const struct scalar_rule rules[] = {
        {SH_INT, "a whole number"},
        {SH_NUMBER, "a number such as 0.25, with at most 9 digits after the point"},
        {SH_BOOL, "true or false"},
        {SH_DATE, "a date such as 2026-02-01"},
        {SH_DURATION, "a duration such as 30d, 4h or 90m"},
        {SH_WORKTIME, "a duration such as 30d or 4h, or working days such as 3bd"},
        {SH_PERCENT, "a share such as 25% or 0.25"},
        {SH_PERIOD, "a span such as 12 months, 90d or 1 fiscal_year"},
        {SH_CURRENCY, "an ISO 4217 currency such as EUR"},
        {SH_PRICE, "an amount with its currency such as 24000 EUR"},
        {SH_CLOCK, "a time of day such as \"09:00\""},
        {SH_CLOCKS, "hours such as \"09:00-17:30\""},
        {SH_MONTH_DAY, "month and day such as \"02-01\""},
        {SH_BAND, "a bound such as \"<40\", or else"},
        {SH_FILE, "a path inside the workspace such as files/fx.csv"}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].kind == kind)
            return rules[i].what;
    return "text";
}

static bool time_scalar_ok(const struct shape *s, struct str t)
{
    struct date date;
    struct duration duration;
    struct period_length period;
    int32_t number;
    uint8_t month, day;
    switch ((int)s->kind) {
    case SH_DATE:
        return date_parse(t, &date);
    case SH_DURATION:
        return duration_parse(t, &duration) && duration.us >= 0;
    case SH_WORKTIME:
        return scalar_worktime(t, &duration, &number);
    case SH_PERIOD:
        return scalar_period(t, &period);
    case SH_CLOCK:
        return scalar_clock(t, &number);
    case SH_CLOCKS:
        return clocks_ok(t);
    case SH_MONTH_DAY:
        return scalar_month_day(t, &month, &day);
    default:
        return true;
    }
}

static bool scalar_ok(const struct shape *s, struct str t)
{
    int64_t integer;
    struct decimal decimal;
    bool boolean;
    struct currency currency;
    switch ((int)s->kind) {
    case SH_INT:
        return scalar_int(t, &integer);
    case SH_NUMBER:
        return decimal_parse(t, &decimal);
    case SH_BOOL:
        return scalar_bool(t, &boolean);
    case SH_PERCENT:
        return scalar_percent(t, true, &decimal);
    case SH_CURRENCY:
        return currency_parse(t, &currency);
    case SH_PRICE:
        return price_ok(t);
    case SH_BAND:
        return str_is(t, "else") || scalar_below(t, &decimal);
    case SH_FILE:
        return file_ok(t);
    default:
        return time_scalar_ok(s, t);
    }
}

static void check_word(struct node *n, const struct shape *s, struct str where, struct diags *ds)
{
    struct str words[32];
    size_t count = 0;
    for (; s->words[count] && count < 32; count++) {
        words[count] = str_of(s->words[count]);
        if (str_eq(words[count], n->text))
            return;
    }
    n->broken = true;
    struct diag *d = problem(ds, M_WORD, n->at, "'%.*s' is not a value of '%.*s'", STR_ARG(n->text),
                             STR_ARG(where));
    struct str near = text_nearest(n->text, words, count);
    struct str all = str_join(ds->arena, words, count, STR(", "));
    if (near.n)
        diag_help(ds, d, "did you mean '%.*s'? It is one of: %.*s", STR_ARG(near), STR_ARG(all));
    else
        diag_help(ds, d, "it is one of: %.*s", STR_ARG(all));
}

static void check_zone(struct node *n, struct diags *ds)
{
    if (zone_known(n->text))
        return;
    n->broken = true;
    struct diag *d = problem(ds, M_UNKNOWN_ZONE, n->at, "there is no time zone '%.*s'",
                             STR_ARG(n->text));
    struct str near = zone_nearest(ds->arena, n->text);
    if (near.n)
        diag_help(ds, d, "did you mean '%.*s'?", STR_ARG(near));
    else
        diag_help(ds, d, "write an IANA name such as Europe/Berlin");
}

static void check_int_range(struct node *n, const struct shape *s, struct str where,
                            struct diags *ds)
{
    int64_t v;
    if (!s->bounded || !scalar_int(n->text, &v) || (v >= s->min && v <= s->max))
        return;
    n->broken = true;
    problem(ds, M_RANGE, n->at, "'%.*s' must be from %lld to %lld", STR_ARG(where),
            (long long)s->min, (long long)s->max);
}

static void check_scalar(struct node *n, const struct shape *s, struct str where, struct diags *ds)
{
    if (is_null(n)) {
        n->broken = true;
        struct diag *d = problem(ds, M_EMPTY, n->at, "'%.*s' has no value", STR_ARG(where));
        diag_help(ds, d, "give it one, or remove the key");
    } else if (s->kind == SH_WORD) {
        check_word(n, s, where, ds);
    } else if (s->kind == SH_ZONE) {
        check_zone(n, ds);
    } else if (s->kind == SH_NAME && !scalar_name(n->text)) {
        n->broken = true;
        struct diag *d = problem(ds, M_NAME, n->at, "'%.*s' is not a name", STR_ARG(n->text));
        diag_help(ds, d,
                  "names are lower case letters, digits and _, begin with a letter, and have at "
                  "most 63 bytes");
    } else if (s->kind == SH_SECRET && !secret_ok(n->text)) {
        n->broken = true;
        struct diag *d = problem(ds, M_SECRET, n->at, "'%.*s' must not hold the secret itself",
                                 STR_ARG(where));
        diag_help(ds, d,
                  "write env:NAME or file:PATH, and change the secret: it has stood in a file");
    } else if (!scalar_ok(s, n->text)) {
        n->broken = true;
        problem(ds, M_VALUE, n->at, "'%.*s' needs %s, not '%.*s'", STR_ARG(where),
                kind_example(s->kind), STR_ARG(n->text));
    } else if (s->kind == SH_INT) {
        check_int_range(n, s, where, ds);
    }
}

/* ---- structures -------------------------------------------------------------------------------- */

static size_t key_names(const struct key *keys, struct str *out, size_t cap)
{
    size_t n = 0;
    for (; keys[n].name && n < cap; n++)
        out[n] = str_of(keys[n].name);
    return n;
}

static const struct key *key_find(const struct key *keys, struct str name)
{
    for (const struct key *k = keys; k->name; k++)
        if (str_is(name, k->name))
            return k;
    return NULL;
}

#define KEYS_MAX 64 /* of one map shape */

static void check_map(struct node *n, const struct key *keys, struct str where, struct diags *ds)
{
    bool was_broken = n->broken;
    for (size_t i = 0; i < n->n; i++) {
        const struct pair *p = &n->pairs[i];
        const struct key *k = key_find(keys, p->key);
        if (k) {
            check(p->value, k->shape, p->key, ds);
            continue;
        }
        struct str names[KEYS_MAX];
        size_t count = key_names(keys, names, KEYS_MAX);
        struct diag *d = problem(ds, M_UNKNOWN_KEY, p->at, "'%.*s' is not a key of '%.*s'",
                                 STR_ARG(p->key), STR_ARG(where));
        struct str near = text_nearest(p->key, names, count);
        if (str_find(p->key, STR(" "), 0) >= 0)
            diag_help(ds, d, "inside { } and [ ] text with a comma needs quotes");
        else if (near.n)
            diag_help(ds, d, "did you mean '%.*s'?", STR_ARG(near));
        else
            diag_help(ds, d, "its keys are: %.*s",
                      STR_ARG(str_join(ds->arena, names, count, STR(", "))));
    }
    for (const struct key *k = keys; k->name; k++) {
        if (!k->required || was_broken || node_pair(n, k->name))
            continue;
        n->broken = true;
        struct str name = node_text(n, "name");
        struct span at = name.n ? node_get(n, "name")->at : n->at;
        struct diag *d = name.n ? problem(ds, M_MISSING_KEY, at, "'%.*s' in '%.*s' lacks '%s'",
                                          STR_ARG(name), STR_ARG(where), k->name)
                                : problem(ds, M_MISSING_KEY, at, "'%.*s' lacks '%s'",
                                          STR_ARG(where), k->name);
        diag_help(ds, d, "add %s: %s", k->name, k->doc);
    }
}

static void check_table(struct node *n, const struct shape *s, struct diags *ds)
{
    for (size_t i = 0; i < n->n; i++) {
        if (s->table_key == SH_NAME && !scalar_name(n->pairs[i].key)) {
            struct diag *d = problem(ds, M_NAME, n->pairs[i].at, "'%.*s' is not a name",
                                     STR_ARG(n->pairs[i].key));
            diag_help(ds, d,
                      "names are lower case letters, digits and _, begin with a letter, and have "
                      "at most 63 bytes");
        }
        if (s->of)
            check(n->pairs[i].value, s->of, n->pairs[i].key, ds);
    }
}

static const char *node_kind_name(enum node_kind k)
{
    return k == NODE_SCALAR ? "a single value" : k == NODE_LIST ? "a list" : "a map";
}

static void wrong_kind(struct node *n, const char *wanted, struct str where, struct diags *ds)
{
    n->broken = true;
    if (n->kind == NODE_SCALAR && is_null(n))
        problem(ds, M_EMPTY, n->at, "'%.*s' has no value; %s is needed", STR_ARG(where), wanted);
    else
        problem(ds, M_KIND, n->at, "'%.*s' needs %s, not %s", STR_ARG(where), wanted,
                node_kind_name(n->kind));
}

static void check_list(struct node *n, const struct shape *s, struct str where, struct diags *ds)
{
    if (s->nonempty && !n->n) {
        n->broken = true;
        problem(ds, M_EMPTY, n->at, "'%.*s' needs at least one entry", STR_ARG(where));
    }
    for (size_t i = 0; i < n->n; i++)
        check(n->items[i], s->of, where, ds);
}

static void check_either(struct node *n, const struct shape *s, struct str where, struct diags *ds)
{
    if (n->kind == NODE_SCALAR && s->of)
        check(n, s->of, where, ds);
    else if (n->kind == NODE_LIST && s->list)
        check(n, s->list, where, ds);
    else if (n->kind == NODE_MAP && s->keys)
        check_map(n, s->keys, where, ds);
    else
        wrong_kind(n,
                   s->of && s->keys ? "a single value or a map"
                   : s->of          ? "a single value or a list"
                                    : "a list or a map",
                   where, ds);
}

static void check(struct node *n, const struct shape *s, struct str where, struct diags *ds)
{
    switch ((int)s->kind) {
    case SH_ANY:
        break;
    case SH_LIST:
        if (n->kind == NODE_LIST)
            check_list(n, s, where, ds);
        else
            wrong_kind(n, "a list", where, ds);
        break;
    case SH_MAP:
        if (n->kind == NODE_MAP)
            check_map(n, s->keys, where, ds);
        else
            wrong_kind(n, "a map", where, ds);
        break;
    case SH_TABLE:
    case SH_SET:
        if (n->kind == NODE_MAP)
            check_table(n, s, ds);
        else
            wrong_kind(n, "a map", where, ds);
        break;
    case SH_EITHER:
        check_either(n, s, where, ds);
        break;
    default:
        if (n->kind != NODE_SCALAR)
            wrong_kind(n, "a single value", where, ds);
        else if (!n->broken)
            check_scalar(n, s, where, ds);
    }
}

void shape_check(struct node *root, struct diags *ds)
{
    struct str names[KEYS_MAX];
    size_t count = 0;
    for (const struct section *s = model_sections; s->name; s++)
        names[count++] = str_of(s->name);
    assert(count <= KEYS_MAX);
    for (size_t i = 0; i < root->n; i++) {
        const struct pair *p = &root->pairs[i];
        const struct section *s = model_sections;
        while (s->name && !str_is(p->key, s->name))
            s++;
        if (s->name) {
            check(p->value, s->shape, p->key, ds);
            continue;
        }
        struct diag *d = problem(ds, M_UNKNOWN_KEY, p->at, "'%.*s' is not a top-level key",
                                 STR_ARG(p->key));
        struct str near = text_nearest(p->key, names, count);
        if (near.n)
            diag_help(ds, d, "did you mean '%.*s'?", STR_ARG(near));
        else
            diag_help(ds, d, "the top-level keys are: %.*s",
                      STR_ARG(str_join(ds->arena, names, count, STR(", "))));
    }
}
