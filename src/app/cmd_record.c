/* record - one record at a terminal: get, set, delete, restore, history. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/record_apply.h"
#include "app/sending.h"
#include "app/shown.h"
#include "base/json.h"
#include "door/stated.h"
#include "projection/keys.h"

#include <string.h>

enum { RECORD_TEXT_MAX = 64 << 20 };

static const struct option_def options[] = {
    SENDING_OPTIONS,
    {"each", 0, OPT_FLAG, NULL, "apply: each command by itself, not all or nothing"},
};

struct recording {
    struct app *app;
    const struct args *args;
    struct session s;
    const struct object *object;
    uint64_t id;          /* 0: a new record */
    struct titles titles; /* of what is referred to */
};

/* ---- get and history ------------------------------------------------------------------------------------------------ */

static int put_out(struct recording *r, struct buf *b)
{
    app_put(r->app, b);
    buf_release(b);
    return EXIT_DONE;
}

/* What was merged into it. */
struct parts {
    uint64_t *ids;
    size_t n;
};

static enum rc parts_of(struct recording *r, struct parts *out)
{
    enum rc rc = redirects_into(r->s.projection, r->id, r->app->arena, &out->ids, &out->n);
    if (rc == RC_OK) { /* the first is the record itself */
        out->ids++;
        out->n--;
    }
    return rc;
}

static void get_json(struct recording *r, const struct row *row, const struct parts *parts,
                     struct buf *b)
{
    char room[64];
    struct json_out w;
    json_out_init(&w, b, true);
    json_begin_object(&w);
    json_field_str(&w, "id", id_text(r->object->prefix, row->id, room));
    json_field_int(&w, "version", (int64_t)row->version);
    json_field_bool(&w, "deleted", row->life != LIFE_LIVE);
    if (parts->n > 0) {
        json_key(&w, "merged");
        json_begin_array(&w);
        for (size_t i = 0; i < parts->n; i++)
            json_put_str(&w, id_text(r->object->prefix, parts->ids[i], room));
        json_end_array(&w);
    }
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (row->values[i].type == VT_ABSENT || f->number == FN_ID)
            continue;
        json_key_str(&w, f->name);
        json_put_str(&w, field_value_text(f, &row->values[i], r->app->arena));
    }
    json_end_object(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

static void get_text(struct recording *r, const struct row *row, const struct parts *parts,
                     struct buf *b)
{
    char room[64];
    buf_printf(b, "%.*s version %llu%s\n", STR_ARG(id_text(r->object->prefix, row->id, room)),
               (unsigned long long)row->version, row->life == LIFE_LIVE ? "" : ", deleted");
    for (size_t i = 0; i < r->object->n_fields; i++) {
        const struct field *f = r->object->fields[i];
        if (row->values[i].type == VT_ABSENT || f->number == FN_ID)
            continue;
        struct str text = shown_value(&r->titles, f, &row->values[i], r->app->arena);
        buf_printf(b, "  %.*s: %.*s\n", STR_ARG(f->name), STR_ARG(text));
    }
    for (size_t i = 0; i < parts->n; i++)
        buf_printf(b, "merged into it: %.*s (its history says what won and why)\n",
                   STR_ARG(id_text(r->object->prefix, parts->ids[i], room)));
}

static int get(struct recording *r)
{
    struct row *row = NULL;
    struct parts parts = {0};
    struct buf b;
    enum rc rc = redirects_resolve(r->s.projection, &r->id, 1);
    if (rc == RC_OK)
        rc = parts_of(r, &parts);
    if (rc == RC_OK)
        rc = rows_load(r->s.projection, r->object, &r->id, 1, r->app->arena, &row);
    if (rc == RC_OK && row)
        rc = row_show_erased(r->s.projection, row);
    if (rc == RC_OK && row) {
        titles_want_row(&r->titles, row);
        rc = titles_load(&r->titles);
    }
    if (rc != RC_OK || !row)
        return app_fail(r->app, rc == RC_OK ? RC_NOT_FOUND : rc, "there is no such %.*s",
                        STR_ARG(r->object->name));
    buf_init(&b, RECORD_TEXT_MAX);
    if (r->app->json)
        get_json(r, row, &parts, &b);
    else
        get_text(r, row, &parts, &b);
    return put_out(r, &b);
}

static void event_line(struct recording *r, const struct event *e, struct buf *b)
{
    char recorded[40], effective[40];
    buf_printf(b, "%llu  %.*s  %s  %.*s", (unsigned long long)e->seq,
               STR_ARG(instant_text(e->recorded_at, recorded)), event_kind_name(e->kind),
               STR_ARG(titles_actor(&r->titles, e->actor)));
    if (e->effective_at.us != e->recorded_at.us)
        buf_printf(b, "  effective %.*s", STR_ARG(instant_text(e->effective_at, effective)));
    if (e->cause)
        buf_printf(b, "  because of %llu", (unsigned long long)e->cause);
    buf_char(b, '\n');
    if (e->kind == EV_ERASE)
        buf_printf(b, "    reason: %.*s\n", STR_ARG(e->erase.reason));
    if (e->kind != EV_CREATE && e->kind != EV_PATCH)
        return;
    if (e->patch.reason.n)
        buf_printf(b, "    reason: %.*s\n", STR_ARG(e->patch.reason));
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct field *f = object_field_numbered(r->object, e->patch.fields[i].field);
        if (!f) {
            buf_printf(b, "    (field %u of an earlier version)\n", e->patch.fields[i].field);
            continue;
        }
        const struct value *v = patch_shown(&e->patch.fields[i]);
        struct str text = shown_value(&r->titles, f, v, r->app->arena);
        buf_printf(b, "    %.*s: %.*s\n", STR_ARG(f->name), STR_ARG(text));
    }
}

static void want_titles(struct recording *r, const struct event *e)
{
    titles_want_actor(&r->titles, e->actor);
    if (e->kind != EV_CREATE && e->kind != EV_PATCH)
        return;
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct field *f = object_field_numbered(r->object, e->patch.fields[i].field);
        const struct value *v = patch_shown(&e->patch.fields[i]);
        if (f && f->to && v->type == VT_REF)
            titles_want(&r->titles, f->to, v->ref);
    }
}

static int history(struct recording *r)
{
    struct event *events = NULL;
    size_t n = 0;
    struct buf b;
    enum rc rc = ledger_of_record(r->s.store, r->s.vault, r->object->number, r->id, r->app->arena,
                                  &events, &n);
    if (rc != RC_OK || n == 0)
        return app_fail(r->app, rc == RC_OK ? RC_NOT_FOUND : rc, "there is no such %.*s",
                        STR_ARG(r->object->name));
    for (size_t i = 0; i < n; i++)
        want_titles(r, &events[i]);
    rc = titles_load(&r->titles);
    if (rc != RC_OK)
        return app_fail(r->app, rc, "%s", store_error(r->s.store));
    buf_init(&b, RECORD_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        event_line(r, &events[i], &b);
    return put_out(r, &b);
}

/* ---- changes -------------------------------------------------------------------------------------------------------- */

static int send(struct recording *r, struct command *c)
{
    c->object = r->object;
    c->id = r->id;
    return sending_one(r->app, r->args, &r->s, c, NULL);
}

static int set(struct recording *r)
{
    struct command c = {.kind = r->id ? CMD_UPDATE : CMD_UPSERT};
    struct field_input *fields = ARENA_ARRAY(r->app->arena, COMMAND_FIELDS_MAX, struct field_input);
    c.fields = fields;
    for (size_t i = 3; args_operand(r->args, i); i++) {
        struct str rest = str_of(args_operand(r->args, i)), name;
        if (c.n_fields == COMMAND_FIELDS_MAX || str_find(rest, STR("="), 0) < 0)
            return app_usage(r->app, r->args, "'%.*s' is not field=value", STR_ARG(rest));
        str_split(&rest, '=', &name);
        fields[c.n_fields++] = (struct field_input){.name = name, .form = INPUT_TEXT, .text = rest};
    }
    if (c.n_fields == 0)
        return app_usage(r->app, r->args, "name at least one field=value");
    return send(r, &c);
}

static int of_kind(struct recording *r, enum command_kind kind)
{
    struct command c = {.kind = kind};
    return send(r, &c);
}

/* ---- the verb ------------------------------------------------------------------------------------------------------- */

static int dispatch(struct recording *r, const char *what)
{
    if (strcmp(what, "set") == 0)
        return set(r);
    if (!r->id)
        return app_usage(r->app, r->args, "name a record by its id or a key");
    if (strcmp(what, "get") == 0)
        return get(r);
    if (strcmp(what, "history") == 0)
        return history(r);
    if (strcmp(what, "delete") == 0)
        return of_kind(r, CMD_DELETE);
    if (strcmp(what, "restore") == 0)
        return of_kind(r, CMD_RESTORE);
    return app_usage(r->app, r->args, "'%s' is none of get, set, delete, restore, history, apply",
                     what);
}

static int run(struct app *app, const struct args *args)
{
    struct recording r = {.app = app, .args = args};
    const char *what = args_operand(args, 0), *object = args_operand(args, 1),
               *id = args_operand(args, 2);
    if (what && strcmp(what, "apply") == 0)
        return record_apply(app, args);
    if (!what || !object || !id)
        return app_usage(app, args, "name what to do, an object and a record");
    if (args_flag(args, "each"))
        return app_usage(app, args, "--each goes with `record apply` alone");
    enum rc rc = session_open(app, SESSION_NOW, &r.s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    r.object = model_object(r.s.model, str_of(object));
    titles_init(&r.titles, r.s.projection, app->arena);
    int code;
    if (!r.object)
        code = app_usage(app, args, "%.*s",
                         STR_ARG(stated_no_object(r.s.model, str_of(object), app->arena)));
    else if (strcmp(id, "new") == 0 ||
             sending_find(app, args, &r.s, r.object, str_of(id), &r.id, &code))
        code = dispatch(&r, what);
    session_close(&r.s);
    return code;
}

const struct command_def command_record = {
    .name = "record",
    .summary = "look at or change one record, or change several at once",
    .usage = "get|set|delete|restore|history OBJECT ID|KEY|new [FIELD=VALUE …] | apply FILE|-",
    .details =
        "A record is named by its id or by one of its external keys: `get account acme.example`.\n"
        "`set OBJECT new` finds the record by its keys and match rules, else creates it; an "
        "empty value clears the\n"
        "field. Every change passes the same rules as at any other door and answers with "
        "the whole verdict.\n\n"
        "`apply` reads commands from a file of JSON Lines, or from standard input, and all of them "
        "happen or none: one\n"
        "a line, {\"object\", \"id\"?, \"version\"?, \"fields\", \"reason\"?, \"name\"?}, as in "
        "`POST "
        "/api/v1/commands`, at most 256.\n"
        "A reference may be {\"command\": NAME}: the record of the earlier command of that name. "
        "Each "
        "has its verdict;\n"
        "with --json they are one object, as over HTTP. Exit 1 when one was refused, 2 when the "
        "file "
        "cannot be read.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
