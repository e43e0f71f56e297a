/* options.h - command lines from tables.
 *
 * In:     argv and a table of options.   Out: values by name, the rest as operands.
 * Errors: RC_USAGE with one line in `error`: which option, what is wrong, what is near.
 * Forms:  --name, --name VALUE, --name=VALUE, -n VALUE, `--` ends options; options may follow operands.
 */
#ifndef REVOS_APP_OPTIONS_H
#define REVOS_APP_OPTIONS_H

#include "base/text.h"

enum option_kind { OPT_FLAG, OPT_TEXT, OPT_INTEGER, OPT_REPEATED };

struct option_def {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    enum option_kind kind;
    const char *value_name; /* "FILE"; NULL for flags */
    const char *help;
};

struct command_def;

struct option_value {
    bool given;
    const char *text; /* last one given */
    int64_t integer;
    const char *const *all; /* OPT_REPEATED */
    size_t n;
};

struct args {
    const struct command_def *command;
    const char *const *operands;
    size_t n_operands;
    struct option_value *values; /* parallel to the command's options */
};

MUST_CHECK enum rc options_parse(const struct command_def *command, int argc, char *const *argv,
                                 struct arena *arena, struct args *out, struct str *error);

/* Each asserts that the command declares the option. */
bool args_flag(const struct args *a, const char *name);
const char *args_text(const struct args *a, const char *name); /* NULL when not given */
int64_t args_integer(const struct args *a, const char *name, int64_t fallback);
const struct option_value *args_option(const struct args *a, const char *name);
/* Operand `i`, or NULL. */
const char *args_operand(const struct args *a, size_t i);

#endif
