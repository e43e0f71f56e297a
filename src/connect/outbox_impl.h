/* outbox_impl.h - what outbox.c and parcel.c share: rows that go out together, made ready to be sent.
 *
 * In, out: as outbox.h says.   Never: seen outside connect/outbox.c and connect/parcel.c.
 */
#ifndef REVOS_CONNECT_OUTBOX_IMPL_H
#define REVOS_CONNECT_OUTBOX_IMPL_H

#include "connect/outbox.h"
#include "model/builtin.h"
#include "projection/keys.h"
#include "projection/rows.h"

enum parcel_fate { PARCEL_SEND, PARCEL_DROP, PARCEL_GIVE_UP };

struct parcel {
    const struct outbox_row *rows; /* one, or several that go together */
    size_t n;
    enum parcel_fate fate;
    struct str why; /* of the fate, or what the other side said */
    struct str to;  /* mail: an address; chat: whom it is for */
    struct str subject, text, id, unsubscribe;
    struct str html; /* the same in HTML; empty: text alone */
    enum rc sent;    /* of a sending */
};

/* Writes a parcel from the rows as they are now; in the writer's turn. */
MUST_CHECK enum rc parcel_write(const struct outbox *o, struct instant now, struct arena *a,
                                struct parcel *p);
/* A live record by id, through redirects; *out NULL: gone. */
MUST_CHECK enum rc outbox_record(const struct outbox *o, const struct object *of, uint64_t id,
                                 struct arena *a, const struct row **out);

#endif
