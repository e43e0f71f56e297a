/* widen.c - see widen.h. */
#include "change/widen.h"

#include "change/apply.h"
#include "model/builtin.h"
#include "store/setting.h"

#include <assert.h>
#include <stdio.h>

#define SETTING "builtins"

enum rc widen_say(struct store *s)
{
    char room[32];
    int n = snprintf(room, sizeof room, "%zu", builtins_extent());
    return setting_put(s, STR(SETTING), (struct str){room, (size_t)n});
}

enum rc widen_check(struct store *s, bool *older, struct diags *ds)
{
    uint64_t said = 0, ours = builtins_extent();
    struct str text;
    enum rc rc = setting_get(s, STR(SETTING), ds->arena, &text);
    if (rc == RC_OK && text.n && !str_to_u64(text, &said))
        rc = RC_CORRUPT;
    *older = rc == RC_OK && said < ours;
    if (rc != RC_OK || said <= ours)
        return rc;
    struct diag *d = diag_add(
        ds, SEV_ERROR, "V0106", span_none(),
        "a newer revos made this workspace: its built-in objects have %llu parts, those of this "
        "program %llu",
        (unsigned long long)said, (unsigned long long)ours);
    diag_help(ds, d, "use the newer revos; this one could not read all that it wrote");
    return RC_INVALID;
}

enum rc widen_run(const struct change_parts *parts, struct arena *a, struct diags *ds)
{
    struct model *next;
    const struct version *live = parts->live;
    const struct actor program = {.kind = ACTOR_SYSTEM, .name = STR("widened")};
    assert(parts->model);
    enum rc rc = model_compile(&live->sources, live->numbering, a, &next, ds);
    if (rc != RC_OK)
        return rc == RC_INVALID ? RC_CORRUPT : rc;
    next->version = live->number + 1;
    struct change_plan p = {
        .base = live->number, .base_digest = live->digest, .next = next, .digest = next->digest};
    return change_apply(parts, &p, &program, a, ds);
}
