/* doctor - proves that the data are whole. Reads a snapshot beside whatever else runs. */
#include "app/commands.h"
#include "base/json.h"
#include "care/doctor.h"
#include "change/widen.h"
#include <inttypes.h>

static const struct option_def options[] = {
    {"since", 0, OPT_TEXT, "SEQ:HASH",
     "an event's number and hash, noted earlier elsewhere, must still be there"},
};

struct doctor {
    struct store *store;
    struct vault *vault;
    struct model *model; /* NULL: nothing is live */
};

static bool show_progress(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct app *app = self;
    if (app->terminal)
        fprintf(app->err, "\r%s %" PRIu64 " of %" PRIu64 " events", what, done, total);
    return true;
}

static bool read_since(const char *text, struct ledger_since *out)
{
    struct str rest = str_of(text), seq;
    return str_split(&rest, ':', &seq) && str_to_u64(seq, &out->seq) &&
           digest_parse(rest, &out->hash);
}

static enum rc doctor_open(struct app *app, struct doctor *d, struct diags *ds)
{
    struct version version;
    bool older;
    enum rc rc = store_open(app->env, str_of(app_path(app, ".revos/revos.db")), STORE_READER,
                            &d->store, ds);
    if (rc == RC_OK)
        rc = vault_open(app->env, str_of(app_path(app, ".revos/keys.db")), &d->vault, ds);
    if (rc == RC_OK)
        rc = store_begin(d->store);
    if (rc != RC_OK)
        return rc;
    struct diags of_model; /* a model that does not load leaves the ledger to be checked */
    diags_init(&of_model, app->arena);
    rc = widen_check(d->store, &older, ds);
    if (rc == RC_OK && older)
        fputs("an older revos made this workspace: its tables are compared once another verb has "
              "opened it\n",
              app->err);
    if (rc == RC_OK)
        rc = older ? RC_NOT_FOUND : live_load(d->store, app->arena, &version, &d->model, &of_model);
    if (rc == RC_INVALID)
        return rc; /* a newer one made it: what that may write is not ours to judge */
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        diag_add(ds, SEV_ERROR, "K0106", span_none(), "the live model cannot be loaded: %s",
                 of_model.list.n ? str_c(app->arena, of_model.list.v[0].message)
                                 : store_error(d->store));
    if (rc != RC_OK)
        d->model = NULL;
    return store_broken(d->store) ? RC_IO : RC_OK;
}

static void print_json(struct app *app, const struct doctor_report *r, const struct diags *ds)
{
    struct buf b, findings;
    struct json_out w;
    char hex[65];
    buf_init(&b, 64u << 20);
    buf_init(&findings, 32u << 20);
    diags_json(ds, 0, &findings);
    json_out_init(&w, &b, true);
    json_begin_object(&w);
    json_field_bool(&w, "whole", ds->errors == 0);
    json_key(&w, "head");
    json_begin_object(&w);
    json_field_int(&w, "seq", (int64_t)r->ledger.head.seq);
    json_field_str(&w, "hash", digest_hex(r->ledger.head.hash, hex));
    json_end_object(&w);
    json_field_int(&w, "events", (int64_t)r->ledger.events);
    json_field_int(&w, "batches", (int64_t)r->ledger.batches);
    json_field_int(&w, "fact_rows", (int64_t)r->ledger.fact_rows);
    json_field_bool(&w, "replayed", r->replayed);
    json_key(&w, "tables");
    json_begin_array(&w);
    for (size_t i = 0; i < r->n_tables; i++) {
        json_begin_object(&w);
        json_field_str(&w, "name", r->tables[i].name);
        json_field_int(&w, "rows", (int64_t)r->tables[i].rows);
        json_field_str(&w, "digest", digest_hex(r->tables[i].digest, hex));
        json_end_object(&w);
    }
    json_end_array(&w);
    json_key(&w, "findings");
    json_put_raw(&w, str_trim(buf_view(&findings)));
    json_end_object(&w);
    json_out_done(&w);
    buf_char(&b, '\n');
    app_put(app, &b);
    buf_release(&b);
    buf_release(&findings);
}

static void print_text(struct app *app, const struct doctor_report *r, const struct diags *ds)
{
    char hex[65];
    struct str hash = digest_hex(r->ledger.head.hash, hex);
    fprintf(app->out, "events     %" PRIu64 "\n", r->ledger.events);
    fprintf(app->out, "fact rows  %" PRIu64 " in %" PRIu64 " batches\n", r->ledger.fact_rows,
            r->ledger.batches);
    if (r->replayed)
        fprintf(app->out, "tables     %zu compared with a replay\n", r->n_tables);
    else
        fputs("tables     not compared\n", app->out);
    fprintf(app->out, "head       %" PRIu64 ":%.*s\n", r->ledger.head.seq, STR_ARG(hash));
    fputs(ds->errors ? "damage found\n" : "whole\n", app->out);
}

static int run(struct app *app, const struct args *args)
{
    struct ledger_since since;
    const char *given = args_text(args, "since");
    if (args->n_operands)
        return app_usage(app, args, "doctor takes no operand");
    if (given && !read_since(given, &since))
        return app_usage(app, args, "'%s' is not SEQ:HASH, such as 1234: and 64 hexadecimal digits",
                         given);
    struct doctor d = {0};
    struct doctor_report report = {0};
    struct diags ds;
    diags_init(&ds, app->arena);
    struct care_progress progress = {app, show_progress};
    enum rc rc = doctor_open(app, &d, &ds);
    struct doctor_settings settings = {d.store, d.vault, d.model, given ? &since : NULL, &progress};
    if (rc == RC_OK)
        rc = doctor_run(&settings, app->arena, &report, &ds);
    if (rc == RC_OK && app->terminal)
        fputs("\r\033[K", app->err);
    int exit_code = ds.errors ? EXIT_ANSWER_NO : EXIT_DONE;
    if (rc != RC_OK && !ds.errors)
        exit_code = app_fail(app, rc, "the check ended early: %s",
                             d.store ? store_error(d.store) : "");
    else if (rc != RC_OK)
        exit_code = rc_info(rc)->exit_code;
    if (rc == RC_OK && app->json)
        print_json(app, &report, &ds);
    else if (rc == RC_OK)
        print_text(app, &report, &ds);
    if (ds.list.n && (rc != RC_OK || !app->json))
        (void)app_diags(app, &ds, 100);
    vault_close(d.vault);
    store_close(d.store);
    return exit_code;
}

const struct command_def command_doctor = {
    .name = "doctor",
    .summary = "prove that the data are whole, or say what is not",
    .usage = "[--since SEQ:HASH]",
    .details = "Checks the database's pages; sequence, time and hash chain of the ledger; fact "
               "rows against the digests of\n"
               "their batches; every derived table against a replay of the ledger into a temporary "
               "database; and that each\n"
               "import accounts for each of its rows. Exit code 1 when damage was found. The head "
               "it prints can be noted\n"
               "elsewhere and given back with --since: then a ledger that was cut or rewritten is "
               "found out.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .run = run,
};
