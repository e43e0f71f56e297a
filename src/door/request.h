/* request.h - the parts of a request that are text: paths, queries, hosts. Private to the door. */
#ifndef REVOS_DOOR_REQUEST_H
#define REVOS_DOOR_REQUEST_H

#include "door/http.h"

struct MHD_Connection;

/* Matches a decoded path against "/api/{a}/b"; fills args, decoded. False also for an escape that is not valid UTF-8. */
bool route_matches(const char *pattern, struct str path, struct arena *a,
                   struct str args[HTTP_ARGS_MAX]);
/* Decodes %XX and, in queries, '+'; false for a broken escape, U+0000 or bytes that are not UTF-8. */
bool url_decode(struct str s, bool query, struct arena *a, struct str *out);
/* The parameters of the query, each of which the route must know; false after a 400 was put into `r`. */
bool request_read_params(struct request *q, const struct route *route, struct MHD_Connection *c,
                         struct response *r);
bool host_is_local(struct str host, uint16_t port);
bool origin_is_local(struct str origin, uint16_t port);

#endif
