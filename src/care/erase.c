/* erase.c - see erase.h. */
#include "care/erase.h"

#include "ledger/event.h"

static bool is_about_persons(const struct object *o)
{
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->personal)
            return true;
    return false;
}

static enum rc invalid(struct diags *ds, const char *code, const char *text, const char *help)
{
    struct diag *d = diag_add(ds, SEV_ERROR, code, span_none(), "%s", text);
    diag_help(ds, d, "%s", help);
    return RC_INVALID;
}

static enum rc check_order(const struct erase_order *o, struct diags *ds)
{
    if (o->object->is_fact)
        return invalid(ds, "K0301", "fact rows are no persons",
                       "erase the person the rows are about: their personal values go with it");
    if (!is_about_persons(o->object))
        return invalid(ds, "K0301", "no field of this object is personal",
                       "mark what is about a person with `personal: true` in the model");
    if (str_trim(o->reason).n == 0 || o->reason.n > EVENT_REASON_MAX)
        return invalid(ds, "K0302", "an erasure needs a reason of 1 to 2,000 bytes",
                       "say who asked and when: --reason TEXT; no name, for the reason stays");
    return RC_OK;
}

static enum rc find(const struct erase_order *o, struct arena *a, uint64_t *record,
                    struct diags *ds)
{
    enum rc rc = admission_find(o->admission, o->object, o->who, a, record);
    if (rc == RC_NOT_FOUND)
        diag_add(ds, SEV_ERROR, "K0303", span_none(), "no %.*s has the id or key '%.*s'",
                 STR_ARG(o->object->name), STR_ARG(str_sub(o->who, 0, 200)));
    if (rc == RC_CONFLICT)
        diag_add(ds, SEV_ERROR, "K0303", span_none(),
                 "more than one %.*s answers to '%.*s'; name one by its id",
                 STR_ARG(o->object->name), STR_ARG(str_sub(o->who, 0, 200)));
    return rc;
}

static enum rc remove_warehouse(const struct erase_order *o, struct arena *a, struct diags *ds)
{
    static const char *const files[] = {"", ".wal"};
    if (!o->warehouse)
        return RC_OK;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct str path = str_printf(a, "%s%s", o->warehouse, files[i]);
        enum rc rc = o->env->remove(o->env->self, path.p);
        if (rc == RC_OK || rc == RC_NOT_FOUND)
            continue;
        diag_add(ds, SEV_ERROR, "K0304", span_none(), "cannot remove the warehouse %.*s: %s",
                 STR_ARG(path), env_error());
        return rc;
    }
    return RC_OK;
}

enum rc care_erase(const struct erase_order *o, struct arena *a, uint64_t *record,
                   struct erased *out, struct diags *ds)
{
    *out = (struct erased){0};
    *record = 0;
    enum rc rc = check_order(o, ds);
    if (rc == RC_OK)
        rc = find(o, a, record, ds);
    if (rc == RC_OK)
        rc = remove_warehouse(o, a, ds);
    if (rc != RC_OK)
        return rc;
    const struct erasing what = {.object = o->object,
                                 .record = *record,
                                 .actor = o->actor,
                                 .reason = str_trim(o->reason),
                                 .allow_return = o->allow_return};
    rc = admission_erase(o->admission, &what, a, out);
    if (rc == RC_LIMIT)
        diag_add(ds, SEV_ERROR, "K0305", span_none(),
                 "values of this person stand in more than %d records", ERASE_RECORDS_MAX);
    return rc;
}
