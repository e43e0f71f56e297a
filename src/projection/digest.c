/* digest.c - what derived tables say, as bytes: for comparing a replay with what stands. */
#include "projection/alike.h"
#include "projection/internal.h"
#include "projection/rebuild.h"

#include "base/map.h"

/* ---- rows of records -------------------------------------------------------------------------------------------- */

struct row_scan {
    struct projection *p;
    struct object_plan *plan;
    struct stmt *st;
    struct arena *arena;
    struct buf bytes; /* of the row in hand */
    uint64_t id;      /* 0: at the end */
};

static enum rc scan_open(struct projection *p, const struct object *o, struct row_scan *s)
{
    char name[COLUMN_MAX];
    struct buf sql;
    *s = (struct row_scan){.p = p, .plan = plan_of(p, o), .arena = arena_new()};
    buf_init(&s->bytes, 64u << 20);
    buf_init(&sql, SQL_MAX);
    buf_cstr(&sql, "SELECT id, version, created_at, updated_at, deleted_at, life, home, stamps");
    columns_list(o, &sql);
    buf_printf(&sql, " FROM %.*s ORDER BY id", STR_ARG(table_of(o, name)));
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = store_prepare(p->store, buf_view(&sql), &s->st);
    buf_release(&sql);
    return rc;
}

static void scan_close(struct row_scan *s)
{
    stmt_close(s->st);
    buf_release(&s->bytes);
    arena_free(s->arena);
}

/* By field number, so that the order of fields in the model does not count. */
static void row_bytes(const struct object_plan *plan, const struct row *r, struct buf *out)
{
    buf_clear(out);
    varint_put(out, r->id);
    varint_put(out, r->version);
    varint_put(out, r->home);
    varint_put(out, (uint64_t)r->life);
    varint_put(out, zigzag(r->life_stamp.effective_at.us));
    varint_put(out, r->life_stamp.seq);
    varint_put(out, zigzag(r->created_at.us));
    varint_put(out, zigzag(r->updated_at.us));
    for (size_t i = 0; i < plan->layout.n; i++) {
        size_t at = plan->position[i];
        varint_put(out, plan->layout.fields[i]);
        value_encode(&r->values[at], out);
        varint_put(out, zigzag(r->stamps[at].effective_at.us));
        varint_put(out, r->stamps[at].seq);
    }
}

static enum rc scan_next(struct row_scan *s)
{
    bool row;
    struct row *r;
    arena_reset(s->arena);
    enum rc rc = stmt_step(s->st, &row);
    s->id = 0;
    if (rc != RC_OK || !row)
        return rc;
    rc = row_read(s->plan, s->st, s->arena, &r);
    if (rc != RC_OK)
        return rc;
    s->id = r->id;
    row_bytes(s->plan, r, &s->bytes);
    return buf_ok(&s->bytes);
}

static enum rc digest_records(struct projection *p, const struct object *o,
                              struct table_digest *out)
{
    struct row_scan s;
    struct hasher h;
    hasher_init(&h);
    enum rc rc = scan_open(p, o, &s);
    while (rc == RC_OK && (rc = scan_next(&s)) == RC_OK && s.id) {
        hasher_put(&h, buf_view(&s.bytes));
        out->rows++;
    }
    scan_close(&s);
    out->digest = hasher_done(&h);
    return rc;
}

enum rc projection_differences(struct projection *x, struct projection *y, const struct object *o,
                               size_t max, uint64_t *ids, size_t *n)
{
    struct row_scan a, b;
    *n = 0;
    enum rc rc = scan_open(x, o, &a), other = scan_open(y, o, &b);
    rc = rc == RC_OK ? other : rc;
    if (rc == RC_OK)
        rc = scan_next(&a);
    if (rc == RC_OK)
        rc = scan_next(&b);
    while (rc == RC_OK && (a.id || b.id) && *n < max) {
        bool only_a = a.id && (!b.id || a.id < b.id), only_b = b.id && (!a.id || b.id < a.id);
        if (only_a || only_b || !str_eq(buf_view(&a.bytes), buf_view(&b.bytes)))
            ids[(*n)++] = only_b ? b.id : a.id;
        if (!only_b)
            rc = scan_next(&a);
        if (rc == RC_OK && !only_a)
            rc = scan_next(&b);
    }
    scan_close(&a);
    scan_close(&b);
    return rc;
}

/* ---- fixed tables ----------------------------------------------------------------------------------------------- */

static void cell_bytes(struct stmt *st, int col, struct buf *out)
{
    enum store_cell cell = stmt_cell(st, col);
    buf_char(out, (char)cell);
    if (cell == CELL_INT)
        varint_put(out, zigzag(stmt_get_int(st, col)));
    if (cell == CELL_TEXT || cell == CELL_BLOB) {
        struct str s = cell == CELL_TEXT ? stmt_get_text(st, col) : stmt_get_blob(st, col);
        varint_put(out, s.n);
        buf_str(out, s);
    }
}

/* Visits of a field that is no stage field any more are nobody's. */
static bool is_stage(const struct model *m, int64_t object, int64_t field)
{
    const struct object *o = model_object_numbered(m, (uint32_t)object);
    const struct field *f = o ? object_field_numbered(o, (uint32_t)field) : NULL;
    return f && f->kind == FIELD_STAGE;
}

static enum rc digest_fixed(struct projection *p, enum sql_id id, struct table_digest *out)
{
    struct stmt *st;
    struct hasher h;
    struct buf bytes;
    bool row = true;
    enum rc rc = store_named(p->store, id, &st);
    if (rc != RC_OK)
        return rc;
    hasher_init(&h);
    buf_init(&bytes, 32u << 20);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        if (id == SQL_DUMP_VISIT && !is_stage(p->model, stmt_get_int(st, 0), stmt_get_int(st, 2)))
            continue;
        buf_clear(&bytes);
        for (int col = 0; col < stmt_columns(st); col++)
            cell_bytes(st, col, &bytes);
        rc = buf_ok(&bytes);
        hasher_put(&h, buf_view(&bytes));
        out->rows++;
    }
    stmt_reset(st);
    buf_release(&bytes);
    out->digest = hasher_done(&h);
    return rc;
}

/* Nothing is put there while no rule asks. */
static bool has_alike(const struct model *m)
{
    for (size_t i = 0; i < m->n_objects; i++)
        if (alike_is_asked(m->objects[i]))
            return true;
    return false;
}

enum rc projection_digests(struct projection *p, struct arena *a, struct table_digest **out,
                           size_t *n)
{
    static const struct {
        enum sql_id id;
        const char *name;
    } fixed[] = {
        {SQL_DUMP_RECORD_KEY, "record_key"},
        {SQL_DUMP_REDIRECT, "redirect"},
        {SQL_DUMP_ALIKE, "alike"},
        {SQL_DUMP_VISIT, "visit"},
        {SQL_DUMP_FACT_RETRACTION, "fact_retraction"},
        {SQL_DUMP_MODEL_VERSION, "model_version"},
        {SQL_DUMP_BATCH, "batch"},
        {SQL_DUMP_ERASED_VALUE, "erased_value"},
    };
    VEC(struct table_digest) tables = {0};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < p->n_plans && rc == RC_OK; i++) {
        const struct object *o = p->plans[i].object;
        char name[COLUMN_MAX];
        if (!o)
            continue;
        struct table_digest *t = VEC_PUSH(a, &tables);
        t->name = str_dup(a, table_of(o, name));
        t->object = o;
        rc = digest_records(p, o, t);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed && rc == RC_OK; i++) {
        if (fixed[i].id == SQL_DUMP_ALIKE && !has_alike(p->model))
            continue;
        struct table_digest *t = VEC_PUSH(a, &tables);
        t->name = str_of(fixed[i].name);
        rc = digest_fixed(p, fixed[i].id, t);
    }
    *out = tables.v;
    *n = tables.n;
    return rc;
}
