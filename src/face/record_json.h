/* record_json.h - records, their cells and their events as JSON: section "Records" of docs/api.md.
 *
 * In:     rows, events, verdicts; what other records are called.   Out: JSON.
 * Owns:   nothing; scratch text lives in the arena.   Errors: none but a full buf.
 * Never:  loads anything; turns an empty field into a cell.
 */
#ifndef REVOS_FACE_RECORD_JSON_H
#define REVOS_FACE_RECORD_JSON_H

#include "admission/erase.h"
#include "admission/verdict.h"
#include "base/json.h"
#include "ledger/event.h"
#include "projection/titles.h"

/* {"value":…,"text":…} of a value that is not absent. */
void cell_json(const struct field *f, const struct value *v, const struct record_names *names,
               struct arena *a, struct json_out *w);
/* Its members alone, inside an object that the caller began. */
void cell_members_json(const struct field *f, const struct value *v,
                       const struct record_names *names, struct arena *a, struct json_out *w);

/* One row of a list; `fields` by position in the object, NULL: all. */
void row_json(const struct row *r, const struct field *const *fields, size_t n_fields,
              const struct record_names *names, struct arena *a, struct json_out *w);
/* What became of the person whose record was erased. */
void erased_json(const struct object *o, uint64_t record, const struct erased *e,
                 struct json_out *w);

/* Who did something, from the text of an event: {"kind":…,"name":…}. */
void actor_json(struct str actor, struct json_out *w);

#endif
