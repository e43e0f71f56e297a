/* plan.h - from the live model to the next one: what changes in meaning, in tables, and for the records that are there.
 *
 * In:     the open engine (or none: the first version), the sources of the next model.
 * Out:    one plan; text, JSON, and a file that apply takes.
 * Owns:   nothing; everything lives in the arena given.
 * Errors: RC_INVALID with diagnostics when the sources do not compile; those of the store.
 * Never:  changes anything: tables of the next model are made inside a transaction that is rolled back.
 */
#ifndef REVOS_CHANGE_PLAN_H
#define REVOS_CHANGE_PLAN_H

#include "change/live.h"
#include "model/diff.h"
#include "projection/rows.h"

struct vault;
struct open_wish;

/* What a plan and an apply work on. */
struct change_parts {
    struct store *store;
    struct ledger *ledger;
    struct vault *vault;
    const struct env *env;
    const char *workspace;      /* as in struct admission_parts */
    const struct version *live; /* number 0: nothing is live */
    const struct model *model;  /* of `live`; NULL likewise */
};

enum { BREACH_FIRST = 10 };

/* Live records that break a new or tightened criterion. */
struct breach {
    struct str criterion; /* id of the rule or gate; "opportunity.amount" for a field */
    const char *code;     /* of the finding: "RULE", "GATE", "REQUIRED", "TOO_SMALL" … */
    const struct object *object;
    enum enforcement enforcement;
    struct str message;
    uint64_t count;
    uint64_t first[BREACH_FIRST];
    size_t n_first;
};

/* Stored values that the next model has no place for. */
enum left_kind {
    LEFT_BEHIND, /* a field or object that goes, a fact's field that changes type: they stay in the ledger and are shown no more */
    LEFT_IN_USE, /* a value or stage that goes without `moved_to`: apply refuses */
    LEFT_MOVED   /* a value or stage with `moved_to`: apply moves the records */
};
struct leftover {
    enum left_kind kind;
    struct str name;             /* "account.employees", "opportunity.stage: proposal" */
    struct str what;             /* "removed", "type changes", where it moves to */
    const struct object *object; /* of the live model */
    uint64_t count;              /* of live records */
};

/* A field whose type changes: a new column, filled with what its values read as under the new type. */
struct unconverted {
    uint64_t record;
    struct str value, why;
};
struct conversion {
    const struct object *object;   /* of the live model */
    const struct field *from, *to; /* of the live model and of the next */
    uint64_t converts, fails;      /* live records that have a value */
    struct unconverted first[BREACH_FIRST];
    size_t n_first;
};

/* Records that are open under a definition which changes or goes. They keep it, unless apply is told otherwise. */
struct open_under {
    struct str definition;        /* "handoffs.mql_to_sales" */
    const struct definition *old; /* of the live model */
    bool removed;
    uint64_t count;
    struct str *
        lost; /* fields that its conditions read and the next model has no more: they count as empty */
    size_t n_lost;
};

struct change_plan {
    uint32_t base; /* version it was made against; 0: none */
    struct digest base_digest;
    struct model *next;   /* version number base + 1 */
    struct digest digest; /* of its meaning */
    struct change_list changes;
    struct str *migration; /* one line per table or column made */
    size_t n_migration;
    struct breach *breaches; /* those with a count > 0 */
    size_t n_breaches;
    struct str
        *uncounted; /* new or tightened rules and gates that look at a change or at who makes it */
    size_t n_uncounted;
    struct leftover *left; /* those with a count > 0 */
    size_t n_left;
    struct conversion *conversions;
    size_t n_conversions;
    const struct field *
        *returning; /* of the next model: not live, but they have a column already */
    size_t n_returning;
    struct str
        *affected; /* later definitions (scores, routes …) that change or go, "routes.inbound" */
    size_t n_affected;
    struct open_under *open; /* those with a count > 0 */
    size_t n_open;
    /* Set by who applies: definitions of which nothing stays open, because it is ended or begun anew right after. Killed
     * in between it falls under the live definition, until that is said once more. */
    const struct open_wish *wishes;
    size_t n_wishes;
};

MUST_CHECK enum rc change_plan_make(const struct change_parts *parts,
                                    const struct source_set *sources, struct arena *a,
                                    struct change_plan *out, struct diags *ds);
/* The same for a model that is compiled already, against the numbering of the live one. */
MUST_CHECK enum rc change_plan_compiled(const struct change_parts *parts, struct model *next,
                                        struct arena *a, struct change_plan *out, struct diags *ds);
/* Rows are written anew before the version goes live, in batches (backfill.h); what followed the ledger by columns starts over. */
bool change_plan_refills(const struct change_plan *p);
/* Nothing to apply: the meaning is the same. */
bool change_plan_is_empty(const struct change_plan *p);

void change_plan_text(const struct change_plan *p, struct buf *out);
void change_plan_json(const struct change_plan *p, struct buf *out);

/* A saved plan: the base it was made against, and the sources. */
void change_plan_encode(const struct change_plan *p, struct buf *out);
struct saved_plan {
    uint32_t base;
    struct digest base_digest, digest;
    struct source_set sources;
};
/* RC_INVALID: the bytes are no plan, or were changed. */
MUST_CHECK enum rc change_plan_decode(struct str bytes, struct arena *a, struct saved_plan *out);

#endif
