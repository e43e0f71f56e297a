/* audit - stored records that break a rule today. */
#include "admission/tally.h"
#include "app/commands.h"
#include "app/session.h"
#include "base/json.h"

#include <string.h>

enum { LINE_MAX_BYTES = 1 << 20, SHOWN = TALLY_FIRST };

static const struct option_def options[] = {
    {"all", 0, OPT_FLAG, NULL, "list every record, not the first ten of each rule"},
    {"rule", 0, OPT_TEXT, "ID", "only this rule or gate, or OBJECT.FIELD"},
};

struct auditing {
    struct app *app;
    bool all;
    struct buf line;
};

static void line_text(struct auditing *au, const struct tally *t, uint64_t id,
                      const struct finding *f)
{
    char room[64];
    buf_printf(&au->line, "%.*s  %.*s  %s  %.*s", STR_ARG(id_text(t->object->prefix, id, room)),
               STR_ARG(t->id), enforcement_name(f->enforcement), STR_ARG(f->message));
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
    json_field_str(&w, "criterion", t->id);
    json_field_cstr(&w, "enforcement", enforcement_name(f->enforcement));
    json_field_cstr(&w, "state", criterion_state_name(f->state));
    json_field_str(&w, "message", f->message);
    json_field_str(&w, "absent", f->absent);
    json_field_str(&w, "owner", f->owner);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(&au->line, '\n');
}

static bool found(void *self, const struct tally *t, uint64_t id, const struct finding *f)
{
    struct auditing *au = self;
    if (t->broken > SHOWN && !au->all)
        return true;
    buf_clear(&au->line);
    if (au->app->json)
        line_json(au, t, id, f);
    else
        line_text(au, t, id, f);
    app_put(au->app, &au->line);
    return true;
}

static int summary(struct app *app, const struct tallies *all)
{
    uint64_t total = 0;
    for (size_t i = 0; i < all->list.n; i++) {
        const struct tally *t = &all->list.v[i];
        if (t->broken == 0)
            continue;
        fprintf(app->err, "%.*s (%s): %llu %.*s\n", STR_ARG(t->id),
                enforcement_name(t->enforcement), (unsigned long long)t->broken,
                STR_ARG(t->broken == 1 ? t->object->name : t->object->plural));
        total += t->broken;
    }
    fprintf(app->err, "%llu record%s judged, %llu finding%s\n", (unsigned long long)all->records,
            all->records == 1 ? "" : "s", (unsigned long long)total, total == 1 ? "" : "s");
    return total ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int audit(struct app *app, const struct args *args, struct session *s)
{
    const char *name = args_operand(args, 0);
    struct auditing au = {.app = app, .all = args_flag(args, "all")};
    struct tally_scope scope = {.id = str_of(args_text(args, "rule"))};
    struct tally_report report = {&au, found};
    struct tallies all;
    if (name && !(scope.object = model_object(s->model, str_of(name))))
        return app_usage(app, args, "there is no object '%s'", name);
    buf_init(&au.line, LINE_MAX_BYTES);
    enum rc rc = admission_tally(s->admission, &scope, &report, app->arena, &all);
    buf_release(&au.line);
    if (rc == RC_NOT_FOUND)
        return app_usage(app, args, "there is no rule, gate or checked field '%.*s'%s%s",
                         STR_ARG(scope.id), name ? " of " : "", name ? name : "");
    if (rc != RC_OK)
        return app_fail(app, rc, "the audit stopped: %s", store_error(s->store));
    return summary(app, &all);
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    enum rc rc = session_open(app, SESSION_NOW, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    int code = audit(app, args, &s);
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
    .served = true,
    .run = run,
};
