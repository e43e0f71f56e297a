/* import - rows of a file into records. */
#include "app/commands.h"
#include "app/sending.h"
#include "connect/form.h"
#include "connect/import.h"
#include "connect/undo.h"

#include <string.h>

struct import_run {
    struct app *app;
    const struct args *args;
    struct session session;
    struct actor actor;
    const char *path;
    struct str file_name;
    struct table *table;
    struct mapping *mapping;
    struct str mapping_text;
    int64_t started_us;
    uint64_t first_rows; /* done before this run */
    struct diags ds;
};

/* ---- the mapping ---------------------------------------------------------------------------------------------- */

static struct str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of(slash != NULL ? slash + 1 : path);
}

static struct str stem(struct str name)
{
    for (size_t i = name.n; i > 1; i--) {
        if (name.p[i - 1] == '.') {
            return str_sub(name, 0, i - 1);
        }
    }
    return name;
}

/* --map FILE, else maps/OBJECT.yaml of the workspace when it is there. */
static const char *mapping_path(const struct import_run *r, const struct object *object)
{
    const char *given = args_text(r->args, "map");
    if (given != NULL) {
        return given;
    }
    const char *usual = app_path(
        r->app, str_printf(r->app->arena, "maps/%.*s.yaml", STR_ARG(object->name)).p);
    bool is_dir = false;
    return r->app->env->exists(r->app->env->self, usual, &is_dir) && !is_dir ? usual : NULL;
}

static enum rc read_mapping(struct import_run *r, const struct object *object, const char *path)
{
    enum rc rc = env_read_file(r->app->env, path, MAPPING_BYTES_MAX, r->app->arena,
                               &r->mapping_text);
    if (rc != RC_OK) {
        (void)diag_add(&r->ds, SEV_ERROR, "C0116", span_none(), "cannot read the mapping %s: %s",
                       path, env_error());
        return RC_IO;
    }
    struct source *source = ARENA_NEW(r->app->arena, struct source);
    *source = (struct source){.name = str_of(path), .text = r->mapping_text};
    return mapping_read(source, r->session.model, object, r->app->arena, &r->mapping, &r->ds);
}

/* Without a mapping one is proposed from the header and written beside the others, for editing. */
static enum rc propose_mapping(struct import_run *r, const struct object *object)
{
    size_t n;
    struct app *app = r->app;
    const struct str *header = table_header(r->table, &n);
    struct mapping *map = mapping_propose(r->session.model, object, stem(r->file_name), header, n,
                                          app->arena);
    struct buf b;
    buf_init(&b, MAPPING_BYTES_MAX);
    mapping_write(map, &b);
    r->mapping_text = str_dup(app->arena, buf_view(&b));
    buf_release(&b);
    r->mapping = map;
    const char *path = app_path(app,
                                str_printf(app->arena, "maps/%.*s.yaml", STR_ARG(object->name)).p);
    enum rc rc = app->env->mkdir(app->env->self, app_path(app, "maps"));
    if (rc == RC_OK) {
        rc = env_write_file(app->env, path, r->mapping_text);
    }
    if (rc != RC_OK) {
        app_fail(app, rc, "cannot write %s: %s", path, env_error());
        return rc;
    }
    fprintf(app->err, "proposed a mapping: %s (%zu of %zu columns)\n", path, map->n_targets, n);
    return RC_OK;
}

static enum rc open_table(struct import_run *r)
{
    struct table_format format;
    const char *encoding = args_text(r->args, "encoding");
    form_of_file(r->file_name, r->mapping, r->app->arena, &format);
    if (encoding != NULL) {
        format.encoding = str_of(encoding);
    }
    return table_open(r->app->env, r->path, &format, r->app->arena, &r->table, &r->ds);
}

static enum rc nothing_mapped(struct import_run *r, const struct object *object)
{
    struct diag *d = diag_add(&r->ds, SEV_ERROR, "C0117", span_none(),
                              "no column of %.*s goes to a field of %.*s", STR_ARG(r->file_name),
                              STR_ARG(object->name));
    diag_help(&r->ds, d, "name them under 'columns' of the mapping, then import again");
    return RC_INVALID;
}

static enum rc prepare(struct import_run *r, const struct object *object)
{
    const char *path = mapping_path(r, object);
    enum rc rc = path != NULL ? read_mapping(r, object, path) : RC_OK;
    if (rc == RC_OK) {
        rc = open_table(r);
    }
    if (rc == RC_OK && r->mapping == NULL) {
        rc = propose_mapping(r, object);
    }
    if (rc == RC_OK && r->mapping->n_targets == 0) { /* every row would be an empty record */
        rc = nothing_mapped(r, object);
    }
    size_t n;
    const struct str *header = rc == RC_OK ? table_header(r->table, &n) : NULL;
    return rc == RC_OK ? mapping_bind(r->mapping, header, n, &r->ds) : rc;
}

/* ---- progress ------------------------------------------------------------------------------------------------- */

static bool progress(void *self, const struct import_progress *p)
{
    struct import_run *r = self;
    if (r->app->terminal && p->bytes_total > 0) {
        int64_t us = r->app->env->monotonic_us(r->app->env->self) - r->started_us;
        double seconds = us > 0 ? (double)us / 1e6 : 1e-6;
        double share = (double)p->bytes_done / (double)p->bytes_total;
        double left = share > 0 ? seconds * (1 - share) / share : 0;
        fprintf(r->app->err, "\r%3.0f %%  %llu rows  %.0f rows/s  %.0f s left  %llu quarantined   ",
                share * 100, (unsigned long long)p->rows,
                (double)(p->rows - r->first_rows) / seconds, left,
                (unsigned long long)p->quarantined);
        fflush(r->app->err);
    }
    session_written(&r->session);
    return !app_stopped(r->app);
}

/* ---- the run --------------------------------------------------------------------------------------------------- */

static int print_report(struct import_run *r, const struct import_report *report)
{
    struct buf b;
    buf_init(&b, 64u << 20);
    if (r->app->json) {
        import_report_json(report, &b);
    } else {
        import_report_text(report, &b);
    }
    app_put(r->app, &b);
    buf_release(&b);
    return report->counts.quarantined > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int import_failed(struct import_run *r, struct session *session,
                         const struct import_report *report, enum rc rc)
{
    if (report->under_way) {
        return app_fail(r->app, rc, "this file is being imported already; wait until it has ended");
    }
    if (rc == RC_INVALID && r->ds.errors > 0) {
        return app_diags(r->app, &r->ds, 100);
    }
    if (rc == RC_CONFLICT) {
        return app_fail(r->app, rc,
                        "stopped after %llu rows because another version of the model went live; "
                        "the same command goes on from there",
                        (unsigned long long)report->counts.rows);
    }
    return app_fail(r->app, rc, "the import stopped: %s", session_error(session));
}

static int run_import(struct import_run *r, struct session *session)
{
    struct digest mapping_digest = digest_of(r->mapping_text);
    enum rc rc = alias_load(session->store, r->mapping, r->app->arena, &mapping_digest);
    const struct session *writing = session_writing(session);
    struct import_request request = {.store = writing->store,
                                     .admission = writing->admission,
                                     .writer = session->writer,
                                     .running = session->running,
                                     .env = r->app->env,
                                     .table = r->table,
                                     .mapping = r->mapping,
                                     .mapping_text = r->mapping_text,
                                     .mapping_digest = mapping_digest,
                                     .file_name = r->file_name,
                                     .actor = r->actor,
                                     .dry_run = args_flag(r->args, "dry-run"),
                                     .self = r,
                                     .go_on = progress};
    struct import_report report = {0};
    r->started_us = r->app->env->monotonic_us(r->app->env->self);
    if (rc == RC_OK) {
        rc = import_run(&request, r->app->arena, &report, &r->ds);
    }
    if (r->app->terminal) {
        fputs("\r\033[K", r->app->err);
    }
    if (rc == RC_CANCELLED) {
        return app_fail(r->app, rc, "stopped after %llu rows; the same command goes on from there",
                        (unsigned long long)report.counts.rows);
    }
    if (rc != RC_OK) {
        return import_failed(r, session, &report, rc);
    }
    session_written(session);
    return print_report(r, &report);
}

static int import_file(struct import_run *r, const struct object *object)
{
    enum rc rc = prepare(r, object);
    if (r->ds.errors + r->ds.warnings > 0) {
        (void)app_diags(r->app, &r->ds, 100);
    }
    if (rc != RC_OK) {
        return rc_info(rc)->exit_code;
    }
    if (!args_flag(r->args, "dry-run")) {
        rc = session_due(r->app, &r->session);
        int code = rc == RC_OK ? run_import(r, &r->session) : EXIT_ENVIRONMENT;
        if (code != EXIT_ENVIRONMENT) {
            rc = session_due(r->app, &r->session);
        }
        return rc == RC_OK ? code
                           : app_fail(r->app, rc, "what fell due cannot be done: %s",
                                      session_error(&r->session));
    }
    struct session copy;
    rc = session_open_copy(r->app, &r->session, &copy);
    if (rc != RC_OK) {
        return rc_info(rc)->exit_code;
    }
    int code = run_import(r, &copy);
    session_close(&copy);
    return code;
}

static const struct object *find_object(struct import_run *r, struct str name)
{
    const struct model *m = r->session.model;
    const struct object *o = model_object(m, name);
    if (o != NULL) {
        return o;
    }
    struct str *names = ARENA_ARRAY(r->app->arena, m->n_objects, struct str);
    for (size_t i = 0; i < m->n_objects; i++) {
        names[i] = m->objects[i]->name;
    }
    struct str near = text_nearest(name, names, m->n_objects);
    app_fail(r->app, RC_USAGE, "the live model has no object '%.*s'%s%.*s%s", STR_ARG(name),
             near.n > 0 ? "; did you mean '" : "", STR_ARG(near), near.n > 0 ? "'?" : "");
    return NULL;
}

/* ---- undo and list ---------------------------------------------------------------------------------------------- */

static void print_kept(void *self, const struct object *o, uint64_t record,
                       const struct finding *why)
{
    struct import_run *r = self;
    char id[64];
    fprintf(r->app->err, "stays: %.*s, %.*s\n", STR_ARG(id_text(o->prefix, record, id)),
            STR_ARG(why != NULL ? why->message : STR("refused")));
}

static bool undo_goes_on(void *self, uint64_t retracted)
{
    struct import_run *r = self;
    (void)retracted;
    return !app_stopped(r->app);
}

static int undo(struct import_run *r, const char *batch)
{
    struct undo_report report;
    const struct session *writing = session_writing(&r->session);
    struct undo_request q = {.store = writing->store,
                             .admission = writing->admission,
                             .writer = r->session.writer,
                             .running = r->session.running,
                             .model = r->session.model,
                             .actor = r->actor,
                             .self = r,
                             .kept = print_kept,
                             .go_on = undo_goes_on};
    if (!id_parse(str_of(batch), STR("imp"), &q.batch)) {
        return app_usage(r->app, r->args, "'%s' is no batch number", batch);
    }
    enum rc rc = import_undo(&q, r->app->arena, &report);
    session_written(&r->session);
    if (rc == RC_BUSY) {
        return app_fail(r->app, rc, "%s is under way; stop it, then undo it", batch);
    }
    if (rc == RC_NOT_FOUND) {
        return app_fail(r->app, rc, "no import has the batch number %s", batch);
    }
    if (rc == RC_CONFLICT && model_object_numbered(r->session.model, report.info.object) == NULL) {
        return app_fail(r->app, rc, "the live model lacks the object of %s", batch);
    }
    if (rc == RC_CONFLICT) {
        return app_fail(r->app, rc,
                        "stopped because another version of the model went live; the same command "
                        "goes on from there");
    }
    if (rc != RC_OK) {
        return app_fail(r->app, rc, "the undo stopped: %s", session_error(&r->session));
    }
    if (r->app->json) {
        fprintf(r->app->out, "{\"batch\": \"%s\", \"retracted\": %llu, \"kept\": %llu}\n", batch,
                (unsigned long long)report.retracted, (unsigned long long)report.kept);
    } else {
        fprintf(r->app->out, "%s undone: %llu retracted, %llu stay\n", batch,
                (unsigned long long)report.retracted, (unsigned long long)report.kept);
    }
    return report.kept > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int list(struct import_run *r)
{
    struct batch_info *batches;
    size_t n;
    enum rc rc = batch_page(r->session.store, 100, r->app->arena, &batches, &n);
    if (rc != RC_OK) {
        return app_fail(r->app, rc, "cannot read the imports: %s", store_error(r->session.store));
    }
    static const char *const phases[] = {"", "unfinished", "done", "undone"};
    for (size_t i = 0; i < n; i++) {
        const struct batch_info *b = &batches[i];
        const struct object *o = model_object_numbered(r->session.model, b->object);
        char id[64];
        fprintf(r->app->out,
                r->app->json ? "{\"batch\": \"%.*s\", \"phase\": \"%s\", \"object\": \"%.*s\", "
                               "\"rows\": %llu, \"quarantined\": %llu}\n"
                             : "%.*s  %-10s  %.*s  %llu rows, %llu quarantined\n",
                STR_ARG(id_text(STR("imp"), b->batch, id)), phases[b->phase],
                STR_ARG(o != NULL ? o->name : STR("?")), (unsigned long long)b->counts.rows,
                (unsigned long long)b->counts.quarantined);
    }
    return EXIT_DONE;
}

static int dispatch(struct import_run *r)
{
    const char *batch = args_text(r->args, "undo");
    if (batch != NULL) {
        return undo(r, batch);
    }
    if (args_flag(r->args, "list")) {
        return list(r);
    }
    const struct object *object = find_object(r, str_of(args_operand(r->args, 0)));
    return object != NULL ? import_file(r, object) : EXIT_USAGE;
}

static int run(struct app *app, const struct args *args)
{
    bool file = args_text(args, "undo") == NULL && !args_flag(args, "list");
    if (args->n_operands != (file ? 2u : 0u)) {
        return app_usage(
            app, args, file ? "name the object and the file" : "no operand goes with this option");
    }
    struct import_run r = {.app = app, .args = args, .path = args_operand(args, 1)};
    diags_init(&r.ds, app->arena);
    r.file_name = file ? base_name(r.path) : STR_NONE;
    enum rc rc = session_open(app, SESSION_LIVE, &r.session);
    if (rc != RC_OK) {
        return rc_info(rc)->exit_code;
    }
    app_watch_stop(app);
    int code;
    if (sending_actor(app, args, &r.session, &r.actor, &code))
        code = dispatch(&r);
    table_close(r.table);
    mapping_close(r.mapping);
    session_close(&r.session);
    return code;
}

static const struct option_def options[] = {
    {"map", 'm', OPT_TEXT, "FILE",
     "mapping of the columns; else maps/OBJECT.yaml, else one is proposed and written there"},
    {"dry-run", 'n', OPT_FLAG, NULL, "run the whole file on a private copy of the data and report"},
    {"undo", 0, OPT_TEXT, "BATCH",
     "take an import back: later edits win, what is referred to stays"},
    {"list", 0, OPT_FLAG, NULL, "the last 100 imports"},
    {"encoding", 0, OPT_TEXT, "NAME",
     "encoding of the file when it is neither UTF-8 nor marked UTF-16"},
    {"as", 0, OPT_TEXT, "PERSON",
     "who imports, or takes back (short name); by default the operator"},
};

const struct command_def command_import = {
    .name = "import",
    .summary = "bring the rows of a file in as records",
    .usage = "OBJECT FILE [--map FILE] [--dry-run] [--encoding NAME] | --undo BATCH | --list",
    .details = "FILE is delimited text (CSV) or JSON Lines (.jsonl, .ndjson). Every row ends in "
               "exactly one count: created,\n"
               "updated, unchanged, merged, quarantined. Quarantined rows keep their text and "
               "every reason: see\n"
               "'revos quarantine'. Stopped or killed, the same command goes on behind the last "
               "row that was committed;\n"
               "a finished file imported again changes nothing. Exit 1 when rows were quarantined.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
