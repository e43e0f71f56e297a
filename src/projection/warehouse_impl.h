/* warehouse_impl.h - what projection/warehouse*.c share among themselves. */
#ifndef REVOS_PROJECTION_WAREHOUSE_IMPL_H
#define REVOS_PROJECTION_WAREHOUSE_IMPL_H

#include "projection/warehouse.h"
#include "projection/warehouse_spans.h"

#include <stdatomic.h>

/* The tables an object has. */
enum wh_kind { WH_CURRENT, WH_HISTORY, WH_VISITS, WH_FACTS, WH_KINDS };

/* Fixed columns by name; a table has some of them. */
enum wh_fixed {
    WF_HOME,
    WF_ID,
    WF_TRUE_FROM,
    WF_TRUE_TO,
    WF_KNOWN_FROM,
    WF_KNOWN_TO,
    WF_CREATED,
    WF_CREATED_D,
    WF_UPDATED,
    WF_UPDATED_D,
    WF_FIELD,
    WF_STAGE,
    WF_ENTERED,
    WF_ENTERED_D,
    WF_ENTERED_SEQ,
    WF_LEFT,
    WF_LEFT_D,
    WF_NTH,
    WF_ALIVE,
    WF_BATCH,
    WF_RECORDED,
    WF_AT,
    WF_AT_D,
    WF_RETRACTED,
    WF_COUNT
};

enum { NO_COLUMN = -1 };

/* What was written into a field so far, and what of that stands in table `seen`. */
struct wh_said {
    bool any, absent, several; /* several: more than one currency */
    struct currency currency;  /* of money */
};
struct wh_seen {
    struct wh_said now, kept;
};

/* Where columns stand in a table as it is: fields added later stand last. */
struct wh_columns {
    char name[24];
    int fixed[WF_COUNT];
    int *main, *second;   /* by slot; second: currency of money, day of an instant */
    struct wh_seen *seen; /* by slot; the tables of an object share it */
};

struct wh_table {
    const struct object *object;
    struct fold_layout
        layout; /* slots: every field but id, created_at, updated_at and a fact's `at` */
    const struct field **fields;         /* by slot */
    struct wh_seen *seen;                /* by slot */
    struct wh_columns columns[WH_KINDS]; /* name empty: the object has no such table */
};

struct wh_day_cache {
    int64_t from, to; /* of the day found last */
    int32_t day;
};

struct warehouse {
    struct warehouse_settings settings;
    struct arena *arena; /* tables */
    struct duck *duck;
    struct duck_conn *conn;
    struct zone *zone;
    struct wh_day_cache day;
    struct warehouse_mark mark;
    struct wh_table *tables;
    size_t n_tables;
    bool shaped; /* tables fit the model and rates */
    _Atomic uint64_t generation;
};

/* Makes or widens the tables for the model, and fills `w->tables`. */
MUST_CHECK enum rc wh_shape(struct warehouse *w, struct diags *ds);
/* Reads or writes the mark; writing belongs to the batch's transaction. */
MUST_CHECK enum rc wh_read_mark(struct warehouse *w, bool *usable, struct diags *ds);
MUST_CHECK enum rc wh_write_mark(struct warehouse *w, struct warehouse_mark m, struct diags *ds);
struct wh_table *wh_table_of(struct warehouse *w,
                             uint32_t object); /* NULL when the model lacks it */

/* The company day of an instant. */
int32_t wh_day(struct warehouse *w, struct instant t);

/* Events of one batch: whole transactions. */
MUST_CHECK enum rc wh_apply(struct warehouse *w, struct event *events, size_t n, struct arena *a,
                            struct diags *ds);
MUST_CHECK enum rc wh_apply_facts(struct warehouse *w, const struct event *events, size_t n,
                                  struct diags *ds);
/* Puts a field's value into the row being built. */
void wh_put_value(struct warehouse *w, struct duck_append *out, const struct wh_columns *c,
                  size_t slot, const struct value *v);
void wh_put_instant(struct warehouse *w, struct duck_append *out, const struct wh_columns *c,
                    enum wh_fixed at, enum wh_fixed day, struct instant t);
/* Takes note of a value about to be written. */
void wh_seen_note(struct wh_seen *s, const struct value *v);
/* Reads what was seen before, once tables and columns are known; writes what is new, inside the batch's transaction; and says that
 * the transaction is through. One that is rolled back leaves the memory wider than the table, which the next write mends. */
MUST_CHECK enum rc wh_seen_load(struct warehouse *w, struct diags *ds);
MUST_CHECK enum rc wh_seen_write(struct warehouse *w, struct diags *ds);
void wh_seen_committed(struct warehouse *w);
/* A failure of the store, told with its reason. */
enum rc wh_store_failed(struct warehouse *w, enum rc rc, struct diags *ds);

#endif
