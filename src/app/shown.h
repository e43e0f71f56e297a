/* shown.h - values of records as a terminal shows them.
 *
 * In:     titles of everything referred to, wanted and loaded.   Out: text in the arena.
 * Owns:   nothing.
 * Never:  used for JSON, which carries ids and nothing else.
 */
#ifndef REVOS_APP_SHOWN_H
#define REVOS_APP_SHOWN_H

#include "projection/titles.h"

/* A person by the short name, which is a key wherever a person is asked for; any other record as "Acme (acc_…)"; all else as
 * field_value_text has it. */
struct str shown_value(const struct titles *t, const struct field *f, const struct value *v,
                       struct arena *a);

/* "Acme (acc_…)"; the id alone where there is no title. */
struct str shown_record(const struct titles *t, const struct object *o, uint64_t id,
                        struct arena *a);

#endif
