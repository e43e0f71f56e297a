/* wire.h - frames between two processes of one user on this machine, over a socket file.
 *
 * In:     a path; frames: a kind, bytes, perhaps an open file.   Out: the same on the other side, whole and in order.
 * Owns:   nothing: descriptors are the caller's, a received file too.
 * Errors: RC_LIMIT the path is too long for a socket; RC_NOT_FOUND nobody listens there; RC_REFUSED the peer is another
 *         user; RC_CANCELLED the peer has gone; RC_IO. The reason is in env_error().
 * Never:  lets another user in; knows what a frame says.
 */
#ifndef REVOS_DOOR_WIRE_H
#define REVOS_DOOR_WIRE_H

#include "base/env.h"

enum { WIRE_FRAME_MAX = 60 << 10, WIRE_BACKLOG = 16 };

struct frame {
    char kind;
    int fd; /* -1: none came with it */
    size_t n;
    char bytes[WIRE_FRAME_MAX];
};

/* Listens at `path`, mode 0600. What stands there already is removed: the caller holds the workspace. */
MUST_CHECK enum rc wire_listen(const char *path, int *out);
/* Waits for a peer of the same user (RC_REFUSED: it was another, and is gone). RC_CANCELLED once the listener is shut down. */
MUST_CHECK enum rc wire_accept(int listener, int *out);
MUST_CHECK enum rc wire_connect(const char *path, int *out);
/* Nothing more comes or goes; whoever waits on it is let go. The descriptor stays to be closed. */
void wire_shut(int fd);
void wire_close(int fd);

/* `pass`: an open file that goes along, or -1. */
MUST_CHECK enum rc wire_send(int fd, char kind, struct str bytes, int pass);
/* Closes the file that came with a frame, if one did. */
void wire_drop(struct frame *f);
/* Waits at most `wait_ms` (negative: for ever); RC_BUSY: nothing came. */
MUST_CHECK enum rc wire_receive(int fd, int wait_ms, struct frame *out);

#endif
