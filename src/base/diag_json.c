/* Diagnostics for programs: our own JSON, and SARIF 2.1.0 for code hosts and editors. */
#include "base/diag.h"
#include "base/json.h"

#include <stdlib.h>

static const char *const severity_names[] = {
    [SEV_ERROR] = "error", [SEV_WARNING] = "warning", [SEV_NOTE] = "note"};

static void put_place(struct json_out *w, const struct span *at)
{
    if (!at->source)
        return;
    json_field_str(w, "file", at->source->name);
    if (!at->line)
        return;
    json_field_int(w, "line", at->line);
    if (!at->col)
        return;
    json_field_int(w, "column", at->col);
    json_field_int(w, "end_line", at->end_line);
    json_field_int(w, "end_column", at->end_col);
}

static void put_diag(struct json_out *w, const struct diag *d)
{
    json_begin_object(w);
    json_field_cstr(w, "severity", severity_names[d->severity]);
    json_field_cstr(w, "code", d->code);
    put_place(w, &d->at);
    json_field_str(w, "message", d->message);
    if (d->help.n)
        json_field_str(w, "help", d->help);
    if (d->also.source) {
        json_key(w, "also");
        json_begin_object(w);
        put_place(w, &d->also);
        json_field_str(w, "message", d->also_message);
        json_end_object(w);
    }
    json_end_object(w);
}

void diags_json(const struct diags *ds, size_t limit, struct buf *out)
{
    struct json_out w;
    size_t shown = limit && limit < ds->list.n ? limit : ds->list.n;
    json_out_init(&w, out, false);
    json_begin_object(&w);
    json_field_int(&w, "errors", (int64_t)ds->errors);
    json_field_int(&w, "warnings", (int64_t)ds->warnings);
    json_field_int(&w, "notes", (int64_t)ds->notes);
    json_field_int(&w, "shown", (int64_t)shown);
    json_key(&w, "diagnostics");
    json_begin_array(&w);
    for (size_t i = 0; i < shown; i++)
        put_diag(&w, &ds->list.v[i]);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

/* A path as a relative URI: what RFC 3986 reserves is percent-encoded, but the slash. */
static void put_uri(struct json_out *w, struct str path)
{
    struct buf uri;
    buf_init(&uri, path.n * 3 + 1);
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
        if (plain)
            buf_char(&uri, c);
        else
            buf_printf(&uri, "%%%02X", (unsigned)(unsigned char)c);
    }
    json_field_str(w, "uri", buf_view(&uri));
    buf_release(&uri);
}

static void put_text(struct json_out *w, struct str text, struct str help)
{
    json_key(w, "message");
    json_begin_object(w);
    json_key(w, "text");
    if (help.n) {
        struct buf both;
        buf_init(&both, text.n + help.n + 16);
        buf_str(&both, text);
        buf_cstr(&both, "\nhelp: ");
        buf_str(&both, help);
        json_put_str(w, buf_view(&both));
        buf_release(&both);
    } else {
        json_put_str(w, text);
    }
    json_end_object(w);
}

/* One element of locations or relatedLocations, with its message if there is one. */
static void put_location(struct json_out *w, const char *key, const struct span *at,
                         struct str message)
{
    json_key(w, key);
    json_begin_array(w);
    json_begin_object(w);
    json_key(w, "physicalLocation");
    json_begin_object(w);
    json_key(w, "artifactLocation");
    json_begin_object(w);
    put_uri(w, at->source->name);
    json_end_object(w);
    if (at->line) {
        json_key(w, "region");
        json_begin_object(w);
        json_field_int(w, "startLine", at->line);
        if (at->col) {
            json_field_int(w, "startColumn", at->col);
            json_field_int(w, "endLine", at->end_line);
            json_field_int(w, "endColumn", at->end_col);
        }
        json_end_object(w);
    }
    json_end_object(w);
    if (message.n)
        put_text(w, message, STR_NONE);
    json_end_object(w);
    json_end_array(w);
}

static int by_code(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The codes in use, each once, sorted. */
static size_t list_codes(const struct diags *ds, struct str *codes)
{
    for (size_t i = 0; i < ds->list.n; i++)
        codes[i] = str_of(ds->list.v[i].code);
    if (ds->list.n > 1)
        qsort(codes, ds->list.n, sizeof *codes, by_code);
    size_t n = 0;
    for (size_t i = 0; i < ds->list.n; i++)
        if (!n || !str_eq(codes[n - 1], codes[i]))
            codes[n++] = codes[i];
    return n;
}

static void put_tool(struct json_out *w, const struct str *codes, size_t n)
{
    json_key(w, "tool");
    json_begin_object(w);
    json_key(w, "driver");
    json_begin_object(w);
    json_field_cstr(w, "name", "revos");
    json_key(w, "rules");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_field_str(w, "id", codes[i]);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
}

static void put_result(struct json_out *w, const struct diag *d, const struct str *codes, size_t n)
{
    struct str code = str_of(d->code);
    const struct str *at = bsearch(&code, codes, n, sizeof *codes, by_code);
    json_begin_object(w);
    json_field_str(w, "ruleId", code);
    json_field_int(w, "ruleIndex", at - codes);
    json_field_cstr(w, "level", severity_names[d->severity]);
    put_text(w, d->message, d->help);
    if (d->at.source)
        put_location(w, "locations", &d->at, STR_NONE);
    if (d->also.source)
        put_location(w, "relatedLocations", &d->also, d->also_message);
    json_end_object(w);
}

void diags_sarif(const struct diags *ds, struct buf *out)
{
    struct str *codes = mem_new(ds->list.n, sizeof *codes);
    size_t n = list_codes(ds, codes);
    struct json_out w;
    json_out_init(&w, out, true);
    json_begin_object(&w);
    json_field_cstr(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_field_cstr(&w, "version", "2.1.0");
    json_key(&w, "runs");
    json_begin_array(&w);
    json_begin_object(&w);
    put_tool(&w, codes, n);
    json_field_cstr(&w, "columnKind", "unicodeCodePoints");
    json_key(&w, "results");
    json_begin_array(&w);
    for (size_t i = 0; i < ds->list.n; i++)
        put_result(&w, &ds->list.v[i], codes, n);
    json_end_array(&w);
    json_end_object(&w);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
    mem_free(codes);
}
