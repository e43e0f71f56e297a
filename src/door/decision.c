#include "door/decision.h"

#include "admission/look.h"
#include "door/rowset.h"
#include "face/model_json.h"

enum { AMOUNTS_MAX = 3 };

struct asking_about {
    const struct waiting_item *item;
    struct decision *out;
    enum rc rc;
};

static bool is_same(const struct row *a, const struct row *b)
{
    return a->id != b->id && str_eq(row_text(a, "name"), row_text(b, "name")) &&
           !row_is(a, "state", "pending");
}

static void add_value(struct decision *d, const struct field *f)
{
    if (!f || f->personal || f->type == FT_REF || f->type == FT_JSON)
        return;
    for (size_t i = 0; i < d->n_values; i++)
        if (d->values[i] == f)
            return;
    d->values[d->n_values++] = f;
}

/* What the condition reads of the record, what is locked meanwhile, and what the record is worth. */
static void find_values(struct decision *d, const struct approval_def *def, struct arena *a)
{
    const struct object *o = d->about->object;
    const struct xread *reads;
    size_t n = expr_reads(def->needed, &reads), amounts = 0;
    d->values = ARENA_ARRAY(a, n + def->n_locks + AMOUNTS_MAX + 1, const struct field *);
    d->locks = ARENA_ARRAY(a, def->n_locks + 1, const struct field *);
    for (size_t i = 0; i < n; i++)
        if (reads[i].root == XR_SELF && reads[i].n_steps == 0 && reads[i].field)
            add_value(d, object_field_numbered(o, reads[i].field->number));
    for (size_t i = 0; i < def->n_locks; i++) {
        const struct field *f = object_field_numbered(o, def->locks[i]->number);
        if (f)
            d->locks[d->n_locks++] = f;
        add_value(d, f);
    }
    for (size_t i = 0; i < o->n_fields && amounts < AMOUNTS_MAX; i++)
        if (o->fields[i]->type == FT_MONEY && row_value(d->about, o->fields[i])->type == VT_MONEY) {
            add_value(d, o->fields[i]);
            amounts++;
        }
}

static void see(void *self, struct look *l)
{
    struct asking_about *k = self;
    struct reaction r = {.l = l, .p = l->process};
    struct decision *d = k->out;
    struct arena *a = l->arena;
    const struct row *approval = k->item->row, **rows;
    const struct approval_def *def = approval_begun(&r, approval);
    const struct field *via = about_field(approval->object, l->object);
    size_t n = 0;
    if (!def)
        return;
    d->about = l->now;
    d->condition = str_dup(a, expr_text(def->needed));
    d->lapses = def->voids ? str_dup(a, expr_text(def->voids)) : STR_NONE;
    d->gates = def->gated ? str_dup(a, label_or(def->gated->label, def->gated->name)) : STR_NONE;
    d->steps = def->chain->n;
    find_values(d, def, a);
    if (via && r.rc == RC_OK)
        r.rc = l->reader->children(l->reader->ctx, via, l->now->id, &rows, &n);
    d->before = ARENA_ARRAY(a, n + 1, const struct row *);
    for (size_t i = 0; i < n && r.rc == RC_OK; i++)
        if (is_same(rows[i], approval))
            d->before[d->n_before++] = rows[i];
    k->rc = r.rc;
}

enum rc decision_read(struct admission *a, const struct waiting_item *i, struct arena *arena,
                      struct decision *out)
{
    struct asking_about k = {i, out, RC_OK};
    *out = (struct decision){0};
    if (!i->about_object || i->row->object->number != ON_APPROVAL)
        return RC_OK;
    enum rc rc = admission_look(a, i->about_object, i->about, arena, see, &k);
    if (rc == RC_NOT_FOUND) /* the record is gone, and the approval will be */
        return RC_OK;
    return rc == RC_OK ? k.rc : rc;
}

void decision_titles(const struct decision *d, struct titles *t)
{
    for (size_t i = 0; i < d->n_before; i++)
        titles_want_row(t, d->before[i]);
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static void put_values(const struct decision *d, struct titles *t, struct arena *a,
                       struct json_out *w)
{
    struct record_names names = rowset_names(t);
    json_key(w, "values");
    json_begin_array(w);
    for (size_t i = 0; i < d->n_values; i++) {
        const struct field *f = d->values[i];
        const struct value *v = row_value(d->about, f);
        json_begin_object(w);
        json_field_str(w, "name", f->name);
        json_field_str(w, "label", label_or(f->label, f->name));
        if (v->type != VT_ABSENT) {
            json_key(w, "cell");
            json_begin_object(w);
            cell_members_json(f, v, &names, a, w);
            json_end_object(w);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_decided(const struct row *r, const char *state, const struct titles *t,
                        struct json_out *w)
{
    char room[40];
    struct instant at = row_instant(r, "decided_at");
    json_begin_object(w);
    json_field_cstr(w, "state", state);
    json_optional(w, "by", titles_person(t, row_ref(r, "decided_by")));
    if (at.us != INSTANT_MAX.us)
        json_field_str(w, "at", instant_text(at, room));
    json_optional(w, "note", row_text(r, "note"));
    json_end_object(w);
}

static void put_before(const struct decision *d, const struct row *approval, const struct titles *t,
                       struct arena *a, struct json_out *w)
{
    json_key(w, "before");
    json_begin_array(w);
    for (size_t i = 0; i < d->n_before; i++)
        put_decided(d->before[i], str_c(a, row_text(d->before[i], "state")), t, w);
    if (row_int(approval, "step", 1) > 1) /* the yes before this one in the chain */
        put_decided(approval, "agreed", t, w);
    json_end_array(w);
}

void decision_put(const struct decision *d, const struct waiting_item *i, struct titles *t,
                  struct arena *a, struct json_out *w)
{
    if (!d->about)
        return;
    json_key(w, "decision");
    json_begin_object(w);
    json_field_str(w, "condition", d->condition);
    json_optional(w, "lapses", d->lapses);
    json_optional(w, "gates", d->gates);
    json_field_int(w, "step", row_int(i->row, "step", 1));
    json_field_int(w, "steps", (int64_t)d->steps);
    json_key(w, "locks");
    json_begin_array(w);
    for (size_t n = 0; n < d->n_locks; n++)
        json_put_str(w, d->locks[n]->name);
    json_end_array(w);
    put_values(d, t, a, w);
    put_before(d, i->row, t, a, w);
    json_end_object(w);
}
