/* quarantine - refused rows: listed, exported, taught, read again, given up. */
#include "app/commands.h"
#include "app/sending.h"
#include "base/json.h"
#include "connect/form.h"
#include "connect/quarantine.h"

struct quarantine_run {
    struct app *app;
    const struct args *args;
    struct session session;
    struct actor actor;
    struct quarantine_filter filter;
    uint64_t heading; /* batch whose rows are listed under the last heading */
};

static const struct object *object_of(const struct quarantine_run *r, const struct quarantined *q)
{
    return model_object_numbered(r->session.model, q->object);
}

/* ---- list ------------------------------------------------------------------------------------------------------ */

static void list_json(struct quarantine_run *r, const struct quarantined *q, struct buf *b)
{
    struct json_out w;
    char id[64];
    const struct object *o = object_of(r, q);
    json_out_init(&w, b, false);
    json_begin_object(&w);
    json_field_int(&w, "id", (int64_t)q->id);
    json_field_str(&w, "batch", id_text(STR("imp"), q->batch, id));
    json_field_int(&w, "row", (int64_t)q->row);
    json_field_str(&w, "object", o != NULL ? o->name : STR(""));
    json_field_str(&w, "source", q->source);
    json_field_str(&w, "code", q->code);
    json_field_str(&w, "field", q->field);
    json_field_str(&w, "value", q->value);
    json_field_str(&w, "text", q->text);
    json_field_bool(&w, "expired", q->expired);
    json_key(&w, "findings");
    json_put_raw(&w, q->findings);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

/* The first reason, what to do, and the value when the reason does not name it. */
static void put_reason(const struct quarantined *q, struct buf *b, struct arena *a)
{
    struct json *findings;
    struct str message = q->expired ? STR("expired: the row's text is gone") : STR_NONE;
    struct str help = STR_NONE;
    if (json_read(q->findings, NULL, a, &findings, NULL) == RC_OK && findings->type == JSON_ARRAY &&
        findings->n > 0) {
        (void)json_str(json_get(&findings->items[0], "message"), &message);
        (void)json_str(json_get(&findings->items[0], "help"), &help);
    }
    if (q->field.n > 0 && !str_is(q->field, "row") && str_find(message, q->field, 0) < 0) {
        buf_printf(b, "%.*s: ", STR_ARG(q->field));
    }
    buf_str(b, message);
    if (q->value.n > 0 && str_find(message, q->value, 0) < 0) {
        buf_printf(b, " ('%.*s')", STR_ARG(q->value));
    }
    if (help.n > 0) {
        buf_printf(b, "%s%.*s", str_ends(message, STR(".")) ? " " : ". ", STR_ARG(help));
    }
}

static void list_text(struct quarantine_run *r, const struct quarantined *q, struct buf *b,
                      struct arena *a)
{
    char id[64];
    if (q->batch != r->heading) {
        const struct object *o = object_of(r, q);
        buf_printf(b, "%.*s: %.*s from %.*s\n", STR_ARG(id_text(STR("imp"), q->batch, id)),
                   STR_ARG(o != NULL ? o->name : STR("?")), STR_ARG(q->source));
        r->heading = q->batch;
    }
    buf_printf(b, "  %-6llu row %-8llu %-14.*s ", (unsigned long long)q->id,
               (unsigned long long)q->row, STR_ARG(q->code));
    put_reason(q, b, a);
    buf_char(b, '\n');
}

static int list(struct quarantine_run *r)
{
    struct arena *page = arena_new();
    struct buf b;
    uint64_t after = 0;
    uint64_t total = 0;
    size_t n = 1;
    enum rc rc = RC_OK;
    buf_init(&b, 64u << 20);
    while (n > 0 && rc == RC_OK) {
        struct quarantined *rows;
        rc = quarantine_page(r->session.store, r->session.vault, &r->filter, after, 500, page,
                             &rows, &n);
        for (size_t i = 0; rc == RC_OK && i < n; i++) {
            if (r->app->json) {
                list_json(r, &rows[i], &b);
            } else {
                list_text(r, &rows[i], &b, page);
            }
            after = rows[i].id;
        }
        total += rc == RC_OK ? n : 0;
        app_put(r->app, &b);
        buf_clear(&b);
        arena_reset(page);
    }
    buf_release(&b);
    arena_free(page);
    if (rc != RC_OK) {
        return app_fail(r->app, rc, "cannot read the quarantine: %s",
                        store_error(r->session.store));
    }
    fprintf(r->app->err, "%llu row%s in quarantine\n", (unsigned long long)total,
            total == 1 ? "" : "s");
    return EXIT_DONE;
}

static int export_rows(struct quarantine_run *r)
{
    struct buf b;
    if (r->filter.batch == 0) {
        return app_usage(r->app, r->args, "export needs a batch: revos quarantine export BATCH");
    }
    buf_init(&b, 1u << 30);
    enum rc rc = quarantine_export(r->session.store, r->session.vault, r->filter.batch, &b);
    if (rc == RC_OK) {
        app_put(r->app, &b);
    }
    buf_release(&b);
    if (rc == RC_NOT_FOUND) {
        return app_fail(r->app, rc, "no import has that batch number");
    }
    return rc == RC_OK ? EXIT_DONE
                       : app_fail(r->app, rc, "cannot export: %s", store_error(r->session.store));
}

/* ---- retry and alias --------------------------------------------------------------------------------------------- */

static int print_counts(struct quarantine_run *r, const struct row_counts *c)
{
    if (r->app->json) {
        fprintf(r->app->out,
                "{\"rows\": %llu, \"created\": %llu, \"updated\": %llu, \"unchanged\": %llu, "
                "\"merged\": %llu, "
                "\"quarantined\": %llu}\n",
                (unsigned long long)c->rows, (unsigned long long)c->created,
                (unsigned long long)c->updated, (unsigned long long)c->unchanged,
                (unsigned long long)c->merged, (unsigned long long)c->quarantined);
    } else {
        fprintf(r->app->out,
                "%llu row%s read again: %llu created, %llu updated, %llu unchanged, %llu merged, "
                "%llu still held\n",
                (unsigned long long)c->rows, c->rows == 1 ? "" : "s",
                (unsigned long long)c->created, (unsigned long long)c->updated,
                (unsigned long long)c->unchanged, (unsigned long long)c->merged,
                (unsigned long long)c->quarantined);
    }
    return c->quarantined > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
}

struct retrying {
    struct quarantine_retry q;
    struct arena *arena;
    struct row_counts *counts;
    struct diags *ds;
};

static enum rc retry_job(void *self, struct session *w)
{
    struct retrying *t = self;
    t->q.store = w->store;
    t->q.vault = w->vault;
    t->q.admission = w->admission;
    t->q.env = w->env;
    return quarantine_run_retry(&t->q, t->arena, t->counts, t->ds);
}

/* Counts of a batch are restated by whoever read its rows last: not while its import still counts. */
static bool is_under_way(struct quarantine_run *r)
{
    return r->session.running != NULL && running_find(r->session.running, r->filter.batch, NULL);
}

static int retry(struct quarantine_run *r)
{
    struct diags ds;
    struct row_counts counts;
    diags_init(&ds, r->app->arena);
    if (is_under_way(r)) {
        return app_fail(r->app, RC_BUSY,
                        "an import is under way; read its rows again when it has "
                        "ended");
    }
    struct quarantine_retry q = {.model = r->session.model, .actor = r->actor, .filter = r->filter};
    struct retrying job = {q, r->app->arena, &counts, &ds};
    enum rc rc = session_write(&r->session, retry_job, &job);
    if (ds.errors > 0) {
        (void)app_diags(r->app, &ds, 100);
    }
    return rc == RC_OK ? print_counts(r, &counts)
                       : app_fail(r->app, rc, "the retry stopped: %s", session_error(&r->session));
}

/* Sources that have rows held back by this word. */
static enum rc sources_of(struct quarantine_run *r, struct str *sources, size_t max, size_t *n)
{
    uint64_t after = 0;
    size_t got = 1;
    *n = 0;
    while (got > 0) {
        struct quarantined *rows;
        enum rc rc = quarantine_page(r->session.store, r->session.vault, &r->filter, after, 500,
                                     r->app->arena, &rows, &got);
        if (rc != RC_OK) {
            return rc;
        }
        for (size_t i = 0; i < got; i++) {
            bool known = false;
            for (size_t k = 0; k < *n && !known; k++) {
                known = str_eq(sources[k], rows[i].source);
            }
            if (!known && *n < max) {
                sources[(*n)++] = rows[i].source;
            }
            after = rows[i].id;
        }
    }
    return RC_OK;
}

/* A word can only read as a value that the field has; what was learnt wrongly would hold the rows back for good. */
static bool is_value_of(struct quarantine_run *r, const struct field *f, struct str value)
{
    struct str *names = ARENA_ARRAY(r->app->arena, f->n_values + 1, struct str);
    for (size_t i = 0; i < f->n_values; i++) {
        names[i] = f->values[i].name;
        if (str_eq_nocase(names[i], value) || str_eq_nocase(f->values[i].label, value)) {
            return true;
        }
    }
    if (f->n_values == 0) {
        return true;
    }
    struct str all = str_join(r->app->arena, names, f->n_values, STR(", "));
    app_usage(r->app, r->args, "%.*s has no value '%.*s'; its values are: %.*s", STR_ARG(f->name),
              STR_ARG(value), STR_ARG(all));
    return false;
}

enum { SOURCES_MAX = 64 };

/* A word that is learnt for some sources. */
struct learning {
    const struct field *field;
    struct str sources[SOURCES_MAX];
    size_t n;
    struct str word, value;
};

static enum rc learn_job(void *self, struct session *w)
{
    const struct learning *l = self;
    struct instant now = w->env->now(w->env->self);
    enum rc rc = store_begin(w->store);
    for (size_t i = 0; rc == RC_OK && i < l->n; i++) {
        rc = alias_put(w->store, l->field, l->sources[i], l->word, l->value, now);
    }
    rc = rc == RC_OK ? store_commit(w->store) : rc;
    if (rc != RC_OK) {
        store_rollback(w->store);
    }
    return rc;
}

static int alias(struct quarantine_run *r)
{
    struct str path = str_of(args_operand(r->args, 1));
    struct str object_name;
    if (r->args->n_operands != 4 || !str_split(&path, '.', &object_name)) {
        return app_usage(r->app, r->args, "alias takes OBJECT.FIELD WORD VALUE");
    }
    const struct object *o = model_object(r->session.model, object_name);
    const struct field *f = o != NULL ? object_field(o, path) : NULL;
    if (f == NULL) {
        return app_usage(r->app, r->args, "the live model has no field '%s'",
                         args_operand(r->args, 1));
    }
    if (f->personal) { /* aliases stand in the clear, and know no person */
        return app_usage(r->app, r->args, "%s is personal: its words are not learnt; mend the rows",
                         args_operand(r->args, 1));
    }
    if (!is_value_of(r, f, str_of(args_operand(r->args, 3)))) {
        return EXIT_USAGE;
    }
    struct str word = str_of(args_operand(r->args, 2));
    r->filter.object = o;
    r->filter.field = f->name;
    r->filter.value = word;
    const char *given = args_text(r->args, "source");
    struct learning job = {.field = f,
                           .sources = {str_of(given)},
                           .n = given != NULL ? 1 : 0,
                           .word = word,
                           .value = str_of(args_operand(r->args, 3))};
    enum rc rc = job.n > 0 ? RC_OK : sources_of(r, job.sources, SOURCES_MAX, &job.n);
    if (rc == RC_OK && job.n == 0) {
        return app_fail(r->app, RC_NOT_FOUND,
                        "no row waits because of '%.*s' in %s; name the source with --source",
                        STR_ARG(word), args_operand(r->args, 1));
    }
    rc = rc == RC_OK ? session_write(&r->session, learn_job, &job) : rc;
    if (rc != RC_OK) {
        return app_fail(r->app, rc, "cannot keep the alias: %s", session_error(&r->session));
    }
    return retry(r);
}

struct giving_up {
    const uint64_t *ids;
    size_t n;
    struct actor who;
    uint64_t done;
};

static enum rc give_up_job(void *self, struct session *w)
{
    struct giving_up *g = self;
    return quarantine_give_up(w->store, g->ids, g->n, &g->who, w->env->now(w->env->self), &g->done);
}

static int drop(struct quarantine_run *r)
{
    size_t n = r->args->n_operands - 1;
    uint64_t *ids = ARENA_ARRAY(r->app->arena, n + 1, uint64_t);
    for (size_t i = 0; i < n; i++) {
        if (!str_to_u64(str_of(args_operand(r->args, i + 1)), &ids[i])) {
            return app_usage(r->app, r->args, "'%s' is no row number of 'quarantine list'",
                             args_operand(r->args, i + 1));
        }
    }
    if (n == 0) {
        return app_usage(r->app, r->args, "name the rows: revos quarantine drop ID…");
    }
    struct giving_up job = {ids, n, r->actor, 0};
    enum rc rc = session_write(&r->session, give_up_job, &job);
    uint64_t given_up = job.done;
    if (rc != RC_OK) {
        return app_fail(r->app, rc, "cannot drop: %s", session_error(&r->session));
    }
    fprintf(r->app->out, r->app->json ? "{\"dropped\": %llu}\n" : "%llu row%s dropped\n",
            (unsigned long long)given_up, given_up == 1 ? "" : "s");
    if (given_up < n) {
        fprintf(r->app->err, "%llu of the rows named are not open\n",
                (unsigned long long)(n - given_up));
    }
    return given_up < n ? EXIT_ANSWER_NO : EXIT_DONE;
}

/* ---- the verb ----------------------------------------------------------------------------------------------------- */

static bool read_filter(struct quarantine_run *r, const char *batch_operand)
{
    const char *batch = args_text(r->args, "batch");
    const char *object = args_text(r->args, "object");
    batch = batch != NULL ? batch : batch_operand;
    if (batch != NULL && !id_parse(str_of(batch), STR("imp"), &r->filter.batch)) {
        app_usage(r->app, r->args, "'%s' is no batch number", batch);
        return false;
    }
    if (object != NULL) {
        r->filter.object = model_object(r->session.model, str_of(object));
    }
    if (object != NULL && r->filter.object == NULL) {
        app_usage(r->app, r->args, "the live model has no object '%s'", object);
        return false;
    }
    return true;
}

static int dispatch(struct quarantine_run *r)
{
    struct str what = str_of(args_operand(r->args, 0));
    if (str_is(what, "list")) {
        return read_filter(r, NULL) ? list(r) : EXIT_USAGE;
    }
    if (str_is(what, "export")) {
        return read_filter(r, args_operand(r->args, 1)) ? export_rows(r) : EXIT_USAGE;
    }
    if (str_is(what, "retry")) {
        return read_filter(r, NULL) ? retry(r) : EXIT_USAGE;
    }
    if (str_is(what, "alias")) {
        return alias(r);
    }
    if (str_is(what, "drop")) {
        return drop(r);
    }
    return app_usage(r->app, r->args, "say list, export, alias, retry or drop");
}

static int run(struct app *app, const struct args *args)
{
    struct quarantine_run r = {.app = app, .args = args};
    if (args->n_operands == 0) {
        return app_usage(app, args, "say list, export, alias, retry or drop");
    }
    enum rc rc = session_open(app, SESSION_LIVE, &r.session);
    if (rc != RC_OK) {
        return rc_info(rc)->exit_code;
    }
    int code;
    if (sending_actor(app, args, &r.session, &r.actor, &code))
        code = dispatch(&r);
    session_close(&r.session);
    return code;
}

static const struct option_def options[] = {
    {"batch", 0, OPT_TEXT, "BATCH", "only rows of this import"},
    {"object", 0, OPT_TEXT, "NAME", "only rows of this object"},
    {"source", 0, OPT_TEXT, "NAME",
     "alias: whose word it is; else every source with rows held back by it"},
    {"as", 0, OPT_TEXT, "PERSON",
     "alias, retry, drop: who acts (short name); by default the operator"},
};

const struct command_def command_quarantine = {
    .name = "quarantine",
    .summary = "refused rows: list, export, alias, retry, drop",
    .usage = "list | export BATCH | alias OBJECT.FIELD WORD VALUE | retry | drop ID…",
    .details =
        "Refused rows keep their text and every reason. 'export' writes them as CSV with "
        "the original columns and\n"
        "_row,_field,_code,_message, to mend and import again. 'alias' teaches that a word "
        "reads as a value and\n"
        "reads the rows again that it held back. 'retry' reads open rows again. 'drop' gives rows "
        "up. Exit 1 when\n"
        "rows are still held. Texts of rows are sealed and expire 90 days after their "
        "import; code and field stay.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
