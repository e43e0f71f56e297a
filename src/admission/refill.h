/* refill.h - values that the system itself says of records, many records a transaction: those of a field under its new type.
 *
 * In:     patches of records, worked out from their own events; the projection that has both columns.
 * Out:    a patch event each, the records folded anew.
 * Owns:   one write transaction.
 * Errors: those of the store and the ledger: nothing of the batch is written then.
 * Rule:   no rule is asked and nothing follows: what is said was said before, in another form. A batch leaves the ledger as good
 *         for the version that is live as for the one to come.
 * Never:  dated later than what it repeats.
 */
#ifndef REVOS_ADMISSION_REFILL_H
#define REVOS_ADMISSION_REFILL_H

#include "admission/admission.h"
#include "ledger/event.h"

#define REFILL_REASON "type of the field changed"

struct refill_patch {
    struct instant effective_at;
    uint64_t cause; /* the event it repeats: undone, it goes with it */
    struct patch_field field;
};

struct refill_record {
    uint64_t id;
    const struct refill_patch *patches; /* may be none: the record is folded anew nevertheless */
    size_t n;
};

/* Does `e` repeat another event, its cause? */
static inline bool is_refill(const struct event *e)
{
    return e->kind == EV_PATCH && e->cause > 0 && str_is(e->actor, "system") &&
           str_is(e->patch.reason, REFILL_REASON);
}

/* `p->projection` is over `p->model`, whose `o` it is; `with` may be NULL. */
MUST_CHECK enum rc admission_refill(const struct admission_parts *p, const struct object *o,
                                    const struct refill_record *records, size_t n,
                                    const struct companion *with);

#endif
