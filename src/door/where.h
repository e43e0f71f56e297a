/* where.h - conditions and cursors of lists. Private to the door. */
#ifndef REVOS_DOOR_WHERE_H
#define REVOS_DOOR_WHERE_H

#include "door/handlers.h"
#include "projection/list.h"

enum { WHERE_MAX = 4096 };

/* Compiles the parameter `where` over `o`; *out is NULL without one. False after a 400. */
bool where_read(struct api *api, const struct request *q, const struct object *o,
                struct response *r, struct expr **out);
/* The condition as SQL or, where it has none, evaluated record by record into q->ids. False after a problem. */
bool where_prepare(struct reader *reader, struct list_query *list, struct arena *a,
                   struct response *r);

/* A cursor names the list it came from, so that it fits no other. */
struct str cursor_write(struct digest list, const struct list_place *at, struct arena *a);
bool cursor_read(const struct request *q, struct digest list, struct response *r,
                 struct list_place *at);

#endif
