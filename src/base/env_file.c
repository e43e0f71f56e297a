/* Whole files through any environment. */
#include "base/env.h"

#include <stdio.h>

enum { READ_FIRST = 1 << 16 };

/* Reads to the end rather than trusting a size, which pipes do not have and files may outgrow. */
static enum rc read_all(const struct env *e, struct env_file *f, size_t max, struct buf *b)
{
    for (;;) {
        char part[READ_FIRST];
        size_t got = 0;
        enum rc rc = e->read(f, part, sizeof part, &got);
        if (rc || !got)
            return rc;
        buf_put(b, part, got);
        if (buf_ok(b)) {
            char text[64];
            (void)snprintf(text, sizeof text, "larger than %zu bytes", max);
            env_set_error(text);
            return RC_LIMIT;
        }
    }
}

enum rc env_read_file(const struct env *e, const char *path, size_t max, struct arena *a,
                      struct str *out)
{
    struct env_file *f = NULL;
    enum rc rc = e->open(e->self, path, ENV_READ, &f);
    if (rc)
        return rc;
    struct buf b;
    buf_init(&b, max ? max : 1);
    rc = read_all(e, f, max, &b);
    if (!rc)
        *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    e->close(f);
    return rc;
}

static enum rc write_and_sync(const struct env *e, const char *path, struct str bytes)
{
    struct env_file *f = NULL;
    enum rc rc = e->open(e->self, path, ENV_CREATE, &f);
    if (rc)
        return rc;
    rc = e->write(f, bytes.p, bytes.n);
    if (!rc)
        rc = e->sync(f);
    e->close(f);
    return rc;
}

enum rc env_write_file(const struct env *e, const char *path, struct str bytes)
{
    uint32_t tag = 0;
    e->random(e->self, &tag,
              sizeof tag); /* two writers of one file must not share the one beside it */
    struct arena *a = arena_new();
    struct str beside = str_printf(a, "%s.%08x.new", path, tag);
    enum rc rc = write_and_sync(e, beside.p, bytes);
    if (!rc)
        rc = e->rename(e->self, beside.p, path);
    if (rc) {
        struct str why = str_dup(a, str_of(env_error()));
        (void)e->remove(e->self, beside.p);
        env_set_error(why.p);
    }
    arena_free(a);
    return rc;
}
