#include "app/app.h"
#include "app/forward.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_def global_options[] = {
    {"directory", 'C', OPT_TEXT, "DIR", "work in this workspace folder"},
    {"json", 0, OPT_FLAG, NULL, "machine output: JSON on standard output"},
    {"help", 'h', OPT_FLAG, NULL, "what a verb does and takes"},
};

static const struct command_def global = {
    .name = "revos",
    .options = global_options,
    .n_options = sizeof(global_options) / sizeof(*global_options),
};

/* The reference of every verb as Markdown: docs/cli.md. */
/* The words behind a verb's name; many verbs take none. */
static const char *words(const struct command_def *c)
{
    return c->usage != NULL ? c->usage : "";
}

static const char *words_gap(const struct command_def *c)
{
    return words(c)[0] != '\0' ? " " : "";
}

static void print_markdown(FILE *to)
{
    size_t n;
    const struct command_def *const *all = app_commands(&n);
    fputs("# Commands\n\n"
          "`revos [-C DIR] [--json] VERB …` works in the workspace DIR (the current folder). Data "
          "go to standard output, talk and\n"
          "progress to standard error. Exit status: 0 done; 1 the answer is no (errors found, rows "
          "quarantined, damage found);\n"
          "2 usage or settings; 3 environment. `--json` prints JSON. This page is `revos help "
          "--markdown`.\n",
          to);
    for (size_t i = 0; i < n; i++) {
        const struct command_def *c = all[i];
        fprintf(to, "\n## %s\n\n`revos %s%s%s`\n\n%c%s.\n", c->name, c->name, words_gap(c),
                words(c), toupper((unsigned char)c->summary[0]), c->summary + 1);
        if (c->details != NULL) {
            fprintf(to, "\n%s\n", c->details);
        }
        if (c->n_options > 0) {
            fputs("\n| option | does |\n|---|---|\n", to);
        }
        for (size_t k = 0; k < c->n_options; k++) {
            const struct option_def *o = &c->options[k];
            bool flag = o->kind == OPT_FLAG;
            fprintf(to, "| `--%s%s%s`", o->name, flag ? "" : " ", flag ? "" : o->value_name);
            if (o->letter != 0) {
                fprintf(to, ", `-%c`", o->letter);
            }
            fprintf(to, " | %s |\n", o->help);
        }
    }
}

const struct command_def *app_command(struct str name)
{
    size_t n;
    const struct command_def *const *all = app_commands(&n);
    for (size_t i = 0; i < n; i++) {
        if (str_is(name, all[i]->name)) {
            return all[i];
        }
    }
    return NULL;
}

static void print_overview(FILE *to)
{
    size_t n;
    const struct command_def *const *all = app_commands(&n);
    fputs("usage: revos [-C DIR] [--json] VERB [ARGUMENTS]\n\nverbs:\n", to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "  %-12s %s\n", all[i]->name, all[i]->summary);
    }
    fputs("\nrevos help VERB tells more.\n", to);
}

static void print_options(FILE *to, const struct command_def *c)
{
    for (size_t i = 0; i < c->n_options; i++) {
        const struct option_def *o = &c->options[i];
        char left[64];
        char letter[8] = "    ";
        if (o->letter != 0) {
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        }
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->kind == OPT_FLAG ? "" : " ",
                 o->kind == OPT_FLAG ? "" : o->value_name);
        fprintf(to, "  %-28s %s\n", left, o->help);
    }
}

static void print_help(FILE *to, const struct command_def *c)
{
    fprintf(to, "revos %s - %s\n\nusage: revos %s%s%s\n", c->name, c->summary, c->name,
            words_gap(c), words(c));
    if (c->details != NULL) {
        fprintf(to, "\n%s\n", c->details);
    }
    if (c->n_options > 0) {
        fputs("\noptions:\n", to);
        print_options(to, c);
    }
}

int app_fail(struct app *app, enum rc rc, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str line = str_vprintf(app->arena, fmt, ap);
    va_end(ap);
    fprintf(app->err, "revos: %.*s\n", STR_ARG(line));
    return rc_info(rc)->exit_code;
}

int app_usage(struct app *app, const struct args *args, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct str line = str_vprintf(app->arena, fmt, ap);
    va_end(ap);
    fprintf(app->err, "revos %s: %.*s\nusage: revos %s%s%s\n", args->command->name, STR_ARG(line),
            args->command->name, words_gap(args->command), words(args->command));
    return EXIT_USAGE;
}

int app_diags(struct app *app, struct diags *ds, size_t limit)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    diags_sort(ds);
    if (app->json && ds->errors > 0) {
        diags_json(ds, limit, &b);
        buf_char(&b, '\n');
        app_put(app, &b);
    } else {
        diags_text(ds, limit, &b);
        fwrite(b.p, 1, b.n, app->err);
    }
    buf_release(&b);
    return ds->errors > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
}

void app_put(struct app *app, const struct buf *b)
{
    fwrite(b->p, 1, b->n, app->out);
}

const char *app_path(struct app *app, const char *relative)
{
    if (relative[0] == '/' || strcmp(app->dir, ".") == 0) {
        return str_c(app->arena, str_of(relative));
    }
    return str_printf(app->arena, "%s/%s", app->dir, relative).p;
}

/* Global options stand before the verb; --json and --help are understood after it too. */
static int split_globals(struct app *app, int argc, char **argv, bool *help)
{
    int at = 1;
    while (at < argc && argv[at][0] == '-') {
        if (strcmp(argv[at], "-C") == 0 && at + 1 < argc) {
            app->dir = argv[at + 1];
            at += 2;
        } else if (strcmp(argv[at], "--json") == 0) {
            app->json = true;
            at++;
        } else if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0) {
            *help = true;
            at++;
        } else if (strcmp(argv[at], "--version") == 0) {
            argv[at][0] = '\0';
            return at;
        } else {
            return -at;
        }
    }
    return at;
}

/* Takes --json and --help out of a verb's arguments; a word after "--" is left alone. */
static int take_flags(struct app *app, int argc, char **argv, bool *help)
{
    int kept = 1;
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        ended = ended || strcmp(argv[i], "--") == 0;
        if (!ended && strcmp(argv[i], "--json") == 0) {
            app->json = true;
        } else if (!ended && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            *help = true;
        } else {
            argv[kept++] = argv[i];
        }
    }
    return kept;
}

static int unknown_verb(struct app *app, struct str name)
{
    size_t n;
    const struct command_def *const *all = app_commands(&n);
    struct str *names = ARENA_ARRAY(app->arena, n, struct str);
    for (size_t i = 0; i < n; i++) {
        names[i] = str_of(all[i]->name);
    }
    struct str near = text_nearest(name, names, n);
    if (near.n > 0) {
        return app_fail(app, RC_USAGE, "no verb '%.*s'; did you mean '%.*s'?", STR_ARG(name),
                        STR_ARG(near));
    }
    return app_fail(app, RC_USAGE, "no verb '%.*s'; 'revos help' lists them", STR_ARG(name));
}

static int run_verb(struct app *app, const struct command_def *c, int argc, char **argv)
{
    bool help = false;
    argc = take_flags(app, argc, argv, &help);
    if (help) {
        print_help(app->out, c);
        return EXIT_DONE;
    }
    struct args args;
    struct str error = STR_NONE;
    if (options_parse(c, argc, argv, app->arena, &args, &error) != RC_OK) {
        return app_usage(app, &args, "%.*s", STR_ARG(error));
    }
    int code;
    if (c->served && forward(app, argc, argv, &code))
        return code;
    return c->run(app, &args);
}

static int dispatch(struct app *app, int argc, char **argv)
{
    bool help = false;
    int at = split_globals(app, argc, argv, &help);
    if (at < 0) {
        return app_fail(app, RC_USAGE,
                        "unknown option '%s' before the verb; 'revos help' lists what there is",
                        argv[-at]);
    }
    if (at >= argc) {
        print_overview(help ? app->out : app->err);
        return help ? EXIT_DONE : EXIT_USAGE;
    }
    struct str name = str_of(argv[at][0] == '\0' ? "version" : argv[at]);
    if (str_is(name, "help") && at + 1 < argc && strcmp(argv[at + 1], "--markdown") == 0) {
        print_markdown(app->out);
        return EXIT_DONE;
    }
    if (str_is(name, "help")) {
        const struct command_def *about = at + 1 < argc ? app_command(str_of(argv[at + 1])) : NULL;
        if (at + 1 < argc && about == NULL) {
            return unknown_verb(app, str_of(argv[at + 1]));
        }
        if (about == NULL) {
            print_overview(app->out);
            print_options(app->out, &global);
        } else {
            print_help(app->out, about);
        }
        return EXIT_DONE;
    }
    const struct command_def *c = app_command(name);
    if (c == NULL) {
        return unknown_verb(app, name);
    }
    return run_verb(app, c, argc - at, argv + at);
}

int app_main(const struct env *env, int argc, char **argv)
{
    struct app app = {.env = env, .arena = arena_new(), .dir = ".", .out = stdout, .err = stderr};
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    bool dumb = term == NULL || strcmp(term, "dumb") == 0;
    app.terminal = isatty(STDERR_FILENO) != 0 && !dumb;
    app.color = isatty(STDOUT_FILENO) != 0 && !dumb && no_color == NULL;
    int code = dispatch(&app, argc, argv);
    if (fflush(app.out) != 0 || ferror(app.out)) {
        code = app_fail(&app, RC_IO, "could not write the output");
    }
    arena_free(app.arena);
    return code;
}
