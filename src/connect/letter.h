/* letter.h - a text of the workspace filled with the fields of a record: what a mail of a sequence says.
 *
 * In:     Markdown with a head between two lines of three dashes that names the subject; {{lead.first_name}} in both, or
 *         {{lead.first_name|there}} with what stands there when the field is empty. Rows.
 * Out:    subject and text.
 * Owns:   nothing.
 * Errors: RC_INVALID with a sentence: no subject, a name that leads to no field, an empty field without other words.
 * Never:  evaluates; writes a gap into a letter.
 */
#ifndef REVOS_CONNECT_LETTER_H
#define REVOS_CONNECT_LETTER_H

#include "base/diag.h"
#include "base/env.h"
#include "projection/rows.h"

enum { LETTER_BYTES_MAX = 256 * 1024 };

/* How values are put in: as they are, or so that nothing in them is a sign of Markdown. */
enum letter_values { LETTER_PLAIN, LETTER_MARKDOWN };

/* Rows that fields are read from; *out NULL: there is none (any more). */
struct letter_rows {
    void *ctx;
    enum rc (*row)(void *ctx, const struct object *o, uint64_t id, struct arena *a,
                   const struct row **out);
};

struct letter {
    struct str subject, text;
};

/* Splits a file into head and text, fields not filled yet. */
MUST_CHECK enum rc letter_read(struct str file, struct letter *out, struct str *why);
/* Fills the fields of `text` from `row`. */
MUST_CHECK enum rc letter_fill(struct str text, enum letter_values values, const struct row *row,
                               const struct letter_rows *rows, struct arena *a, struct str *out,
                               struct str *why);

/* A name in double braces, in the text it stands in. */
struct letter_name {
    struct str before;      /* the text up to it */
    struct str path, other; /* what stands there when the field is empty */
    bool has_other;
};
/* Moves `rest` behind the next one. False: there is none. */
bool letter_next(struct str *rest, struct letter_name *out);

/* Reads every letter that a sequence of `m` names: a file that is not there, has no subject, or asks for what is no field of
 * the sequence's object is an error with its place (M0724). For `revos check`. */
void letters_check(const struct model *m, const struct env *env, const char *workspace,
                   struct arena *a, struct diags *ds);

#endif
