#include "model/compile.h"

static const char *const enforcement_words[] = {"deny", "warn", "audit", NULL};

#define DOOR_NAME(NAME, word, doc) [DOOR_##NAME] = word,
static const char *const door_names[] = {[DOOR_NONE] = "default", DOORS(DOOR_NAME)};
#undef DOOR_NAME

const char *door_name(enum door d)
{
    return door_names[d];
}

bool door_named(struct str word, enum door *out)
{
    for (int d = DOOR_NONE + 1; d < DOOR_COUNT; d++)
        if (str_is(word, door_names[d])) {
            *out = (enum door)d;
            return true;
        }
    return false;
}

enum enforcement rule_enforcement(const struct rule *r, enum door d, struct date created)
{
    return created.days < r->applies_from.days ? ENFORCE_AUDIT : r->enforcement[d];
}

bool rule_denies(const struct rule *r)
{
    for (int d = DOOR_NONE; d < DOOR_COUNT; d++)
        if (r->enforcement[d] == ENFORCE_DENY)
            return true;
    return false;
}

/* One word for every door, or words by door. */
static void read_enforcement(const struct node *n, enum enforcement out[DOOR_COUNT])
{
    const struct node *by_door = node_get(n, "enforcement");
    bool map = by_door && by_door->kind == NODE_MAP;
    int all = map ? read_word(by_door, door_name(DOOR_NONE), enforcement_words, ENFORCE_DENY)
                  : read_word(n, "enforcement", enforcement_words, ENFORCE_DENY);
    for (int d = DOOR_NONE; d < DOOR_COUNT; d++)
        out[d] = (enum enforcement)(
            map ? read_word(by_door, door_name((enum door)d), enforcement_words, all) : all);
}

/* A rule or gate over `o`. */
struct rule *compile_rule(struct compile *c, struct node *n, struct object *o, enum xplace place,
                          const struct person_seed *owner)
{
    if (n->kind != NODE_MAP)
        return NULL;
    struct rule *r = ARENA_NEW(c->arena, struct rule);
    struct node *id = node_get(n, "id");
    r->id = node_text(n, "id");
    r->object = o;
    r->at = id ? id->at : n->at;
    r->when = compile_expr(c, node_get(n, "when"), place, X_BOOL, o);
    r->require = compile_expr(c, node_get(n, "require"), place, X_BOOL, o);
    r->field = compile_field(c, o, node_get(n, "field"));
    r->message = node_text(n, "message");
    r->help = node_text(n, "help");
    read_enforcement(n, r->enforcement);
    struct str from = node_text(n, "applies_from");
    if (!from.n || !date_parse(from, &r->applies_from))
        r->applies_from = (struct date){INT32_MIN};
    r->owner = compile_owner(c, n, o, owner);
    return r;
}

void compile_rules(struct compile *c)
{
    const struct node *list = section_list(c, "rules");
    c->m->rules = ARENA_ARRAY(c->arena, list->n + 1, struct rule *);
    for (size_t i = 0; i < list->n; i++) {
        struct object *o = compile_object(c, node_get(list->items[i], "object"));
        struct rule *r = o ? compile_rule(c, list->items[i], o, XP_RULE, o->owner) : NULL;
        if (!r)
            continue;
        c->m->rules[c->m->n_rules++] = r;
        struct object_build *b = (struct object_build *)o;
        o->rules = vec_room(c->arena, o->rules, o->n_rules, &b->rules_cap, sizeof *o->rules);
        o->rules[o->n_rules++] = r;
    }
}
