/* encoding.h - bytes of a named encoding to UTF-8, as a stream.
 *
 * In:     a function that gives bytes, and the name of their encoding, or none.
 * Out:    valid UTF-8 without a byte order mark, through the same kind of function.
 * Owns:   its buffers (fixed size) and an ICU converter.
 * Errors: RC_INVALID with the place of the first byte that the encoding does not know; RC_NOT_FOUND for an unknown name.
 * Never:  guesses. Without a name a byte order mark says UTF-8 or UTF-16, else it is UTF-8. Never replaces a character.
 */
#ifndef REVOS_BASE_ENCODING_H
#define REVOS_BASE_ENCODING_H

#include "base/text.h"

/* Fills `out` with at most `n` bytes; *got is 0 at the end and only then. */
typedef enum rc byte_source(void *self, void *out, size_t n, size_t *got);

struct decoder;

/* `name` is any that ICU knows, such as "windows-1252" or "UTF-16LE"; empty for none. */
MUST_CHECK enum rc decoder_open(byte_source *read, void *self, struct str name,
                                struct decoder **out);
void decoder_close(struct decoder *d); /* NULL is allowed */
/* A byte_source; `self` is the decoder. After an error it gives that error again. */
enum rc decoder_read(void *self, void *out, size_t n, size_t *got);
/* Name of the encoding in use: "UTF-8" also when it was found by its mark. Known after the first read. */
const char *decoder_name(const struct decoder *d);

/* Where decoding failed. */
struct decoder_fault {
    uint64_t offset; /* of the byte in the source; Asian encodings: up to three bytes behind it */
    uint64_t line;   /* from 1, counted in what was decoded */
    char text[160];  /* one sentence that says what to do */
};
const struct decoder_fault *decoder_fault(const struct decoder *d);

bool encoding_known(struct str name);
/* Nearest of the common names, or STR_NONE. */
struct str encoding_nearest(struct str name);

#endif
