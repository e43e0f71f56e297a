/* What is asked of a value once it is read, and where it stands. */
#include "base/format.h"
#include "base/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool json_is(const struct json *j, enum json_type type)
{
    return j && j->type == type;
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",       [JSON_BOOL] = "a boolean",  [JSON_INT] = "an integer",
        [JSON_NUMBER] = "a number", [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object"};
    assert((size_t)type < sizeof names / sizeof *names);
    return names[type];
}

bool json_bool(const struct json *j, bool *out)
{
    if (json_is(j, JSON_BOOL))
        *out = j->boolean;
    return json_is(j, JSON_BOOL);
}

bool json_int(const struct json *j, int64_t *out)
{
    if (json_is(j, JSON_INT))
        *out = j->integer;
    return json_is(j, JSON_INT);
}

bool json_str(const struct json *j, struct str *out)
{
    if (json_is(j, JSON_STRING))
        *out = j->text;
    return json_is(j, JSON_STRING);
}

bool json_number(const struct json *j, char room[24], struct str *out)
{
    if (json_is(j, JSON_NUMBER)) {
        *out = j->text;
        return true;
    }
    if (!json_is(j, JSON_INT))
        return false;
    *out = i64_text(j->integer, room);
    return true;
}

struct diag *json_fault_diag(const struct json_fault *fault, const struct source *source,
                             uint32_t lines_before, const char *code, struct diags *ds)
{
    struct span at = span_at(source, fault->line + lines_before, fault->col, 1);
    struct diag *d = diag_add(ds, SEV_ERROR, code, at, "%s", fault->message);
    if (fault->also_line) {
        d->also = span_at(source, fault->also_line + lines_before, fault->also_col, 1);
        d->also_message = STR("first written here");
    }
    return d;
}

static void count_to(struct str text, size_t at, uint32_t *line, uint32_t *col)
{
    struct str before = str_sub(text, 0, at);
    const char *newline = before.n ? memrchr(before.p, '\n', before.n) : NULL;
    size_t start = newline ? (size_t)(newline - before.p) + 1 : 0;
    *line = 1;
    for (size_t i = 0; i < start; i++)
        *line += before.p[i] == '\n';
    *col = (uint32_t)utf8_length(str_sub(before, start, before.n)) + 1;
}

struct span json_span(const struct source *source, const struct json *j)
{
    struct span at = {.source = source};
    count_to(source->text, j->at, &at.line, &at.col);
    count_to(source->text, j->end, &at.end_line, &at.end_col);
    return at;
}
