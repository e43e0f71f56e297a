/* letter.c - heads, and names in double braces. */
#include "connect/letter.h"
#include "admission/parse.h"
#include "connect/markdown.h"

/* ---- the head ---------------------------------------------------------------------------------------------------- */

/* The line without its end; moves `rest` behind it. */
static bool next_line(struct str *rest, struct str *line)
{
    if (!str_split(rest, '\n', line))
        return false;
    if (line->n && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

static struct str unquoted(struct str s)
{
    s = str_trim(s);
    bool quoted = s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
    return quoted ? str_sub(s, 1, s.n - 1) : s;
}

enum rc letter_read(struct str file, struct letter *out, struct str *why)
{
    struct str rest = file, line;
    *out = (struct letter){0};
    *why = STR("it has no head: begin with a line ---, subject: …, and a line ---");
    if (utf8_invalid_at(file) >= 0) {
        *why = STR("it is not UTF-8");
        return RC_INVALID;
    }
    if (!next_line(&rest, &line) || !str_is(str_trim(line), "---"))
        return RC_INVALID;
    while (next_line(&rest, &line) && !str_is(str_trim(line), "---")) {
        struct str value = line, key;
        if (str_split(&value, ':', &key) && str_is(str_trim(key), "subject"))
            out->subject = unquoted(value);
    }
    if (!str_is(str_trim(line), "---"))
        return RC_INVALID;
    if (!out->subject.n) {
        *why = STR("its head has no subject");
        return RC_INVALID;
    }
    out->text = str_trim(rest);
    return RC_OK;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

bool letter_next(struct str *rest, struct letter_name *out)
{
    ptrdiff_t from = str_find(*rest, STR("{{"), 0);
    ptrdiff_t to = from < 0 ? -1 : str_find(*rest, STR("}}"), (size_t)from);
    if (to < 0)
        return false;
    struct str inside = str_sub(*rest, (size_t)from + 2, (size_t)to);
    *out = (struct letter_name){.before = str_sub(*rest, 0, (size_t)from),
                                .other = inside,
                                .has_other = str_find(inside, STR("|"), 0) >= 0};
    *rest = str_sub(*rest, (size_t)to + 2, rest->n);
    (void)str_split(&out->other, '|', &out->path);
    out->path = str_trim(out->path);
    out->other = out->has_other ? str_trim(out->other) : STR("");
    return true;
}

/* The text of the field at the end of a path; empty when something on the way is. */
static enum rc path_text(const struct path *p, const struct row *row,
                         const struct letter_rows *rows, struct arena *a, struct str *out)
{
    *out = STR("");
    for (size_t i = 0; row && i + 1 < p->n_steps; i++) {
        const struct value *v = row_value(row, p->steps[i]);
        row = NULL;
        enum rc rc = v->type == VT_REF ? rows->row(rows->ctx, p->steps[i]->to, v->ref, a, &row)
                                       : RC_OK;
        if (rc != RC_OK)
            return rc;
    }
    const struct field *f = p->steps[p->n_steps - 1];
    if (row && row_value(row, f)->type != VT_ABSENT)
        *out = field_value_text(f, row_value(row, f), a);
    return RC_OK;
}

enum rc letter_fill(struct str text, enum letter_values values, const struct row *row,
                    const struct letter_rows *rows, struct arena *a, struct str *out,
                    struct str *why)
{
    struct str rest = text, value;
    struct letter_name name;
    struct path p;
    struct buf b;
    enum rc rc = RC_OK;
    buf_init(&b, 2 * LETTER_BYTES_MAX);
    while (rc == RC_OK && letter_next(&rest, &name)) {
        buf_str(&b, name.before);
        if (!model_path(row->object, name.path, a, &p)) {
            *why = str_printf(a, "{{%.*s}} leads to no field of %.*s", STR_ARG(name.path),
                              STR_ARG(row->object->name));
            rc = RC_INVALID;
            break;
        }
        rc = path_text(&p, row, rows, a, &value);
        if (rc == RC_OK && !value.n && !name.has_other) {
            *why = str_printf(a, "%.*s is empty; {{%.*s|…}} says what stands there then",
                              STR_ARG(name.path), STR_ARG(name.path));
            rc = RC_INVALID;
        }
        if (rc == RC_OK)
            buf_str(&b, !value.n                    ? name.other
                        : values == LETTER_MARKDOWN ? markdown_escaped(value, a)
                                                    : value);
    }
    buf_str(&b, rest);
    rc = rc == RC_OK ? buf_ok(&b) : rc;
    *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return rc;
}
