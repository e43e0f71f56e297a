/* view.h - one state of the warehouse, as a query must know it before its SQL is written.
 *
 * In:     a connection, the warehouse's count of changes.   Out: the mark, whether there are merges, what each field ever held.
 * Owns:   what it read last and the statements planned since, kept as long as the warehouse does not change: a plan rests on
 *         the tables it was made for.
 * Errors: those of duckdb.h.   Never: writes.
 *
 * While nothing changes, statements of one query see one state without a transaction; view_end says whether that held. Else, and
 * the second time, the query runs inside a transaction and reads mark and all there.
 */
#ifndef REVOS_INSIGHT_VIEW_H
#define REVOS_INSIGHT_VIEW_H

#include "base/hash.h"
#include "projection/warehouse.h"

/* What was ever written into a field. */
struct view_field {
    uint32_t object, field;
    bool absent;              /* at least once */
    bool several;             /* more than one currency */
    struct currency currency; /* of money; 0: none so far */
};

/* How many rows an object has, about. A hint: it chooses between ways to the same figure. */
struct view_size {
    uint32_t object;
    uint64_t rows;
};

struct view_statement;

struct view {
    struct warehouse *warehouse;
    struct duck_conn *conn;
    struct arena *arena;
    uint64_t generation; /* of what follows; odd: nothing was read */
    bool locked;         /* a transaction is open */
    uint64_t seq;
    struct digest hash;
    uint32_t model_version;
    bool any_merge;
    struct view_field *fields; /* by object, then field */
    size_t n_fields;
    struct arena *size_arena;
    struct view_size *sizes;
    size_t n_sizes;
    uint64_t size_reads;         /* looks that read since the sizes were asked for */
    struct view_statement *kept; /* VIEW_STATEMENTS */
    uint64_t uses;
};

enum { VIEW_STATEMENTS = 64, VIEW_SIZES_EVERY = 256 };

void view_init(struct view *v, struct warehouse *w, struct duck_conn *c);
void view_release(struct view *v);
/* Begins to look; `lock`: inside a transaction in any case. */
MUST_CHECK enum rc view_begin(struct view *v, bool lock, struct diags *ds);
/* Ends the look. False: tables changed meanwhile, and what was read may be of two states. */
bool view_end(struct view *v);

/* A statement ready to be bound and run, between view_begin and view_end; from those planned before, where there is one. Hand it
 * back with its results closed; NULL is allowed. */
MUST_CHECK enum rc view_prepare(struct view *v, struct str sql, struct duck_stmt **out,
                                struct diags *ds);
void view_return(struct view *v, struct duck_stmt *stmt);

/* No row of the object was ever written without a value in the field. */
bool view_always_filled(const struct view *v, const struct field *f);
/* 0: unknown. */
uint64_t view_rows(const struct view *v, const struct object *o);
/* Every amount ever written into the field is in `c`. */
bool view_one_currency(const struct view *v, const struct field *f, struct currency c);

#endif
