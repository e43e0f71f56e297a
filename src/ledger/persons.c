/* persons.c - where values of a person stand. */
#include "ledger/internal.h"

#include <stdlib.h>

static bool is_one_of(const uint64_t *persons, size_t n, uint64_t person)
{
    for (size_t i = 0; i < n; i++)
        if (persons[i] == person)
            return true;
    return false;
}

static bool holds_values(const struct event *e, const uint64_t *persons, size_t n)
{
    if (e->kind != EV_CREATE && e->kind != EV_PATCH && e->kind != EV_KEY)
        return false;
    for (size_t i = 0; i < e->patch.n_fields; i++)
        if (e->patch.fields[i].person && is_one_of(persons, n, e->patch.fields[i].person))
            return true;
    for (size_t i = 0; i < e->patch.n_keys; i++)
        if (e->patch.keys[i].person && is_one_of(persons, n, e->patch.keys[i].person))
            return true;
    return false;
}

static int by_record(const void *pa, const void *pb)
{
    const struct person_record *a = pa, *b = pb;
    return (a->record > b->record) - (a->record < b->record);
}

enum rc ledger_of_persons(struct store *s, const uint64_t *persons, size_t n, struct arena *a,
                          struct person_record **out, size_t *n_out)
{
    VEC(struct person_record) found = {0};
    struct ledger_reader *r = NULL;
    struct arena *one = arena_new();
    bool more = true;
    enum rc rc = ledger_read_stored(s, 1, 0, &r);
    while (rc == RC_OK && more) {
        struct event e;
        arena_reset(one);
        rc = ledger_next(r, one, &e, &more);
        if (rc != RC_OK || !more || !holds_values(&e, persons, n))
            continue;
        if (found.n == 0 || found.v[found.n - 1].record != e.record)
            *VEC_PUSH(a, &found) = (struct person_record){e.record, e.object};
    }
    ledger_read_end(r);
    arena_free(one);
    if (found.n > 0)
        qsort(found.v, found.n, sizeof *found.v, by_record);
    size_t kept = 0;
    for (size_t i = 0; i < found.n; i++)
        if (kept == 0 || found.v[kept - 1].record != found.v[i].record)
            found.v[kept++] = found.v[i];
    *out = found.v;
    *n_out = kept;
    return rc;
}

enum rc ledger_erased(struct store *s, uint64_t record, uint64_t *seq)
{
    struct stmt *st;
    bool row = false;
    *seq = 0;
    enum rc rc = store_named(s, SQL_EVENT_ERASED, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, record);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row)
        *seq = stmt_get_u64(st, 0);
    stmt_reset(st);
    return rc;
}
