/* order.c - messages as bytes: small fixed heads, texts that end in NUL. */
#include "app/order.h"

#include "revos_build.h"

#include <string.h>

/* Both ends are the same program, or do not talk: what a flag means may change between versions. */
static const char version[] = "revos " REVOS_VERSION " order 1";

static void put_text(struct buf *b, const char *text)
{
    buf_put(b, text, strlen(text) + 1);
}

/* The next text up to its NUL; false when there is none. */
static bool take_text(struct str *rest, struct arena *a, const char **out)
{
    const char *end = rest->n > 0 ? memchr(rest->p, 0, rest->n) : NULL;
    if (!end)
        return false;
    size_t n = (size_t)(end - rest->p);
    *out = arena_copy(a, rest->p, n + 1);
    *rest = str_sub(*rest, n + 1, rest->n);
    return true;
}

static bool take_byte(struct str *rest, unsigned most, unsigned *out)
{
    if (rest->n == 0 || (unsigned char)rest->p[0] > most)
        return false;
    *out = (unsigned char)rest->p[0];
    *rest = str_sub(*rest, 1, rest->n);
    return true;
}

enum rc order_write(const struct order *o, struct buf *out)
{
    unsigned flags = (o->json ? 1u : 0) | (o->terminal ? 2u : 0) | (o->color ? 4u : 0) |
                     (o->can_answer ? 8u : 0) | (o->lines ? 16u : 0);
    put_text(out, version);
    buf_char(out, (char)flags);
    put_text(out, o->dir);
    for (int i = 0; i < o->argc; i++)
        put_text(out, o->argv[i]);
    return buf_ok(out);
}

enum rc order_read(struct str bytes, struct arena *a, struct order *out)
{
    const char *theirs;
    unsigned flags;
    VEC(char *) words = {0};
    *out = (struct order){0};
    if (!take_text(&bytes, a, &theirs) || strcmp(theirs, version) != 0 ||
        !take_byte(&bytes, 31, &flags) || !take_text(&bytes, a, &out->dir))
        return RC_INVALID;
    while (bytes.n > 0) {
        const char *word;
        if (!take_text(&bytes, a, &word))
            return RC_INVALID;
        *VEC_PUSH(a, &words) = arena_copy(a, word, strlen(word) + 1);
    }
    out->json = (flags & 1) != 0;
    out->terminal = (flags & 2) != 0;
    out->color = (flags & 4) != 0;
    out->can_answer = (flags & 8) != 0;
    out->lines = (flags & 16) != 0;
    out->argc = (int)words.n;
    *VEC_PUSH(a, &words) = NULL;
    out->argv = words.v;
    return out->argc > 0 ? RC_OK : RC_INVALID;
}

enum rc file_call_write(const struct file_call *c, struct buf *out)
{
    buf_char(out, (char)c->what);
    buf_char(out, (char)c->how);
    put_text(out, c->path);
    put_text(out, c->to ? c->to : "");
    return buf_ok(out);
}

enum rc file_call_read(struct str bytes, struct arena *a, struct file_call *out)
{
    unsigned what, how;
    if (!take_byte(&bytes, FILE_COUNT - 1, &what) || !take_byte(&bytes, ENV_UPDATE, &how) ||
        !take_text(&bytes, a, &out->path) || !take_text(&bytes, a, &out->to) || bytes.n > 0)
        return RC_INVALID;
    out->what = (enum file_what)what;
    out->how = (enum env_open)how;
    return RC_OK;
}

enum rc file_done_write(const struct file_done *d, struct buf *out)
{
    buf_char(out, (char)d->rc);
    buf_char(out, (char)((d->is_dir ? 1 : 0) | (d->exists ? 2 : 0)));
    buf_str(out, d->error);
    return buf_ok(out);
}

enum rc file_done_read(struct str bytes, struct file_done *out)
{
    unsigned rc, flags;
    if (!take_byte(&bytes, RC_COUNT - 1, &rc) || !take_byte(&bytes, 3, &flags))
        return RC_INVALID;
    *out = (struct file_done){
        .rc = (enum rc)rc, .is_dir = (flags & 1) != 0, .exists = (flags & 2) != 0, .error = bytes};
    return RC_OK;
}
