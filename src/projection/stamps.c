/* stamps.c - column `stamps` of a current row. */
#include "projection/internal.h"

#include "base/value.h"

#include <assert.h>

enum { STAMPS_FORMAT = 1 };

static void stamp_put(struct buf *out, struct stamp s)
{
    varint_put(out, zigzag(s.effective_at.us));
    varint_put(out, s.seq);
}

static bool stamp_get(struct str *in, struct stamp *out)
{
    uint64_t effective_at;
    if (!varint_get(in, &effective_at) || !varint_get(in, &out->seq))
        return false;
    out->effective_at.us = unzigzag(effective_at);
    return true;
}

static bool same(struct stamp a, struct stamp b)
{
    return a.seq == b.seq && a.effective_at.us == b.effective_at.us;
}

static struct stamp usual(const struct row *r, size_t position, struct stamp base)
{
    return r->values[position].type == VT_ABSENT ? (struct stamp){{0}, 0} : base;
}

static bool is_listed(const struct row *r, size_t position, struct stamp base)
{
    return !same(r->stamps[position], usual(r, position, base));
}

void stamps_encode(const struct object_plan *plan, const struct row *r, struct buf *out)
{
    struct stamp base = {{0}, 0};
    size_t listed = 0, first = 0;
    for (size_t i = 0; i < plan->layout.n; i++) {
        size_t at = plan->position[i];
        if (r->values[at].type != VT_ABSENT &&
            (base.seq == 0 || stamp_cmp(r->stamps[at], base) < 0))
            base = r->stamps[at];
    }
    for (size_t i = plan->layout.n; i-- > 0;)
        if (is_listed(r, plan->position[i], base)) {
            listed++;
            first = i;
        }
    buf_char(out, STAMPS_FORMAT);
    stamp_put(out, base);
    stamp_put(out, r->life_stamp);
    varint_put(out, listed);
    for (size_t i = first; listed > 0; i++) {
        size_t at = plan->position[i];
        if (!is_listed(r, at, base))
            continue;
        varint_put(out, plan->layout.fields[i]);
        stamp_put(out, r->stamps[at]);
        listed--;
    }
}

enum rc stamps_decode(const struct object_plan *plan, struct str bytes, struct row *r)
{
    struct stamp base;
    uint64_t listed, number;
    size_t slot = 0;
    if (!bytes.n || bytes.p[0] != STAMPS_FORMAT)
        return RC_CORRUPT;
    bytes = str_sub(bytes, 1, bytes.n);
    if (!stamp_get(&bytes, &base) || !stamp_get(&bytes, &r->life_stamp) ||
        !varint_get(&bytes, &listed))
        return RC_CORRUPT;
    for (size_t i = 0; i < plan->layout.n; i++)
        r->stamps[plan->position[i]] = usual(r, plan->position[i], base);
    for (; listed > 0; listed--) {
        struct stamp s;
        if (!varint_get(&bytes, &number) || !stamp_get(&bytes, &s))
            return RC_CORRUPT;
        while (slot < plan->layout.n && plan->layout.fields[slot] < number)
            slot++;
        /* A field that the model has no more keeps its stamp in rows not written since. */
        if (slot < plan->layout.n && plan->layout.fields[slot] == number)
            r->stamps[plan->position[slot]] = s;
    }
    return bytes.n ? RC_CORRUPT : RC_OK;
}
