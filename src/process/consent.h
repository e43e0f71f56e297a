/* consent.h - whether somebody agreed to be written to for a purpose.
 *
 * In:     `consents` of the model; the row of the subject, or of a record that refers to it.
 * Out:    yes, no (it was refused or withdrawn), or not known (never asked, or too long ago); in words why.
 * Rule:   what is not known counts as `unknown` says: refuse, unless the model says allow. A no is always a no.
 */
#ifndef REVOS_PROCESS_CONSENT_H
#define REVOS_PROCESS_CONSENT_H

#include "process/reaction.h"

struct consent {
    struct str purpose; /* empty: none is needed */
    const struct definition *definition;
    const struct field *via; /* reference to the subject; NULL: the record itself */
    const struct field *field,
        *since;              /* a boolean, NULL: never known; a date or instant, may be NULL */
    struct duration expires; /* 0: never */
    bool unknown_is_yes;
};

enum consent_answer { CONSENT_YES, CONSENT_NO, CONSENT_UNKNOWN };

/* The consent for `purpose` as records of `o` need it. */
struct consent consent_of(const struct model *m, struct str purpose, const struct object *o);
/* What the subject's own row says; `subject` NULL: there is none. `why`: what to tell people when the answer is not yes. */
enum consent_answer consent_of_subject(const struct consent *c, const struct row *subject,
                                       struct instant at, struct zone *z, struct arena *a,
                                       struct str *why);
/* The same for the record in the sequence; `why` may be NULL. */
enum consent_answer consent_ask(struct reaction *r, const struct consent *c, const struct row *of,
                                struct str *why);
bool consent_withdrawal_stops(const struct consent *c, struct str origin);

#endif
