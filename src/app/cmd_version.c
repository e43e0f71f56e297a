#include "app/commands.h"
#include "revos_build.h"
#include "store/store.h"

static int run(struct app *app, const struct args *args)
{
    (void)args;
    if (app->json) {
        fprintf(app->out, "{\"revos\": \"%s\", \"sqlite\": \"%s\"}\n", REVOS_VERSION,
                store_engine_version());
    } else {
        fprintf(app->out, "revos %s\nsqlite %s\n", REVOS_VERSION, store_engine_version());
    }
    return EXIT_DONE;
}

const struct command_def command_version = {
    .name = "version",
    .summary = "print the version of revos and of what it carries",
    .usage = "",
    .run = run,
};
