/* log - the events of the ledger, readable. */
#include "app/commands.h"
#include "app/session.h"
#include "base/json.h"
#include <inttypes.h>

enum { SHOWN = 50 };

static const struct option_def options[] = {
    {"from", 0, OPT_INTEGER, "SEQ", "first event (default: the last 50)"},
    {"limit", 'n', OPT_INTEGER, "N", "at most so many events (default 50; 0: all)"},
    {"record", 0, OPT_TEXT, "ID", "only those of one record"},
};

/* ---- values ----------------------------------------------------------------------------------------------------- */

static struct str value_name(const struct field *f, const struct value *v, struct arena *a)
{
    char room[64];
    struct str text;
    if (v->type == VT_ABSENT)
        return STR("(empty)");
    if (v->type == VT_REF)
        return str_dup(a, id_text(f && f->to ? f->to->prefix : STR("id"), v->ref, room));
    if (v->type == VT_ENUM) {
        const struct enum_value *e = f ? field_value_numbered(f, v->number_of) : NULL;
        return e ? e->name : str_printf(a, "#%u", v->number_of);
    }
    return value_text(v, a, &text) ? text : STR("(sealed)");
}

static struct str field_name(const struct object *o, uint32_t number, struct arena *a,
                             const struct field **f)
{
    *f = o ? object_field_numbered(o, number) : NULL;
    return *f ? (*f)->name : str_printf(a, "#%u", number);
}

/* ---- one event -------------------------------------------------------------------------------------------------- */

static void put_patch(struct json_out *w, const struct event *e, const struct object *o,
                      struct arena *a)
{
    json_key(w, "fields");
    json_begin_object(w);
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct field *f;
        const struct patch_field *p = &e->patch.fields[i];
        json_key_str(w, field_name(o, p->field, a, &f));
        if (p->value.type == VT_ABSENT && p->person)
            json_put_str(w, STR("(erased)"));
        else if (p->value.type == VT_ABSENT)
            json_put_null(w);
        else
            json_put_str(w, value_name(f, &p->value, a));
    }
    json_end_object(w);
    if (e->patch.n_keys) {
        json_key(w, "keys");
        json_begin_array(w);
        for (size_t i = 0; i < e->patch.n_keys; i++) {
            const struct event_key *k = &e->patch.keys[i];
            json_begin_object(w);
            json_field_str(w, "source", k->source);
            json_field_str(w, "value", k->value.n ? k->value : STR("(erased)"));
            if (k->remove)
                json_field_bool(w, "removed", true);
            json_end_object(w);
        }
        json_end_array(w);
    }
    if (e->patch.reason.n)
        json_field_str(w, "reason", e->patch.reason);
}

static void put_content(struct json_out *w, const struct event *e, const struct object *o,
                        struct arena *a)
{
    switch (e->kind) {
    case EV_CREATE:
    case EV_PATCH:
    case EV_KEY:
        put_patch(w, e, o, a);
        return;
    case EV_RETRACT:
        if (e->retract.batch)
            json_field_int(w, "batch", (int64_t)e->retract.batch);
        json_key(w, "retracts");
        json_begin_array(w);
        for (size_t i = 0; i < e->retract.n; i++)
            json_put_int(w, (int64_t)e->retract.seqs[i]);
        json_end_array(w);
        return;
    case EV_BATCH:
        json_field_int(w, "rows", (int64_t)e->batch.rows);
        return;
    case EV_VERSION:
        json_field_int(w, "version", e->version.version);
        return;
    case EV_REDIRECT: {
        char text[64];
        json_field_str(w, "into", id_text(o ? o->prefix : STR("id"), e->redirect.into, text));
        return;
    }
    case EV_IMPORT: {
        char text[64];
        json_field_str(w, "batch", id_text(STR("imp"), e->import.batch, text));
        json_field_cstr(w, "phase",
                        e->import.phase == IMPORT_BEGUN   ? "begun"
                        : e->import.phase == IMPORT_ENDED ? "ended"
                                                          : "undone");
        json_field_str(w, "source", e->import.source);
        json_field_str(w, "file", e->import.file);
        json_field_int(w, "rows", (int64_t)e->import.counts.rows);
        return;
    }
    case EV_GENESIS:
        json_field_str(w, "zone", e->genesis.zone);
        return;
    case EV_ERASE:
        json_field_str(w, "reason", e->erase.reason);
        json_field_int(w, "refused_from_now_on", (int64_t)e->erase.n);
        return;
    case EV_DELETE:
    case EV_RESTORE:
        return;
    }
}

static void put_event(struct json_out *w, const struct event *e, const struct model *m,
                      struct arena *a)
{
    char text[64], hex[65];
    const struct object *o = m && e->object ? model_object_numbered(m, e->object) : NULL;
    json_begin_object(w);
    json_field_int(w, "seq", (int64_t)e->seq);
    json_field_int(w, "transaction", (int64_t)e->txn);
    json_field_str(w, "recorded_at", instant_text(e->recorded_at, text));
    if (e->effective_at.us != e->recorded_at.us)
        json_field_str(w, "effective_at", instant_text(e->effective_at, text));
    json_field_str(w, "actor", e->actor);
    if (e->cause)
        json_field_int(w, "cause", (int64_t)e->cause);
    json_field_cstr(w, "kind", event_kind_name(e->kind));
    if (e->object)
        json_field_str(w, "object", o ? o->name : str_printf(a, "#%u", e->object));
    if (e->record)
        json_field_str(w, "record", id_text(o ? o->prefix : STR("id"), e->record, text));
    put_content(w, e, o, a);
    json_field_str(w, "hash", digest_hex(e->hash, hex));
    json_end_object(w);
}

/* One event as a line of JSON (--json) or as a line and its content below. */
static void show(struct app *app, const struct event *e, const struct model *m, struct arena *a,
                 struct buf *b)
{
    struct json_out w;
    buf_clear(b);
    json_out_init(&w, b, false);
    if (app->json) {
        put_event(&w, e, m, a);
        buf_char(b, '\n');
        app_put(app, b);
        return;
    }
    char at[40], id[64];
    const struct object *o = m && e->object ? model_object_numbered(m, e->object) : NULL;
    struct str when = instant_text(e->recorded_at, at);
    fprintf(app->out, "%" PRIu64 "  %.*s  %s", e->seq, STR_ARG(when), event_kind_name(e->kind));
    if (e->record) {
        struct str name = id_text(o ? o->prefix : STR("id"), e->record, id);
        fprintf(app->out, " %.*s", STR_ARG(name));
    } else if (o) {
        fprintf(app->out, " %.*s", STR_ARG(o->name));
    }
    fprintf(app->out, "  by %.*s\n", STR_ARG(e->actor));
    json_begin_object(&w);
    if (e->effective_at.us != e->recorded_at.us)
        json_field_str(&w, "effective_at", instant_text(e->effective_at, at));
    put_content(&w, e, o, a);
    json_end_object(&w);
    if (b->n > 2)
        fprintf(app->out, "    %.*s\n", STR_ARG(buf_view(b)));
}

/* ---- the verb --------------------------------------------------------------------------------------------------- */

static enum rc show_range(struct app *app, struct session *s, uint64_t from, uint64_t limit,
                          struct buf *b)
{
    struct ledger_reader *r;
    struct arena *a = arena_new();
    bool more = true;
    enum rc rc = ledger_read(s->store, s->vault, from, 0, &r);
    for (uint64_t n = 0; rc == RC_OK && more && (limit == 0 || n < limit); n++) {
        struct event e;
        arena_reset(a);
        rc = ledger_next(r, a, &e, &more);
        if (rc == RC_OK && more)
            show(app, &e, s->model, a, b);
    }
    ledger_read_end(r);
    arena_free(a);
    return rc;
}

static enum rc show_record(struct app *app, struct session *s, uint64_t record, struct buf *b)
{
    struct event *events;
    uint32_t object = 0;
    uint64_t found;
    size_t n;
    enum rc rc = ledger_next_record(s->store, record - 1, &found, &object);
    if (rc != RC_OK || found != record)
        return rc != RC_OK ? rc : RC_NOT_FOUND;
    rc = ledger_of_record(s->store, s->vault, object, record, app->arena, &events, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        show(app, &events[i], s->model, app->arena, b);
    return rc;
}

static int run(struct app *app, const struct args *args)
{
    struct session s;
    struct buf b;
    uint64_t record = 0;
    const char *id = args_text(args, "record");
    int64_t limit = args_integer(args, "limit", SHOWN), from = args_integer(args, "from", 0);
    if (args->n_operands || limit < 0 || from < 0)
        return app_usage(app, args, "log takes no operand and no negative number");
    if (id && (!id_parse(str_of(id), STR_NONE, &record) || record == 0))
        return app_usage(app, args, "'%s' is not a record's id, such as opp_00D3F4G5H6J7K", id);
    enum rc rc = session_open(app, SESSION_ANY, &s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    uint64_t head = ledger_head(s.ledger).seq;
    uint64_t first = from                              ? (uint64_t)from
                     : limit && head > (uint64_t)limit ? head - (uint64_t)limit + 1
                                                       : 1;
    buf_init(&b, 64u << 20);
    rc = record ? show_record(app, &s, record, &b)
                : show_range(app, &s, first, (uint64_t)limit, &b);
    buf_release(&b);
    int exit_code = EXIT_DONE;
    if (rc == RC_NOT_FOUND)
        exit_code = app_fail(app, rc, "there is no record %s", id);
    else if (rc != RC_OK)
        exit_code = app_fail(app, rc, "cannot read on: %s", store_error(s.store));
    session_close(&s);
    return exit_code;
}

const struct command_def command_log = {
    .name = "log",
    .summary = "print the events of the ledger",
    .usage = "[--from SEQ] [--limit N] [--record ID]",
    .details = "Every accepted change, in order, as it was recorded: number, instant, kind, "
               "record, who, and the fields it set.\n"
               "With --json one object a line, with transaction and hash.",
    .options = options,
    .n_options = sizeof(options) / sizeof(*options),
    .served = true,
    .run = run,
};
