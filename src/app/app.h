/* app.h - what a verb gets, and how verbs are declared.
 *
 * In:     the environment seam and the command line.   Out: an exit code of DESIGN.md section 8:
 *         0 done, 1 the answer is no, 2 usage or settings, 3 environment.
 * Owns:   the arena of the command; released by app_main.
 * Rule:   data goes to `out`, talk and progress to `err`; nothing else of the process is written to.
 */
#ifndef REVOS_APP_APP_H
#define REVOS_APP_APP_H

#include "app/options.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/env.h"
#include <stdio.h>

struct caller;
struct host;

struct app {
    const struct env *env;
    struct arena *arena; /* lives as long as the command */
    const char *dir;     /* workspace folder as given with -C; "." by default */
    FILE *out, *err;
    bool json;                   /* --json: one JSON document (or JSON Lines where said) on `out` */
    bool terminal;               /* `err` is a terminal: progress may be drawn */
    bool color;                  /* `out` is a terminal that takes colours */
    const struct caller *caller; /* NULL: whoever sits at this process's terminal; see caller.h */
    struct host *host;           /* NULL: this process serves nobody; see host.h */
};

struct command_def {
    const char *name;
    const char *summary; /* one line, starts lower case */
    const char *usage;   /* the words after the name: "OBJECT FILE [--map M]" */
    const char *details; /* paragraphs for the reference; may be NULL */
    const struct option_def *options;
    size_t n_options;
    bool served; /* works on the data: while `revos serve` holds the workspace, it runs there */
    int (*run)(struct app *app, const struct args *args);
};

enum { EXIT_DONE = 0, EXIT_ANSWER_NO = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

/* Parses the global options, finds the verb, runs it. `argv` as main gets it. */
int app_main(const struct env *env, int argc, char **argv);

/* The verb of that name, or NULL. */
const struct command_def *app_command(struct str name);
/* Every verb, sorted by name; help, completion and docs/cli.md come from it. */
const struct command_def *const *app_commands(size_t *n);

/* "revos: " and one line on `err`; returns the exit code of `rc`. */
int app_fail(struct app *app, enum rc rc, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Usage error: the line and the verb's usage on `err`; returns EXIT_USAGE. */
int app_usage(struct app *app, const struct args *args, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Prints diagnostics: text on `err`; with --json, when one is an error and nothing else will be answered, JSON on `out`.
 * EXIT_ANSWER_NO when there is an error. */
int app_diags(struct app *app, struct diags *ds, size_t limit);
/* `b` to `out`. */
void app_put(struct app *app, const struct buf *b);
/* Joins the workspace folder and a path; NUL-ended, in the arena. An absolute path stays as it is. */
const char *app_path(struct app *app, const char *relative);

#endif
