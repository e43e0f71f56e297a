/* plan.c - what applying the next model would change. */
#include "change/plan.h"

#include "admission/verdict.h"
#include "base/json.h"

#include "change/backfill.h"
#include "change/effect.h"
#include "change/open.h"
#include "ledger/columns.h"
#include <string.h>

/* ---- tables ---------------------------------------------------------------------------------------------------- */

typedef VEC(struct str) str_list;

static void new_columns(const struct object *was, const struct object *o, struct arena *a,
                        str_list *out)
{
    char table[COLUMN_MAX], column[COLUMN_MAX];
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct field *f = o->fields[i];
        if (!column_own(f) || object_field_numbered(was, f->number))
            continue;
        *VEC_PUSH(a, out) = str_printf(a, "add column %.*s.%.*s (%.*s.%.*s, %s)",
                                       STR_ARG(table_of(o, table)), STR_ARG(column_of(f, column)),
                                       STR_ARG(o->name), STR_ARG(f->name),
                                       field_type_info(f->type)->name);
    }
}

static void plan_tables(const struct model *was, struct change_plan *p, struct arena *a)
{
    str_list lines = {NULL, 0, 0};
    char table[COLUMN_MAX];
    for (size_t i = 0; i < p->next->n_objects; i++) {
        const struct object *o = p->next->objects[i];
        const struct object *old = was ? model_object_numbered(was, o->number) : NULL;
        if (old)
            new_columns(old, o, a, &lines);
        else
            *VEC_PUSH(a, &lines) = str_printf(a, "create table %.*s (%.*s)",
                                              STR_ARG(table_of(o, table)), STR_ARG(o->name));
    }
    p->migration = lines.v;
    p->n_migration = lines.n;
}

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

static void plan_affected(struct change_plan *p, struct arena *a)
{
    str_list names = {NULL, 0, 0};
    for (size_t i = 0; i < p->changes.n; i++) {
        const struct change *ch = &p->changes.v[i];
        if (ch->what != ITEM_DEFINITION || ch->kind == CHANGE_ADDED)
            continue;
        if (names.n == 0 || !str_eq(names.v[names.n - 1], ch->name))
            *VEC_PUSH(a, &names) = ch->name;
    }
    p->affected = names.v;
    p->n_affected = names.n;
}

/* The first version: everything that stands alone is added. */
static void plan_first(struct change_plan *p, struct arena *a)
{
    struct item_list items;
    VEC(struct change) list = {NULL, 0, 0};
    model_items(p->next, a, &items);
    for (size_t i = 0; i < items.list.n; i++)
        if (items.list.v[i].parent.n == 0)
            *VEC_PUSH(a, &list) = (struct change){.kind = CHANGE_ADDED,
                                                  .what = items.list.v[i].kind,
                                                  .name = items.list.v[i].name,
                                                  .after = items.list.v[i].of};
    p->changes = (struct change_list){list.v, list.n};
}

static enum rc check_zone(const struct change_parts *parts, const struct change_plan *p,
                          struct diags *ds)
{
    if (!parts->model || str_eq(parts->model->company.timezone, p->next->company.timezone))
        return RC_OK;
    struct diag *d = diag_add(ds, SEV_ERROR, "V0101", span_none(),
                              "the company's time zone is %.*s and cannot become %.*s",
                              STR_ARG(parts->model->company.timezone),
                              STR_ARG(p->next->company.timezone));
    diag_help(ds, d,
              "days of the past were cut in that zone; start a new workspace for another one");
    return RC_INVALID;
}

enum rc change_plan_compiled(const struct change_parts *parts, struct model *next, struct arena *a,
                             struct change_plan *out, struct diags *ds)
{
    *out = (struct change_plan){.next = next, .digest = next->digest};
    if (parts->model) {
        out->base = parts->live->number;
        out->base_digest = parts->live->digest;
    }
    next->version = out->base + 1;
    enum rc rc = check_zone(parts, out, ds);
    if (rc != RC_OK)
        return rc;
    if (parts->model)
        model_diff(parts->model, next, a, &out->changes);
    else
        plan_first(out, a);
    plan_tables(parts->model, out, a);
    plan_affected(out, a);
    rc = backfill_returning(parts, out, a);
    if (rc == RC_OK)
        rc = effect_leftovers(parts, out, a);
    if (rc == RC_OK)
        rc = open_count(parts, out, a);
    return rc == RC_OK ? effect_breaches(parts, out, a) : rc;
}

enum rc change_plan_make(const struct change_parts *parts, const struct source_set *sources,
                         struct arena *a, struct change_plan *out, struct diags *ds)
{
    struct model *next;
    *out = (struct change_plan){0};
    const struct numbering *live = parts->model ? parts->live->numbering : NULL;
    enum rc rc = model_compile(sources, live, a, &next, ds);
    return rc == RC_OK ? change_plan_compiled(parts, next, a, out, ds) : rc;
}

bool change_plan_refills(const struct change_plan *p)
{
    return p->n_conversions + p->n_returning > 0;
}

bool change_plan_is_empty(const struct change_plan *p)
{
    return p->base > 0 && p->changes.n == 0 && p->n_migration == 0;
}

/* ---- text and JSON ------------------------------------------------------------------------------------------------ */

static const char *sign_name(enum change_kind k)
{
    static const char *const names[] = {"added", "removed", "renamed", "changed"};
    return names[k];
}

static void breach_text(const struct breach *b, struct buf *out)
{
    char room[64];
    buf_printf(out, "  %.*s (%s) %.*s: %llu %.*s", STR_ARG(b->criterion),
               enforcement_name(b->enforcement), STR_ARG(b->message), (unsigned long long)b->count,
               STR_ARG(b->count == 1 ? b->object->name : b->object->plural));
    for (size_t i = 0; i < b->n_first; i++) {
        buf_cstr(out, i ? ", " : ": ");
        buf_str(out, id_text(b->object->prefix, b->first[i], room));
    }
    if (b->count > b->n_first)
        buf_printf(out, " and %llu more", (unsigned long long)(b->count - b->n_first));
    buf_char(out, '\n');
}

static void conversion_text(const struct conversion *c, struct buf *out)
{
    char room[64];
    buf_printf(out, "  %.*s.%.*s (%s to %s): %llu of %llu convert\n", STR_ARG(c->object->name),
               STR_ARG(c->from->name), field_type_info(c->from->type)->name,
               field_type_info(c->to->type)->name, (unsigned long long)c->converts,
               (unsigned long long)(c->converts + c->fails));
    for (size_t i = 0; i < c->n_first; i++)
        buf_printf(out, "    %.*s '%.*s': %.*s\n",
                   STR_ARG(id_text(c->object->prefix, c->first[i].record, room)),
                   STR_ARG(c->first[i].value), STR_ARG(c->first[i].why));
    if (c->fails > c->n_first)
        buf_printf(out, "    and %llu more\n", (unsigned long long)(c->fails - c->n_first));
}

static void left_text(const struct change_plan *p, enum left_kind kind, const char *title,
                      struct buf *out)
{
    bool told = false;
    for (size_t i = 0; i < p->n_left; i++) {
        const struct leftover *l = &p->left[i];
        if (l->kind != kind)
            continue;
        if (!told)
            buf_cstr(out, title);
        told = true;
        buf_printf(out, "  %.*s (%s%.*s): %llu %.*s\n", STR_ARG(l->name),
                   kind == LEFT_MOVED ? "to " : "", STR_ARG(l->what), (unsigned long long)l->count,
                   STR_ARG(l->count == 1 ? l->object->name : l->object->plural));
    }
}

static void open_text(const struct change_plan *p, struct buf *out)
{
    if (p->n_open)
        buf_cstr(out, "Open under a definition that changes (each keeps the one it began under, "
                      "unless --restart or --cancel):\n");
    for (size_t i = 0; i < p->n_open; i++) {
        const struct open_under *o = &p->open[i];
        buf_printf(out, "  %.*s: %llu%s\n", STR_ARG(o->definition), (unsigned long long)o->count,
                   o->removed ? ", removed: they run to their end" : "");
        for (size_t k = 0; k < o->n_lost; k++)
            buf_printf(out, "    reads %.*s, which goes: it counts as empty\n",
                       STR_ARG(o->lost[k]));
    }
}

enum { LINE_MAX_BYTES = 110 };

/* Items of one kind on lines of their own: nobody reads a first version item by item. Where the next kind begins. */
static size_t first_text(const struct change_list *all, size_t at, struct buf *out)
{
    enum item_kind kind = all->v[at].what;
    size_t end = at, line;
    while (end < all->n && all->v[end].what == kind)
        end++;
    buf_printf(out, "  %s (%zu): ", item_kind_name(kind), end - at);
    line = out->n - strlen("    ");
    for (size_t i = at; i < end; i++) {
        struct str name = all->v[i].name;
        if (i > at)
            buf_char(out, kind == ITEM_SEED ? ';' : ','); /* a seed's name has commas */
        if (i > at && out->n - line + name.n + 2 > LINE_MAX_BYTES) {
            buf_cstr(out, "\n   ");
            line = out->n - strlen("   ");
        }
        buf_printf(out, "%s%.*s", i > at ? " " : "", STR_ARG(name));
    }
    buf_char(out, '\n');
    return end;
}

static void changes_text(const struct change_plan *p, struct buf *out)
{
    if (p->base == 0) {
        buf_cstr(out, "The first version:\n");
        for (size_t i = 0; i < p->changes.n;)
            i = first_text(&p->changes, i, out);
        buf_printf(out, "Tables: %zu are made\n", p->n_migration);
        return;
    }
    buf_printf(out, "From version %u to %u:\n", p->base, p->base + 1);
    if (change_plan_is_empty(p))
        buf_cstr(out, "  no change in meaning\n");
    for (size_t i = 0; i < p->changes.n; i++) {
        buf_cstr(out, "  ");
        change_text(&p->changes.v[i], out);
    }
    if (p->n_migration)
        buf_cstr(out, "Tables:\n");
    for (size_t i = 0; i < p->n_migration; i++)
        buf_printf(out, "  %.*s\n", STR_ARG(p->migration[i]));
}

void change_plan_text(const struct change_plan *p, struct buf *out)
{
    changes_text(p, out);
    if (p->n_affected)
        buf_cstr(out, "Definitions that change (what began under the old one keeps it):\n");
    for (size_t i = 0; i < p->n_affected; i++)
        buf_printf(out, "  %.*s\n", STR_ARG(p->affected[i]));
    open_text(p, out);
    if (p->n_breaches)
        buf_cstr(out, "Records that break a new or tightened rule (they stay as they are):\n");
    for (size_t i = 0; i < p->n_breaches; i++)
        breach_text(&p->breaches[i], out);
    if (p->n_uncounted)
        buf_cstr(out,
                 "New or tighter, but not to be asked of stored records (they look at a change "
                 "or at who makes it):\n");
    for (size_t i = 0; i < p->n_uncounted; i++)
        buf_printf(out, "  %.*s\n", STR_ARG(p->uncounted[i]));
    if (p->n_conversions)
        buf_cstr(out, "Values that get another type (what does not convert stays in the ledger and "
                      "leaves the field empty):\n");
    for (size_t i = 0; i < p->n_conversions; i++)
        conversion_text(&p->conversions[i], out);
    left_text(p, LEFT_BEHIND,
              "Stored values left behind (they stay in the ledger and are shown no more):\n", out);
    left_text(p, LEFT_MOVED, "Records that move to another value or stage:\n", out);
    left_text(p, LEFT_IN_USE, "Values and stages in use that need `moved_to` (apply refuses):\n",
              out);
}

static void change_json(const struct change *c, struct json_out *w)
{
    json_begin_object(w);
    json_field_cstr(w, "change", sign_name(c->kind));
    json_field_cstr(w, "what", item_kind_name(c->what));
    json_field_str(w, "name", c->name);
    if (c->kind == CHANGE_RENAMED)
        json_field_str(w, "old_name", c->old_name);
    if (c->kind == CHANGE_CHANGED) {
        json_field_cstr(w, "property", c->property);
        json_field_str(w, "old", c->old_text);
        json_field_str(w, "new", c->new_text);
    }
    json_end_object(w);
}

static void breach_json(const struct breach *b, struct json_out *w)
{
    char room[64];
    json_begin_object(w);
    json_field_str(w, "criterion", b->criterion);
    json_field_str(w, "object", b->object->name);
    json_field_cstr(w, "code", b->code);
    json_field_cstr(w, "enforcement", enforcement_name(b->enforcement));
    json_field_str(w, "message", b->message);
    json_field_int(w, "count", (int64_t)b->count);
    json_key(w, "first");
    json_begin_array(w);
    for (size_t i = 0; i < b->n_first; i++)
        json_put_str(w, id_text(b->object->prefix, b->first[i], room));
    json_end_array(w);
    json_end_object(w);
}

static void conversion_json(const struct conversion *c, struct json_out *w)
{
    char room[64];
    json_begin_object(w);
    json_field_str(w, "object", c->object->name);
    json_field_str(w, "field", c->from->name);
    json_field_cstr(w, "from", field_type_info(c->from->type)->name);
    json_field_cstr(w, "to", field_type_info(c->to->type)->name);
    json_field_int(w, "converts", (int64_t)c->converts);
    json_field_int(w, "fails", (int64_t)c->fails);
    json_key(w, "first");
    json_begin_array(w);
    for (size_t i = 0; i < c->n_first; i++) {
        json_begin_object(w);
        json_field_str(w, "id", id_text(c->object->prefix, c->first[i].record, room));
        json_field_str(w, "value", c->first[i].value);
        json_field_str(w, "why", c->first[i].why);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void left_json(const struct leftover *l, struct json_out *w)
{
    static const char *const kinds[] = {"left_behind", "in_use", "moved"};
    json_begin_object(w);
    json_field_cstr(w, "kind", kinds[l->kind]);
    json_field_str(w, "name", l->name);
    json_field_str(w, l->kind == LEFT_MOVED ? "to" : "what", l->what);
    json_field_str(w, "object", l->object->name);
    json_field_int(w, "count", (int64_t)l->count);
    json_end_object(w);
}

static void strs_json(struct json_out *w, const char *key, const struct str *v, size_t n)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        json_put_str(w, v[i]);
    json_end_array(w);
}

static void open_json(const struct open_under *o, struct json_out *w)
{
    json_begin_object(w);
    json_field_str(w, "definition", o->definition);
    json_field_bool(w, "removed", o->removed);
    json_field_int(w, "open", (int64_t)o->count);
    strs_json(w, "reads_no_more", o->lost, o->n_lost);
    json_end_object(w);
}

void change_plan_json(const struct change_plan *p, struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, false);
    json_begin_object(&w);
    json_field_int(&w, "base", p->base);
    json_field_bool(&w, "empty", change_plan_is_empty(p));
    json_key(&w, "changes");
    json_begin_array(&w);
    for (size_t i = 0; i < p->changes.n; i++)
        change_json(&p->changes.v[i], &w);
    json_end_array(&w);
    strs_json(&w, "tables", p->migration, p->n_migration);
    strs_json(&w, "definitions", p->affected, p->n_affected);
    json_key(&w, "open");
    json_begin_array(&w);
    for (size_t i = 0; i < p->n_open; i++)
        open_json(&p->open[i], &w);
    json_end_array(&w);
    json_key(&w, "breaches");
    json_begin_array(&w);
    for (size_t i = 0; i < p->n_breaches; i++)
        breach_json(&p->breaches[i], &w);
    json_end_array(&w);
    strs_json(&w, "uncounted", p->uncounted, p->n_uncounted);
    json_key(&w, "conversions");
    json_begin_array(&w);
    for (size_t i = 0; i < p->n_conversions; i++)
        conversion_json(&p->conversions[i], &w);
    json_end_array(&w);
    json_key(&w, "left");
    json_begin_array(&w);
    for (size_t i = 0; i < p->n_left; i++)
        left_json(&p->left[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

/* ---- a saved plan ------------------------------------------------------------------------------------------------- */

enum { PLAN_FORMAT = 1 };

static void put_digest(struct json_out *w, const char *key, struct digest d)
{
    char room[65];
    json_field_str(w, key, digest_hex(d, room));
}

void change_plan_encode(const struct change_plan *p, struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, true);
    json_begin_object(&w);
    json_field_int(&w, "revos_plan", PLAN_FORMAT);
    json_field_int(&w, "base", p->base);
    put_digest(&w, "base_digest", p->base_digest);
    put_digest(&w, "digest", p->digest);
    json_key(&w, "files");
    json_begin_array(&w);
    for (size_t i = 0; i < p->next->sources->n; i++) {
        json_begin_object(&w);
        json_field_str(&w, "name", p->next->sources->files[i].name);
        json_field_str(&w, "text", p->next->sources->files[i].text);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(out, '\n');
}

static bool get_digest(const struct json *j, const char *key, struct digest *out)
{
    struct str hex;
    return json_str(json_get(j, key), &hex) && digest_parse(hex, out);
}

enum rc change_plan_decode(struct str bytes, struct arena *a, struct saved_plan *out)
{
    struct json *j;
    int64_t format, base;
    *out = (struct saved_plan){0};
    if (json_read(bytes, NULL, a, &j, NULL) != RC_OK ||
        !json_int(json_get(j, "revos_plan"), &format) || format != PLAN_FORMAT ||
        !json_int(json_get(j, "base"), &base) || base < 0 || base > UINT32_MAX ||
        !get_digest(j, "base_digest", &out->base_digest) || !get_digest(j, "digest", &out->digest))
        return RC_INVALID;
    out->base = (uint32_t)base;
    const struct json *files = json_get(j, "files");
    if (!json_is(files, JSON_ARRAY))
        return RC_INVALID;
    out->sources.files = ARENA_ARRAY(a, files->n + 1u, struct source);
    out->sources.n = files->n;
    for (uint32_t i = 0; i < files->n; i++) {
        struct source *s = &out->sources.files[i];
        if (!json_str(json_get(&files->items[i], "name"), &s->name) ||
            !json_str(json_get(&files->items[i], "text"), &s->text))
            return RC_INVALID;
    }
    return RC_OK;
}
