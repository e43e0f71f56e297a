/* remote.h - a caller at the other end of a connection, seen from the server: its files, streams and answers.
 *
 * In:     a connected descriptor.   Out: an environment whose files are the caller's, streams to its terminal, a caller.
 * Owns:   the streams, until remote_close; the descriptor is its maker's.
 * Errors: once the caller has gone, calls fail with RC_IO, printing is dropped, and it has stopped.
 * Time, chance and the embedded databases are the server's own. While it holds (caller.h) it waits for nobody: what is printed
 * is kept, at most HELD_MAX bytes, and files are refused.
 */
#ifndef REVOS_APP_REMOTE_H
#define REVOS_APP_REMOTE_H

#include "app/caller.h"
#include "app/order.h"

enum { HELD_MAX = 64 << 20 };

struct host;
struct remote;

struct remote *remote_new(int fd, struct host *host, const struct env *base);
void remote_close(struct remote *r);

const struct env *remote_env(struct remote *r);
const struct caller *remote_caller(struct remote *r);
FILE *remote_out(struct remote *r);
FILE *remote_err(struct remote *r);
/* Before anything is printed: the streams behave as at the caller's end, and a person there can be asked. */
void remote_like(struct remote *r, const struct order *o);
/* The verb has written nothing and said nothing, since another model went live before its turn: what it says from then on
 * is dropped, and it can be begun again, some times. True once. */
bool remote_again(struct remote *r);
/* What was printed, then the exit code. */
void remote_exit(struct remote *r, int code);

#endif
