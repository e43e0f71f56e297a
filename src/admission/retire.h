/* retire.h - values and stages that the model keeps only to say what they became (`moved_to`).
 *
 * In:     a field and the number of one of its values or stages.
 * Out:    the number it moved to.
 * Owns:   nothing.   Errors: none.   Never: looks at a record.
 */
#ifndef REVOS_ADMISSION_RETIRE_H
#define REVOS_ADMISSION_RETIRE_H

#include "model/model.h"

/* 0: it is in force, or not known. A stage that another process of the same field has in force is not retired. */
uint32_t retired_to(const struct field *f, uint32_t number);

#endif
