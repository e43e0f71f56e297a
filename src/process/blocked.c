/* blocked.c - refused effects as records. */
#include "process/blocked.h"

#include "process/reaction.h"

/* The business record that a look is about: itself, or what its process record is about. */
static void about_look(const struct look *l, const struct object **o, uint64_t *id)
{
    *o = l->object;
    *id = l->now->id;
    if (l->object->builtin && !row_about(l->now, o, id))
        *id = 0;
}

static bool is_known(struct reaction *r, const struct object *blocked, const struct field *via,
                     uint64_t id, struct str definition)
{
    const struct process_reader *rd = r->l->reader;
    const struct row **rows;
    size_t n = 0;
    if (!via || !id)
        return false;
    r->rc = rd->children(rd->ctx, via, id, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++)
        if (rows[i]->object == blocked && row_is(rows[i], "state", "open") &&
            str_eq(row_text(rows[i], "definition"), definition))
            return true;
    return false;
}

/* "routes.inbound" → who answers for it; 0: nobody known. */
static uint64_t owner_of(struct reaction *r, struct str definition)
{
    const struct model *m = process_model(r->p);
    const struct process_reader *rd = r->l->reader;
    struct str rest = definition, kind = STR_NONE;
    str_split(&rest, '.', &kind);
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        if (d->owner && str_eq(d->kind, kind) && str_eq(d->name, rest))
            return rd->person_id(rd->ctx, d->owner->name);
    }
    for (size_t i = 0; i < m->n_processes; i++)
        if (m->processes[i]->owner && str_eq(m->processes[i]->name, rest))
            return rd->person_id(rd->ctx, m->processes[i]->owner->name);
    const struct person_seed *owner = r->l->object->owner ? r->l->object->owner : m->company.owner;
    return owner ? rd->person_id(rd->ctx, owner->name) : 0;
}

enum rc process_blocked(struct look *l, const struct effect *refused, struct str what,
                        struct str verdict, const struct effect **out, size_t *n)
{
    struct reaction r = {.l = l, .p = l->process};
    const struct object *blocked = builtin_object(r.p, ON_BLOCKED), *o;
    uint64_t id;
    *n = 0;
    if (!blocked)
        return RC_OK; /* a model without a process: its values alone can ask for something */
    about_look(l, &o, &id);
    const struct field *via = about_field(blocked, o);
    if (!is_known(&r, blocked, via, id, refused->definition) && r.rc == RC_OK) {
        struct asking a = ask_create(&r, blocked, refused->definition);
        struct str name = refused->definition.n ? refused->definition : STR("process");
        ask_text(&a, "definition", name);
        ask_word(&a, "state", "open");
        ask_text(&a, "what", what);
        ask_value(&a, "verdict", (struct value){.type = VT_JSON, .text = verdict});
        ask_instant(&a, "at", refused->at);
        ask_ref(&a, "owner", owner_of(&r, refused->definition));
        if (id)
            ask_about(&a, o, id);
        (void)ask(&a);
    }
    *out = r.effects.v;
    *n = r.rc == RC_OK ? r.effects.n : 0;
    return r.rc;
}
