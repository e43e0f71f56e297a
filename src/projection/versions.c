/* versions.c - see versions.h. */
#include "projection/versions.h"

#include "base/value.h"
#include "store/store.h"

enum { SOURCES_FORMAT = 1, SOURCES_MAX = 10000 };

static void put_text(struct buf *b, struct str s)
{
    varint_put(b, s.n);
    buf_str(b, s);
}

static bool get_text(struct str *in, struct str *out)
{
    uint64_t n;
    if (!varint_get(in, &n) || n > in->n) {
        return false;
    }
    *out = str_sub(*in, 0, (size_t)n);
    *in = str_sub(*in, (size_t)n, in->n);
    return true;
}

void sources_encode(const struct source_set *sources, struct buf *out)
{
    buf_char(out, SOURCES_FORMAT);
    varint_put(out, sources->n);
    for (size_t i = 0; i < sources->n; i++) {
        put_text(out, sources->files[i].name);
        put_text(out, sources->files[i].text);
    }
}

enum rc sources_decode(struct str bytes, struct arena *a, struct source_set *out)
{
    uint64_t n;
    if (bytes.n == 0 || bytes.p[0] != SOURCES_FORMAT) {
        return RC_CORRUPT;
    }
    struct str rest = str_sub(bytes, 1, bytes.n);
    if (!varint_get(&rest, &n) || n > SOURCES_MAX) {
        return RC_CORRUPT;
    }
    out->files = ARENA_ARRAY(a, (size_t)n + 1, struct source);
    out->n = (size_t)n;
    for (size_t i = 0; i < out->n; i++) {
        if (!get_text(&rest, &out->files[i].name) || !get_text(&rest, &out->files[i].text)) {
            return RC_CORRUPT;
        }
    }
    return rest.n == 0 ? RC_OK : RC_CORRUPT;
}

static enum rc version_of_event(const struct event *e, struct arena *a, struct version *out)
{
    *out = (struct version){.number = e->version.version,
                            .seq = e->seq,
                            .recorded_at = e->recorded_at,
                            .actor = str_dup(a, e->actor),
                            .digest = e->version.digest};
    enum rc rc = sources_decode(str_dup(a, e->version.sources), a, &out->sources);
    return rc != RC_OK ? rc
                       : numbering_decode(str_dup(a, e->version.numbering), a, &out->numbering);
}

enum rc version_list(struct store *s, struct arena *a, struct version **out, size_t *n)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_VERSION_LIST, &st);
    if (rc != RC_OK) {
        return rc;
    }
    VEC(struct version) list = {0};
    bool row = true;
    while ((rc = stmt_step(st, &row)) == RC_OK && row) {
        struct version *v = VEC_PUSH(a, &list);
        struct str digest = stmt_get_blob(st, 3);
        v->number = (uint32_t)stmt_get_int(st, 0);
        v->seq = stmt_get_u64(st, 1);
        v->recorded_at.us = stmt_get_int(st, 2);
        v->actor = str_dup(a, stmt_get_text(st, 4));
        for (size_t i = 0; i < sizeof v->digest.b && i < digest.n; i++) {
            v->digest.b[i] = (uint8_t)digest.p[i];
        }
    }
    *out = list.v;
    *n = list.n;
    return rc;
}

enum rc version_read(struct store *s, uint32_t number, struct arena *a, struct version *out)
{
    struct version *all;
    size_t n;
    enum rc rc = version_list(s, a, &all, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (number == 0 || all[i].number == number) {
            struct event e;
            rc = ledger_get(s, NULL, all[i].seq, a, &e);
            if (rc == RC_OK && e.kind != EV_VERSION) {
                rc = RC_CORRUPT;
            }
            return rc != RC_OK ? rc : version_of_event(&e, a, out);
        }
    }
    return rc == RC_OK ? RC_NOT_FOUND : rc;
}

enum rc version_compile(const struct version *v, struct arena *a, struct model **out,
                        struct diags *ds)
{
    struct source_set *sources = arena_copy(a, &v->sources, sizeof v->sources);
    enum rc rc = model_compile(sources, v->numbering, a, out, ds);
    if (rc == RC_OK) {
        (*out)->version = v->number;
    }
    return rc == RC_INVALID ? RC_CORRUPT : rc;
}
