/* norm_text.h - what the files of norm share: case, characters, hosts. Not for other modules; see norm.h.
 *
 * In:     text that norm_text() has seen.   Out: text in the arena.   Never: checks what a field means.
 */
#ifndef REVOS_BASE_NORM_TEXT_H
#define REVOS_BASE_NORM_TEXT_H

#include "base/norm.h"

#include <libpsl.h>
#include <unicode/uidna.h>

struct norm {
    UIDNA *idna;
    const psl_ctx_t *suffixes;
    struct arena *arena;  /* of the names below */
    struct map countries; /* folded name → code; empty until first asked for */
};

/* Sets the reason and returns false. */
bool norm_refuse(enum norm_reason *why, enum norm_reason reason);
/* Checked and trimmed, but not in NFC: for text in a syntax of its own, where a combining mark may follow an escape. */
bool norm_trimmed(struct str in, size_t max, struct str *out, enum norm_reason *why);
/* Lower case of every letter, not only of ASCII; keeps NFC. */
struct str norm_lower(struct str s, struct arena *a);
/* Key for comparing names: compatibility forms, case, accents, blanks and punctuation taken away. */
struct str norm_fold(struct str s, struct arena *a);
/* A host name in ASCII and lower case, without a final dot. */
bool norm_host(struct norm *n, struct str host, struct arena *a, struct str *out,
               enum norm_reason *why);
bool norm_host_has_dot(struct str host, enum norm_reason *why); /* and a top level that is a name */
/* The host of a domain, URL or address: scheme, user, port, path taken away. */
struct str norm_host_part(struct str s);

#endif
