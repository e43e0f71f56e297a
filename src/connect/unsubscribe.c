#include "connect/unsubscribe.h"

enum { DIGITS = 32 }; /* of the keyed digest: 128 bits */

static enum rc signature(struct vault *v, const struct object *o, uint64_t record,
                         struct str purpose, struct arena *a, struct str *out)
{
    struct digest d;
    char hex[65];
    struct str text = str_printf(a, "unsubscribe|%u|%llu|%.*s", o->number,
                                 (unsigned long long)record, STR_ARG(purpose));
    enum rc rc = vault_digest(v, text, &d);
    if (rc == RC_OK)
        *out = str_dup(a, str_sub(digest_hex(d, hex), 0, DIGITS));
    return rc;
}

enum rc unsubscribe_token(struct vault *v, const struct object *o, uint64_t record,
                          struct str purpose, struct arena *a, struct str *out)
{
    char id[64];
    struct str sign;
    enum rc rc = signature(v, o, record, purpose, a, &sign);
    if (rc == RC_OK)
        *out = str_printf(a, "%.*s.%.*s.%.*s", STR_ARG(id_text(o->prefix, record, id)),
                          STR_ARG(purpose), STR_ARG(sign));
    return rc;
}

static const struct definition *consent_named(const struct model *m, struct str purpose)
{
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "consents") && str_eq(m->definitions[i].name, purpose))
            return &m->definitions[i];
    return NULL;
}

enum rc unsubscribe_read(struct vault *v, const struct model *m, struct str token, struct arena *a,
                         struct unsubscribe *out)
{
    struct str rest = token, id, purpose, sign;
    *out = (struct unsubscribe){0};
    if (!str_split(&rest, '.', &id) || !str_split(&rest, '.', &purpose))
        return RC_NOT_FOUND;
    const struct definition *d = consent_named(m, purpose);
    struct str field = d ? node_text(d->node, "field") : STR("");
    if (!d || !d->object || !field.n || !id_parse(id, d->object->prefix, &out->record))
        return RC_NOT_FOUND;
    enum rc rc = signature(v, d->object, out->record, purpose, a, &sign);
    if (rc != RC_OK)
        return rc;
    /* Compared as digests, so that equal beginnings cannot be felt for. */
    if (!digest_eq(digest_of(rest), digest_of(sign)))
        return RC_NOT_FOUND;
    out->consent = d;
    out->field = object_field(d->object, field);
    return out->field ? RC_OK : RC_NOT_FOUND;
}
