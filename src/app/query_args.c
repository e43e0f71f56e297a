#include "app/query_args.h"

#include <string.h>

enum rc query_args(struct app *app, const struct args *args, const char *metric, struct query *out)
{
    const struct option_value *groups = args_option(args, "group");
    struct query_pin *pins = ARENA_ARRAY(app->arena, groups->n + 1, struct query_pin);
    *out = (struct query){.metric = str_of(metric),
                          .from = str_of(args_text(args, "from")),
                          .to = str_of(args_text(args, "to")),
                          .window = str_of(args_text(args, "window")),
                          .where = str_of(args_text(args, "where")),
                          .as_of = str_of(args_text(args, "as-of")),
                          .known = str_of(args_text(args, "known")),
                          .pins = pins,
                          .n_pins = groups->n,
                          .now = app->env->now(app->env->self)};
    for (size_t i = 0; i < groups->n; i++) {
        struct str text = str_of(groups->all[i]);
        ptrdiff_t at = str_find(text, STR("="), 0);
        if (at <= 0) {
            (void)app_usage(app, args,
                            "--group %s: write DIM=VALUE, or DIM= for the records without a value",
                            groups->all[i]);
            return RC_USAGE;
        }
        pins[i].dimension = str_sub(text, 0, (size_t)at);
        pins[i].value = str_sub(text, (size_t)at + 1, text.n);
        pins[i].none = pins[i].value.n == 0;
    }
    return RC_OK;
}
