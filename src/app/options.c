#include "app/options.h"
#include "app/app.h"
#include <assert.h>
#include <string.h>

static const struct option_def *find_long(const struct command_def *c, struct str name)
{
    for (size_t i = 0; i < c->n_options; i++) {
        if (str_is(name, c->options[i].name)) {
            return &c->options[i];
        }
    }
    return NULL;
}

static const struct option_def *find_letter(const struct command_def *c, char letter)
{
    for (size_t i = 0; i < c->n_options; i++) {
        if (c->options[i].letter != 0 && c->options[i].letter == letter) {
            return &c->options[i];
        }
    }
    return NULL;
}

/* "unknown option '--formt'; did you mean '--format'?" */
static struct str unknown_option(const struct command_def *c, struct str name, struct arena *arena)
{
    struct str *names = ARENA_ARRAY(arena, c->n_options + 1, struct str);
    for (size_t i = 0; i < c->n_options; i++) {
        names[i] = str_of(c->options[i].name);
    }
    struct str near = text_nearest(name, names, c->n_options);
    if (near.n > 0) {
        return str_printf(arena, "unknown option '--%.*s'; did you mean '--%.*s'?", STR_ARG(name),
                          STR_ARG(near));
    }
    return str_printf(arena, "unknown option '--%.*s'", STR_ARG(name));
}

static void add_value(struct option_value *v, const char *text, size_t room, struct arena *arena)
{
    const char **all = ARENA_ARRAY(arena, room, const char *);
    for (size_t i = 0; i < v->n; i++) {
        all[i] = v->all[i];
    }
    all[v->n++] = text;
    v->all = all;
}

static enum rc set_value(const struct option_def *def, struct option_value *v, const char *text,
                         size_t argc, struct arena *arena, struct str *error)
{
    v->given = true;
    v->text = text;
    if (def->kind == OPT_INTEGER && !str_to_i64(str_of(text), &v->integer)) {
        *error = str_printf(arena, "option '--%s' takes a whole number, not '%s'", def->name, text);
        return RC_USAGE;
    }
    if (def->kind == OPT_REPEATED) {
        add_value(v, text, argc + 1, arena);
    }
    return RC_OK;
}

/* Handles the option at argv[*at]; moves *at past a value that stands apart. */
static enum rc parse_option(const struct command_def *c, int argc, char *const *argv, int *at,
                            struct arena *arena, struct args *out, struct str *error)
{
    struct str word = str_of(argv[*at]);
    const struct option_def *def;
    const char *value = NULL;
    if (word.p[1] == '-') {
        struct str name = str_sub(word, 2, word.n);
        ptrdiff_t eq = str_find(name, STR("="), 0);
        if (eq >= 0) {
            value = name.p + eq + 1;
            name = str_sub(name, 0, (size_t)eq);
        }
        def = find_long(c, name);
        if (def == NULL) {
            *error = unknown_option(c, name, arena);
            return RC_USAGE;
        }
    } else {
        def = find_letter(c, word.p[1]);
        if (def == NULL) {
            *error = str_printf(arena, "unknown option '%.*s'", STR_ARG(word));
            return RC_USAGE;
        }
        value = word.n > 2 ? word.p + 2 : NULL;
    }
    struct option_value *v = &out->values[def - c->options];
    if (def->kind == OPT_FLAG) {
        if (value != NULL) {
            *error = str_printf(arena, "option '--%s' takes no value", def->name);
            return RC_USAGE;
        }
        v->given = true;
        return RC_OK;
    }
    if (value == NULL) {
        if (*at + 1 >= argc) {
            *error = str_printf(arena, "option '--%s' needs a value (%s)", def->name,
                                def->value_name);
            return RC_USAGE;
        }
        value = argv[++*at];
    }
    return set_value(def, v, value, (size_t)argc, arena, error);
}

enum rc options_parse(const struct command_def *command, int argc, char *const *argv,
                      struct arena *arena, struct args *out, struct str *error)
{
    *out = (struct args){.command = command};
    out->values = ARENA_ARRAY(arena, command->n_options + 1, struct option_value);
    const char **operands = ARENA_ARRAY(arena, (size_t)argc + 1, const char *);
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!ended && argv[i][0] == '-' && argv[i][1] != '\0') {
            enum rc rc = parse_option(command, argc, argv, &i, arena, out, error);
            if (rc != RC_OK) {
                return rc;
            }
        } else {
            operands[out->n_operands++] = argv[i];
        }
    }
    out->operands = operands;
    return RC_OK;
}

const struct option_value *args_option(const struct args *a, const char *name)
{
    const struct option_def *def = find_long(a->command, str_of(name));
    assert(def != NULL);
    return &a->values[def - a->command->options];
}

bool args_flag(const struct args *a, const char *name)
{
    return args_option(a, name)->given;
}

const char *args_text(const struct args *a, const char *name)
{
    return args_option(a, name)->text;
}

int64_t args_integer(const struct args *a, const char *name, int64_t fallback)
{
    const struct option_value *v = args_option(a, name);
    return v->given ? v->integer : fallback;
}

const char *args_operand(const struct args *a, size_t i)
{
    return i < a->n_operands ? a->operands[i] : NULL;
}
