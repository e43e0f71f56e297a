/* effect.h - what a process asks for. Admission makes commands of it, under the same rules as anybody's.
 *
 * In:     made by the parts of process/ through reaction.h.   Out: decided one by one, in order, after their cause.
 * Owns:   nothing; lives in the arena of the reaction.
 * Rule:   an effect that a rule refuses never refuses its cause: it becomes a record of `blocked` with its verdict.
 */
#ifndef REVOS_PROCESS_EFFECT_H
#define REVOS_PROCESS_EFFECT_H

#include "model/model.h"

enum effect_kind {
    EFFECT_CREATE, /* a record of `object` with `fields` */
    EFFECT_SET,    /* `fields` of `record` */
    EFFECT_WAKE,   /* look at `record` again at `at`; the earliest wish counts, a record has one */
    EFFECT_REMEMBER, /* `trigger` now holds (`on`) or no longer holds for `record` */
    EFFECT_SEND      /* a message for the outbox, sealed until it is sent */
};

struct effect_field {
    const struct field *field;
    struct value value; /* VT_ABSENT clears */
    size_t
        made; /* n > 0: a reference to the record that the n-th CREATE of this reaction made; value is unused */
};

/* A message beside the app: what it says is rendered when it is sent, from the record as it is then. */
struct effect_message {
    struct str channel;       /* "mail", "chat" */
    struct str template_file; /* of the workspace; empty: `subject` and `text` are the message */
    struct str subject, text;
    uint64_t
        person; /* to a person of the company; 0: to `record`'s own address in `address_field` */
    const struct field *address_field;
    struct str purpose; /* of a consent that it needs; empty: none */
    struct str id;      /* stable: sending twice under one id is one message */
    uint64_t run;       /* an enrolment: once it was stopped the message is not sent; 0: none */
    bool
        bundled; /* goes out in one message with all others to the same person at the same instant */
};

struct effect {
    enum effect_kind kind;
    const struct object *object;
    uint64_t record;
    const struct effect_field *fields;
    size_t n_fields;
    struct instant at; /* takes effect; of WAKE: when */
    struct str reason; /* kept with the event, shown to people */
    struct str
        definition; /* who asks: "routes.inbound"; the actor of the event is rule:<definition> */
    struct str trigger;
    bool on;
    const struct effect_message *message; /* of SEND */
};

#endif
