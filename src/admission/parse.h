/* parse.h - text as received → one typed value, by the field's type; and back, for people.
 *
 * In:     text of a form, a file, a terminal.   Out: values in normal form (base/norm.h), in the arena.
 * Owns:   a parser holds ICU's handles and the taxonomy until parser_close; one thread at a time.
 * Errors: false with a sentence and, where there is one, what to write instead.
 * Never:  resolves a reference by key; knows a record.
 */
#ifndef REVOS_ADMISSION_PARSE_H
#define REVOS_ADMISSION_PARSE_H

#include "base/norm.h"
#include "base/zone.h"
#include "model/model.h"

enum { TEXT_FIELD_MAX = 65536 }; /* bytes of one text value */

struct parser {
    const struct model *model;
    struct norm *norm;
    struct zone *zone; /* of the company: a date given for an instant is its midnight */
    struct utm_taxonomy taxonomy;
    struct str country; /* of phone numbers without a country code; empty: none */
};

/* `a` must outlive the parser. */
MUST_CHECK enum rc parser_open(const struct model *m, struct arena *a, struct parser *out);
void parser_close(struct parser *p);

MUST_CHECK bool parse_text(const struct parser *p, const struct field *f, struct str text,
                           struct arena *a, struct value *out, struct str *why, struct str *help);

/* A value as people read it: names of enum values and stages, ids of references, amounts with currency. Empty for an
 * absent one. parse_text reads it back. */
struct str field_value_text(const struct field *f, const struct value *v, struct arena *a);

#endif
