/* health.h - how well a record does: weighted inputs from 0 to 1, a score from 0 to 100, a band.
 *
 * In:     a look at a record.   Out: the band, its score, each input's part, since when the band holds.
 * Owns:   nothing; the definitions live with the process, results in the arena of the look.
 * Errors: none of its own.
 * Rule:   an input without a value, or with a faulty one, is left out with its weight, and the terms say so; without any
 *         input there is no score and no band. The score has one fraction digit; the parts add up to it.
 */
#ifndef REVOS_PROCESS_HEALTH_H
#define REVOS_PROCESS_HEALTH_H

#include "process/reaction.h"

extern const struct part health_part;

struct health_input {
    struct str name;
    int64_t weight;
    const struct expr *value;
};

struct health_band {
    struct decimal below; /* the first band whose bound lies above the score */
    bool rest;            /* the last one: everything else */
    uint32_t number;      /* value of the field */
};

struct health {
    struct str name;
    const struct object *object;
    const struct field *band, *score, *terms, *since;
    const struct health_input *inputs;
    size_t n_inputs;
    const struct health_band *bands; /* worst first */
    size_t n_bands;
};

struct health_given {
    struct xvalue value; /* absent and faulty ones are left out */
    int64_t millionths;  /* of the value, held within 0 to 1 */
    bool held;           /* it lay outside */
    int64_t tenths;      /* its part of the score */
};

struct health_result {
    const struct health *health;
    const struct health_given *given; /* by input */
    bool known;                       /* some input has a value */
    int64_t tenths;                   /* of the score */
    uint32_t band;
};

/* NULL: the object has none of that name. */
const struct health *health_named(const struct process *p, const struct object *o, struct str name);
void health_evaluate(struct look *l, const struct health *h, struct health_result *out);
/* As stored in <field>_terms: canonical JSON, an entry an input. */
struct str health_terms_json(const struct health_result *r, struct arena *a);

#endif
