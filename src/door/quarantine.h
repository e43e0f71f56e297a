/* quarantine.h - quarantined rows as JSON. Private to the door. */
#ifndef REVOS_DOOR_QUARANTINE_H
#define REVOS_DOOR_QUARANTINE_H

#include "connect/form.h"
#include "connect/quarantine.h"
#include "door/handlers.h"

/* The form of the batch whose rows are being written. */
struct forms {
    struct arena *arena;
    uint64_t batch;
    bool has;
    struct form form;
};

/* `form` may be NULL: the row has its text only. */
void quarantined_json(const struct model *m, const struct quarantined *q, const struct form *form,
                      struct arena *a, struct json_out *w);
/* An array of rows, cut into cells by the form of their batch. */
void forms_put(struct forms *f, struct store *s, const struct model *m,
               const struct quarantined *rows, size_t n, struct json_out *w);

#endif
