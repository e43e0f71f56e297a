#include "connect/bytes.h"
#include "base/encoding.h"

#include <string.h>

struct bytes {
    const struct env *env;
    struct env_file *file;
    struct decoder *decoder;
    struct hasher *hashing; /* while the file is read the first time */
    uint64_t size;
    struct digest digest;
    struct str encoding;
};

/* Bytes of the file as they are. */
static enum rc file_source(void *self, void *out, size_t n, size_t *got)
{
    struct bytes *b = self;
    enum rc rc = b->env->read(b->file, out, n, got);
    if (rc == RC_OK && b->hashing != NULL) {
        hasher_put(b->hashing, (struct str){out, *got});
        b->size += *got;
    }
    return rc;
}

static enum rc unreadable(const struct bytes *b, const char *path, enum rc rc, struct str encoding,
                          struct diags *ds)
{
    if (rc == RC_INVALID) {
        const struct decoder_fault *f = decoder_fault(b->decoder);
        struct diag *d = diag_add(ds, SEV_ERROR, "C0202", span_none(), "%s: %s", path, f->text);
        diag_help(
            ds, d,
            "name the encoding under 'file: {encoding: …}' of the mapping, or with --encoding");
        return rc;
    }
    if (rc == RC_NOT_FOUND) {
        struct str near = encoding_nearest(encoding);
        struct diag *d = diag_add(ds, SEV_ERROR, "C0202", span_none(),
                                  "'%.*s' is no known encoding", STR_ARG(encoding));
        if (near.n > 0) {
            diag_help(ds, d, "did you mean '%.*s'?", STR_ARG(near));
        }
        return RC_INVALID;
    }
    diag_add(ds, SEV_ERROR, "C0201", span_none(), "cannot read %s: %s", path, env_error());
    return rc;
}

/* The whole file once: a wrong byte in its last line is known before the first row is imported. */
static enum rc read_through(struct bytes *b, size_t look, struct arena *a, struct str *first,
                            bool *whole)
{
    enum { WINDOW = 1 << 16 };
    char *window = arena_alloc(a, WINDOW);
    char *kept = arena_alloc(a, look + 1);
    size_t n_kept = 0;
    size_t total = 0;
    size_t got = 1;
    while (got > 0) {
        enum rc rc = decoder_read(b->decoder, window, WINDOW, &got);
        if (rc != RC_OK) {
            return rc;
        }
        size_t take = got < look - n_kept ? got : look - n_kept;
        memcpy(kept + n_kept, window, take);
        n_kept += take;
        total += got;
    }
    *first = (struct str){kept, n_kept};
    *whole = total == n_kept;
    return RC_OK;
}

static enum rc start(struct bytes *b, const char *path, struct str encoding)
{
    enum rc rc = b->env->open(b->env->self, path, ENV_READ, &b->file);
    return rc != RC_OK ? RC_IO : decoder_open(file_source, b, encoding, &b->decoder);
}

static void stop(struct bytes *b)
{
    decoder_close(b->decoder);
    b->decoder = NULL;
    if (b->file != NULL) {
        b->env->close(b->file);
        b->file = NULL;
    }
}

enum rc bytes_open(const struct env *env, const char *path, struct str encoding, size_t look,
                   struct arena *a, struct bytes **out, struct str *first, bool *whole,
                   struct diags *ds)
{
    struct bytes *b = mem_new(1, sizeof *b);
    struct hasher hasher;
    hasher_init(&hasher);
    b->env = env;
    b->hashing = &hasher;
    enum rc rc = start(b, path, encoding);
    if (rc == RC_OK) {
        rc = read_through(b, look, a, first, whole);
    }
    b->hashing = NULL;
    if (rc == RC_OK) {
        b->digest = hasher_done(&hasher);
        b->encoding = str_dup(a, str_of(decoder_name(b->decoder)));
        stop(b);
        rc = start(b, path, encoding);
    }
    if (rc != RC_OK) {
        rc = unreadable(b, path, rc, encoding, ds);
        bytes_close(b);
        return rc;
    }
    *out = b;
    return RC_OK;
}

void bytes_close(struct bytes *b)
{
    if (b != NULL) {
        stop(b);
        mem_free(b);
    }
}

uint64_t bytes_size(const struct bytes *b)
{
    return b->size;
}

struct digest bytes_digest(const struct bytes *b)
{
    return b->digest;
}

struct str bytes_encoding(const struct bytes *b)
{
    return b->encoding;
}

enum rc bytes_source(void *self, void *out, size_t n, size_t *got)
{
    struct bytes *b = self;
    return decoder_read(b->decoder, out, n, got);
}
