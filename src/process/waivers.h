/* waivers.h - the only way past a rule: a record with reason, approver and expiry.
 *
 * In:     the id of a rule or gate, a record.   Out: the approved waiver that lets it pass, if there is one.
 * Owns:   nothing.
 * Errors: those of the reader.
 * Rule:   a waiver is for one rule and one record; one about no record is for commands that name it, as a mapping of old rows
 *         does. Who asked does not approve, unless they are the approver. What passed on it says so for good: the event's
 *         reason names the waiver, and the waiver counts it.
 */
#ifndef REVOS_PROCESS_WAIVERS_H
#define REVOS_PROCESS_WAIVERS_H

#include "process/process.h"

/* The waiver of `rule` that holds for `record` of `o` at `at`: about it, or `named` by the command (0: none named).
 * *out NULL: none. */
MUST_CHECK enum rc waiver_find(const struct process *p, const struct process_reader *rd,
                               struct str rule, const struct object *o, uint64_t record,
                               uint64_t named, struct instant at, const struct row **out);

/* The rule or gate of this id; NULL when the model has none. */
const struct rule *waiver_rule(const struct process *p, struct str id);

#endif
