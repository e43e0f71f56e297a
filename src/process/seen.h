/* seen.h - the values that a condition saw, as JSON.
 *
 * In:     a compiled condition, the record it was judged on.   Out: one object: path → value, in order of the paths; of a list how many
 *         it has.
 * Owns:   nothing.   Errors: those of the reader become `null`: a log never fails a decision.
 * Never:  shows a personal value.
 */
#ifndef REVOS_PROCESS_SEEN_H
#define REVOS_PROCESS_SEEN_H

#include "base/json.h"
#include "process/reaction.h"

void seen_values(struct reaction *r, const struct expr *e, const struct row *of,
                 struct json_out *out);
/* One value of a field as JSON; "(personal)" for a personal one that is filled. */
void seen_value(const struct field *f, const struct value *v, struct arena *a,
                struct json_out *out);

#endif
