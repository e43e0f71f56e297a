/* consent.c - reading who agreed to what. */
#include "process/consent.h"
#include "process/plays.h"

static struct duration expiry(const struct definition *d)
{
    struct duration span = {0};
    struct str text = node_text(d->node, "expires");
    return text.n && duration_parse(text, &span) ? span : (struct duration){0};
}

static const struct definition *consent_named(const struct model *m, struct str purpose)
{
    for (size_t i = 0; purpose.n && i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "consents") && str_eq(m->definitions[i].name, purpose))
            return &m->definitions[i];
    return NULL;
}

struct consent consent_of(const struct model *m, struct str purpose, const struct object *o)
{
    const struct definition *d = consent_named(m, purpose);
    if (!d || !d->object)
        return (struct consent){.purpose = purpose};
    struct consent c = {.purpose = purpose,
                        .definition = d,
                        .field = object_field(d->object, node_text(d->node, "field")),
                        .since = object_field(d->object, node_text(d->node, "since")),
                        .expires = expiry(d),
                        .unknown_is_yes = str_is(node_text(d->node, "unknown"), "allow")};
    for (size_t i = 0; d->object != o && !c.via && i < o->n_fields; i++)
        if (o->fields[i]->to == d->object)
            c.via = o->fields[i];
    if (d->object != o && !c.via)
        c.field = NULL; /* nobody whose answer could be read */
    return c;
}

static bool has_expired(const struct consent *c, const struct row *subject, struct instant at,
                        struct zone *z)
{
    const struct value *v = c->since ? row_value(subject, c->since) : NULL;
    int64_t from;
    if (!v || !c->expires.us)
        return false;
    if (v->type == VT_INSTANT)
        from = v->instant.us;
    else if (v->type == VT_DATE)
        from = zone_midnight(z, v->date).us;
    else
        return true; /* an undated yes cannot be shown to hold still */
    return at.us - from >= c->expires.us;
}

static enum consent_answer unknown(const struct consent *c)
{
    return c->unknown_is_yes ? CONSENT_YES : CONSENT_UNKNOWN;
}

enum consent_answer consent_of_subject(const struct consent *c, const struct row *subject,
                                       struct instant at, struct zone *z, struct arena *a,
                                       struct str *why)
{
    const struct value *v = subject && c->field ? row_value(subject, c->field) : NULL;
    if (!c->purpose.n)
        return CONSENT_YES;
    *why = str_printf(a, "no consent for %.*s is known", STR_ARG(c->purpose));
    if (!v || v->type != VT_BOOL)
        return unknown(c);
    if (!v->boolean) {
        *why = str_printf(a, "consent for %.*s was refused", STR_ARG(c->purpose));
        return CONSENT_NO;
    }
    if (!has_expired(c, subject, at, z))
        return CONSENT_YES;
    *why = str_printf(a, "consent for %.*s is older than it may be", STR_ARG(c->purpose));
    return unknown(c);
}

enum consent_answer consent_ask(struct reaction *r, const struct consent *c, const struct row *of,
                                struct str *why)
{
    struct look *l = r->l;
    struct str unused;
    const struct row *subject = of;
    if (c->via) {
        const struct value *v = row_value(of, c->via);
        subject = row_of(r, c->via->to, v->type == VT_REF ? v->ref : 0);
    }
    return consent_of_subject(c, subject, l->at, l->zone, l->arena, why ? why : &unused);
}

bool consent_withdrawal_stops(const struct consent *c, struct str origin)
{
    const struct node *stops = c->definition ? node_items(c->definition->node, "withdrawal_stops")
                                             : NULL;
    for (size_t i = 0; stops && i < stops->n; i++)
        if (str_eq(stops->items[i]->text, origin))
            return true;
    return false;
}
