/* bytes.h - a file as a stream of UTF-8, whatever its stated encoding; and a stream as lines.
 *
 * In:     a path and an encoding name (empty: UTF-8, or UTF-16 with its byte order mark).
 * Out:    bytes for csv_open or lines_open; size and BLAKE2b of the file as it is.
 * Owns:   the open file, its converter and a window.
 * Errors: C0201 cannot be read, C0202 not in the encoding, naming the offset; RC_IO.
 * Never:  guesses an encoding, holds the file in memory.
 */
#ifndef REVOS_CONNECT_BYTES_H
#define REVOS_CONNECT_BYTES_H

#include "base/csv.h"
#include "base/diag.h"
#include "base/env.h"
#include "base/hash.h"

struct bytes;

/* Reads the whole file once (digest, encoding), then stands at its start; `*first` holds up to `look` bytes of it as UTF-8
 * and `*whole` says whether that is all. */
MUST_CHECK enum rc bytes_open(const struct env *env, const char *path, struct str encoding,
                              size_t look, struct arena *a, struct bytes **out, struct str *first,
                              bool *whole, struct diags *ds);
void bytes_close(struct bytes *b); /* NULL is allowed */
uint64_t bytes_size(const struct bytes *b);
struct digest bytes_digest(const struct bytes *b);
struct str bytes_encoding(const struct bytes *b);
/* A csv_source; `self` is a struct bytes. */
enum rc bytes_source(void *self, void *out, size_t n, size_t *got);

struct lines;
struct line {
    struct str text; /* without its end; until the next call */
    uint64_t number; /* from 1 */
    uint64_t end;    /* bytes read up to and with its end */
};
enum { LINE_MAX_BYTES = 8 << 20 };

struct lines *lines_open(csv_source *read, void *self);
void lines_close(struct lines *l); /* NULL is allowed */
/* The next line that is not blank. A line over LINE_MAX_BYTES comes cut to that length. */
MUST_CHECK enum rc lines_next(struct lines *l, struct line *out, bool *more);
uint64_t lines_blank(const struct lines *l);

#endif
