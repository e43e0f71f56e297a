/* A mapping in use: bound to a header, applied to rows. */
#include "connect/mapping.h"
#include "base/csv.h"
#include "base/currency_sign.h"
#include "base/ratio.h"

/* ---- binding ------------------------------------------------------------------------------------------------ */

struct binding {
    const struct str *header;
    size_t n;
    bool *used;
    struct diags *ds;
};

/* Header texts match whatever their case and edge space: exports differ in both. */
static bool same_name(struct str a, struct str b)
{
    return str_eq_nocase(str_trim(a), str_trim(b));
}

static void bind_column(struct binding *b, struct map_column *c)
{
    if (c->name.n == 0) {
        return;
    }
    for (size_t i = 0; i < b->n; i++) {
        if (same_name(c->name, b->header[i])) {
            c->at = i;
            b->used[i] = true;
            return;
        }
    }
    struct diag *d = diag_add(b->ds, SEV_ERROR, "C0120", c->place, "the file has no column '%.*s'",
                              STR_ARG(c->name));
    struct str near = text_nearest(c->name, b->header, b->n);
    if (near.n > 0) {
        diag_help(b->ds, d, "did you mean '%.*s'?", STR_ARG(near));
    }
}

/* Columns that `revos quarantine export` added come back with the mended file. */
static bool is_ours(struct str name)
{
    return str_is(name, "_row") || str_is(name, "_field") || str_is(name, "_code") ||
           str_is(name, "_message");
}

/* A file with all four of them: its cells carry the apostrophes of our writer. */
static bool is_our_export(const struct str *header, size_t n)
{
    size_t ours = 0;
    for (size_t i = 0; i < n; i++) {
        ours += is_ours(header[i]);
    }
    return ours == 4;
}

static bool is_ignored(const struct mapping *map, struct str name)
{
    if (is_ours(name)) {
        return true;
    }
    for (size_t i = 0; i < map->n_ignored; i++) {
        if (same_name(map->ignored[i], name)) {
            return true;
        }
    }
    return false;
}

static void report_unused(struct binding *b, const struct mapping *map)
{
    for (size_t i = 0; i < b->n; i++) {
        if (b->used[i] || b->header[i].n == 0 || is_ignored(map, b->header[i])) {
            continue;
        }
        struct diag *d = diag_add(b->ds, SEV_WARNING, "C0121", span_none(),
                                  "column '%.*s' is not imported", STR_ARG(b->header[i]));
        diag_help(b->ds, d, "map it to a field, or list it under 'ignore'");
    }
}

enum rc mapping_bind(struct mapping *map, const struct str *header, size_t n, struct diags *ds)
{
    size_t errors = ds->errors;
    struct binding b = {
        .header = header, .n = n, .used = ARENA_ARRAY(ds->arena, n + 1, bool), .ds = ds};
    for (size_t i = 0; i < map->n_targets; i++) {
        struct map_target *t = &map->targets[i];
        for (size_t k = 0; k < t->n_columns; k++) {
            bind_column(&b, &t->columns[k]);
        }
        bind_column(&b, &t->currency_column);
        bind_column(&b, &t->effective);
    }
    bind_column(&b, &map->effective);
    report_unused(&b, map);
    map->our_export = is_our_export(header, n);
    return ds->errors > errors ? RC_INVALID : RC_OK;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

struct row_reading {
    const struct mapping *map;
    const struct str *cells;
    size_t n;
    struct arena *a;
};

static struct str cell_at(const struct row_reading *r, const struct map_column *c)
{
    struct str cell = c->at < r->n ? r->cells[c->at] : STR_NONE;
    return r->map->our_export ? csv_plain_text(cell) : cell;
}

static bool is_null_word(const struct str *words, size_t n, struct str cell)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(words[i], cell)) {
            return true;
        }
    }
    return false;
}

/* The cell or cells of a target as one text, aliases and null words applied; empty for an empty field. */
static struct str target_text(const struct row_reading *r, const struct map_target *t)
{
    if (t->n_columns == 0) {
        return t->constant;
    }
    struct str *parts = ARENA_ARRAY(r->a, t->n_columns, struct str);
    size_t n = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        struct str part = str_trim(cell_at(r, &t->columns[i]));
        if (part.n > 0) {
            parts[n++] = part;
        }
    }
    struct str cell = n == 1 ? parts[0] : str_join(r->a, parts, n, t->join);
    if (is_null_word(t->nulls, t->n_nulls, cell) ||
        is_null_word(r->map->nulls, r->map->n_nulls, cell)) {
        return STR_NONE;
    }
    const struct str *alias = map_find(&t->aliases, cell);
    return alias != NULL ? *alias : cell;
}

static void set_bad(struct field_input *in, struct str cell, struct str why)
{
    in->form = INPUT_BAD;
    in->text = cell;
    in->why = why;
}

static struct zone *zone_of(const struct row_reading *r, const struct map_target *t)
{
    return t->zone != NULL ? t->zone : r->map->zone;
}

static void read_moment(const struct row_reading *r, const struct map_target *t, struct str cell,
                        struct field_input *in)
{
    struct datetime_fault fault;
    struct datetime got;
    if (!datetime_parse(&t->format, cell, &got, &fault)) {
        set_bad(in, cell,
                str_printf(r->a, "'%.*s' is no %s: %s", STR_ARG(cell),
                           t->field->type == FT_DATE ? "date" : "time", fault.message));
        return;
    }
    in->form = INPUT_VALUE;
    if (t->field->type == FT_DATE) {
        in->value = (struct value){.type = VT_DATE, .date = datetime_date(got, zone_of(r, t))};
    } else {
        in->value = (struct value){.type = VT_INSTANT,
                                   .instant = datetime_instant(got, zone_of(r, t))};
    }
}

/* A number as the source writes it, in the unit the mapping states; text in our own notation comes out. */
static bool number_text(const struct row_reading *r, const struct map_target *t,
                        const struct number_format *numbers, struct str cell, struct str *out,
                        struct str *why)
{
    char plain[NUMBER_TEXT_MAX];
    struct number_fault fault;
    if (!number_plain(numbers, cell, plain, out, &fault)) {
        *why = str_printf(r->a, "'%.*s' is no number: %s", STR_ARG(cell), fault.why);
        return false;
    }
    *out = str_dup(r->a, *out);
    if (t->factor.mantissa == 0) {
        return true;
    }
    struct decimal d;
    struct ratio product;
    char room[32];
    if (!decimal_parse(*out, &d) ||
        !ratio_mul(ratio_decimal(d), ratio_decimal(t->factor), &product) ||
        !ratio_to_decimal(product, 9, &d)) {
        *why = str_printf(r->a, "'%.*s' has too many digits in the unit of the mapping",
                          STR_ARG(cell));
        return false;
    }
    *out = str_dup(r->a, decimal_text(d, room));
    return true;
}

static void read_number(const struct row_reading *r, const struct map_target *t, struct str cell,
                        struct field_input *in)
{
    struct str why = STR_NONE;
    if (number_text(r, t, &t->numbers, cell, &in->text, &why)) {
        in->form = INPUT_TEXT;
    } else {
        set_bad(in, cell, why);
    }
}

/* ---- money ---- */

/* What is said of a money cell's currency: by its row, else by the mapping, in front of what the cell itself says. */
struct said {
    struct currency currency; /* code 0: nothing is said */
    const char *by;
    struct str unread; /* of the currency column, when it names none: admission tells */
};

static struct str shared_sign(const struct row_reading *r, struct str sign, const char *users)
{
    enum { THREE = sizeof "USD, CAD, AUD" - 1 };
    struct str all = str_of(users), some = str_sub(all, 0, THREE);
    return str_printf(r->a,
                      "'%.*s' is a sign of several currencies (%.*s%s): write the code, or state "
                      "'currency' in the mapping",
                      STR_ARG(sign), STR_ARG(some), some.n < all.n ? " …" : "");
}

static bool said_outside(const struct row_reading *r, const struct map_target *t, struct said *out,
                         struct str *why)
{
    *out = (struct said){.currency = t->currency, .by = "the mapping"};
    struct str cell = t->currency_column.name.n > 0 ? str_trim(cell_at(r, &t->currency_column))
                                                    : STR_NONE;
    if (cell.n == 0) {
        return true;
    }
    struct currency usual = t->currency.code != 0 ? t->currency : r->map->usual;
    const char *users;
    out->by = "the row's currency column";
    enum currency_sign sign = currency_of_sign(cell, usual, &out->currency, &users);
    if (sign == SIGN_SHARED) {
        *why = shared_sign(r, cell, users);
    } else if (sign == SIGN_NONE) {
        out->unread = cell;
    }
    return sign != SIGN_SHARED;
}

/* The currency that the cell names, and its sign as the unit of the number; what it says must not differ from `said`. */
static bool said_by_cell(const struct row_reading *r, struct str cell, struct said *said,
                         struct number_format *numbers, struct str *why)
{
    struct str sign = currency_sign_in(cell);
    if (sign.n == 0 || (numbers->unit.n > 0 && str_find(cell, numbers->unit, 0) >= 0)) {
        return true;
    }
    struct currency own, usual = said->currency.code != 0 ? said->currency : r->map->usual;
    const char *users;
    char a[4], b[4];
    switch (currency_of_sign(sign, usual, &own, &users)) {
    case SIGN_NONE:
        return true; /* the number says that this is no part of it */
    case SIGN_SHARED:
        if (said->currency.code == 0) {
            *why = shared_sign(r, sign, users);
        } else {
            *why = str_printf(r->a, "'%.*s' is no sign of %.*s, which %s says", STR_ARG(sign),
                              STR_ARG(currency_text(said->currency, b)), said->by);
        }
        return false;
    case SIGN_KNOWN:
        break;
    }
    if (said->currency.code != 0 && said->currency.code != own.code) {
        *why = str_printf(r->a, "'%.*s' is in %.*s, but %s says %.*s", STR_ARG(cell),
                          STR_ARG(currency_text(own, a)), said->by,
                          STR_ARG(currency_text(said->currency, b)));
        return false;
    }
    said->currency = own;
    numbers->unit = sign;
    return true;
}

static void read_money(const struct row_reading *r, const struct map_target *t, struct str cell,
                       struct field_input *in)
{
    struct number_format numbers = t->numbers;
    struct said said;
    struct str why = STR_NONE, text;
    char room[4];
    if (!said_outside(r, t, &said, &why) || !said_by_cell(r, cell, &said, &numbers, &why) ||
        !number_text(r, t, &numbers, cell, &text, &why)) {
        set_bad(in, cell, why);
        return;
    }
    struct str code = said.currency.code != 0 ? currency_text(said.currency, room) : said.unread;
    in->form = INPUT_TEXT;
    in->text = code.n > 0 ? str_printf(r->a, "%.*s %.*s", STR_ARG(text), STR_ARG(code)) : text;
}

static void read_input(const struct row_reading *r, const struct map_target *t,
                       struct field_input *in)
{
    struct str cell = target_text(r, t);
    *in = (struct field_input){.field = t->field, .form = INPUT_TEXT, .text = cell};
    if (cell.n == 0) {
        in->form = INPUT_CLEAR;
    } else if (t->field->type == FT_REF) {
        in->form = INPUT_KEY;
        in->key = t->by;
        in->key_source = t->by_id ? r->map->source : STR_NONE;
        in->may_wait = t->field->to == r->map->object;
    } else if (t->field->type == FT_DATE || t->field->type == FT_INSTANT) {
        read_moment(r, t, cell, in);
    } else if (t->field->type == FT_MONEY) {
        read_money(r, t, cell, in);
    } else if (t->field->type == FT_NUMBER || t->field->type == FT_INTEGER) {
        read_number(r, t, cell, in);
    }
}

/* The instant a column states; without a value there the field takes effect with the row. */
static bool read_effective(const struct row_reading *r, const struct map_column *c,
                           const struct datetime_format *format, struct instant *out,
                           struct str *why)
{
    struct str cell = str_trim(cell_at(r, c));
    struct datetime got;
    struct datetime_fault fault;
    if (cell.n == 0) {
        return false;
    }
    if (!datetime_parse(format, cell, &got, &fault)) {
        *why = str_printf(r->a, "'%.*s' in column '%.*s': %s", STR_ARG(cell), STR_ARG(c->name),
                          fault.message);
        return false;
    }
    *out = datetime_instant(got, r->map->zone);
    return true;
}

/* A field that holds since the day in its own cell is read once, in one form. */
static const struct datetime_format *effective_format(const struct mapping *map,
                                                      const struct map_target *t)
{
    bool own = t->n_columns == 1 && same_name(t->effective.name, t->columns[0].name);
    return own ? &t->format : &map->effective_format;
}

void mapping_row(const struct mapping *map, const struct str *cells, size_t n, struct arena *a,
                 struct mapped_row *out)
{
    struct row_reading r = {.map = map, .cells = cells, .n = n, .a = a};
    *out = (struct mapped_row){.fields = ARENA_ARRAY(a, map->n_targets + 1, struct field_input)};
    for (size_t i = 0; i < map->n_targets; i++) {
        const struct map_target *t = &map->targets[i];
        if (t->field == NULL) {
            out->id = target_text(&r, t);
            continue;
        }
        struct field_input *in = &out->fields[out->n_fields++];
        read_input(&r, t, in);
        if (t->effective.name.n > 0) {
            in->dated = read_effective(&r, &t->effective, effective_format(map, t),
                                       &in->effective_at, &out->bad);
        }
    }
    if (map->effective.name.n > 0) {
        out->dated = read_effective(&r, &map->effective, &map->effective_format, &out->effective_at,
                                    &out->bad);
    }
}

void mapping_close(struct mapping *map)
{
    if (map == NULL) {
        return;
    }
    for (size_t i = 0; i < map->n_targets; i++) {
        zone_close(map->targets[i].zone);
    }
    zone_close(map->zone);
}
