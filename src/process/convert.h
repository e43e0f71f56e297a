/* convert.h - what a record becomes: the records that a conversion makes or fills, one after the other.
 *
 * In:     a record with `convert_to`, the existing record of each target, what was found or made before.
 * Out:    the fields of each target and of the record itself.
 * Owns:   nothing; the definitions live with the process, results in the arena given.
 * Errors: none of its own.
 * Rule:   targets come in the order of the model; of an existing one only empty fields are filled. What a target takes: the
 *         fields that `set` names, else the record's field of the same name and type, else references to the record and to
 *         targets before it.
 * Never:  writes; admission decides the commands made of it, all or none (admission/convert.h).
 */
#ifndef REVOS_PROCESS_CONVERT_H
#define REVOS_PROCESS_CONVERT_H

#include "process/reaction.h"

extern const struct part convert_part;

/* Fields of the record of which the first with a value is taken. */
struct conversion_source {
    const struct field **v;
    size_t n;
};

struct conversion_target {
    const struct object *object;
    const struct key_def *key; /* by which an existing one is found; NULL: always a new one */
    const struct field *link;  /* the record's reference to it; may be NULL */
    const struct conversion_source *sources; /* by position of the target's fields */
    bool optional;
};

struct conversion {
    const struct object *object;
    const struct conversion_target *targets;
    size_t n;
    const struct process_def *process; /* with the stage that advances by conversion; NULL: none */
    const struct stage *stage;
};

typedef VEC(struct effect_field) conversion_fields;

/* NULL: records of `o` become nothing else. */
const struct conversion *conversion_of(const struct process *p, const struct object *o);
/* Has the record come to the stage of its conversion? */
bool conversion_is_done(const struct conversion *c, const struct row *record);
/* The values of the target's key, in the order of its fields. False: the record lacks one, named in `*lacks`. */
bool conversion_key(const struct conversion_target *t, const struct row *record, struct value *out,
                    const struct field **lacks);
/* What target `i` takes. `existing` NULL: it is to be made. `ids` of the targets before it, 0: left out. */
void conversion_take(const struct conversion *c, size_t i, const struct row *record,
                     const struct row *existing, const uint64_t *ids, struct arena *a,
                     conversion_fields *out);
/* What the record takes once all targets are there: references to them, the stage. */
void conversion_close(const struct conversion *c, const uint64_t *ids, struct arena *a,
                      conversion_fields *out);

#endif
