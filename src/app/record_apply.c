/* record_apply.c - lines to commands, verdicts to lines. */
#include "app/record_apply.h"

#include "app/sending.h"
#include "door/stated.h"

#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, ANSWER_TEXT_MAX = 64 << 20, FAULTS_SHOWN = 20 };

struct applying {
    struct app *app;
    const struct args *args;
    struct session s;
    const char *name; /* of the file, for people */
    struct command commands[STATED_MAX];
    struct str names[STATED_MAX];
    unsigned lines[STATED_MAX];
    struct verdict verdicts[STATED_MAX];
    size_t n;
    unsigned faults;
};

/* ---- lines ------------------------------------------------------------------------------------------------------------ */

static void fault(struct applying *w, unsigned line, struct str text)
{
    if (w->faults++ < FAULTS_SHOWN)
        fprintf(w->app->err, "%s:%u: %.*s\n", w->name, line, STR_ARG(text));
}

static void read_line(struct applying *w, unsigned line, struct str text)
{
    struct arena *a = w->app->arena;
    struct json_fault bad;
    struct json *j;
    struct stated s = {.model = w->s.model,
                       .arena = a,
                       .c = {.kind = CMD_UPSERT, .door = DOOR_CLI},
                       .names = w->names,
                       .n_names = w->n};
    if (w->n == STATED_MAX) {
        fault(w, line, str_printf(a, "a file has at most %d commands", STATED_MAX));
    } else if (json_read(text, NULL, a, &j, &bad) != RC_OK) {
        fault(w, line, str_printf(a, "no JSON: column %u: %s", bad.col, bad.message));
    } else if (!stated_one(&s, j)) {
        fault(w, line, s.fault.text);
    }
    if (w->n == STATED_MAX)
        return;
    /* A line that cannot be read keeps its place and its name: what refers to it is not wrong as well. */
    w->commands[w->n] = s.c;
    w->names[w->n] = s.name;
    w->lines[w->n++] = line;
}

/* False after a line for each that is wrong. */
static bool read_lines(struct applying *w, struct str rest)
{
    struct str text;
    for (unsigned line = 1; rest.n > 0 && w->n <= STATED_MAX && str_split(&rest, '\n', &text);
         line++) {
        if (str_trim(text).n == 0)
            continue;
        bool full = w->n == STATED_MAX;
        read_line(w, line, text);
        if (full)
            break;
    }
    if (w->faults > FAULTS_SHOWN)
        fprintf(w->app->err, "%s: %u more lines cannot be read\n", w->name,
                w->faults - FAULTS_SHOWN);
    if (w->faults == 0 && w->n == 0)
        fprintf(w->app->err,
                "%s: there is no command: one a line, {\"object\": \"account\", \"fields\": {…}}\n",
                w->name);
    return w->faults == 0 && w->n > 0;
}

/* ---- verdicts --------------------------------------------------------------------------------------------------------- */

static void print_text(struct applying *w, bool together, struct buf *b)
{
    size_t refused = verdicts_refused(w->verdicts, w->n);
    for (size_t i = 0; i < w->n; i++) {
        buf_printf(b, "line %u", w->lines[i]);
        if (w->names[i].n > 0)
            buf_printf(b, " (%.*s)", STR_ARG(w->names[i]));
        buf_cstr(b, ": ");
        verdict_text(&w->verdicts[i], b);
    }
    if (refused < w->n && together)
        buf_printf(b, "nothing was written: line %u was refused\n", w->lines[refused]);
}

static int print(struct applying *w, bool together)
{
    struct buf b;
    struct json_out j;
    buf_init(&b, ANSWER_TEXT_MAX);
    if (w->app->json) {
        json_out_init(&j, &b, false);
        verdicts_answer(w->verdicts, w->n, &j);
        json_out_done(&j);
        buf_char(&b, '\n');
    } else {
        if (args_flag(w->args, "dry-run"))
            buf_cstr(&b, "dry run:\n");
        print_text(w, together, &b);
    }
    app_put(w->app, &b);
    buf_release(&b);
    return verdicts_refused(w->verdicts, w->n) == w->n ? EXIT_DONE : EXIT_ANSWER_NO;
}

static int apply(struct applying *w, struct str text)
{
    bool together = !args_flag(w->args, "each");
    int code;
    if (!read_lines(w, text))
        return EXIT_USAGE;
    if (!sending_several(w->app, w->args, &w->s, w->commands, w->n, together, w->verdicts, &code))
        return code;
    return print(w, together);
}

int record_apply(struct app *app, const struct args *args)
{
    const char *file = args_operand(args, 1);
    struct str text;
    if (!file || args_operand(args, 2))
        return app_usage(app, args, "name one file of commands, or - for standard input");
    bool standard = strcmp(file, "-") == 0;
    struct applying *w = ARENA_NEW(app->arena, struct applying);
    *w = (struct applying){.app = app, .args = args, .name = standard ? "standard input" : file};
    /* Before the session: whoever types the commands holds up nobody. */
    enum rc rc = env_read_file(app->env, standard ? "/dev/stdin" : file, FILE_BYTES_MAX, app->arena,
                               &text);
    if (rc != RC_OK)
        return app_fail(app, rc == RC_LIMIT ? RC_USAGE : RC_IO, "cannot read %s: %s", w->name,
                        env_error());
    rc = session_open(app, SESSION_NOW, &w->s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = apply(w, text);
    session_close(&w->s);
    return code;
}
