#include "projection/alike.h"

#include "base/hash.h"
#include "base/likeness.h"
#include "projection/internal.h"

#include <stdlib.h>

enum { FILL_PAGE = 500, PIECES_TO_SPARE = 3, FILL_SQL_MAX = 1 << 16 };

/* ---- words of a record --------------------------------------------------------------------------------------------- */

static uint64_t number_of(struct digest d)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | d.b[i];
    return n & INT64_MAX;
}

/* The same rule in another version of the model is the same, wherever it stands and however alike it wants texts. */
static uint64_t rule_number(const struct object *o, const struct match_rule *r)
{
    struct buf b;
    buf_init(&b, 4096);
    varint_put(&b, o->number);
    varint_put(&b, r->similar->number);
    varint_put(&b, r->similar->personal);
    for (size_t i = 0; i < r->n_exact; i++)
        varint_put(&b, r->exact[i]->number);
    uint64_t n = number_of(digest_of(buf_view(&b)));
    buf_release(&b);
    return n;
}

static size_t place_of(const struct object *o, const struct field *f)
{
    size_t i = 0;
    while (o->fields[i] != f)
        i++;
    return i;
}

static const struct value *value_in(const struct object *o, const struct field *f,
                                    const struct value *values)
{
    return &values[place_of(o, f)];
}

/* What the exact fields say; false: one of them is empty. */
static bool exact_seed(const struct object *o, const struct match_rule *r,
                       const struct value *values, uint64_t *seed)
{
    struct buf b;
    bool full = true;
    buf_init(&b, VALUE_BYTES_MAX);
    for (size_t i = 0; i < r->n_exact && full; i++) {
        const struct value *v = value_in(o, r->exact[i], values);
        full = v->type != VT_ABSENT && v->type != VT_SEALED;
        if (full)
            value_encode(v, &b);
    }
    *seed = r->n_exact ? number_of(digest_of(buf_view(&b))) : 0;
    buf_release(&b);
    return full;
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
static int64_t mix(uint64_t piece, uint64_t seed)
{
    uint64_t z = piece ^ (seed * UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (int64_t)((z ^ z >> 31) & INT64_MAX);
}

/* Its pieces, and behind them the whole text as one. */
struct words {
    int64_t *v;
    size_t n; /* with the whole; 0: nothing to find it by */
    size_t size;
};

static void words_of(const struct object *o, const struct match_rule *r, const struct value *values,
                     struct arena *a, struct words *out)
{
    const struct value *text = value_in(o, r->similar, values);
    struct likeness_text t;
    uint64_t seed, *pieces;
    size_t n;
    *out = (struct words){NULL, 0, 0};
    if (text->type != VT_TEXT || !exact_seed(o, r, values, &seed))
        return;
    likeness_read(text->text, !r->similar->personal, a, &t);
    if (t.n == 0)
        return;
    likeness_pieces(&t, a, &pieces, &n);
    out->v = ARENA_ARRAY(a, n + 1, int64_t);
    out->size = t.n;
    for (size_t i = 0; i < n; i++)
        out->v[out->n++] = mix(pieces[i], seed);
    out->v[out->n++] = mix(likeness_whole(&t, a), ~seed);
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

/* A rule that leaves it to a person finds nothing so far. */
static bool is_asked(const struct match_rule *r)
{
    return r->similar && !r->review;
}

bool alike_is_asked(const struct object *o)
{
    for (size_t i = 0; i < o->n_match; i++)
        if (is_asked(&o->match[i]))
            return true;
    return false;
}

static bool has_word(const struct words *w, int64_t word)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->v[i] == word)
            return true;
    return false;
}

/* Puts or drops the words of `w` that `but` does not have too. */
static enum rc write_words(struct store *s, enum sql_id id, uint64_t rule, uint64_t record,
                           const struct words *w, const struct words *but)
{
    struct stmt *st;
    enum rc rc = store_named(s, id, &st);
    for (size_t i = 0; i < w->n && rc == RC_OK; i++) {
        if (w->size == but->size && has_word(but, w->v[i]))
            continue;
        stmt_u64(st, 1, rule);
        stmt_int(st, 2, w->v[i]);
        stmt_u64(st, 3, w->size);
        stmt_u64(st, 4, record);
        rc = stmt_run(st);
    }
    return rc;
}

static enum rc follow_rule(struct projection *p, const struct match_rule *r,
                           const struct row *before, const struct row *now, struct arena *a)
{
    const struct object *o = now->object;
    struct words old = {NULL, 0, 0}, new = {NULL, 0, 0};
    uint64_t rule = rule_number(o, r);
    if (before && before->life == LIFE_LIVE)
        words_of(o, r, before->values, a, &old);
    if (now->life == LIFE_LIVE)
        words_of(o, r, now->values, a, &new);
    enum rc rc = write_words(p->store, SQL_ALIKE_DROP, rule, now->id, &old, &new);
    return rc == RC_OK ? write_words(p->store, SQL_ALIKE_PUT, rule, now->id, &new, &old) : rc;
}

enum rc alike_follow(struct projection *p, const struct row *before, const struct row *now,
                     struct arena *a)
{
    const struct object *o = now->object;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < o->n_match && rc == RC_OK; i++)
        if (is_asked(&o->match[i]))
            rc = follow_rule(p, &o->match[i], before, now, a);
    return rc;
}

/* ---- a model goes live ------------------------------------------------------------------------------------------------ */

static enum rc run_with(struct store *s, enum sql_id id, uint64_t rule)
{
    struct stmt *st;
    enum rc rc = store_named(s, id, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, rule);
    return stmt_run(st);
}

typedef VEC(uint64_t) numbers;

static enum rc rules_there(struct store *s, struct arena *a, numbers *out)
{
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(s, SQL_ALIKE_RULES, &st);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(a, out) = stmt_get_u64(st, 0);
    return rc;
}

static bool among(const numbers *list, uint64_t n)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i] == n)
            return true;
    return false;
}

/* The columns that a rule reads, of live records behind ?1. */
static void fill_sql(struct store *s, const struct object *o, const struct match_rule *r,
                     struct buf *sql)
{
    char name[COLUMN_MAX];
    buf_printf(sql, "SELECT id, %.*s", STR_ARG(column_of(r->similar, name)));
    for (size_t i = 0; i < r->n_exact; i++) {
        struct str c = column_of(r->exact[i], name);
        buf_printf(sql, ", %.*s", STR_ARG(c));
        if (column_type(r->exact[i]) == VT_MONEY)
            buf_printf(sql, ", %.*s_c", STR_ARG(c));
    }
    buf_printf(sql, " FROM %.*s WHERE life = %d AND id > ", STR_ARG(table_of(o, name)), LIFE_LIVE);
    store_param(s, 1, sql);
    buf_printf(sql, " ORDER BY id LIMIT %d", FILL_PAGE);
}

struct found_words {
    uint64_t id;
    struct words words;
};

/* One page of records and their words. */
static enum rc fill_read(struct store *s, struct str sql, const struct object *o,
                         const struct match_rule *r, uint64_t after, struct arena *a,
                         struct found_words *out, size_t *n)
{
    struct value *values = ARENA_ARRAY(a, o->n_fields + 1, struct value);
    struct stmt *st;
    bool row = true;
    *n = 0;
    enum rc rc = store_prepared(s, sql, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, after);
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row) {
        int col = stmt_get_value(st, 1, column_type(r->similar), &values[place_of(o, r->similar)],
                                 &rc);
        for (size_t i = 0; i < r->n_exact; i++)
            col = stmt_get_value(st, col, column_type(r->exact[i]),
                                 &values[place_of(o, r->exact[i])], &rc);
        out[*n].id = stmt_get_u64(st, 0);
        words_of(o, r, values, a, &out[(*n)++].words);
    }
    stmt_reset(st);
    return rc;
}

static enum rc fill(struct store *s, const struct object *o, const struct match_rule *r,
                    uint64_t rule)
{
    struct arena *a = arena_new();
    struct buf sql;
    size_t n = FILL_PAGE;
    uint64_t after = 0;
    buf_init(&sql, FILL_SQL_MAX);
    fill_sql(s, o, r, &sql);
    enum rc rc = buf_ok(&sql);
    while (rc == RC_OK && n == FILL_PAGE) {
        static const struct words none = {NULL, 0, 0};
        arena_reset(a);
        struct found_words *page = ARENA_ARRAY(a, FILL_PAGE, struct found_words);
        rc = fill_read(s, buf_view(&sql), o, r, after, a, page, &n);
        for (size_t i = 0; i < n && rc == RC_OK; i++) {
            after = page[i].id;
            rc = write_words(s, SQL_ALIKE_PUT, rule, page[i].id, &page[i].words, &none);
        }
    }
    buf_release(&sql);
    arena_free(a);
    return rc == RC_OK ? run_with(s, SQL_ALIKE_RULE_PUT, rule) : rc;
}

enum rc alike_evolve(struct store *s, const struct model *m)
{
    struct arena *a = arena_new();
    numbers there = {NULL, 0, 0}, wanted = {NULL, 0, 0};
    enum rc rc = rules_there(s, a, &there);
    for (size_t i = 0; i < m->n_objects; i++)
        for (size_t k = 0; k < m->objects[i]->n_match && rc == RC_OK; k++) {
            const struct match_rule *r = &m->objects[i]->match[k];
            uint64_t rule = is_asked(r) ? rule_number(m->objects[i], r) : 0;
            if (!is_asked(r) || among(&wanted, rule))
                continue;
            *VEC_PUSH(a, &wanted) = rule;
            if (!among(&there, rule))
                rc = fill(s, m->objects[i], r, rule);
        }
    for (size_t i = 0; i < there.n && rc == RC_OK; i++) {
        if (among(&wanted, there.v[i]))
            continue;
        rc = run_with(s, SQL_ALIKE_CLEAR, there.v[i]);
        if (rc == RC_OK)
            rc = run_with(s, SQL_ALIKE_RULE_DROP, there.v[i]);
    }
    arena_free(a);
    return rc;
}

/* ---- finding ----------------------------------------------------------------------------------------------------------- */

static int id_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

struct finding {
    struct projection *p;
    uint64_t rule;
    struct likeness_reach reach;
    struct arena *arena;
    numbers ids;     /* one for each piece that a record has */
    size_t complete; /* pieces all of whose records were read */
};

/* Adds the records that have the word, unless these are too many. */
static enum rc read_word(struct finding *f, int64_t word)
{
    struct stmt *st;
    bool row = true;
    size_t before = f->ids.n;
    enum rc rc = store_named(f->p->store, SQL_ALIKE_FIND, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, f->rule);
    stmt_int(st, 2, word);
    stmt_u64(st, 3, f->reach.min);
    stmt_u64(st, 4, f->reach.max);
    stmt_int(st, 5, ALIKE_LIST_MAX + 1);
    while ((rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(f->arena, &f->ids) = stmt_get_u64(st, 0);
    if (f->ids.n - before > ALIKE_LIST_MAX)
        f->ids.n = before;
    else
        f->complete++;
    return rc;
}

/* Records that have at least `shared` of the words that were read. */
static void keep_shared(struct finding *f, size_t shared, uint64_t **ids, size_t *n, bool *more)
{
    uint64_t *all = f->ids.v;
    *ids = ARENA_ARRAY(f->arena, ALIKE_MAX, uint64_t);
    if (f->ids.n > 0)
        qsort(all, f->ids.n, sizeof *all, id_cmp);
    for (size_t i = 0, end; i < f->ids.n; i = end) {
        for (end = i; end < f->ids.n && all[end] == all[i];)
            end++;
        if (end - i < shared)
            continue;
        if (*n == ALIKE_MAX) {
            *more = true;
            return;
        }
        (*ids)[(*n)++] = all[i];
    }
}

enum rc alike_find(struct projection *p, const struct object *o, const struct match_rule *rule,
                   const struct value *values, struct arena *a, uint64_t **ids, size_t *n,
                   bool *more)
{
    struct words w;
    struct finding f = {.p = p, .rule = rule_number(o, rule), .arena = a};
    enum rc rc = RC_OK;
    *n = 0;
    *more = false;
    words_of(o, rule, values, a, &w);
    if (w.n == 0)
        return RC_OK;
    f.reach = likeness_reach(w.size, rule->likeness);
    size_t lost = LIKENESS_EDIT_PIECES * f.reach.edits, pieces = w.n - 1;
    if (f.reach.edits == 0)
        rc = read_word(&f, w.v[pieces]);
    for (size_t i = 0; i < pieces && f.reach.edits > 0 && rc == RC_OK; i++)
        if (f.complete <= lost + PIECES_TO_SPARE)
            rc = read_word(&f, w.v[i]);
    if (rc != RC_OK)
        return rc;
    *more = f.complete <= lost && f.complete < (f.reach.edits ? pieces : 1);
    keep_shared(&f, f.complete > lost ? f.complete - lost : 1, ids, n, more);
    return RC_OK;
}
