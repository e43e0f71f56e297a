/* shape_markdown.c - the shapes as the key tables of docs/model.md. */
#include "model/shape.h"

#include <string.h>

static void put_kind(const struct shape *s, struct buf *out);

static const char *scalar_name(enum shape_kind kind)
{
    static const char *const names[] = {
        [SH_TEXT] = "text",
        [SH_NAME] = "name",
        [SH_INT] = "whole number",
        [SH_NUMBER] = "number",
        [SH_BOOL] = "true or false",
        [SH_DATE] = "date",
        [SH_DURATION] = "duration",
        [SH_WORKTIME] = "duration or working days",
        [SH_PERCENT] = "share",
        [SH_PERIOD] = "span",
        [SH_CURRENCY] = "currency",
        [SH_ZONE] = "time zone",
        [SH_SECRET] = "env:NAME or file:PATH",
        [SH_FILE] = "path",
        [SH_PRICE] = "amount with currency",
        [SH_CLOCK] = "time of day",
        [SH_CLOCKS] = "hours",
        [SH_MONTH_DAY] = "month and day",
        [SH_BAND] = "bound",
        [SH_PERSON] = "person",
        [SH_OBJECT] = "object",
        [SH_FIELD] = "field",
        [SH_REF] = "reference",
        [SH_MEMBER] = "field or list",
        [SH_FIELD_OF] = "object.field",
        [SH_PATH] = "path",
        [SH_RECORD] = "record",
        [SH_STAGE] = "stage",
        [SH_ARTEFACT] = "artefact",
        [SH_CEL] = "condition",
        [SH_ANY] = "anything",
        [SH_SET] = "field: expression",
    };
    return (size_t)kind < sizeof names / sizeof *names && names[kind] ? names[kind] : "text";
}

static void put_words(const struct shape *s, struct buf *out)
{
    for (size_t i = 0; s->words[i]; i++)
        buf_printf(out, "%s`%s`", i ? ", " : "", s->words[i]);
}

static void put_scalar_kind(const struct shape *s, struct buf *out)
{
    if (s->kind == SH_WORD)
        put_words(s, out);
    else if (s->kind == SH_DEF)
        buf_printf(out, "name under `%s`", s->what);
    else if (s->kind == SH_CEL)
        buf_cstr(out, s->want == X_BOOL ? "condition" : "expression");
    else
        buf_cstr(out, scalar_name(s->kind));
    if ((s->kind == SH_PERSON || s->kind == SH_DEF) && s->words) {
        buf_cstr(out, ", ");
        put_words(s, out);
    }
}

static void put_either(const struct shape *s, struct buf *out)
{
    if (s->of)
        put_kind(s->of, out);
    if (s->of && s->list)
        buf_cstr(out, ", or ");
    if (s->list)
        put_kind(s->list, out);
    if (s->keys)
        buf_cstr(out, s->of || s->list ? ", or a map" : "map");
}

static void put_kind(const struct shape *s, struct buf *out)
{
    switch ((int)s->kind) {
    case SH_LIST:
        buf_cstr(out, "list of ");
        put_kind(s->of, out);
        break;
    case SH_MAP:
        buf_cstr(out, "map");
        break;
    case SH_TABLE:
        buf_printf(out, "%s: ", scalar_name(s->table_key));
        put_kind(s->of, out);
        break;
    case SH_EITHER:
        put_either(s, out);
        break;
    default:
        put_scalar_kind(s, out);
    }
}

/* The keys somewhere inside a shape, and how a reader gets there: "[]" through a list, ".*" through a table. */
static const struct key *inner_keys(const struct shape *s, char *way, size_t size)
{
    while (!s->keys) {
        const struct shape *inner = s->kind == SH_LIST || s->kind == SH_TABLE ? s->of
                                    : s->kind == SH_EITHER                    ? s->list
                                                                              : NULL;
        if (!inner)
            return NULL;
        const char *step = s->kind == SH_LIST ? "[]" : s->kind == SH_TABLE ? ".*" : "";
        size_t used = strlen(way);
        memcpy(way + used, step, used + 3 <= size ? strlen(step) + 1 : 0);
        s = inner;
    }
    return s->keys;
}

#define WAY_MAX 160

static void put_rows(const struct key *keys, const char *prefix, struct buf *out)
{
    for (const struct key *k = keys; k->name; k++) {
        buf_printf(out, "| `%s%s` | ", prefix, k->name);
        put_kind(k->shape, out);
        buf_printf(out, " | %s | %s |\n", k->required ? "yes" : "", k->doc);
        char way[8] = "", next[WAY_MAX];
        const struct key *inner = inner_keys(k->shape, way, sizeof way);
        if (!inner)
            continue;
        struct buf b;
        buf_init(&b, sizeof next);
        buf_printf(&b, "%s%s%s.", prefix, k->name, way);
        memcpy(next, b.p, b.n);
        next[b.n < sizeof next ? b.n : sizeof next - 1] = '\0';
        buf_release(&b);
        put_rows(inner, next, out);
    }
}

void shape_markdown(struct buf *out)
{
    for (const struct section *s = model_sections; s->name; s++) {
        char way[8] = "";
        const struct key *keys = inner_keys(s->shape, way, sizeof way);
        buf_printf(out, "### `%s`\n\n%s: ", s->name, s->doc);
        put_kind(s->shape, out);
        buf_cstr(out, ".\n\n");
        if (!keys)
            continue;
        buf_cstr(out, "| key | value | required | meaning |\n|---|---|---|---|\n");
        put_rows(keys, "", out);
        buf_char(out, '\n');
    }
}
