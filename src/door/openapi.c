/* openapi.c - the OpenAPI document of a route table and its schemas. */
#include "door/http.h"
#include "door/schemas.h"

#include <ctype.h>

static void put_parameter(struct json_out *w, struct str name, const char *in, const char *summary,
                          bool repeated)
{
    json_begin_object(w);
    json_field_str(w, "name", name);
    json_field_cstr(w, "in", in);
    if (summary != NULL) {
        json_field_cstr(w, "description", summary);
    }
    if (str_is(str_of(in), "path")) {
        json_field_bool(w, "required", true);
    }
    json_key(w, "schema");
    json_begin_object(w);
    json_field_cstr(w, "type", repeated ? "array" : "string");
    if (repeated) {
        json_key(w, "items");
        json_begin_object(w);
        json_field_cstr(w, "type", "string");
        json_end_object(w);
    }
    json_end_object(w);
    json_end_object(w);
}

static void put_parameters(struct json_out *w, const struct route *r)
{
    struct str rest = str_of(r->pattern);
    struct str part;
    json_key(w, "parameters");
    json_begin_array(w);
    while (str_split(&rest, '/', &part)) {
        if (part.n > 2 && part.p[0] == '{') {
            put_parameter(w, str_sub(part, 1, part.n - 1), "path", NULL, false);
        }
    }
    for (size_t i = 0; i < r->n_params; i++) {
        put_parameter(w, str_of(r->params[i].name), "query", r->params[i].summary,
                      r->params[i].repeated);
    }
    json_end_array(w);
}

/* {"application/json": {"schema": …}}; without a shape any bytes. */
static void put_content(struct json_out *w, const char *type, const char *shape)
{
    size_t n;
    const struct shape_def *table = door_schemas(&n);
    json_key(w, "content");
    json_begin_object(w);
    json_key(w, type);
    json_begin_object(w);
    if (shape != NULL) {
        json_key(w, "schema");
        shape_put(table, n, shape, w);
    }
    json_end_object(w);
    json_end_object(w);
}

static void put_response(struct json_out *w, const char *status, const char *summary,
                         const char *type, const char *shape)
{
    json_key(w, status);
    json_begin_object(w);
    json_field_cstr(w, "description", summary);
    put_content(w, type, shape);
    json_end_object(w);
}

static void put_body(struct json_out *w, const struct route *r)
{
    if (r->body == NULL && !r->upload)
        return;
    json_key(w, "requestBody");
    json_begin_object(w);
    json_field_bool(w, "required", true);
    put_content(w, r->upload ? "application/octet-stream" : "application/json", r->body);
    json_end_object(w);
}

static void put_operation(struct json_out *w, const struct route *r)
{
    char method[8] = {0};
    for (size_t i = 0; r->method[i] != '\0' && i + 1 < sizeof method; i++) {
        method[i] = (char)tolower((unsigned char)r->method[i]);
    }
    json_key(w, method);
    json_begin_object(w);
    json_field_cstr(w, "summary", r->summary);
    put_parameters(w, r);
    put_body(w, r);
    json_key(w, "responses");
    json_begin_object(w);
    put_response(w, "200", r->summary, "application/json", r->answers);
    put_response(w, "default", "a problem", "application/problem+json", "Problem");
    json_end_object(w);
    json_end_object(w);
}

static void put_components(struct json_out *w)
{
    size_t n;
    const struct shape_def *table = door_schemas(&n);
    json_key(w, "components");
    json_begin_object(w);
    json_key(w, "schemas");
    json_begin_object(w);
    for (size_t i = 0; i < n; i++) {
        json_key(w, table[i].name);
        shape_put(table, n, table[i].shape, w);
    }
    json_end_object(w);
    json_end_object(w);
}

void routes_openapi(const struct route *routes, size_t n, struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, false);
    json_begin_object(&w);
    json_field_cstr(&w, "openapi", "3.1.0");
    json_key(&w, "info");
    json_begin_object(&w);
    json_field_cstr(&w, "title", "Revos");
    json_field_cstr(&w, "version", "1");
    json_end_object(&w);
    json_key(&w, "paths");
    json_begin_object(&w);
    for (size_t i = 0; i < n; i++) {
        bool told = i > 0 && str_is(str_of(routes[i].pattern), routes[i - 1].pattern);
        if (told || !str_starts(str_of(routes[i].pattern), STR("/api/"))) /* a page is no API */
            continue;
        json_key(&w, routes[i].pattern);
        json_begin_object(&w);
        for (size_t k = i; k < n && str_is(str_of(routes[i].pattern), routes[k].pattern); k++) {
            put_operation(&w, &routes[k]);
        }
        json_end_object(&w);
    }
    json_end_object(&w);
    put_components(&w);
    json_end_object(&w);
    json_out_done(&w);
}
