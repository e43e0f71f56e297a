#include "tests/expr_random.h"

#include <stdio.h>
#include <string.h>

/* ---- records ---- */

static struct value rx_value(struct prop *p, const struct xfield *f)
{
    static const int64_t ints[] = {
        0, 1, -1, 2, 3, 7, 10, 100, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_C(9007199254740993)};
    static const char *const numbers[] = {
        "0", "1", "0.1", "-2.5", "123456.789", "999999999999999", "0.000000001", "2", "-1"};
    static const char *const texts[] = {"a",
                                        "b",
                                        "A",
                                        "ab",
                                        "Stra\303\237e",
                                        "x@gmail.com",
                                        "y@acme.example",
                                        "10",
                                        "-7",
                                        "1.5",
                                        "\xF0\x9F\x99\x82",
                                        "line\nbreak",
                                        "+3"};
    static const char *const dates[] = {"2026-03-01", "2026-02-28", "2024-02-29", "1969-12-31",
                                        "0001-01-01", "9999-12-31", "2026-12-31"};
    static const char *const instants[] = {
        "2026-03-01T00:00:00Z", "2026-02-28T23:59:59.999999Z", "1969-12-31T12:34:56.789Z",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-06-15T08:30:00Z"};
    static const int64_t minors[] = {0, 1, -1, 100, 123456, INT64_MAX};
    static const char *const jsons[] = {"{\"source\":\"a\"}",
                                        "{\"medium\":\"b\",\"source\":\"partner-x\"}", "{}"};
    switch ((int)f->stored) {
    case VT_BOOL:
        return fx_bool(prop_draw(p, 2));
    case VT_INT:
        return fx_int(ints[prop_draw(p, COUNT(ints))]);
    case VT_NUM:
        return fx_number(numbers[prop_draw(p, COUNT(numbers))]);
    case VT_TEXT:
        return fx_text(texts[prop_draw(p, COUNT(texts))]);
    case VT_DATE:
        return fx_date(dates[prop_draw(p, COUNT(dates))]);
    case VT_INSTANT:
        return fx_instant(instants[prop_draw(p, COUNT(instants))]);
    case VT_MONEY:
        return fx_money(minors[prop_draw(p, COUNT(minors))], prop_once_in(p, 4) ? "USD" : "EUR");
    case VT_ENUM:
        return fx_enum((uint32_t)prop_draw(p, f->n_names) + 1);
    case VT_REF: /* the last is a record that is gone */
        return fx_ref(f->type.object->number * 100 + prop_draw(p, 4) + 1);
    default:
        return (struct value){.type = VT_JSON, .text = str_of(jsons[prop_draw(p, COUNT(jsons))])};
    }
}

static void rx_rows(struct prop *p, struct fx_world *w, const struct xobject *o, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct fx_row *r = fx_add(w, o, o->number * 100 + i + 1);
        for (size_t k = 0; k < o->n_fields; k++)
            if (prop_draw(p, 2))
                r->v[k] = rx_value(p, &o->fields[k]);
    }
}

void rx_world(struct prop *p, struct fx_world *w)
{
    w->n = 0;
    rx_rows(p, w, &fx_opportunity, RX_OPPORTUNITIES);
    rx_rows(p, w, &fx_account, RX_ACCOUNTS);
    rx_rows(p, w, &fx_person, RX_PERSONS);
    rx_rows(p, w, &fx_ticket, RX_TICKETS);
    rx_rows(p, w, &fx_touch, RX_TOUCHES);
}

/* ---- expressions ---- */

static void rx_put(struct rx *g, const char *s)
{
    size_t n = strlen(s);
    if (g->n + n < RX_TEXT) {
        memcpy(g->text + g->n, s, n + 1);
        g->n += n;
    }
}

void rx_init(struct rx *g, struct prop *p)
{
    g->p = p;
    g->n = 0;
    g->text[0] = '\0';
    g->vars[0].object = &fx_opportunity;
    g->n_vars = 1;
}

static const char *rx_of(struct rx *g, const char *const *v, size_t n)
{
    return v[prop_draw(g->p, n)];
}

#define RX_PICK(g, ...)                            \
    rx_of((g), (const char *const[]){__VA_ARGS__}, \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* A record: a variable and up to two references from it. */
static const struct xobject *rx_record(struct rx *g)
{
    size_t v = g->n_vars - 1 - prop_draw(g->p, g->n_vars);
    const struct xobject *o = g->vars[v].object;
    rx_put(g, v ? g->vars[v].name : "opportunity");
    for (uint64_t hops = prop_draw(g->p, 3); hops; hops--) {
        const struct xfield *refs[4];
        size_t n = 0;
        for (size_t i = 0; i < o->n_fields; i++)
            if (o->fields[i].stored == VT_REF)
                refs[n++] = &o->fields[i];
        if (!n)
            break;
        const struct xfield *f = refs[prop_draw(g->p, n)];
        rx_put(g, ".");
        rx_put(g, f->name.p);
        o = f->type.object;
    }
    return o;
}

/* A field of kind `k`; where the record drawn has none, one of the opportunity. */
static const struct xfield *rx_field(struct rx *g, enum xkind k, bool names)
{
    size_t start = g->n;
    for (int attempt = 0; attempt < 2; attempt++) {
        const struct xfield *found[FX_FIELDS_MAX];
        size_t n = 0;
        const struct xobject *o = &fx_opportunity;
        g->n = start;
        if (attempt)
            rx_put(g, "opportunity");
        else
            o = rx_record(g);
        for (size_t i = 0; i < o->n_fields; i++)
            if (o->fields[i].type.kind == k && (o->fields[i].n_names > 0) == names)
                found[n++] = &o->fields[i];
        if (!n)
            continue;
        const struct xfield *f = found[prop_draw(g->p, n)];
        rx_put(g, ".");
        rx_put(g, f->name.p);
        return f;
    }
    return NULL;
}

static void rx_binary(struct rx *g, enum xkind a, const char *op, enum xkind b, int depth)
{
    rx_put(g, "(");
    rx_expr(g, a, depth - 1);
    rx_put(g, op);
    rx_expr(g, b, depth - 1);
    rx_put(g, ")");
}

static void rx_call(struct rx *g, const char *before, enum xkind k, const char *after, int depth)
{
    rx_put(g, before);
    rx_expr(g, k, depth - 1);
    rx_put(g, after);
}

static void rx_choice(struct rx *g, enum xkind k, int depth)
{
    rx_call(g, "(", X_BOOL, " ? ", depth);
    rx_call(g, "", k, " : ", depth);
    rx_call(g, "", k, ")", depth);
}

/* Children of a record, bound to a new variable. */
static void rx_children(struct rx *g)
{
    static const struct {
        const char *path;
        const struct xobject *object;
    } lists[] = {{"opportunity.touches", &fx_touch},
                 {"opportunity.account.tickets", &fx_ticket},
                 {"opportunity.account.parent.tickets", &fx_ticket},
                 {"opportunity.account.opportunities", &fx_opportunity}};
    size_t at = prop_draw(g->p, COUNT(lists));
    rx_put(g, lists[at].path);
    g->vars[g->n_vars].object = lists[at].object;
    (void)snprintf(g->vars[g->n_vars].name, sizeof g->vars[0].name, "e%zu", g->n_vars);
}

static void rx_macro(struct rx *g, const char *name, enum xkind body, int depth)
{
    rx_put(g, name);
    rx_put(g, g->vars[g->n_vars].name);
    rx_put(g, ", ");
    g->n_vars++;
    rx_expr(g, body, depth - 1);
    g->n_vars--;
    rx_put(g, ")");
}

static void rx_quantifier(struct rx *g, int depth)
{
    rx_children(g);
    if (prop_once_in(g->p, 4))
        rx_macro(g, ".filter(", X_BOOL, depth - 1);
    rx_macro(g, RX_PICK(g, ".exists(", ".all(", ".exists_one("), X_BOOL, depth);
}

static void rx_over_literals(struct rx *g, int depth)
{
    rx_put(g, "[");
    for (uint64_t n = prop_draw(g->p, 3); n; n--) {
        rx_expr(g, X_INT, 0);
        rx_put(g, n > 1 ? ", " : "");
    }
    rx_put(g, RX_PICK(g, "].exists(i, i ", "].all(i, i ", "].exists_one(i, i "));
    rx_put(g, RX_PICK(g, "< ", "== ", "!= "));
    rx_expr(g, X_INT, depth - 1);
    rx_put(g, ")");
}

static void rx_names(struct rx *g)
{
    rx_put(g, "(");
    const struct xfield *f = rx_field(g, X_STRING, true);
    uint64_t form = prop_draw(g->p, 3);
    rx_put(g, form == 0 ? " == '" : form == 1 ? " != '" : " in ['");
    rx_put(g, f->names[prop_draw(g->p, 3)].name.p);
    if (form == 2) {
        rx_put(g, "', '");
        rx_put(g, f->names[prop_draw(g->p, 3)].name.p);
    }
    rx_put(g, form == 2 ? "'])" : "')");
}

static void rx_in(struct rx *g, int depth)
{
    enum xkind kinds[] = {X_INT, X_STRING, X_DATE, X_MONEY, X_DOUBLE, X_BOOL};
    enum xkind k = kinds[prop_draw(g->p, COUNT(kinds))];
    rx_call(g, "(", k, " in [", depth);
    for (uint64_t n = prop_draw(g->p, 3); n; n--) {
        rx_expr(g, k, depth - 2);
        rx_put(g, n > 1 ? ", " : "");
    }
    rx_put(g, "])");
}

static void rx_in_children(struct rx *g, int depth)
{
    enum xkind kinds[] = {X_INT, X_STRING, X_DOUBLE};
    enum xkind k = kinds[prop_draw(g->p, COUNT(kinds))];
    rx_call(g, "(", k, " in ", depth);
    rx_children(g);
    rx_macro(g, ".map(", k, depth - 1);
    rx_put(g, ")");
}

static void rx_compare(struct rx *g, int depth)
{
    enum xkind kinds[] = {X_INT,       X_DOUBLE, X_STRING,   X_DATE,
                          X_TIMESTAMP, X_MONEY,  X_DURATION, X_BOOL};
    enum xkind k = kinds[prop_draw(g->p, COUNT(kinds))], other = k;
    if (k == X_DOUBLE && prop_once_in(g->p, 3))
        other = X_INT;
    rx_binary(g, k, RX_PICK(g, " == ", " != ", " < ", " <= ", " > ", " >= "), other, depth);
}

static void rx_has(struct rx *g)
{
    rx_put(g, "has(");
    const struct xobject *o = rx_record(g);
    rx_put(g, ".");
    rx_put(g, o->fields[prop_draw(g->p, o->n_fields)].name.p);
    rx_put(g, ")");
}

static void rx_records(struct rx *g)
{
    rx_put(g, RX_PICK(g, "(opportunity.owner", "(opportunity.account.owner.manager",
                      "(opportunity.account.parent.owner"));
    rx_put(g, RX_PICK(g, " == ", " != "));
    rx_put(g, RX_PICK(g, "opportunity.account.owner)", "opportunity.owner.manager)"));
}

static void rx_text_test(struct rx *g, int depth)
{
    switch (prop_draw(g->p, 3)) {
    case 0:
        rx_expr(g, X_STRING, depth - 1);
        rx_put(g, RX_PICK(g, ".contains(", ".startsWith(", ".endsWith("));
        rx_call(g, "", X_STRING, ")", depth);
        break;
    case 1:
        rx_call(g, "", X_STRING, ".matches(", depth);
        rx_put(g, RX_PICK(g, "'a'", "'^[a-z]+$'", "'(?i)STRA.E'", "'\\\\s'", "'^.$'",
                          "'\\\\d+\\\\b'", "'a|b$'", "'[^a]'"));
        rx_put(g, ")");
        break;
    default:
        rx_call(g, "", X_STRING, ".freemail()", depth);
        break;
    }
}

static void rx_bool(struct rx *g, int depth)
{
    bool nests = depth > 1 && g->n_vars < 3;
    switch (prop_draw(g->p, depth <= 0 ? 4 : 16)) {
    case 0:
        (void)rx_field(g, X_BOOL, false);
        break;
    case 1:
        rx_put(g, prop_draw(g->p, 2) ? "true" : "false");
        break;
    case 2:
        rx_has(g);
        break;
    case 3:
        rx_names(g);
        break;
    case 4:
    case 5:
        rx_compare(g, depth);
        break;
    case 6:
    case 7:
        rx_binary(g, X_BOOL, RX_PICK(g, " && ", " || "), X_BOOL, depth);
        break;
    case 8:
        rx_call(g, "!", X_BOOL, "", depth);
        break;
    case 9:
        rx_choice(g, X_BOOL, depth);
        break;
    case 10:
        rx_in(g, depth);
        break;
    case 11:
        rx_text_test(g, depth);
        break;
    case 12:
        rx_call(g, RX_PICK(g, "is_positive(", "is_zero("), X_MONEY, ")", depth);
        break;
    case 13:
        if (nests)
            rx_in_children(g, depth);
        else
            rx_records(g);
        break;
    case 14:
        rx_over_literals(g, depth);
        break;
    default:
        if (nests)
            rx_quantifier(g, depth);
        else
            (void)rx_field(g, X_BOOL, false);
        break;
    }
}

static void rx_int(struct rx *g, int depth)
{
    switch (prop_draw(g->p, depth <= 0 ? 2 : 12)) {
    case 0:
        (void)rx_field(g, X_INT, false);
        break;
    case 1:
        rx_put(g, RX_PICK(g, "0", "1", "-1", "2", "9223372036854775807", "-9223372036854775808",
                          "1000"));
        break;
    case 2:
    case 3:
        rx_binary(g, X_INT, RX_PICK(g, " + ", " - ", " * ", " / ", " % "), X_INT, depth);
        break;
    case 4:
        rx_call(g, "(-", X_INT, ")", depth);
        break;
    case 5:
        rx_call(g, "size(", X_STRING, ")", depth);
        break;
    case 6:
        rx_binary(g, X_DATE, " - ", X_DATE, depth);
        break;
    case 7:
        rx_choice(g, X_INT, depth);
        break;
    case 8:
        rx_call(g, "int(",
                prop_draw(g->p, 2)   ? X_DOUBLE
                : prop_draw(g->p, 2) ? X_STRING
                                     : X_TIMESTAMP,
                ")", depth);
        break;
    case 9:
        rx_expr(g, prop_draw(g->p, 2) ? X_DATE : X_TIMESTAMP, depth - 1);
        rx_put(g, RX_PICK(g, ".getFullYear()", ".getMonth()", ".getDate()", ".getDayOfMonth()",
                          ".getDayOfWeek()", ".getDayOfYear()"));
        break;
    case 10:
        if (prop_draw(g->p, 2)) {
            rx_expr(g, prop_draw(g->p, 2) ? X_DURATION : X_TIMESTAMP, depth - 1);
            rx_put(g, RX_PICK(g, ".getHours()", ".getMinutes()", ".getSeconds()",
                              ".getMilliseconds()"));
        } else {
            rx_call(g, RX_PICK(g, "fiscal_quarter(", "fiscal_year("), X_DATE, ")", depth);
        }
        break;
    default:
        if (depth < 2 || g->n_vars >= 3) {
            (void)rx_field(g, X_INT, false);
            break;
        }
        rx_children(g);
        if (prop_draw(g->p, 2))
            rx_macro(g, ".filter(", X_BOOL, depth);
        rx_put(g, ".size()");
        break;
    }
}

static void rx_double(struct rx *g, int depth)
{
    switch (prop_draw(g->p, depth <= 0 ? 2 : 7)) {
    case 0:
        (void)rx_field(g, X_DOUBLE, false);
        break;
    case 1:
        rx_put(g, RX_PICK(g, "0.0", "1.0", "-0.5", "1e300", "9007199254740993.0", "1e-300"));
        break;
    case 2:
    case 3:
        rx_binary(g, X_DOUBLE, RX_PICK(g, " + ", " - ", " * ", " / "), X_DOUBLE, depth);
        break;
    case 4:
        rx_call(g, "double(", prop_once_in(g->p, 3) ? X_STRING : X_INT, ")", depth);
        break;
    case 5:
        rx_call(g, "(-", X_DOUBLE, ")", depth);
        break;
    default:
        rx_choice(g, X_DOUBLE, depth);
        break;
    }
}

static void rx_string(struct rx *g, int depth)
{
    switch (prop_draw(g->p, depth <= 0 ? 3 : 9)) {
    case 0:
        (void)rx_field(g, X_STRING, false);
        break;
    case 1:
        rx_put(g, RX_PICK(g, "'a'", "''", "'ab'", "'Stra\303\237e'", "'10'", "'b'"));
        break;
    case 2:
        (void)rx_field(g, X_STRING, true);
        break;
    case 3:
        rx_binary(g, X_STRING, " + ", X_STRING, depth);
        break;
    case 4:
        rx_choice(g, X_STRING, depth);
        break;
    case 5:
        rx_call(g, "", X_STRING, ".lowerAscii()", depth);
        break;
    case 6:
        rx_call(g, "string(", prop_draw(g->p, 2) ? X_INT : X_BOOL, ")", depth);
        break;
    case 7:
        rx_put(g, RX_PICK(g, "opportunity.account.utm.source", "opportunity.account.utm.medium",
                          "opportunity.account.parent.utm.source"));
        break;
    default:
        rx_call(g, "", X_MONEY, ".currency", depth);
        break;
    }
}

static void rx_money(struct rx *g, int depth)
{
    switch (prop_draw(g->p, depth <= 0 ? 2 : 5)) {
    case 0:
        (void)rx_field(g, X_MONEY, false);
        break;
    case 1:
        rx_put(g, RX_PICK(g, "money('1')", "money('12.34 EUR')", "money('0 USD')"));
        break;
    case 2:
        rx_binary(g, X_MONEY, RX_PICK(g, " + ", " - "), X_MONEY, depth);
        break;
    case 3:
        if (prop_draw(g->p, 2))
            rx_binary(g, X_MONEY, " * ", X_INT, depth);
        else
            rx_binary(g, X_INT, " * ", X_MONEY, depth);
        break;
    default:
        rx_choice(g, X_MONEY, depth);
        break;
    }
}

/* Dates, timestamps and durations. */
static void rx_time(struct rx *g, enum xkind k, int depth)
{
    bool span = k == X_DURATION;
    switch (prop_draw(g->p, depth <= 0 ? 3 : 6)) {
    case 0:
    case 1:
        if (span)
            rx_put(g, RX_PICK(g, "duration('0s')", "duration('36h')", "days(1)", "duration('-1us')",
                              "days(3652500)"));
        else
            (void)rx_field(g, k, false);
        break;
    case 2:
        rx_put(g, span          ? "days(90)"
                  : k == X_DATE ? RX_PICK(g, "today", "date('2024-02-29')")
                                : RX_PICK(g, "now", "timestamp('2026-03-01T00:00:00Z')"));
        break;
    case 3:
        rx_binary(g, k, RX_PICK(g, " + ", " - "), X_DURATION, depth);
        break;
    case 4:
        rx_choice(g, k, depth);
        break;
    default:
        if (span && prop_draw(g->p, 2))
            rx_call(g, "days(", X_INT, ")", depth);
        else if (span)
            rx_binary(g, X_TIMESTAMP, " - ", X_TIMESTAMP, depth);
        else
            rx_binary(g, X_DURATION, " + ", k, depth);
        break;
    }
}

void rx_expr(struct rx *g, enum xkind k, int depth)
{
    if (k == X_BOOL)
        rx_bool(g, depth);
    else if (k == X_INT)
        rx_int(g, depth);
    else if (k == X_DOUBLE)
        rx_double(g, depth);
    else if (k == X_STRING)
        rx_string(g, depth);
    else if (k == X_MONEY)
        rx_money(g, depth);
    else
        rx_time(g, k, depth);
}
