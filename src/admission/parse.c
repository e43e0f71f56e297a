/* parse.c - text as received → one typed value, and back. */
#include "admission/parse.h"

#include "admission/retire.h"
#include "base/json.h"
#include "model/tree.h"
#include <assert.h>

/* ---- the parser ---------------------------------------------------------------------------------------------------- */

static void read_taxonomy(const struct model *m, struct arena *a, struct utm_taxonomy *out)
{
    utm_taxonomy_init(out, a);
    const struct node *t = m->root ? node_get(m->root, "taxonomy") : NULL;
    for (size_t i = 0; t && t->kind == NODE_MAP && i < t->n; i++) {
        enum utm_part part;
        const struct node *words = t->pairs[i].value;
        if (!utm_part_parse(t->pairs[i].key, &part) || words->kind != NODE_MAP)
            continue;
        for (size_t k = 0; k < words->n; k++) {
            const struct node *aliases = words->pairs[k].value;
            for (size_t j = 0; aliases->kind == NODE_LIST && j < aliases->n; j++)
                utm_taxonomy_add(out, part, aliases->items[j]->text, words->pairs[k].key);
        }
    }
}

enum rc parser_open(const struct model *m, struct arena *a, struct parser *out)
{
    *out = (struct parser){.model = m};
    enum rc rc = norm_open(&out->norm);
    if (rc == RC_OK)
        rc = zone_open(m->company.timezone, &out->zone);
    read_taxonomy(m, a, &out->taxonomy);
    if (rc != RC_OK)
        parser_close(out);
    return rc;
}

void parser_close(struct parser *p)
{
    norm_close(p->norm);
    if (p->zone)
        zone_close(p->zone);
    *p = (struct parser){0};
}

/* ---- text to value --------------------------------------------------------------------------------------------------- */

struct reading {
    const struct parser *p;
    const struct field *f;
    struct arena *a;
    struct value *out;
    struct str *why, *help;
};

static bool refuse(const struct reading *r, const char *why, const char *help)
{
    *r->why = str_of(why);
    *r->help = str_of(help);
    return false;
}

static bool normed(const struct reading *r, bool good, enum norm_reason reason, struct str text)
{
    if (!good)
        return refuse(r, norm_reason_info(reason)->message, norm_reason_info(reason)->help);
    *r->out = text.n ? (struct value){.type = VT_TEXT, .text = text} : VALUE_ABSENT;
    return true;
}

static bool read_normed(const struct reading *r, struct str s)
{
    struct norm *n = r->p->norm;
    struct str t = STR_NONE;
    enum norm_reason why = NORM_OK;
    bool good = false;
    if (r->f->type == FT_EMAIL)
        good = norm_email(n, s, r->a, &t, &why);
    else if (r->f->type == FT_PHONE)
        good = norm_phone(s, r->p->country, r->a, &t, &why);
    else if (r->f->type == FT_DOMAIN)
        good = norm_domain(n, s, r->a, &t, &why);
    else if (r->f->type == FT_URL)
        good = norm_url(n, s, r->a, &t, &why);
    else if (r->f->type == FT_COUNTRY)
        good = norm_country(n, s, r->a, &t, &why);
    else if (r->f->type == FT_UTM)
        good = norm_utm(s, &r->p->taxonomy, r->a, &t, &why);
    else
        good = norm_text(s, TEXT_FIELD_MAX, r->a, &t, &why);
    if (!normed(r, good, why, t))
        return false;
    if (r->f->type == FT_UTM && r->out->type == VT_TEXT)
        r->out->type = VT_JSON;
    return true;
}

static bool read_integer(const struct reading *r, struct str s)
{
    struct decimal d;
    r->out->type = VT_INT;
    if (str_to_i64(s, &r->out->integer))
        return true;
    if (decimal_parse(s, &d) && d.scale == 0) {
        r->out->integer = d.mantissa;
        return true;
    }
    return refuse(r, "it is no whole number", "Write digits, such as 1200.");
}

static bool read_boolean(const struct reading *r, struct str s)
{
    static const char *const yes[] = {"true", "yes", "y", "t", "1"};
    static const char *const no[] = {"false", "no", "n", "f", "0"};
    r->out->type = VT_BOOL;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        r->out->boolean = str_eq_nocase(s, str_of(yes[i]));
        if (r->out->boolean || str_eq_nocase(s, str_of(no[i])))
            return true;
    }
    return refuse(r, "it is neither true nor false", "Write true or false.");
}

static bool read_instant(const struct reading *r, struct str s)
{
    struct date day;
    r->out->type = VT_INSTANT;
    if (instant_parse(s, &r->out->instant))
        return true;
    if (date_parse(s, &day)) {
        r->out->instant = zone_midnight(r->p->zone, day);
        return true;
    }
    return refuse(r, "it is no instant", "Write 2026-03-01T08:00:00Z, or a day: 2026-03-01.");
}

static bool read_json(const struct reading *r, struct str s)
{
    struct json *tree;
    struct json_fault fault;
    if (json_read(s, NULL, r->a, &tree, &fault) != RC_OK)
        return refuse(r, str_c(r->a, str_printf(r->a, "it is no JSON: %s", fault.message)), NULL);
    struct buf b;
    buf_init(&b, VALUE_BYTES_MAX);
    json_canonical(tree, &b);
    bool fits = buf_ok(&b) == RC_OK;
    *r->out = (struct value){.type = VT_JSON, .text = str_dup(r->a, buf_view(&b))};
    buf_release(&b);
    return fits || refuse(r, "it is longer than a JSON value may be", NULL);
}

static bool is_value(const struct enum_value *v, struct str s)
{
    return str_eq_nocase(v->name, s) || (v->label.n && str_eq_nocase(v->label, s));
}

/* The exact name first; then name or label in any case, where a person cannot have meant another. */
static bool read_enum(const struct reading *r, struct str s)
{
    const struct field *f = r->f;
    const struct enum_value *found = field_value(f, s);
    for (size_t i = 0; i < f->n_values && !found; i++)
        if (!retired_to(f, f->values[i].number) && is_value(&f->values[i], s))
            found = &f->values[i];
    if (found && !retired_to(f, found->number)) {
        *r->out = (struct value){.type = VT_ENUM, .number_of = found->number};
        return true;
    }
    struct str *names = ARENA_ARRAY(r->a, f->n_values, struct str);
    size_t n = 0;
    for (size_t i = 0; i < f->n_values; i++)
        if (!retired_to(f, f->values[i].number))
            names[n++] = f->values[i].name;
    struct str near = text_nearest(s, names, n);
    *r->why = str_printf(r->a, "%.*s has no value '%.*s'", STR_ARG(f->name),
                         STR_ARG(str_sub(s, 0, 100)));
    if (near.n)
        *r->help = str_printf(r->a, "Did you mean '%.*s'?", STR_ARG(near));
    else
        *r->help = str_printf(r->a, "Its values are: %.*s",
                              STR_ARG(str_join(r->a, names, n, STR(", "))));
    return false;
}

static bool read_money(const struct reading *r, struct str s)
{
    r->out->type = VT_MONEY;
    return money_parse(s, r->p->model->company.currency, &r->out->money) ||
           refuse(r, "it is no amount of money", "Write 1234.50 or 1234.50 EUR.");
}

static bool read_currency(const struct reading *r, struct str s)
{
    enum norm_reason why = NORM_OK;
    r->out->type = VT_CURRENCY;
    if (norm_currency(s, &r->out->currency, &why))
        return true;
    return refuse(r, norm_reason_info(why)->message, norm_reason_info(why)->help);
}

static bool read_ref(const struct reading *r, struct str s)
{
    r->out->type = VT_REF;
    return (r->f->to && id_parse(s, r->f->to->prefix, &r->out->ref)) ||
           refuse(r, "it is no id", "Write an id such as acc_00D3F4G5H6J7K.");
}

bool parse_text(const struct parser *p, const struct field *f, struct str text, struct arena *a,
                struct value *out, struct str *why, struct str *help)
{
    struct reading r = {p, f, a, out, why, help};
    struct str s = str_trim(text);
    *out = VALUE_ABSENT;
    *why = *help = STR_NONE;
    if (s.n == 0)
        return true;
    switch (f->type) {
    case FT_INTEGER:
        return read_integer(&r, s);
    case FT_NUMBER:
        out->type = VT_NUM;
        return decimal_parse(s, &out->number) ||
               refuse(&r, "it is no number", "Write digits with a decimal point, such as 12.5.");
    case FT_BOOLEAN:
        return read_boolean(&r, s);
    case FT_MONEY:
        return read_money(&r, s);
    case FT_DATE:
        out->type = VT_DATE;
        return date_parse(s, &out->date) || refuse(&r, "it is no date", "Write 2026-03-01.");
    case FT_INSTANT:
        return read_instant(&r, s);
    case FT_ENUM:
        return read_enum(&r, s);
    case FT_CURRENCY:
        return read_currency(&r, s);
    case FT_REF:
        return read_ref(&r, s);
    case FT_JSON:
        return read_json(&r, s);
    case FT_TEXT:
    case FT_EMAIL:
    case FT_PHONE:
    case FT_DOMAIN:
    case FT_URL:
    case FT_COUNTRY:
    case FT_UTM:
        return read_normed(&r, s);
    case FT_COUNT:
        break;
    }
    assert(f->type < FT_COUNT);
    return false;
}

/* ---- value to text --------------------------------------------------------------------------------------------------- */

static struct str enum_text(const struct field *f, uint32_t number, struct arena *a)
{
    const struct enum_value *v = field_value_numbered(f, number);
    return v ? v->name : str_printf(a, "#%u", number);
}

struct str field_value_text(const struct field *f, const struct value *v, struct arena *a)
{
    char room[64];
    struct str text;
    if (v->type == VT_SEALED)
        return STR("(erased)");
    if (v->type == VT_ENUM)
        return enum_text(f, v->number_of, a);
    if (v->type == VT_REF)
        return str_dup(a, id_text(f->to ? f->to->prefix : STR("rec"), v->ref, room));
    return value_text(v, a, &text) ? text : STR("");
}
