/* model_json.h - the live model as JSON: section "Model" of docs/api.md.
 *
 * In:     a model, how many records each object has.   Out: JSON.
 * Owns:   nothing; scratch text lives in the arena.   Errors: none but a full buf.
 * Never:  leaves out a definition; says what is not in the model.
 */
#ifndef REVOS_FACE_MODEL_JSON_H
#define REVOS_FACE_MODEL_JSON_H

#include "base/json.h"
#include "model/model.h"

/* `records` by position in m->objects. */
void model_json(const struct model *m, const uint64_t *records, struct arena *a,
                struct json_out *w);
void metric_json(const struct model *m, const struct metric *x, struct arena *a,
                 struct json_out *w);
/* A rule or gate criterion. */
void rule_json(const struct rule *r, struct arena *a, struct json_out *w);

/* ---- words and places, for other faces ----------------------------------------------------------------------- */

/* "pipelines.yaml:14"; empty without a place. */
struct str place_text(const struct span *at, struct arena *a);
/* The label, or the name where there is none. */
struct str label_or(struct str label, struct str name);
/* "sum of amount over lines by opportunity". */
struct str rollup_sentence(const struct rollup *r, struct arena *a);

#endif
