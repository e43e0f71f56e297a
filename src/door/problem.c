/* Problems (RFC 9457): what went wrong, as JSON. */
#include "base/diag.h"
#include "door/handlers.h"
#include "door/stated.h"

#include <stdio.h>

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
        {501, "Not available yet"},
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

static void put_diagnostic(struct json_out *w, const struct diag *d)
{
    static const char *const severities[] = {"error", "warning", "note"};
    json_begin_object(w);
    json_field_cstr(w, "severity", severities[d->severity]);
    json_field_cstr(w, "code", d->code);
    json_field_str(w, "message", d->message);
    if (d->help.n > 0)
        json_field_str(w, "help", d->help);
    if (d->at.source != NULL) {
        json_field_str(w, "file", d->at.source->name);
        json_field_int(w, "line", d->at.line);
        json_field_int(w, "column", d->at.col);
        json_field_int(w, "end_line", d->at.end_line);
        json_field_int(w, "end_column", d->at.end_col);
    }
    json_end_object(w);
}

/* Also which record stands in the way, where the verdict names one. */
static void put_findings(struct json_out *w, const struct verdict *v)
{
    struct buf findings;
    buf_init(&findings, HTTP_BODY_MAX);
    verdict_findings_json(v, &findings);
    json_key(w, "findings");
    if (buf_ok(&findings) == RC_OK)
        json_put_raw(w, buf_view(&findings));
    else
        json_put_raw(w, STR("[]"));
    buf_release(&findings);
}

static void put_diagnostics(struct json_out *w, const struct diags *ds)
{
    json_key(w, "diagnostics");
    json_begin_array(w);
    for (size_t i = 0; i < ds->list.n; i++)
        put_diagnostic(w, &ds->list.v[i]);
    json_end_array(w);
}

/* What a problem may carry beside its text. */
struct problem_more {
    const struct diags *ds;
    const struct verdict *verdict;
    const struct verdict *all; /* of several commands */
    size_t n_all;
};

static void put_problem(struct response *r, int status, const char *code, const char *parameter,
                        struct str detail, struct problem_more more)
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
    if (more.ds != NULL)
        put_diagnostics(&w, more.ds);
    if (more.verdict != NULL) {
        char id[64];
        put_findings(&w, more.verdict);
        if (more.verdict->other != 0)
            json_field_str(&w, "other",
                           id_text(more.verdict->object->prefix, more.verdict->other, id));
    }
    if (more.all != NULL) {
        json_key(&w, "verdicts");
        verdicts_json(more.all, more.n_all, &w);
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
    put_problem(r, status, code, parameter, detail, (struct problem_more){0});
    arena_free(a);
}

void respond_rc(struct response *r, enum rc rc, const char *fmt, ...)
{
    struct arena *a = arena_new();
    va_list ap;
    va_start(ap, fmt);
    struct str detail = str_vprintf(a, fmt, ap);
    va_end(ap);
    put_problem(r, rc_info(rc)->http_status, rc_info(rc)->name, NULL, detail,
                (struct problem_more){0});
    arena_free(a);
}

void respond_diags(struct response *r, const char *code, const char *parameter,
                   const struct diags *ds)
{
    struct str first = ds->list.n > 0 ? ds->list.v[0].message : STR_NONE;
    put_problem(r, 400, code, parameter, first, (struct problem_more){.ds = ds});
}

void respond_refusal(struct response *r, int status, const struct verdict *v, struct str detail)
{
    put_problem(r, status, status == 409 ? "conflict" : "refused", NULL, detail,
                (struct problem_more){.verdict = v});
}

void respond_refusals(struct response *r, const struct verdict *v, size_t n, size_t refused,
                      struct str detail)
{
    char parameter[40];
    (void)snprintf(parameter, sizeof parameter, "commands[%zu]", refused);
    put_problem(r, 422, "refused", parameter, detail,
                (struct problem_more){.verdict = &v[refused], .all = v, .n_all = n});
}
