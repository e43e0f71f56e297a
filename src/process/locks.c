#include "process/locks.h"

#include "process/waivers.h"

struct locks {
    struct look *l;
    VEC(struct field_lock) list;
};

static void add(void *ctx, const char *code, enum enforcement e, const struct field *f,
                struct str definition, struct str owner, struct str message, struct str help)
{
    struct locks *k = ctx;
    (void)e;
    if (f && str_is(str_of(code), "LOCKED"))
        *VEC_PUSH(k->l->arena, &k->list) = (struct field_lock){f,       definition, owner,
                                                               message, help,       NULL};
}

static enum rc find_waivers(struct locks *k)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < k->list.n && rc == RC_OK; i++) {
        struct waiver_ask ask = {.rule = k->list.v[i].id,
                                 .object = k->l->object,
                                 .record = k->l->now->id,
                                 .at = k->l->at,
                                 .now = k->l->at};
        rc = waiver_find(k->l->process, k->l->reader, &ask, &k->list.v[i].waiver, NULL);
    }
    return rc;
}

enum rc locks_find(struct look *l, const struct field_lock **out, size_t *n)
{
    struct look touched = *l;
    struct locks k = {.l = l};
    struct process_findings findings = {&k, add};
    size_t words = (l->object->n_fields + 63) / 64;
    touched.touched = ARENA_ARRAY(l->arena, words, uint64_t);
    for (size_t i = 0; i < words; i++)
        touched.touched[i] = UINT64_MAX;
    touched.by_time = false;
    enum rc rc = process_judge(&touched, &findings);
    if (rc == RC_OK)
        rc = find_waivers(&k);
    *out = k.list.v;
    *n = k.list.n;
    return rc;
}
