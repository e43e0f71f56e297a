/* widen.c - see widen.h. */
#include "change/widen.h"

#include "change/apply.h"
#include "model/builtin.h"

#include <assert.h>
#include <stdio.h>

#define SETTING "builtins"

static enum rc read_setting(struct store *s, uint64_t *out)
{
    struct stmt *st;
    bool row = false;
    *out = 0;
    enum rc rc = store_named(s, SQL_SETTING_GET, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, STR(SETTING));
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row && !str_to_u64(stmt_get_text(st, 0), out))
        rc = RC_CORRUPT;
    stmt_reset(st);
    return rc;
}

enum rc widen_say(struct store *s)
{
    struct stmt *st;
    char room[32];
    int n = snprintf(room, sizeof room, "%zu", builtins_extent());
    enum rc rc = store_named(s, SQL_SETTING_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, STR(SETTING));
    stmt_text(st, 2, (struct str){room, (size_t)n});
    return stmt_run(st);
}

enum rc widen_check(struct store *s, bool *older, struct diags *ds)
{
    uint64_t said, ours = builtins_extent();
    enum rc rc = read_setting(s, &said);
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
