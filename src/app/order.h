/* order.h - what the two ends of .revos/socket say to each other: a command line, its files, its output.
 *
 * In:     the parts of a message.   Out: the bytes of a frame, and the parts again.
 * Errors: RC_LIMIT it does not fit a frame; RC_INVALID the bytes are no such message, or of another version of revos.
 * Rule:   one order a connection. The server asks for files and answers while it runs; the caller opens every file itself,
 *         with its own rights, in its own folder, and passes the descriptor.
 */
#ifndef REVOS_APP_ORDER_H
#define REVOS_APP_ORDER_H

#include "app/app.h"
#include "door/wire.h"

enum {
    ORDER_RUN =
        'R', /* caller: struct order; once. What does not fit its frame goes ahead of it, as ORDER_MORE */
    ORDER_STOP = 'S', /* caller: Ctrl-C was pressed */
    ORDER_DONE = 'D', /* caller: answers ORDER_FILE (struct file_done) and ORDER_ASK ("y" or "n") */
    ORDER_MORE =
        'M', /* caller: the beginning of what follows; before ORDER_DONE names of a folder, each with its NUL */

    ORDER_OUT = 'O',   /* server: bytes for standard output */
    ORDER_ERR = 'E',   /* server: for standard error */
    ORDER_FILE = 'F',  /* server: struct file_call */
    ORDER_ASK = 'A',   /* server: a question for the person */
    ORDER_WATCH = 'W', /* server: Ctrl-C is to be told, not to end the caller */
    ORDER_EXIT = 'X'   /* server: one byte, the exit code; last */
};

enum { ORDER_BYTES_MAX = 4 << 20 }; /* of a command line: more than a kernel lets through */

struct order {
    bool json, terminal, color, can_answer;
    bool lines; /* standard output shows each line at once: it is a terminal */
    const char *dir;
    char **argv; /* verb first, ends in NULL */
    int argc;
};
MUST_CHECK enum rc order_write(const struct order *o, struct buf *out);
MUST_CHECK enum rc order_read(struct str bytes, struct arena *a, struct order *out);

enum file_what {
    FILE_OPEN,
    FILE_MKDIR,
    FILE_RENAME,
    FILE_REMOVE,
    FILE_EXISTS,
    FILE_LIST,
    FILE_COUNT
};

struct file_call {
    enum file_what what;
    enum env_open how;     /* FILE_OPEN */
    const char *path, *to; /* `to`: of FILE_RENAME, else "" */
};
MUST_CHECK enum rc file_call_write(const struct file_call *c, struct buf *out);
MUST_CHECK enum rc file_call_read(struct str bytes, struct arena *a, struct file_call *out);

struct file_done {
    enum rc rc;
    bool is_dir, exists;
    struct str error;
};
MUST_CHECK enum rc file_done_write(const struct file_done *d, struct buf *out);
MUST_CHECK enum rc file_done_read(struct str bytes, struct file_done *out);

#endif
