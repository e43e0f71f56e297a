/* erase.c - see erase.h. */
#include "admission/erase.h"

#include "admission/held.h"
#include "admission/steps.h"

#include <assert.h>
#include <string.h>

enum { HELD_PAGE = 500, WORD_MIN = 4 };

/* ---- match values ------------------------------------------------------------------------------------------------ */

static bool in_fields(const struct field *const *fields, size_t n, const struct field *f)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i] == f)
            return true;
    return false;
}

/* Does a person get known by this field: an address, a number, part of a key or of a match rule? */
static bool is_match_field(const struct field *f)
{
    const struct object *o = f->object;
    bool found = f->type == FT_EMAIL || f->type == FT_PHONE;
    for (size_t i = 0; i < o->n_keys && !found; i++)
        found = in_fields(o->keys[i].fields, o->keys[i].n_fields, f);
    for (size_t i = 0; i < o->n_match && !found; i++)
        found = in_fields(o->match[i].exact, o->match[i].n_exact, f);
    return f->personal && found;
}

/* The same value in another field of that type, on whatever object, is the same person's. */
static enum rc match_digest(struct admission *a, const struct field *f, const struct value *v,
                            struct digest *out)
{
    struct buf b;
    buf_init(&b, VALUE_BYTES_MAX + 64);
    buf_cstr(&b, "erased:");
    buf_cstr(&b, field_type_info(f->type)->name);
    buf_char(&b, ':');
    value_encode(v, &b);
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK)
        rc = vault_digest(a->parts.vault, buf_view(&b), out);
    buf_release(&b);
    return rc;
}

/* ---- their return ------------------------------------------------------------------------------------------------ */

enum rc erased_look(struct admission *a)
{
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(a->parts.store, SQL_ERASED_VALUE_ANY, &st);
    if (rc != RC_OK)
        return rc;
    rc = stmt_step(st, &row);
    stmt_reset(st);
    a->has_erased = rc == RC_OK && row;
    return rc;
}

static bool is_erased(struct group *g, const struct field *f, const struct value *v)
{
    struct digest d;
    struct stmt *st;
    bool row = false;
    g->rc = match_digest(g->adm, f, v, &d);
    if (g->rc == RC_OK)
        g->rc = store_named(g->adm->parts.store, SQL_ERASED_VALUE_FIND, &st);
    if (g->rc != RC_OK)
        return false;
    stmt_blob(st, 1, (struct str){(const char *)d.b, sizeof d.b});
    g->rc = stmt_step(st, &row);
    stmt_reset(st);
    return g->rc == RC_OK && row;
}

/* Does a reference name its record by what an erased person was known by? It would wait for that person's return. */
static bool names_erased(struct group *g, const struct change *ch)
{
    const struct object *to = ch->field->to;
    bool erased = false;
    for (size_t i = 0; i < ch->n_keys && !erased && g->rc == RC_OK; i++)
        for (size_t k = 0; k < to->n_keys && !erased; k++) {
            const struct key_def *key = &to->keys[k];
            struct value v;
            struct str why, help;
            erased = key->number == ch->keys[i].key && key->n_fields == 1 &&
                     is_match_field(key->fields[0]) &&
                     parse_text(&g->adm->parser, key->fields[0], str_trim(ch->input->text),
                                g->arena, &v, &why, &help) &&
                     is_erased(g, key->fields[0], &v);
        }
    return erased;
}

static bool is_refused(struct group *g, const struct change *ch)
{
    if (ch->dropped)
        return false;
    if (ch->by_key)
        return names_erased(g, ch);
    return ch->value.type != VT_ABSENT && is_match_field(ch->field) &&
           is_erased(g, ch->field, &ch->value);
}

/* A law, no rule of the model: overlay mode lets it pass as little as a door does. */
void refuse_erased(struct decision *d)
{
    struct group *g = d->g;
    if (!g->adm->has_erased || !g->adm->parts.vault)
        return;
    for (size_t i = 0; i < d->w->changes.n && g->rc == RC_OK; i++) {
        struct change *ch = &d->w->changes.v[i];
        if (!is_refused(g, ch))
            continue;
        struct finding *f = finding_add(g, d->w, FINDING_ERASED, ch->field,
                                        "the value in %.*s belonged to a person who was erased",
                                        STR_ARG(ch->field->name));
        finding_help(g, f,
                     "Leave the person out of the source; if the person asked to come back, "
                     "run `revos erase` on the erased record again with --allow-return.");
        ch->dropped = true;
        bits_set(d->w->bad, ch->slot);
    }
}

/* ---- what the person left ---------------------------------------------------------------------------------------- */

struct erasure {
    struct admission *a;
    const struct erasing *what;
    struct arena *arena;
    struct erased *out;
    uint64_t *persons;
    struct person_record *records; /* the person's own first */
    struct event *events;          /* one each */
    size_t n;
    VEC(struct str) words; /* values to look for in refused rows, in lower case */
};

static bool is_person(const struct erasure *x, uint64_t person)
{
    for (size_t i = 0; i < x->out->persons; i++)
        if (person > 0 && x->persons[i] == person)
            return true;
    return false;
}

/* The person's own record comes first, whether or not it holds a value itself. */
static enum rc find_records(struct erasure *x)
{
    struct person_record *found;
    size_t n;
    enum rc rc = redirects_into(x->a->parts.projection, x->what->record, x->arena, &x->persons,
                                &x->out->persons);
    if (rc == RC_OK)
        rc = ledger_of_persons(x->a->parts.store, x->persons, x->out->persons, x->arena, &found,
                               &n);
    if (rc == RC_OK && n > ERASE_RECORDS_MAX)
        rc = RC_LIMIT;
    if (rc != RC_OK)
        return rc;
    x->records = ARENA_ARRAY(x->arena, n + 1, struct person_record);
    x->records[x->n++] = (struct person_record){x->what->record, x->what->object->number};
    for (size_t i = 0; i < n; i++)
        if (found[i].record != x->what->record)
            x->records[x->n++] = found[i];
    return RC_OK;
}

typedef VEC(struct digest) digests;

static void keep_digest(struct erasure *x, digests *all, struct digest d)
{
    for (size_t i = 0; i < all->n; i++)
        if (digest_eq(all->v[i], d))
            return;
    if (all->n < ERASE_VALUES_MAX)
        *VEC_PUSH(x->arena, all) = d;
}

/* Those named by an erasure before this one: the values themselves cannot be read any more. */
static enum rc digests_before(struct erasure *x, uint64_t record, digests *all)
{
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(x->a->parts.store, SQL_ERASED_VALUE_OF, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    while ((rc = stmt_step(st, &row)) == RC_OK && row) {
        struct str bytes = stmt_get_blob(st, 0);
        struct digest d;
        if (bytes.n != sizeof d.b)
            continue;
        memcpy(d.b, bytes.p, sizeof d.b);
        keep_digest(x, all, d);
    }
    stmt_reset(st);
    return rc;
}

static enum rc take_value(struct erasure *x, const struct object *o, const struct patch_field *p,
                          digests *all)
{
    const struct field *f = object_field_numbered(o, p->field);
    struct digest d;
    if (!is_person(x, p->person) || p->value.type == VT_ABSENT || !f || !is_match_field(f))
        return RC_OK;
    enum rc rc = match_digest(x->a, f, &p->value, &d);
    if (rc != RC_OK)
        return rc;
    if (p->value.type == VT_TEXT && p->value.text.n >= WORD_MIN)
        *VEC_PUSH(x->arena, &x->words) = str_lower(x->arena, p->value.text);
    if (!x->what->allow_return)
        keep_digest(x, all, d);
    return RC_OK;
}

/* Match values of one record, the last said first. */
static enum rc find_values(struct erasure *x, const struct person_record *r, struct event *ev)
{
    const struct object *o = model_object_numbered(x->a->parts.model, r->object);
    struct event *events;
    size_t n = 0;
    digests all = {NULL, 0, 0};
    enum rc rc = x->what->allow_return ? RC_OK : digests_before(x, r->record, &all);
    if (rc == RC_OK && o)
        rc = ledger_of_record(x->a->parts.store, x->a->parts.vault, r->object, r->record, x->arena,
                              &events, &n);
    for (size_t i = n; i-- > 0 && rc == RC_OK;) {
        bool patch = events[i].kind == EV_CREATE || events[i].kind == EV_PATCH;
        for (size_t k = 0; patch && k < events[i].patch.n_fields && rc == RC_OK; k++)
            rc = take_value(x, o, &events[i].patch.fields[k], &all);
    }
    ev->erase.refuse = all.v;
    ev->erase.n = all.n;
    x->out->hashes += all.n;
    return rc;
}

/* ---- refused rows ------------------------------------------------------------------------------------------------- */

static bool names_person(const struct erasure *x, const struct held_texts *t)
{
    const struct str all[] = {str_lower(x->arena, t->text), str_lower(x->arena, t->value),
                              str_lower(x->arena, t->findings)};
    for (size_t i = 0; i < x->words.n; i++)
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (str_find(all[k], x->words.v[i], 0) >= 0)
                return true;
    return false;
}

/* Is the row in hand one of the person's: said of the record, or naming a value of it? */
static enum rc is_theirs(const struct erasure *x, struct stmt *st, bool *theirs)
{
    struct held_place at = {(uint32_t)stmt_get_int(st, 1),
                            stmt_get_u64(st, 2),
                            stmt_get_u64(st, 3),
                            {stmt_get_int(st, 4)}};
    struct held_texts texts;
    struct arena_mark mark = arena_mark(x->arena);
    *theirs = stmt_get_int(st, 6) != 0;
    if (*theirs)
        return RC_OK;
    enum rc rc = held_unseal(x->a->parts.vault, &at, stmt_get_blob(st, 5), x->arena, &texts);
    *theirs = rc == RC_OK && names_person(x, &texts);
    arena_release(x->arena, mark);
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc blank_row(struct erasure *x, uint64_t id)
{
    struct stmt *st;
    bool changed;
    enum rc rc = store_named(x->a->parts.store, SQL_QUARANTINE_BLANK, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, id);
    rc = stmt_run(st);
    const struct env *env = x->a->parts.env;
    if (rc == RC_OK)
        rc = held_settle(x->a->parts.store, id, HELD_GIVEN_UP, &x->what->actor, env->now(env->self),
                         &changed);
    x->out->held_rows += rc == RC_OK;
    return rc;
}

static enum rc blank_held(struct erasure *x)
{
    uint64_t after = 0;
    enum rc rc = RC_OK;
    for (size_t read = HELD_PAGE; rc == RC_OK && read == HELD_PAGE;) {
        VEC(uint64_t) ids = {0};
        struct stmt *st;
        bool row = true;
        rc = store_named(x->a->parts.store, SQL_QUARANTINE_SAID_OF, &st);
        if (rc != RC_OK)
            break;
        stmt_u64(st, 1, x->what->record);
        stmt_u64(st, 2, after);
        stmt_int(st, 3, HELD_PAGE);
        for (read = 0; rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row; read++) {
            bool theirs;
            after = stmt_get_u64(st, 0);
            rc = is_theirs(x, st, &theirs);
            if (rc == RC_OK && theirs)
                *VEC_PUSH(x->arena, &ids) = after;
        }
        stmt_reset(st);
        for (size_t i = 0; i < ids.n && rc == RC_OK; i++)
            rc = blank_row(x, ids.v[i]);
    }
    return rc;
}

/* ---- the transaction ----------------------------------------------------------------------------------------------- */

static enum rc append_events(struct erasure *x)
{
    struct admission_parts *p = &x->a->parts;
    struct ledger_txn txn;
    enum rc rc = ledger_begin(p->ledger, p->env->now(p->env->self), &txn);
    for (size_t i = 0; i < x->n && rc == RC_OK; i++) {
        struct event *ev = &x->events[i];
        ev->kind = EV_ERASE;
        ev->effective_at = txn.recorded_at;
        ev->actor = actor_text(&x->what->actor, x->arena);
        ev->cause = x->out->seq;
        ev->object = x->records[i].object;
        ev->record = x->records[i].record;
        ev->model_version = p->model->version;
        ev->erase.reason = x->what->reason;
        rc = ledger_append(p->ledger, ev);
        if (rc == RC_OK)
            rc = projection_apply(p->projection, ev);
        if (i == 0)
            x->out->seq = ev->seq;
    }
    return rc == RC_OK ? ledger_end(p->ledger) : rc;
}

static enum rc blank_rows(struct erasure *x)
{
    struct admission_parts *p = &x->a->parts;
    struct arena *one = arena_new();
    enum rc rc = RC_OK;
    vault_hide(p->vault, x->persons, x->out->persons);
    for (size_t i = 0; i < x->n && rc == RC_OK; i++) {
        const struct object *o = model_object_numbered(p->model, x->records[i].object);
        arena_reset(one);
        if (o && !o->is_fact)
            rc = rows_refold(p->projection, p->vault, o, x->records[i].record, one, NULL);
    }
    vault_hide(p->vault, NULL, 0);
    arena_free(one);
    return rc;
}

static enum rc put_pending(struct erasure *x)
{
    struct stmt *st;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < x->out->persons && rc == RC_OK; i++) {
        rc = store_named(x->a->parts.store, SQL_ERASE_PENDING_PUT, &st);
        if (rc != RC_OK)
            break;
        stmt_u64(st, 1, x->persons[i]);
        rc = stmt_run(st);
    }
    return rc;
}

static enum rc pending(struct admission *a, struct arena *arena, uint64_t **persons, size_t *n)
{
    VEC(uint64_t) all = {0};
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(a->parts.store, SQL_ERASE_PENDING_LIST, &st);
    if (rc != RC_OK)
        return rc;
    while ((rc = stmt_step(st, &row)) == RC_OK && row)
        *VEC_PUSH(arena, &all) = stmt_get_u64(st, 0);
    stmt_reset(st);
    *persons = all.v;
    *n = all.n;
    return rc;
}

enum rc erase_finish(struct admission *a)
{
    struct store *s = a->parts.store;
    struct arena *arena = arena_new();
    uint64_t *persons = NULL;
    size_t n = 0;
    struct stmt *st;
    /* Who only reads may see what the writer is about to finish. */
    bool ours = a->parts.vault && store_writes(s);
    enum rc rc = ours ? pending(a, arena, &persons, &n) : RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        rc = vault_destroy(a->parts.vault, persons[i]);
        rc = rc == RC_NOT_FOUND ? RC_OK : rc;
    }
    if (n > 0 && rc == RC_OK)
        rc = store_begin(s);
    if (n > 0 && rc == RC_OK) {
        rc = store_named(s, SQL_ERASE_PENDING_CLEAR, &st);
        if (rc == RC_OK)
            rc = stmt_run(st);
        if (rc == RC_OK)
            rc = store_commit(s);
        if (rc != RC_OK)
            store_rollback(s);
    }
    if (n > 0 && rc == RC_OK)
        rc = store_empty_log(s); /* the log must not keep what the file has lost */
    arena_free(arena);
    return rc == RC_BUSY ? RC_OK : rc; /* a reader holds the log: the next checkpoint folds it */
}

enum rc admission_erase(struct admission *a, const struct erasing *what, struct arena *arena,
                        struct erased *out)
{
    struct erasure x = {.a = a, .what = what, .arena = arena, .out = out};
    assert(what->record > 0 && !what->object->is_fact && what->reason.n <= EVENT_REASON_MAX);
    *out = (struct erased){0};
    if (!a->parts.vault)
        return RC_UNSUPPORTED;
    enum rc rc = find_records(&x);
    if (rc != RC_OK)
        return rc;
    x.events = ARENA_ARRAY(arena, x.n, struct event);
    out->records = x.n;
    for (size_t i = 0; i < x.n && rc == RC_OK; i++)
        rc = find_values(&x, &x.records[i], &x.events[i]);
    if (rc == RC_OK)
        rc = ledger_begin_group(a->parts.ledger);
    if (rc != RC_OK)
        return rc;
    rc = append_events(&x);
    if (rc == RC_OK)
        rc = blank_rows(&x);
    if (rc == RC_OK)
        rc = blank_held(&x);
    if (rc == RC_OK)
        rc = put_pending(&x);
    if (rc == RC_OK)
        rc = ledger_commit(a->parts.ledger);
    if (rc != RC_OK) {
        ledger_rollback(a->parts.ledger);
        return rc;
    }
    rc = erase_finish(a);
    return rc == RC_OK ? erased_look(a) : rc;
}
