/* Problems (RFC 9457): what went wrong, as JSON. */
#include "base/diag.h"
#include "door/http.h"

static const char *title_of(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {
        {400, "The request is not understood"},
        {403, "Refused"},
        {404, "Not found"},
        {405, "Not possible here"},
        {409, "It changed meanwhile"},
        {413, "Too large"},
        {421, "Wrong host"},
        {422, "Not accepted"},
        {503, "Try again later"},
        {507, "Not enough room"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (titles[i].status == status) {
            return titles[i].title;
        }
    }
    return "Something failed";
}

static void put_problem(struct response *r, int status, const char *code, const char *parameter,
                        struct str detail, const struct diags *ds)
{
    struct json_out w;
    buf_clear(&r->body);
    r->status = status;
    r->type = "application/problem+json";
    r->fixed = NULL;
    r->etag = STR_NONE;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_cstr(&w, "type", "about:blank");
    json_field_cstr(&w, "title", title_of(status));
    json_field_int(&w, "status", status);
    json_field_cstr(&w, "code", code);
    if (detail.n > 0) {
        json_field_str(&w, "detail", detail);
    }
    if (parameter != NULL) {
        json_field_cstr(&w, "parameter", parameter);
    }
    if (ds != NULL) {
        json_key(&w, "diagnostics");
        json_begin_array(&w);
        for (size_t i = 0; i < ds->list.n; i++) {
            const struct diag *d = &ds->list.v[i];
            json_begin_object(&w);
            json_field_cstr(&w, "severity",
                            d->severity == SEV_ERROR     ? "error"
                            : d->severity == SEV_WARNING ? "warning"
                                                         : "note");
            json_field_cstr(&w, "code", d->code);
            json_field_str(&w, "message", d->message);
            if (d->help.n > 0) {
                json_field_str(&w, "help", d->help);
            }
            if (d->at.source != NULL) {
                json_field_str(&w, "file", d->at.source->name);
                json_field_int(&w, "line", d->at.line);
                json_field_int(&w, "column", d->at.col);
                json_field_int(&w, "end_line", d->at.end_line);
                json_field_int(&w, "end_column", d->at.end_col);
            }
            json_end_object(&w);
        }
        json_end_array(&w);
    }
    json_end_object(&w);
    json_out_done(&w);
}

void respond_problem(struct response *r, int status, const char *code, const char *parameter,
                     const char *fmt, ...)
{
    struct arena *a = arena_new();
    va_list ap;
    va_start(ap, fmt);
    struct str detail = str_vprintf(a, fmt, ap);
    va_end(ap);
    put_problem(r, status, code, parameter, detail, NULL);
    arena_free(a);
}

void respond_rc(struct response *r, enum rc rc, const char *fmt, ...)
{
    struct arena *a = arena_new();
    va_list ap;
    va_start(ap, fmt);
    struct str detail = str_vprintf(a, fmt, ap);
    va_end(ap);
    put_problem(r, rc_info(rc)->http_status, rc_info(rc)->name, NULL, detail, NULL);
    arena_free(a);
}

void respond_diags(struct response *r, const char *code, const char *parameter,
                   const struct diags *ds)
{
    struct str first = ds->list.n > 0 ? ds->list.v[0].message : STR_NONE;
    put_problem(r, 400, code, parameter, first, ds);
}
