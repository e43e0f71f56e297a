/* convert.h - one record becomes others: a lead an account, a contact, an opportunity. All of it, or nothing.
 *
 * In:     the record, what is told of the optional target.
 * Out:    one verdict: of the record, with what was made or filled beside it in `followed`; or the first refusal.
 * Owns:   nothing.
 * Errors: those of admission_group; nothing was written then.
 * Rule:   every target is a command like any other, under the same rules, in one commit. A record that has been converted is
 *         unchanged, and `followed` is empty.
 */
#ifndef REVOS_ADMISSION_CONVERT_H
#define REVOS_ADMISSION_CONVERT_H

#include "admission/admission.h"

struct conversion_request {
    const struct object *object;
    uint64_t id;
    bool without_optional;            /* leave optional targets out */
    const struct field_input *fields; /* of the last target: what the record does not know */
    size_t n_fields;
    struct actor actor;
    enum door door;
    struct str reason;
    bool dry_run;
};

MUST_CHECK enum rc admission_convert(struct admission *a, const struct conversion_request *q,
                                     struct arena *arena, struct verdict *out);

#endif
