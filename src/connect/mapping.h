/* mapping.h - how the columns of a source become the fields of an object.
 *
 * In:     a mapping file (YAML) and the live model; or a header alone, from which a mapping is proposed.
 * Out:    struct mapping; field inputs for each row.
 * Owns:   nothing; lives in the arena given.
 * Errors: diagnostics C01xx (docs/codes/connect.md) with the place in the mapping file. A cell that cannot be read as
 *         the mapping states becomes INPUT_BAD with the reason: admission refuses or blanks it by the field's policy.
 * Never:  guesses a date order, a decimal sign, a currency or an encoding; drops a cell silently.
 */
#ifndef REVOS_CONNECT_MAPPING_H
#define REVOS_CONNECT_MAPPING_H

#include "admission/command.h"
#include "base/datetime_format.h"
#include "base/diag.h"
#include "base/number_format.h"

#define MAPPING_UNBOUND SIZE_MAX

/* A column by its header text; `at` is its position once bound to a header. */
struct map_column {
    struct str name;
    size_t at;
    struct span place;
};

/* How one field gets its value. */
struct map_target {
    const struct field *field;  /* NULL: an id in the source's own system (`to: id`) */
    struct map_column *columns; /* several are joined; none: `constant` */
    size_t n_columns;
    struct str join;
    struct str constant;
    const struct key_def *by;      /* references: by this key of the other object; NULL: by any */
    bool by_id;                    /* references: by the id in the source's own system */
    struct datetime_format format; /* dates and instants; "auto" unless stated */
    struct zone *zone;             /* of times without one; NULL: the mapping's */
    struct number_format
        numbers;           /* decimal and grouping sign, and a unit written beside the number */
    struct decimal factor; /* mantissa 0: none; `unit: 1000000` counts in millions */
    /* what every cell is in; code 0: the cell or the currency column says, else it is the company's */
    struct currency currency;
    struct map_column currency_column; /* name empty: none */
    const struct str *nulls;           /* texts that mean empty, beside the mapping's own */
    size_t n_nulls;
    struct map aliases;          /* cell text to the text to read instead */
    struct map_column effective; /* column that says since when; name empty: the row's */
    struct span place;
};

/* `waivers: [{rule: PROP-2, waiver: wai_…}]` */
struct map_waiver {
    struct str rule; /* empty: whatever it is for */
    struct span place;
};

struct mapping {
    struct str source; /* whose word it is */
    const struct object *object;
    struct str encoding;  /* empty: UTF-8, or UTF-16 with its mark */
    struct str delimiter; /* empty: found from the file */
    struct str quote;     /* empty: '"' */
    int header;           /* -1 found from the file, 0 no, 1 yes */
    bool skip_given;      /* else found from the file */
    int64_t skip;         /* rows above the header */
    struct map_target *targets;
    size_t n_targets;
    struct str *ignored;
    size_t n_ignored;
    const struct str *nulls; /* besides the empty cell */
    size_t n_nulls;
    struct map_column effective; /* the row takes effect then; name empty: when imported */
    struct datetime_format effective_format;
    struct zone *zone;       /* of times without one; closed by mapping_close */
    struct currency usual;   /* the company's: what a sign means that several currencies use */
    bool our_export;         /* bound to a file of `revos quarantine export` */
    uint64_t *waivers;       /* on which its rows may pass a rule */
    struct map_waiver *said; /* the same as written */
    size_t n_waivers;
};

enum { MAPPING_BYTES_MAX = 1 << 20, MAPPING_TARGETS_MAX = 2000, MAPPING_WAIVERS_MAX = 32 };

/* Reads a mapping file for `m`; `object` may be NULL when the file names it. */
MUST_CHECK enum rc mapping_read(const struct source *text, const struct model *m,
                                const struct object *object, struct arena *a, struct mapping **out,
                                struct diags *ds);

/* Closes the zones of a mapping; NULL is allowed. */
void mapping_close(struct mapping *map);

/* Finds each column in the header (case and edge space do not count). A column that is missing is an error; one that
 * the mapping neither uses nor ignores is a warning. Without a header columns are named "1", "2", … */
MUST_CHECK enum rc mapping_bind(struct mapping *map, const struct str *header, size_t n,
                                struct diags *ds);

/* A mapping from header names and their known synonyms; columns nothing is known about are ignored. */
struct mapping *mapping_propose(const struct model *m, const struct object *object,
                                struct str source, const struct str *header, size_t n,
                                struct arena *a);
/* The mapping as YAML with comments, for editing. */
void mapping_write(const struct mapping *map, struct buf *out);

/* One row as field inputs (room for n_targets) and the instant it takes effect. Cells beyond `n` count as empty. */
struct mapped_row {
    struct field_input *fields;
    size_t n_fields;
    struct str id; /* in the source's own system; may be empty */
    bool dated;
    struct instant effective_at;
    struct str bad; /* reason why the effective time could not be read; empty: fine */
};
void mapping_row(const struct mapping *map, const struct str *cells, size_t n, struct arena *a,
                 struct mapped_row *out);

#endif
