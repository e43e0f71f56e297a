/* columns.h - names of the tables and columns that hold an object's values; numbers, so that a rename changes none.
 *
 * In:     objects and fields of the model.   Out: identifiers that need no quoting.
 * Errors: those of the store.
 */
#ifndef REVOS_LEDGER_COLUMNS_H
#define REVOS_LEDGER_COLUMNS_H

#include "model/model.h"
#include "store/store.h"

enum { COLUMN_MAX = 24 };

/* Table of an object: "x_7" for a fact object, else "r_7". */
struct str table_of(const struct object *o, char out[COLUMN_MAX]);
/* Column of a field: "id"; "created_at", "updated_at" (both "recorded_at" for a fact object); "at" for a fact object's time
 * field of type instant; else "f<number>". Money has a second column, the same with "_c". */
struct str column_of(const struct field *f, char out[COLUMN_MAX]);
/* True when the field has a column of its own, false for id, created_at, updated_at and a fact's `at`. */
bool column_own(const struct field *f);
/* What the column stores; VT_SEALED for a personal field of a fact object. */
enum value_type column_type(const struct field *f);

/* Appends ", f3, f5, f5_c" for the own columns of `o`. */
void columns_list(const struct object *o, struct buf *out);
/* Parameters those columns take: one each, two for money. */
int columns_count(const struct object *o);
/* Appends "?1, ?2, …" (as the store writes parameters) from `first`, `n` of them. */
void params_list(const struct store *s, int first, int n, struct buf *out);

MUST_CHECK enum rc table_exists(struct store *s, const struct object *o, bool *out);
/* Creates the table of `o` with the fixed columns `head` ("id INTEGER PRIMARY KEY, …"), or adds the own columns it lacks; then
 * an index per reference, followed by the columns `after` ("at"; may be empty). Inside the caller's transaction. */
MUST_CHECK enum rc table_evolve(struct store *s, const struct object *o, struct str head,
                                struct str after);

#endif
