/* admission.h - command → events or a refusal. The only room that opens and ends a write transaction.
 *
 * In:     groups of commands, batches of fact rows.
 * Out:    a verdict for each, true once the call has returned RC_OK: the transaction is on the disk.
 * Owns:   the writing side of the store handed to it, until admission_close. Not thread-safe: see writer.h.
 * Errors: RC_IO, RC_BUSY, RC_CORRUPT from the store: nothing of the group was written, verdicts mean nothing, and
 *         after RC_IO the caller stops acknowledging and ends the process. A refusal is a verdict, not an error.
 * Never:  lets anything round a rule; leaves a trace of grouping: any split of the same commands into groups
 *         writes the same ledger.
 */
#ifndef REVOS_ADMISSION_ADMISSION_H
#define REVOS_ADMISSION_ADMISSION_H

#include "admission/verdict.h"
#include "base/env.h"
#include "base/hash.h"

struct store;
struct ledger;
struct projection;
struct vault;
struct admission;

struct admission_parts {
    struct store *store;
    struct ledger *ledger;
    struct projection *projection;
    struct vault *vault; /* NULL: personal values are refused, texts of refused rows not kept */
    const struct model *model; /* the live one */
    const struct env *env;
    const char *workspace; /* folder of what the model names: holidays; NULL: the one we are in */
};

MUST_CHECK enum rc admission_open(const struct admission_parts *parts, struct admission **out);
void admission_close(struct admission *a); /* NULL is allowed */
/* After an apply: what follows is judged by `model` and folded by `projection`, which must outlive their use here. */
MUST_CHECK enum rc admission_use_model(struct admission *a, const struct model *model,
                                       struct projection *projection);
const struct model *admission_model(const struct admission *a);
struct vault *admission_vault(const struct admission *a); /* may be NULL */

/* Writes that belong in the same transaction as a group: an import's cursor, its waiting references. Called once,
 * after all commands were decided and before the commit; an error rolls everything back and is returned. */
struct companion {
    void *self;
    enum rc (*write)(void *self, struct store *store, const struct verdict *verdicts, size_t n);
};

/* Decides `n` commands (at most GROUP_MAX) in order, each seeing what those before it did, and commits once.
 * `out` has room for `n` verdicts; they live in `arena`. `with` may be NULL. */
MUST_CHECK enum rc admission_group(struct admission *a, const struct command *commands, size_t n,
                                   const struct companion *with, struct arena *arena,
                                   struct verdict *out);

/* The same, rolled back: consumes no id, counter, transaction number or key. */
MUST_CHECK enum rc admission_dry_run(struct admission *a, const struct command *commands, size_t n,
                                     struct arena *arena, struct verdict *out);

/* The record that `text` names: an id, or a value of one of the object's keys ('|' between the parts of a joined one), through
 * redirects. RC_NOT_FOUND; RC_CONFLICT when keys of two records have that value. */
MUST_CHECK enum rc admission_find(struct admission *a, const struct object *o, struct str text,
                                  struct arena *arena, uint64_t *record);

/* The same, all or nothing: one refusal takes everything back, and the others are then refused with finding PARTS. All of them are
 * judged, so that everything that is wrong is told at once. Inputs may refer to records of earlier ones (INPUT_PART). */
MUST_CHECK enum rc admission_all(struct admission *a, const struct command *commands, size_t n,
                                 bool dry, struct arena *arena, struct verdict *out);

/* ---- what is due ---------------------------------------------------------------------------------------------- */

struct firing {
    struct instant until; /* what is due by then; not in the future */
    bool
        punctual; /* each is recorded when it is due, as a clock that is being played does; else all now */
    size_t max; /* items of one transaction, at most GROUP_MAX */
};
/* Works off what stands on the agenda, in order of its instants, what it asks for meanwhile too, and commits once. It takes effect
 * when it was due, however late it is done, and once: its row goes in the same transaction. `*fired` < max: nothing more is due. */
MUST_CHECK enum rc admission_fire(struct admission *a, const struct firing *f, struct arena *arena,
                                  size_t *fired);
/* As admission_group, with a clock that is played: command i at instant at[i] (ascending), before it what is due by then. */
MUST_CHECK enum rc admission_played(struct admission *a, const struct command *commands,
                                    const struct instant *at, size_t n, struct arena *arena,
                                    struct verdict *out);

/* ---- a model goes live -------------------------------------------------------------------------------------- */

struct going_live {
    struct digest digest;          /* of the model's meaning */
    struct str sources, numbering; /* as kept in the version event */
    struct actor actor;
    const struct command *seeds; /* records that the model's text begins, any number */
    size_t n_seeds;
    const struct companion *with; /* told no verdicts; may be NULL */
};

/* One transaction: the genesis event when the ledger is empty, tables and columns, the version event numbered as the
 * model `a` was opened on, the seeds. RC_REFUSED: a seed was refused, `out` (one verdict a seed) says why; nothing
 * was written then. */
MUST_CHECK enum rc admission_go_live(struct admission *a, const struct going_live *what,
                                     struct arena *arena, struct verdict *out);

/* ---- fact rows --------------------------------------------------------------------------------------------- */

struct fact_cell {
    enum input_form form; /* INPUT_CLEAR: empty */
    struct str text;
    struct str why; /* INPUT_BAD */
    struct value value;
};

struct fact_column {
    const struct field *field;
    const struct key_def *key; /* of INPUT_KEY cells, as in field_input */
    struct str key_source;
    bool
        may_wait; /* an unknown key: the row waits: verdict REFUSED with one finding REF_WAITS, not quarantined */
};

/* One chunk of rows of a fact object: one `batch` event, however many rows. */
struct fact_batch {
    const struct object *object;
    const struct fact_column *columns;
    size_t n_columns;
    const struct fact_cell *cells; /* n_rows × n_columns, row by row */
    /* Instead of columns and cells, from who has inputs already: per row as many as `n_columns`, none of them dated; a row
     * that is unreadable has none. They stay where they are until the verdicts are out. */
    const struct field_input *const *inputs;
    const struct str
        *row_keys; /* identity of each row within `source`: the same key and content again is
                                      unchanged, other content is KEY_CLASH; NULL or empty: every row is new */
    /* Per row, a sentence: the row as such could not be read and is refused with finding UNREADABLE; empty: fine. NULL: all
     * fine. */
    const struct str *unreadable;
    const struct row_origin *origins; /* per row; NULL: refused rows are not quarantined */
    size_t n_rows;                    /* at most GROUP_MAX */
    struct str source;
    struct actor actor;
    enum door door;
    uint64_t batch; /* import batch; 0: none */
    uint64_t cause;
};

/* Verdicts are created, unchanged, refused or quarantined; ids are those of the rows. */
MUST_CHECK enum rc admission_facts(struct admission *a, const struct fact_batch *batch,
                                   const struct companion *with, struct arena *arena,
                                   struct verdict *out);

#endif
