/* view.c - one state of the warehouse: its mark, what its fields ever held, and the statements planned on it. */
#include "insight/view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING_READ = 1, KEPT_SQL_MAX = 1 << 16 };

struct view_statement {
    char *sql; /* NULL: the place is free */
    size_t n;
    struct duck_stmt *stmt;
    uint64_t used;
    bool lent;
};

void view_init(struct view *v, struct warehouse *w, struct duck_conn *c)
{
    *v = (struct view){.warehouse = w, .conn = c, .arena = arena_new(), .generation = NOTHING_READ};
    v->size_arena = arena_new();
    v->kept = mem_new(VIEW_STATEMENTS, sizeof *v->kept);
}

/* ---- statements ------------------------------------------------------------------------------------------------- */

static void drop(struct view_statement *s)
{
    assert(!s->lent);
    duck_finalize(s->stmt);
    mem_free(s->sql);
    *s = (struct view_statement){0};
}

static void drop_all(struct view *v)
{
    for (size_t i = 0; i < VIEW_STATEMENTS; i++)
        drop(&v->kept[i]);
}

static bool is_of(const struct view_statement *s, struct str sql)
{
    return s->sql && str_eq((struct str){s->sql, s->n}, sql);
}

/* The place of `sql`, else the one longest unused; NULL when all are lent. */
static struct view_statement *place_of(struct view *v, struct str sql)
{
    struct view_statement *oldest = NULL;
    for (size_t i = 0; i < VIEW_STATEMENTS; i++) {
        struct view_statement *s = &v->kept[i];
        if (s->lent)
            continue;
        if (is_of(s, sql))
            return s;
        if (!oldest || s->used < oldest->used)
            oldest = s;
    }
    return oldest;
}

enum rc view_prepare(struct view *v, struct str sql, struct duck_stmt **out, struct diags *ds)
{
    struct view_statement *s = v->locked || sql.n > KEPT_SQL_MAX ? NULL : place_of(v, sql);
    *out = NULL;
    if (!s)
        return duck_prepare(v->conn, sql, out, ds);
    if (!is_of(s, sql)) {
        struct duck_stmt *fresh = NULL;
        enum rc rc = duck_prepare(v->conn, sql, &fresh, ds);
        if (rc != RC_OK)
            return rc;
        drop(s);
        s->sql = mem_new(1, sql.n);
        memcpy(s->sql, sql.p, sql.n);
        s->n = sql.n;
        s->stmt = fresh;
    }
    s->used = ++v->uses;
    s->lent = true;
    *out = s->stmt;
    return RC_OK;
}

void view_return(struct view *v, struct duck_stmt *stmt)
{
    for (size_t i = 0; stmt && i < VIEW_STATEMENTS; i++)
        if (v->kept[i].stmt == stmt) {
            v->kept[i].lent = false;
            return;
        }
    duck_finalize(stmt);
}

/* ---- looking ---------------------------------------------------------------------------------------------------- */

void view_release(struct view *v)
{
    if (!v->kept)
        return;
    drop_all(v);
    mem_free(v->kept);
    v->kept = NULL;
    arena_free(v->size_arena);
    arena_free(v->arena);
    v->arena = NULL;
}

static enum rc run(struct view *v, const char *sql, struct duck_stmt **stmt,
                   struct duck_result **row, struct diags *ds)
{
    *stmt = NULL;
    *row = NULL;
    enum rc rc = duck_prepare(v->conn, str_of(sql), stmt, ds);
    return rc == RC_OK ? duck_run(*stmt, row, ds) : rc;
}

static enum rc read_mark(struct view *v, struct diags *ds)
{
    struct duck_stmt *stmt;
    struct duck_result *row;
    enum rc rc = run(v,
                     "SELECT seq, hash, model_version, (SELECT count(*) FROM redirect) FROM mark",
                     &stmt, &row, ds);
    if (rc == RC_OK && duck_next(row)) {
        v->seq = (uint64_t)duck_i64(row, 0);
        if (!digest_parse(duck_text(row, 1), &v->hash))
            v->hash = (struct digest){{0}};
        v->model_version = (uint32_t)duck_i64(row, 2);
        v->any_merge = duck_i64(row, 3) > 0;
    }
    duck_result_close(row);
    duck_finalize(stmt);
    return rc;
}

static enum rc read_fields(struct view *v, struct diags *ds)
{
    VEC(struct view_field) fields = {NULL, 0, 0};
    struct duck_stmt *stmt;
    struct duck_result *row;
    enum rc rc = run(
        v, "SELECT object, field, absent, several, currency FROM seen ORDER BY object, field",
        &stmt, &row, ds);
    while (rc == RC_OK && duck_next(row)) {
        struct view_field *f = VEC_PUSH(v->arena, &fields);
        *f = (struct view_field){.object = (uint32_t)duck_i64(row, 0),
                                 .field = (uint32_t)duck_i64(row, 1),
                                 .absent = duck_bool(row, 2),
                                 .several = duck_bool(row, 3)};
        if (!duck_is_null(row, 4) && !currency_parse(duck_text(row, 4), &f->currency))
            f->several = true;
    }
    duck_result_close(row);
    duck_finalize(stmt);
    v->fields = fields.v;
    v->n_fields = fields.n;
    return rc;
}

/* Of current rows and facts; asked for now and then, for it costs as much as a small query. */
static enum rc read_sizes(struct view *v, struct diags *ds)
{
    VEC(struct view_size) sizes = {NULL, 0, 0};
    struct duck_stmt *stmt;
    struct duck_result *row;
    if (v->size_reads++ % VIEW_SIZES_EVERY != 0)
        return RC_OK;
    arena_reset(v->size_arena);
    enum rc rc = run(v,
                     "SELECT CAST(substr(table_name, 3) AS BIGINT), estimated_size FROM "
                     "duckdb_tables() WHERE NOT internal AND table_name[1:2] IN ('c_', 'x_')",
                     &stmt, &row, ds);
    while (rc == RC_OK && duck_next(row))
        *VEC_PUSH(v->size_arena, &sizes) = (struct view_size){(uint32_t)duck_i64(row, 0),
                                                              (uint64_t)duck_i64(row, 1)};
    duck_result_close(row);
    duck_finalize(stmt);
    v->sizes = sizes.v;
    v->n_sizes = sizes.n;
    return rc;
}

enum rc view_begin(struct view *v, bool lock, struct diags *ds)
{
    uint64_t now = warehouse_generation(v->warehouse);
    bool settled = now % 2 == 0;
    v->locked = false;
    if (settled && now == v->generation && !lock)
        return RC_OK;
    enum rc rc = duck_exec(v->conn, "BEGIN", ds);
    if (rc != RC_OK)
        return rc;
    v->locked = true;
    v->generation = NOTHING_READ;
    drop_all(v);
    arena_reset(v->arena);
    rc = read_mark(v, ds);
    if (rc == RC_OK)
        rc = read_fields(v, ds);
    if (rc == RC_OK)
        rc = read_sizes(v, ds);
    /* A change since `now` was asked moves the count on, so the next look reads again. */
    if (rc == RC_OK && settled)
        v->generation = now;
    return rc;
}

bool view_end(struct view *v)
{
    if (!v->locked)
        return warehouse_generation(v->warehouse) == v->generation;
    struct arena *a = arena_new();
    struct diags quiet; /* nothing was written; the transaction may be gone already */
    diags_init(&quiet, a);
    if (duck_exec(v->conn, "ROLLBACK", &quiet) == RC_OK)
        v->locked = false;
    arena_free(a);
    return true;
}

static int by_field(const void *pa, const void *pb)
{
    const struct view_field *a = pa, *b = pb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return (a->field > b->field) - (a->field < b->field);
}

static const struct view_field *field_at(const struct view *v, const struct field *f)
{
    struct view_field key = {.object = f->object->number, .field = f->number};
    return v->n_fields ? bsearch(&key, v->fields, v->n_fields, sizeof key, by_field) : NULL;
}

bool view_always_filled(const struct view *v, const struct field *f)
{
    const struct object *o = f->object;
    if (f->number == FN_ID || f->number == FN_CREATED_AT || f->number == FN_UPDATED_AT)
        return true;
    if (o->is_fact && f == o->time_field && f->type == FT_INSTANT)
        return true; /* the row's own instant */
    const struct view_field *at = field_at(v, f);
    return at && !at->absent;
}

bool view_one_currency(const struct view *v, const struct field *f, struct currency c)
{
    const struct view_field *at = field_at(v, f);
    return at && !at->several && (at->currency.code == c.code || at->currency.code == 0);
}

uint64_t view_rows(const struct view *v, const struct object *o)
{
    for (size_t i = 0; i < v->n_sizes; i++)
        if (v->sizes[i].object == o->number)
            return v->sizes[i].rows;
    return 0;
}
