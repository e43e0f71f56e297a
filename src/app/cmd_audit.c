/* audit - stored records that break a rule today. */
#include "admission/audit.h"
#include "app/commands.h"
#include "app/session.h"
#include "base/json.h"

#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20, SHOWN = 10 };

static const struct option_def options[] = {
    {"all", 0, OPT_FLAG, NULL, "list every record, not the first ten of each rule"},
    {"rule", 0, OPT_TEXT, "ID", "only this rule or gate"},
};

/* One rule or gate, or one field, and how many records break it. */
struct tally {
    struct str criterion;
    const struct object *object;
    enum enforcement enforcement;
    uint64_t count;
};

struct auditing {
    struct app *app;
    bool all;
    struct str only;
    uint64_t seen;
    VEC(struct tally) tallies;
    struct buf line;
};

static struct tally *tally_of(struct auditing *au, const struct object *o, const struct finding *f)
{
    char room[256];
    struct str id = f->criterion;
    if (id.n == 0) {
        int n = snprintf(room, sizeof room, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->field->name));
        id = (struct str){room, n < (int)sizeof room ? (size_t)n : sizeof room - 1};
    }
    for (size_t i = 0; i < au->tallies.n; i++)
        if (au->tallies.v[i].object == o && str_eq(au->tallies.v[i].criterion, id))
            return &au->tallies.v[i];
    struct tally *t = VEC_PUSH(au->app->arena, &au->tallies);
    *t = (struct tally){str_dup(au->app->arena, id), o, f->enforcement, 0};
    return t;
}

static void line_text(struct auditing *au, const struct tally *t, uint64_t id,
                      const struct finding *f)
{
    char room[64];
    buf_printf(&au->line, "%.*s  %.*s  %s  %.*s", STR_ARG(id_text(t->object->prefix, id, room)),
               STR_ARG(t->criterion), enforcement_name(f->enforcement), STR_ARG(f->message));
    if (f->absent.n)
        buf_printf(&au->line, " (%.*s is empty)", STR_ARG(f->absent));
    buf_char(&au->line, '\n');
}

static void line_json(struct auditing *au, const struct tally *t, uint64_t id,
                      const struct finding *f)
{
    char room[64];
    struct json_out w;
    json_out_init(&w, &au->line, false);
    json_begin_object(&w);
    json_field_str(&w, "object", t->object->name);
    json_field_str(&w, "id", id_text(t->object->prefix, id, room));
    json_field_str(&w, "criterion", t->criterion);
    json_field_cstr(&w, "enforcement", enforcement_name(f->enforcement));
    json_field_cstr(&w, "state", criterion_state_name(f->state));
    json_field_str(&w, "message", f->message);
    json_field_str(&w, "absent", f->absent);
    json_field_str(&w, "owner", f->owner);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(&au->line, '\n');
}

static bool broken(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct auditing *au = self;
    struct tally *t = tally_of(au, o, f);
    if (++t->count > SHOWN && !au->all)
        return true;
    buf_clear(&au->line);
    if (au->app->json)
        line_json(au, t, id, f);
    else
        line_text(au, t, id, f);
    app_put(au->app, &au->line);
    return true;
}

static enum rc audit_object(struct auditing *au, struct session *s, const struct object *o)
{
    struct audit_report report = {au, broken};
    struct audit_choice c = audit_everything(o, au->app->arena);
    uint64_t seen = 0;
    if (au->only.n) {
        struct audit_criterion *kept = ARENA_ARRAY(au->app->arena, c.n + 1, struct audit_criterion);
        size_t n = 0;
        for (size_t i = 0; i < c.n; i++)
            if (c.criteria[i].rule && str_eq(c.criteria[i].rule->id, au->only))
                kept[n++] = c.criteria[i];
        c.criteria = kept;
        c.n = n;
    }
    enum rc rc = admission_audit(s->admission, &c, &report, &seen);
    au->seen += seen;
    return rc;
}

static int summary(struct auditing *au)
{
    uint64_t total = 0;
    for (size_t i = 0; i < au->tallies.n; i++) {
        const struct tally *t = &au->tallies.v[i];
        fprintf(au->app->err, "%.*s (%s): %llu %.*s\n", STR_ARG(t->criterion),
                enforcement_name(t->enforcement), (unsigned long long)t->count,
                STR_ARG(t->count == 1 ? t->object->name : t->object->plural));
        total += t->count;
    }
    fprintf(au->app->err, "%llu records judged, %llu findings\n", (unsigned long long)au->seen,
            (unsigned long long)total);
    return total ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    const char *name = args_operand(args, 0);
    enum rc rc = session_open(app, SESSION_LIVE, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    struct auditing au = {.app = app, .all = args_flag(args, "all")};
    au.only = str_of(args_text(args, "rule"));
    buf_init(&au.line, LINE_MAX_BYTES);
    int code = EXIT_DONE;
    if (name && !model_object(s.model, str_of(name)))
        code = app_usage(app, args, "there is no object '%s'", name);
    for (size_t i = 0; code == EXIT_DONE && rc == RC_OK && i < s.model->n_objects; i++)
        if (!name || str_is(s.model->objects[i]->name, name))
            rc = audit_object(&au, &s, s.model->objects[i]);
    if (rc != RC_OK)
        code = app_fail(app, rc, "the audit stopped: %s", store_error(s.store));
    else if (code == EXIT_DONE)
        code = summary(&au);
    buf_release(&au.line);
    session_close(&s);
    return code;
}

const struct command_def command_audit = {
    .name = "audit",
    .summary = "list stored records that break a rule today",
    .usage = "[--all] [--rule ID] [OBJECT]",
    .details = "Judges every live record by every rule, field and enter criterion of its stage as "
               "they stand now. One line a finding,\n"
               "JSON Lines with --json; the counts go to standard error. Rules that look at a "
               "change (old, changed())\n"
               "or at who makes it (actor) cannot be asked about a stored record.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .run = run,
};
