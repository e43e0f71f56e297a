/* erase - a person's values destroyed. */
#include "app/commands.h"
#include "app/sending.h"
#include "care/erase.h"
#include "door/stated.h"
#include "face/record_json.h"
#include <inttypes.h>

static const struct option_def options[] = {
    {"reason", 0, OPT_TEXT, "TEXT", "why, who asked; it stays, so no name"},
    {"allow-return", 0, OPT_FLAG, NULL, "keep no hashes of what the person was known by"},
    {"as", 0, OPT_TEXT, "PERSON", "act as this person (short name); by default the operator"},
};

static void print_json(struct app *app, const struct object *o, uint64_t record,
                       const struct erased *e)
{
    struct buf b;
    struct json_out w;
    buf_init(&b, 1 << 16);
    json_out_init(&w, &b, true);
    erased_json(o, record, e, &w);
    json_out_done(&w);
    buf_char(&b, '\n');
    app_put(app, &b);
    buf_release(&b);
}

static const char *s_of(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_text(struct app *app, const struct object *o, uint64_t record,
                       const struct erased *e)
{
    char room[64];
    fprintf(app->out, "erased %.*s: its key is destroyed, values in %zu record%s are gone\n",
            STR_ARG(id_text(o->prefix, record, room)), e->records, s_of(e->records));
    if (e->held_rows)
        fprintf(app->out, "%zu refused row%s of an import blanked and given up\n", e->held_rows,
                s_of(e->held_rows));
    if (e->hashes)
        fprintf(app->out, "%zu value%s may not return\n", e->hashes, s_of(e->hashes));
    fputs("Backups hold no keys: what they say of the person cannot be read either.\n", app->out);
}

struct erase_turn {
    struct erase_order order;
    struct arena *arena;
    uint64_t record;
    struct erased erased;
    struct diags ds;
};

static enum rc erase_job(void *self, struct session *w)
{
    struct erase_turn *t = self;
    t->order.admission = w->admission;
    t->order.env = w->env;
    return care_erase(&t->order, t->arena, &t->record, &t->erased, &t->ds);
}

static int erase(struct app *app, const struct args *args, struct session *s)
{
    const char *object = args_operand(args, 0);
    const char *path = s->lease ? NULL : app_path(app, ".revos/warehouse.duckdb");
    struct erase_turn t = {.order = {.warehouse = path,
                                     .object = model_object(s->model, str_of(object)),
                                     .who = str_of(args_operand(args, 1)),
                                     .reason = str_of(args_text(args, "reason")),
                                     .allow_return = args_flag(args, "allow-return")},
                           .arena = app->arena};
    int code;
    if (!t.order.object)
        return app_usage(app, args, "%.*s",
                         STR_ARG(stated_no_object(s->model, str_of(object), app->arena)));
    if (!sending_actor(app, args, s, &t.order.actor, &code))
        return code;
    diags_init(&t.ds, app->arena);
    enum rc rc = session_forget(s, erase_job, &t);
    if (t.ds.list.n)
        (void)app_diags(app, &t.ds, 10);
    else if (rc != RC_OK)
        return app_fail(app, rc, "the erasure failed: %s", session_error(s));
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    if (app->json)
        print_json(app, t.order.object, t.record, &t.erased);
    else
        print_text(app, t.order.object, t.record, &t.erased);
    return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    if (!args_operand(args, 0) || !args_operand(args, 1))
        return app_usage(app, args, "name an object, and an id or a value of one of its keys");
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int exit_code = erase(app, args, &s);
    session_close(&s);
    return exit_code;
}

const struct command_def command_erase = {
    .name = "erase",
    .summary = "destroy what is known of a person",
    .usage = "OBJECT ID|KEY --reason TEXT",
    .details = "The key of the person is destroyed, so that nobody reads the personal values that "
               "the ledger keeps of it, on this\n"
               "record, on those merged into it and on others that name the person; current rows "
               "and the warehouse lose them, refused\n"
               "rows of imports are blanked. The record stays, its personal fields read "
               "(erased). What the person was known by\n"
               "(addresses, numbers, parts of keys and match rules) is kept as a keyed hash and "
               "refused at every door, unless\n"
               "--allow-return; run again with it, an erasure before is forgotten in that respect. "
               "It cannot be undone.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
