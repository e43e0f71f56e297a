/* open.c - counting what is open, and what an apply writes down as kept; open_settle.c ends it. */
#include "change/open_impl.h"

#include "model/tree.h"

/* ---- what is open ------------------------------------------------------------------------------------------------------ */

/* A definition may have open records of two kinds. */
static const struct open_kind kinds[] = {
    {"handoffs", "handoff", "handoff.state == 'offered'", "withdrawn"},
    {"handoffs", "clock",
     "clock.kind == 'first_touch' && !has(clock.stopped_at) && clock.state != 'cancelled' && "
     "clock.state != 'met'",
     "cancelled"},
    {"slas", "clock",
     "clock.kind in ['first_response', 'next_response'] && !has(clock.stopped_at) && clock.state "
     "!= 'cancelled' && clock.state != 'met'",
     "cancelled"},
    {"playbooks", "enrolment", "enrolment.kind == 'playbook' && enrolment.state == 'active'",
     "stopped"},
    {"sequences", "enrolment", "enrolment.kind == 'sequence' && enrolment.state == 'active'",
     "stopped"},
    {"approvals", "approval", "approval.state == 'pending'", "void"},
};

const struct open_kind *open_kind_next(struct str kind, const struct open_kind *after)
{
    const struct open_kind *end = kinds + sizeof kinds / sizeof *kinds;
    for (const struct open_kind *k = after ? after + 1 : kinds; k < end; k++)
        if (str_is(kind, k->kind))
            return k;
    return NULL;
}

bool open_is_wish(struct str definition)
{
    struct str name = definition, kind;
    return str_split(&name, '.', &kind) && name.n > 0 && process_keeps(kind);
}

enum rc open_rows_open(const struct change_parts *parts, struct open_rows *out)
{
    *out = (struct open_rows){.now = parts->env->now(parts->env->self)};
    enum rc rc = zone_open(parts->model->company.timezone, &out->zone);
    return rc == RC_OK ? projection_open(parts->store, parts->model, &out->projection) : rc;
}

void open_rows_close(struct open_rows *rows)
{
    projection_close(rows->projection);
    zone_close(rows->zone);
}

enum rc open_query(const struct open_rows *rows, const struct open_kind *k, struct str name,
                   uint32_t from, uint32_t until, struct arena *a, struct list_query *out)
{
    const struct model *m = projection_model(rows->projection);
    const struct object *o = model_object(m, str_of(k->object));
    struct diags ds;
    struct expr *where;
    diags_init(&ds, a);
    *out = (struct list_query){.object = o, .now = rows->now, .zone = rows->zone};
    if (!o)
        return RC_NOT_FOUND;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '\'' || name.p[i] == '\\')
            return RC_NOT_FOUND; /* no definition has such a name */
    struct str text = str_printf(
        a, "%s.name == '%.*s' && %s.version > %u && %s.version <= %u && (%s)", k->object,
        STR_ARG(name), k->object, from, k->object, until, k->open);
    enum rc rc = list_where(m, o, STR("open records"), text, a, &where, &ds);
    out->where = where;
    return rc;
}

/* Records that began after version `from` and up to `until`. */
static enum rc count(const struct open_rows *live, const struct keeping *k, uint32_t from,
                     struct arena *a, uint64_t *out)
{
    enum rc rc = RC_OK;
    *out = 0;
    for (const struct open_kind *o = open_kind_next(k->kind, NULL); o && rc == RC_OK;
         o = open_kind_next(k->kind, o)) {
        struct list_query q;
        uint64_t n = 0;
        rc = open_query(live, o, k->name, from, k->until, a, &q);
        if (rc == RC_NOT_FOUND) {
            rc = RC_OK;
            continue;
        }
        if (rc == RC_OK)
            rc = list_settle(live->projection, &q, a);
        if (rc == RC_OK)
            rc = list_count(live->projection, &q, &n);
        *out += n;
    }
    return rc;
}

/* ---- definitions that change -------------------------------------------------------------------------------------------- */

/* What people read about it does not govern what is open. */
static bool governs(const struct change *ch)
{
    static const char *const words[] = {"owner", "label", "description", "review_by"};
    if (ch->kind == CHANGE_REMOVED)
        return true;
    if (ch->kind != CHANGE_CHANGED)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(ch->property, words[i]) == 0)
            return false;
    return true;
}

typedef VEC(struct open_under) open_list;

static open_list changing(const struct change_plan *p, struct arena *a)
{
    open_list list = {NULL, 0, 0};
    for (size_t i = 0; i < p->changes.n; i++) {
        const struct change *ch = &p->changes.v[i];
        if (ch->what != ITEM_DEFINITION || !governs(ch) || !open_is_wish(ch->name))
            continue;
        if (list.n > 0 && str_eq(list.v[list.n - 1].definition, ch->name))
            continue;
        const struct definition *old = ch->before;
        if (old)
            *VEC_PUSH(a, &list) = (struct open_under){
                .definition = ch->name, .old = old, .removed = ch->kind == CHANGE_REMOVED};
    }
    return list;
}

/* ---- what they read that goes -------------------------------------------------------------------------------------------- */

struct losing {
    const struct model *next;
    struct arena *arena;
    VEC(struct str) names;
};

static void lose(struct losing *l, const struct xobject *o, const struct xfield *f)
{
    const struct object *there = model_object_numbered(l->next, o->number);
    if (there && object_field_numbered(there, f->number))
        return;
    struct str name = str_printf(l->arena, "%.*s.%.*s", STR_ARG(o->name), STR_ARG(f->name));
    for (size_t i = 0; i < l->names.n; i++)
        if (str_eq(l->names.v[i], name))
            return;
    *VEC_PUSH(l->arena, &l->names) = name;
}

static void lose_reads(struct losing *l, const struct object *self, const struct expr *e)
{
    const struct xread *reads;
    size_t n = expr_reads(e, &reads);
    for (size_t i = 0; i < n; i++) {
        const struct xobject *at = self->x;
        if (reads[i].root != XR_SELF)
            continue;
        for (size_t k = 0; k < reads[i].n_steps; k++) {
            const struct xstep *s = &reads[i].steps[k];
            lose(l, s->child ? s->child->object : at, s->child ? s->child->via : s->ref);
            at = s->child ? s->child->object : s->ref->type.object;
        }
        if (reads[i].field)
            lose(l, at, reads[i].field);
    }
}

static void lose_under(struct losing *l, const struct object *self, const struct node *n)
{
    if (n->expr)
        lose_reads(l, self, n->expr);
    for (size_t i = 0; n->kind == NODE_MAP && i < n->n; i++)
        lose_under(l, self, n->pairs[i].value);
    for (size_t i = 0; n->kind == NODE_LIST && i < n->n; i++)
        lose_under(l, self, n->items[i]);
}

/* ---- the plan --------------------------------------------------------------------------------------------------------------- */

enum rc open_count(const struct change_parts *parts, struct change_plan *p, struct arena *a)
{
    struct open_rows live = {0};
    if (!parts->model)
        return RC_OK;
    open_list list = changing(p, a), kept = {NULL, 0, 0};
    enum rc rc = list.n ? open_rows_open(parts, &live) : RC_OK;
    for (size_t i = 0; i < list.n && rc == RC_OK; i++) {
        struct open_under *o = &list.v[i];
        struct keeping k = {o->old->kind, o->old->name, p->base};
        struct losing l = {.next = p->next, .arena = a};
        rc = count(&live, &k, 0, a, &o->count);
        if (rc != RC_OK || o->count == 0)
            continue;
        if (o->old->object)
            lose_under(&l, o->old->object, o->old->node);
        o->lost = l.names.v;
        o->n_lost = l.names.n;
        *VEC_PUSH(a, &kept) = *o;
    }
    open_rows_close(&live);
    p->open = kept.v;
    p->n_open = kept.n;
    return rc;
}

/* ---- what is kept ------------------------------------------------------------------------------------------------------------ */

typedef VEC(struct keeping) keeping_list;

static bool is_wished(const struct change_plan *p, const struct keeping *k)
{
    for (size_t i = 0; i < p->n_wishes; i++) {
        struct str name = p->wishes[i].definition, kind;
        if (str_split(&name, '.', &kind) && str_eq(kind, k->kind) && str_eq(name, k->name))
            return true;
    }
    return false;
}

/* The version up to which an earlier entry of the same definition reaches. */
static uint32_t reached_before(const struct keeping *list, size_t n, const struct keeping *k)
{
    uint32_t from = 0;
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].kind, k->kind) && str_eq(list[i].name, k->name) &&
            list[i].until < k->until && list[i].until > from)
            from = list[i].until;
    return from;
}

static enum rc check_bound(const keeping_list *kept, struct diags *ds)
{
    uint32_t seen[KEPT_VERSIONS];
    size_t n = 0;
    const struct keeping *oldest = NULL;
    for (size_t i = 0; i < kept->n; i++) {
        bool known = false;
        const struct keeping *k = &kept->v[i];
        oldest = !oldest || k->until < oldest->until ? k : oldest;
        for (size_t j = 0; j < n; j++)
            known = known || seen[j] == k->until;
        if (known)
            continue;
        if (n < KEPT_VERSIONS) {
            seen[n++] = k->until;
            continue;
        }
        struct diag *d = diag_add(ds, SEV_ERROR, "V0107", span_none(),
                                  "open records would keep definitions of more than %d versions",
                                  KEPT_VERSIONS);
        diag_help(ds, d,
                  "begin anew or end what is open under %.*s.%.*s since version %u: "
                  "`revos apply --restart %.*s.%.*s`, or --cancel",
                  STR_ARG(oldest->kind), STR_ARG(oldest->name), oldest->until,
                  STR_ARG(oldest->kind), STR_ARG(oldest->name));
        return RC_REFUSED;
    }
    return RC_OK;
}

enum rc open_kept(const struct change_parts *parts, const struct change_plan *p, struct arena *a,
                  struct keeping **out, size_t *n, struct diags *ds)
{
    struct open_rows live = {0};
    struct keeping *before = NULL;
    keeping_list all = {NULL, 0, 0}, kept = {NULL, 0, 0};
    size_t n_before = 0;
    *n = 0;
    if (!parts->model)
        return RC_OK;
    enum rc rc = keeping_read(parts->store, a, &before, &n_before);
    for (size_t i = 0; i < n_before && rc == RC_OK; i++)
        *VEC_PUSH(a, &all) = before[i];
    open_list list = changing(p, a);
    for (size_t i = 0; i < list.n && rc == RC_OK; i++)
        *VEC_PUSH(a, &all) = (struct keeping){list.v[i].old->kind, list.v[i].old->name, p->base};
    if (rc == RC_OK && all.n)
        rc = open_rows_open(parts, &live);
    for (size_t i = 0; i < all.n && rc == RC_OK; i++) {
        uint64_t open = 0;
        rc = count(&live, &all.v[i], reached_before(all.v, all.n, &all.v[i]), a, &open);
        if (rc == RC_OK && open > 0 && !is_wished(p, &all.v[i]))
            *VEC_PUSH(a, &kept) = all.v[i];
    }
    open_rows_close(&live);
    *out = kept.v;
    *n = kept.n;
    return rc == RC_OK ? check_bound(&kept, ds) : rc;
}
