/* target.c - who is meant by a target of the model: an owner along a path, a person, team, role, pool or queue. */
#include "process/reaction.h"

#include "process/target.h"
#include "process/territory.h"

static const struct row *row_get(struct reaction *r, const struct object *o, uint64_t id)
{
    const struct row *row = NULL;
    const struct process_reader *rd = r->l->reader;
    if (r->rc == RC_OK && id)
        r->rc = rd->row(rd->ctx, o, id, &row);
    return r->rc == RC_OK ? row : NULL;
}

size_t all_rows(struct reaction *r, uint32_t builtin, const struct row ***out)
{
    size_t n = 0;
    const struct process_reader *rd = r->l->reader;
    const struct object *o = builtin_object(r->p, builtin);
    *out = NULL;
    if (r->rc == RC_OK && o)
        r->rc = rd->all(rd->ctx, o, out, &n);
    return r->rc == RC_OK ? n : 0;
}

/* ---- people -------------------------------------------------------------------------------------------------------- */

const struct row *person_row(struct reaction *r, uint64_t person)
{
    return row_get(r, builtin_object(r->p, ON_PERSON), person);
}

bool person_is_active(const struct row *person)
{
    size_t place = person ? object_place(person->object, STR("active")) : 0;
    return person && place < person->object->n_fields &&
           (person->values[place].type != VT_BOOL || person->values[place].boolean);
}

struct str person_name(struct reaction *r, uint64_t person)
{
    struct str name = row_text(person_row(r, person), "name");
    return name.n ? name : STR("nobody");
}

bool person_is_away(struct reaction *r, uint64_t person, struct date day, uint64_t *delegate)
{
    const struct object *absence = builtin_object(r->p, ON_ABSENCE);
    const struct process_reader *rd = r->l->reader;
    const struct row **rows;
    size_t n = 0;
    bool away = false;
    *delegate = 0;
    if (!absence || r->rc != RC_OK || !person)
        return false;
    r->rc = rd->children(rd->ctx, builtin_field(absence, "person"), person, &rows, &n);
    for (size_t i = 0; r->rc == RC_OK && i < n; i++) {
        struct date from = row_date(rows[i], "starts"), to = row_date(rows[i], "ends");
        if (from.days > day.days || day.days > to.days)
            continue;
        away = true;
        if (!*delegate) /* of absences that overlap, the first that names somebody */
            *delegate = row_ref(rows[i], "delegate");
    }
    return away;
}

uint64_t person_stand_in(struct reaction *r, uint64_t person)
{
    uint64_t delegate, further;
    if (!person_is_away(r, person, r->l->today, &delegate) || !delegate)
        return 0;
    const struct row *d = person_row(r, delegate);
    return person_is_active(d) && !person_is_away(r, d->id, r->l->today, &further) ? d->id : 0;
}

struct str person_calendar(struct reaction *r, uint64_t person)
{
    const struct row *row = person_row(r, person);
    struct str own = row_text(row, "calendar");
    if (own.n || !row)
        return own;
    return row_text(row_get(r, builtin_object(r->p, ON_TEAM), row_ref(row, "team")), "calendar");
}

uint64_t team_id(struct reaction *r, struct str name)
{
    const struct object *team = builtin_object(r->p, ON_TEAM);
    const struct process_reader *rd = r->l->reader;
    const struct value value = {.type = VT_TEXT, .text = name};
    const struct row *row = NULL;
    for (size_t i = 0; r->rc == RC_OK && i < team->n_keys && !row; i++)
        if (str_is(team->keys[i].name, "name"))
            r->rc = rd->by_key(rd->ctx, team, &team->keys[i], &value, &row);
    return r->rc == RC_OK && row ? row->id : 0;
}

/* ---- targets --------------------------------------------------------------------------------------------------------- */

uint64_t row_owner(const struct row *r)
{
    for (size_t i = 0; r && i < r->object->n_fields; i++)
        if (r->object->fields[i]->number == FN_OWNER)
            return r->values[i].type == VT_REF ? r->values[i].ref : 0;
    return 0;
}

/* "lead.account.parent": the record at the end of the references; NULL when one of them is empty. */
static const struct row *walk_path(struct reaction *r, const struct object *o, const struct row *of,
                                   struct str path)
{
    struct str name;
    const struct row *at = of;
    bool first = true;
    while (at && str_split(&path, '.', &name)) {
        if (first && str_eq(name, o->name)) {
            first = false;
            continue;
        }
        first = false;
        const struct field *f = object_field(at->object, name);
        const struct value *v = f ? row_value(at, f) : NULL;
        at = v && v->type == VT_REF ? row_get(r, f->to, v->ref) : NULL;
    }
    return at;
}

/* A person who can take something now: whoever is there, else the delegate. */
static bool settle(struct reaction *r, uint64_t person, struct whom *out, struct str *why)
{
    struct arena *a = r->l->arena;
    const struct row *row = person_row(r, person);
    if (!row || !person_is_active(row)) {
        *why = row ? str_printf(a, "%.*s is no longer active", STR_ARG(row_text(row, "name")))
                   : STR("the person is not there any more");
        return false;
    }
    out->person = row->id;
    uint64_t delegate = person_stand_in(r, row->id);
    if (delegate) {
        *why = str_printf(a, "%.*s is away; %.*s stands in", STR_ARG(row_text(row, "name")),
                          STR_ARG(person_name(r, delegate)));
        out->person = delegate;
        out->absent = row->id;
    }
    return r->rc == RC_OK;
}

static bool find_word(struct reaction *r, struct str word, const struct row *of, struct whom *out,
                      struct str *why)
{
    uint64_t person;
    if (str_is(word, "owner")) {
        person = row_owner(of);
    } else if (str_is(word, "manager")) {
        person = row_ref(person_row(r, row_owner(of)), "manager");
    } else {
        person = r->l->reader->person_id(r->l->reader->ctx, word);
    }
    if (person)
        return settle(r, person, out, why);
    *why = str_printf(r->l->arena, "there is no %.*s", STR_ARG(word));
    return false;
}

static bool find_owner(struct reaction *r, struct str path, const struct object *o,
                       const struct row *of, struct whom *out, struct str *why)
{
    const struct row *at = walk_path(r, o, of, path);
    uint64_t owner = row_owner(at);
    if (owner)
        return settle(r, owner, out, why);
    *why = str_printf(r->l->arena, at ? "%.*s has no owner" : "%.*s is empty", STR_ARG(path));
    return false;
}

static bool find_team(struct reaction *r, struct str name, struct whom *out, struct str *why)
{
    out->team = team_id(r, name);
    if (!out->team)
        *why = str_printf(r->l->arena, "there is no team '%.*s' yet", STR_ARG(name));
    return out->team != 0;
}

static bool find_role(struct reaction *r, struct str role, struct whom *out, struct str *why)
{
    const struct row **people;
    size_t n = all_rows(r, ON_PERSON, &people);
    for (size_t i = 0; i < n; i++)
        if (str_eq(row_text(people[i], "role"), role) && person_is_active(people[i]))
            out->role = role;
    if (!out->role.n)
        *why = str_printf(r->l->arena, "nobody has the role '%.*s'", STR_ARG(role));
    return out->role.n > 0;
}

/* Who holds this seat of the territory that the record is in. */
static bool find_seat(struct reaction *r, struct str seat, const struct row *of, struct whom *out,
                      struct str *why)
{
    const struct definition *d = territory_of(r, of, r->l->today);
    uint64_t holder = d ? territory_holder(r, d->name, seat, r->l->today) : 0;
    if (holder)
        return settle(r, holder, out, why);
    *why = d ? str_printf(r->l->arena, "nobody is %.*s of %.*s", STR_ARG(seat), STR_ARG(d->name))
             : STR("no territory covers it");
    return false;
}

bool target_find(struct reaction *r, const struct node *target, const struct object *o,
                 const struct row *of, struct whom *out, struct str *why)
{
    *out = (struct whom){0};
    *why = STR_NONE;
    if (!target || r->rc != RC_OK)
        return false;
    if (target->kind == NODE_SCALAR)
        return find_word(r, target->text, of, out, why);
    struct str text;
    if ((text = node_text(target, "owner_of")).n)
        return find_owner(r, text, o, of, out, why);
    if ((text = node_text(target, "person")).n)
        return find_word(r, text, of, out, why);
    if ((text = node_text(target, "team")).n)
        return find_team(r, text, out, why);
    if ((text = node_text(target, "role")).n)
        return find_role(r, text, out, why);
    if ((text = node_text(target, "territory")).n)
        return find_seat(r, text, of, out, why);
    out->pool = node_text(target, "pool");
    out->queue = node_text(target, "queue");
    struct whom answers;
    struct str unused;
    if (node_get(target, "owner") &&
        find_word(r, node_text(target, "owner"), of, &answers, &unused))
        out->answers = answers.person;
    if (!out->pool.n && !out->queue.n)
        *why = STR("the target names nobody");
    return out->pool.n || out->queue.n;
}
