/* keeping.c - see keeping.h. */
#include "admission/keeping.h"

#include "projection/versions.h"

#define SETTING "kept"

enum { SETTING_MAX = 1 << 20 };

/* ---- the setting: a line each, "handoffs mql_to_sales 3" -------------------------------------------------------------- */

static bool read_line(struct str line, struct arena *a, struct keeping *out)
{
    struct str rest = line, number;
    uint64_t until = 0;
    size_t last = rest.n;
    while (last > 0 && rest.p[last - 1] != ' ')
        last--;
    number = str_sub(rest, last, rest.n);
    rest = str_sub(rest, 0, last > 0 ? last - 1 : 0);
    struct str name = rest, kind;
    if (!str_split(&name, ' ', &kind) || !str_to_u64(number, &until) || until > UINT32_MAX)
        return false;
    *out = (struct keeping){str_dup(a, kind), str_dup(a, name), (uint32_t)until};
    return true;
}

enum rc keeping_read(struct store *s, struct arena *a, struct keeping **out, size_t *n)
{
    VEC(struct keeping) list = {NULL, 0, 0};
    struct str text, line;
    enum rc rc = setting_get(s, STR(SETTING), a, &text);
    while (rc == RC_OK && text.n > 0 && str_split(&text, '\n', &line))
        if (!read_line(line, a, VEC_PUSH(a, &list)))
            rc = RC_CORRUPT;
    *out = list.v;
    *n = list.n;
    return rc;
}

enum rc keeping_write(struct store *s, const struct keeping *list, size_t n)
{
    struct buf b;
    buf_init(&b, SETTING_MAX);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%.*s %.*s %u\n", STR_ARG(list[i].kind), STR_ARG(list[i].name),
                   list[i].until);
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK)
        rc = setting_put(s, STR(SETTING), buf_view(&b));
    buf_release(&b);
    return rc;
}

/* ---- models ------------------------------------------------------------------------------------------------------------ */

static bool is_missing(enum rc rc)
{
    return rc == RC_NOT_FOUND || rc == RC_CORRUPT;
}

static enum rc load_version(struct store *s, uint32_t number, struct arena *a,
                            const struct model **out)
{
    struct version *v = ARENA_NEW(a, struct version);
    struct model *m = NULL;
    struct diags ds;
    diags_init(&ds, a);
    enum rc rc = version_read(s, number, a, v);
    if (rc == RC_OK)
        rc = version_compile(v, a, &m, &ds);
    *out = rc == RC_OK ? m : NULL;
    return is_missing(rc) && !store_broken(s) ? RC_OK : rc;
}

enum rc keeping_load(struct store *s, struct process *p, struct arena *a)
{
    struct keeping *list;
    size_t n, kept = 0;
    enum rc rc = keeping_read(s, a, &list, &n);
    if (rc != RC_OK || n == 0)
        return rc;
    struct kept_definition *out = ARENA_ARRAY(a, n, struct kept_definition);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct model *as = NULL;
        for (size_t k = 0; k < kept && !as; k++)
            if (out[k].until == list[i].until)
                as = out[k].as;
        if (!as)
            rc = load_version(s, list[i].until, a, &as);
        if (as)
            out[kept++] = (struct kept_definition){list[i].kind, list[i].name, list[i].until, as};
    }
    if (rc == RC_OK)
        process_keep(p, out, kept, a);
    return rc;
}
