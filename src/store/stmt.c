/* stmt.c - binding parameters and reading columns, for every driver. */
#include "store/driver.h"

#include <assert.h>
#include <string.h>

static void bound(struct stmt *st, enum rc rc)
{
    assert(!st->active);
    if (st->bind == RC_OK)
        st->bind = rc;
}

void stmt_null(struct stmt *st, int i)
{
    bound(st, st->store->driver->bind_null(st, i));
}

void stmt_int(struct stmt *st, int i, int64_t x)
{
    bound(st, st->store->driver->bind_int(st, i, x));
}

void stmt_u64(struct stmt *st, int i, uint64_t x)
{
    assert(x <= INT64_MAX);
    bound(st, st->store->driver->bind_int(st, i, (int64_t)x));
}

void stmt_double(struct stmt *st, int i, double x)
{
    bound(st, st->store->driver->bind_double(st, i, x));
}

void stmt_text(struct stmt *st, int i, struct str x)
{
    const struct store_driver *d = st->store->driver;
    bound(st, x.p ? d->bind_text(st, i, x) : d->bind_null(st, i));
}

void stmt_blob(struct stmt *st, int i, struct str x)
{
    const struct store_driver *d = st->store->driver;
    bound(st, x.p ? d->bind_blob(st, i, x) : d->bind_null(st, i));
}

static void bind_currency(struct stmt *st, int i, struct currency c)
{
    char letters[4];
    bound(st, st->store->driver->bind_copy(st, i, currency_text(c, letters)));
}

/* Parameters that a column of `type` takes. */
static int width(enum value_type type)
{
    return type == VT_MONEY ? 2 : 1;
}

int stmt_value(struct stmt *st, int i, enum value_type type, const struct value *v)
{
    if (v->type == VT_ABSENT) {
        stmt_null(st, i);
        if (type == VT_MONEY)
            stmt_null(st, i + 1);
        return i + width(type);
    }
    assert(v->type == type || v->type == VT_SEALED);
    switch (v->type) {
    case VT_ABSENT:
        break;
    case VT_BOOL:
        stmt_int(st, i, v->boolean);
        break;
    case VT_INT:
        stmt_int(st, i, v->integer);
        break;
    case VT_NUM:
        stmt_double(st, i, decimal_double(v->number));
        break;
    case VT_TEXT:
    case VT_JSON:
        stmt_text(st, i, v->text.p ? v->text : STR(""));
        break;
    case VT_DATE:
        stmt_int(st, i, v->date.days);
        break;
    case VT_INSTANT:
        stmt_int(st, i, v->instant.us);
        break;
    case VT_MONEY:
        stmt_int(st, i, v->money.minor);
        bind_currency(st, i + 1, v->money.currency);
        break;
    case VT_ENUM:
        stmt_int(st, i, v->number_of);
        break;
    case VT_REF:
        stmt_u64(st, i, v->ref);
        break;
    case VT_CURRENCY:
        bind_currency(st, i, v->currency);
        break;
    case VT_SEALED:
        stmt_blob(st, i, v->text);
        break;
    }
    return i + width(type);
}

/* ---- running ------------------------------------------------------------------------------------------------- */

enum rc stmt_step(struct stmt *st, bool *row)
{
    *row = false;
    enum rc rc = st->store->broken ? RC_IO : st->bind;
    if (rc == RC_OK)
        rc = st->store->driver->step(st, row);
    st->active = rc == RC_OK && *row;
    if (!st->active)
        st->bind = RC_OK;
    return rc;
}

enum rc stmt_run(struct stmt *st)
{
    bool row;
    enum rc rc = stmt_step(st, &row);
    assert(!row);
    return rc;
}

void stmt_reset(struct stmt *st)
{
    st->store->driver->reset(st);
    st->active = false;
    st->bind = RC_OK;
}

int64_t stmt_changes(const struct stmt *st)
{
    return st->changes;
}

enum rc stmt_each(struct stmt *st, size_t n, const struct stmt_set *set)
{
    return st->store->driver->each(st, n, set);
}

/* ---- columns ------------------------------------------------------------------------------------------------- */

enum store_cell stmt_cell(struct stmt *st, int col)
{
    return st->store->driver->cell(st, col);
}

bool stmt_is_null(struct stmt *st, int col)
{
    return stmt_cell(st, col) == CELL_NULL;
}

int64_t stmt_get_int(struct stmt *st, int col)
{
    return st->store->driver->get_int(st, col);
}

uint64_t stmt_get_u64(struct stmt *st, int col)
{
    int64_t x = stmt_get_int(st, col);
    assert(x >= 0);
    return (uint64_t)x;
}

double stmt_get_double(struct stmt *st, int col)
{
    return st->store->driver->get_double(st, col);
}

struct str stmt_get_text(struct stmt *st, int col)
{
    return st->store->driver->get_text(st, col);
}

struct str stmt_get_blob(struct stmt *st, int col)
{
    return st->store->driver->get_blob(st, col);
}

int stmt_columns(struct stmt *st)
{
    return st->store->driver->columns(st);
}

static bool read_text(struct stmt *st, int col, enum value_type type, struct value *out)
{
    out->type = type;
    struct str text = stmt_get_text(st, col);
    if (type == VT_CURRENCY)
        return currency_parse(text, &out->currency);
    out->text = text;
    return true;
}

static bool read_number(struct stmt *st, int col, struct value *out)
{
    out->type = VT_NUM;
    return decimal_from_double(stmt_get_double(st, col), &out->number);
}

static bool read_integer(struct stmt *st, int col, enum value_type type, struct value *out)
{
    int64_t x = stmt_get_int(st, col);
    out->type = type;
    switch (type) {
    case VT_BOOL:
        out->boolean = x != 0;
        return x == 0 || x == 1;
    case VT_INT:
        out->integer = x;
        return true;
    case VT_DATE:
        out->date.days = (int32_t)x;
        return x >= INT32_MIN && x <= INT32_MAX;
    case VT_INSTANT:
        out->instant.us = x;
        return true;
    case VT_MONEY:
        out->money.minor = x;
        return stmt_cell(st, col + 1) == CELL_TEXT &&
               currency_parse(stmt_get_text(st, col + 1), &out->money.currency);
    case VT_ENUM:
        out->number_of = (uint32_t)x;
        return x > 0 && x <= UINT32_MAX;
    case VT_REF:
        out->ref = (uint64_t)x;
        return x > 0;
    case VT_ABSENT:
    case VT_NUM:
    case VT_TEXT:
    case VT_CURRENCY:
    case VT_JSON:
    case VT_SEALED:
        break;
    }
    return false;
}

int stmt_get_value(struct stmt *st, int col, enum value_type type, struct value *out, enum rc *rc)
{
    enum store_cell cell = stmt_cell(st, col);
    bool fits = true;
    if (cell == CELL_NULL)
        *out = VALUE_ABSENT;
    else if (cell == CELL_BLOB)
        *out = (struct value){.type = VT_SEALED, .text = stmt_get_blob(st, col)};
    else if (type == VT_NUM)
        fits = cell == CELL_DOUBLE && read_number(st, col, out);
    else if (type == VT_TEXT || type == VT_JSON || type == VT_CURRENCY)
        fits = cell == CELL_TEXT && read_text(st, col, type, out);
    else
        fits = cell == CELL_INT && read_integer(st, col, type, out);
    if (!fits) {
        *out = VALUE_ABSENT;
        *rc = RC_CORRUPT;
        store_reason(st->store, "column %d does not hold a value of its type", col);
    }
    return col + width(type);
}

const char *store_column_type(const struct store *s, enum value_type type)
{
    (void)s; /* PostgreSQL has its own names */
    switch (type) {
    case VT_BOOL:
    case VT_INT:
    case VT_DATE:
    case VT_INSTANT:
    case VT_MONEY:
    case VT_ENUM:
    case VT_REF:
        return "INTEGER";
    case VT_NUM:
        return "REAL";
    case VT_TEXT:
    case VT_JSON:
    case VT_CURRENCY:
        return "TEXT";
    case VT_SEALED:
        return "BLOB";
    case VT_ABSENT:
        break;
    }
    assert(false && "absent is no column type");
    return "BLOB";
}
