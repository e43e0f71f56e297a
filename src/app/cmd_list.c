/* list - current records by a condition, as a table. */
#include "admission/parse.h"
#include "app/commands.h"
#include "app/session.h"
#include "app/shown.h"
#include "base/json.h"
#include "projection/list.h"

enum { ROWS_DEFAULT = 50, ROWS_MAX = 10000, FIELDS_MAX = 40, CELL_MAX = 40, OUT_MAX = 64 << 20 };

static const struct option_def options[] = {
    {"where", 'w', OPT_TEXT, "CEL", "only records that meet it"},
    {"fields", 'f', OPT_TEXT, "A,B", "which fields; by default those filled first"},
    {"sort", 's', OPT_TEXT, "FIELD", "by this field, -FIELD from the greatest; by default by age"},
    {"limit", 'n', OPT_INTEGER, "N", "at most N rows (50; at most 10000)"},
};

struct listing {
    struct app *app;
    const struct args *args;
    struct session s;
    struct zone *zone;
    struct list_query q;
    const struct field *fields[FIELDS_MAX];
    size_t n_fields, limit;
    struct row **rows;
    size_t n;
    uint64_t total;
    struct titles titles; /* of what the rows refer to */
};

/* ---- what is asked --------------------------------------------------------------------------------------------------- */

static int read_where(struct listing *l)
{
    const char *text = args_text(l->args, "where");
    struct diags ds;
    struct expr *e = NULL;
    if (!text)
        return EXIT_DONE;
    diags_init(&ds, l->app->arena);
    if (list_where(l->s.model, l->q.object, STR("--where"), str_of(text), l->app->arena, &e, &ds) !=
        RC_OK)
        return app_diags(l->app, &ds, 20);
    l->q.where = e;
    return EXIT_DONE;
}

static const struct field *find_field(struct listing *l, struct str name, int *code)
{
    const struct field *f = object_field(l->q.object, name);
    if (!f)
        *code = app_usage(l->app, l->args, "%.*s has no field '%.*s'", STR_ARG(l->q.object->name),
                          STR_ARG(name));
    return f;
}

static int read_fields(struct listing *l)
{
    const char *text = args_text(l->args, "fields"), *sort = args_text(l->args, "sort");
    struct str rest = str_of(text ? text : ""), name;
    int code = EXIT_DONE;
    while (text && code == EXIT_DONE && l->n_fields < FIELDS_MAX && str_split(&rest, ',', &name)) {
        l->fields[l->n_fields] = find_field(l, str_trim(name), &code);
        l->n_fields += l->fields[l->n_fields] != NULL;
    }
    if (sort && code == EXIT_DONE) {
        l->q.descending = sort[0] == '-';
        l->q.sort = find_field(l, str_of(sort + l->q.descending), &code);
    }
    int64_t limit = args_integer(l->args, "limit", ROWS_DEFAULT);
    if (code == EXIT_DONE && (limit < 1 || limit > ROWS_MAX))
        code = app_usage(l->app, l->args, "--limit is 1 to %d", ROWS_MAX);
    l->limit = (size_t)limit;
    return code;
}

/* ---- rows -------------------------------------------------------------------------------------------------------------- */

static enum rc load(struct listing *l)
{
    struct arena *a = l->app->arena;
    struct list_place *places;
    enum rc rc = list_settle(l->s.projection, &l->q, a);
    if (rc == RC_OK)
        rc = list_page(l->s.projection, &l->q, NULL, l->limit, a, &places, &l->n);
    if (rc == RC_OK)
        rc = list_count(l->s.projection, &l->q, &l->total);
    if (rc != RC_OK)
        return rc;
    uint64_t *ids = ARENA_ARRAY(a, l->n + 1, uint64_t);
    l->rows = ARENA_ARRAY(a, l->n + 1, struct row *);
    for (size_t i = 0; i < l->n; i++)
        ids[i] = places[i].id;
    rc = rows_load(l->s.projection, l->q.object, ids, l->n, a, l->rows);
    titles_init(&l->titles, l->s.projection, a);
    for (size_t i = 0; i < l->n && rc == RC_OK; i++)
        if (l->rows[i])
            titles_want_row(&l->titles, l->rows[i]);
    return rc == RC_OK ? titles_load(&l->titles) : rc;
}

/* Without a wish: the title, stages, owner, and what else is filled in some row, until the line is full. */
static void choose_fields(struct listing *l)
{
    enum { WIDE = 7 };
    const struct object *o = l->q.object;
    const struct field *title = object_title(o);
    if (l->n_fields)
        return;
    if (title)
        l->fields[l->n_fields++] = title;
    for (size_t i = 0; i < o->n_fields && l->n_fields < WIDE; i++) {
        const struct field *f = o->fields[i];
        bool filled = false;
        for (size_t k = 0; k < l->n && !filled; k++)
            filled = l->rows[k] && l->rows[k]->values[i].type != VT_ABSENT;
        bool own = f->kind != FIELD_SYSTEM && f->type != FT_JSON && f != title;
        if (filled && own)
            l->fields[l->n_fields++] = f;
    }
}

static struct str cell(const struct listing *l, const struct row *row, const struct field *f)
{
    return field_value_text(f, row_value(row, f), l->app->arena);
}

static void put_json(struct listing *l, struct buf *b)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, b, true);
    json_begin_object(&w);
    json_key(&w, "rows");
    json_begin_array(&w);
    for (size_t i = 0; i < l->n; i++) {
        if (!l->rows[i])
            continue;
        json_begin_object(&w);
        json_field_str(&w, "id", id_text(l->q.object->prefix, l->rows[i]->id, room));
        for (size_t k = 0; k < l->n_fields; k++) {
            struct str text = cell(l, l->rows[i], l->fields[k]);
            if (text.n) {
                json_key_str(&w, l->fields[k]->name);
                json_put_str(&w, text);
            }
        }
        json_end_object(&w);
    }
    json_end_array(&w);
    json_field_int(&w, "total", (int64_t)l->total);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(b, '\n');
}

/* The greatest length up to `n` that cuts no character in two. */
static size_t whole_bytes(struct str s, size_t n)
{
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* One line a record: the id, then name=value of what is filled. Reads well at any width, and to a script. */
static void put_text(struct listing *l, struct buf *b)
{
    char room[64];
    for (size_t i = 0; i < l->n; i++) {
        if (!l->rows[i])
            continue;
        buf_printf(b, "%.*s", STR_ARG(id_text(l->q.object->prefix, l->rows[i]->id, room)));
        for (size_t k = 0; k < l->n_fields; k++) {
            const struct field *f = l->fields[k];
            struct str text = shown_value(&l->titles, f, row_value(l->rows[i], f), l->app->arena);
            if (!text.n)
                continue;
            bool cut = text.n > CELL_MAX;
            struct str shown = str_sub(text, 0, cut ? whole_bytes(text, CELL_MAX) : text.n);
            buf_printf(b, "  %.*s: %.*s%s", STR_ARG(l->fields[k]->name), STR_ARG(shown),
                       cut ? "…" : "");
        }
        buf_char(b, '\n');
    }
    buf_printf(b, "%llu of %llu\n", (unsigned long long)l->n, (unsigned long long)l->total);
}

static int answer(struct listing *l)
{
    struct buf b;
    enum rc rc = load(l);
    if (rc == RC_LIMIT)
        return app_usage(l->app, l->args, "more than %d records meet it; narrow it", LIST_IDS_MAX);
    if (rc != RC_OK)
        return app_fail(l->app, rc, "the records cannot be read: %s", store_error(l->s.store));
    choose_fields(l);
    buf_init(&b, OUT_MAX);
    if (l->app->json)
        put_json(l, &b);
    else
        put_text(l, &b);
    app_put(l->app, &b);
    buf_release(&b);
    return EXIT_DONE;
}

static int run(struct app *app, const struct args *args)
{
    struct listing l = {.app = app, .args = args};
    const char *object = args_operand(args, 0);
    if (!object)
        return app_usage(app, args, "name an object");
    enum rc rc = session_open(app, SESSION_NOW, &l.s);
    if (rc != RC_OK)
        return rc_info(rc)->exit_code;
    l.q.object = model_object(l.s.model, str_of(object));
    l.q.now = app->env->now(app->env->self);
    int code = EXIT_DONE;
    if (!l.q.object || l.q.object->is_fact)
        code = app_usage(app, args, "there is no object '%s' with records", object);
    else if (zone_open(l.s.model->company.timezone, &l.zone) != RC_OK)
        code = app_fail(app, RC_INVALID, "the company's zone is not known here");
    l.q.zone = l.zone;
    code = code ? code : read_fields(&l);
    code = code ? code : read_where(&l);
    code = code ? code : answer(&l);
    zone_close(l.zone);
    session_close(&l.s);
    return code;
}

const struct command_def command_list = {
    .name = "list",
    .summary = "records that meet a condition",
    .usage = "OBJECT [--where CEL] [--fields A,B] [--sort FIELD] [--limit N]",
    .details =
        "Any object of the model, also those that a process makes: `revos list handoff --where "
        "\"handoff.state == 'offered'\"`.",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .served = true,
    .run = run,
};
