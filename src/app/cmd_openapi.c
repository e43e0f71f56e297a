/* openapi - the HTTP API as an OpenAPI document. */
#include "app/commands.h"
#include "door/api.h"

enum { DOCUMENT_MAX = 4 << 20 };

static int run(struct app *app, const struct args *args)
{
    size_t n;
    struct buf b;
    const struct route *routes = api_routes(&n);
    if (args->n_operands > 0)
        return app_usage(app, args, "it takes no words");
    buf_init(&b, DOCUMENT_MAX);
    routes_openapi(routes, n, &b);
    buf_char(&b, '\n');
    app_put(app, &b);
    buf_release(&b);
    return EXIT_DONE;
}

const struct command_def command_openapi = {
    .name = "openapi",
    .summary = "print the OpenAPI document of the HTTP API",
    .usage = "",
    .details =
        "Routes, parameters and the JSON Schema of every answer, as `revos serve` gives them "
        "under /api/v1/openapi.json.",
    .run = run,
};
