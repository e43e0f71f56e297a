/* seeds.h - records that the files of a workspace begin: seats, quotas, territories, members of pools.
 *
 * In:     the sources of a model, CSV files that it names among them.
 * Out:    rows of built-in objects, each with its identity in the files and its place; apply.c makes records of them.
 * Owns:   nothing; everything lives in the arena of the model.
 * Errors: diagnostics at the cell, row or key.
 * Rule:   a file that is not among the sources has no rows: versions from before it was one of them compile as they did.
 */
#ifndef REVOS_MODEL_SEEDS_H
#define REVOS_MODEL_SEEDS_H

#include "model/model.h"

enum { SEED_FILES_MAX = 64, SEED_ROWS_MAX = 20000 };

struct seed_cell {
    const struct field *field;
    struct str text; /* as received; of a reference to a person the short name */
};

struct seed_row {
    const struct object *object;
    struct str identity; /* "seats: sam, 2026-02-01": of the same row in the next version too */
    struct seed_cell *cells;
    size_t n_cells;
    bool listed;  /* a row of a file, which a plan lists; else its definition shows it */
    bool retires; /* once gone from the files, its record is taken out of use: not active */
    struct span at;
};

/* The CSV files that `yaml` names, each once, sorted: to be read into the source set before it is compiled. */
void seed_files(const struct source_set *yaml, struct arena *a, struct str **names, size_t *n);
/* Tells of files that the model names and its sources lack. */
void seed_files_check(const struct model *m, struct diags *ds);

#endif
