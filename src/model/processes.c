#include "model/compile.h"

static const char *const outcome_words[] = {"open", "won", "lost", NULL};
static const char *const advance_words[] = {"manual", "auto", "handoff", "convert", NULL};
static const char *const move_words[] = {"allow", "reason", "forbid", NULL};

/* ---- stages ------------------------------------------------------------------------------------ */

static struct str or_name(struct str label, struct str name)
{
    return label.n ? label : name;
}

static void read_stage(struct compile *c, const struct process_def *p, const struct node *n,
                       struct stage *s)
{
    s->name = node_text(n, "name");
    s->label = or_name(node_text(n, "label"), s->name);
    s->description = node_text(n, "description");
    s->at = node_get(n, "name")->at;
    s->forecast = node_text(n, "forecast");
    s->outcome = (enum stage_outcome)read_word(n, "outcome", outcome_words, OUTCOME_OPEN);
    s->advance = (enum advance)read_word(n, "advance", advance_words, ADVANCE_MANUAL);
    s->max_age = read_duration(n, "max_age");
    s->initial = read_bool(n, "initial", false);
    s->requires_reason = read_bool(n, "requires_reason", false);
    static const struct decimal zero = {0, 0}, one = {1, 0};
    if (!read_decimal(n, "probability", &s->probability)) {
        s->probability = s->outcome == OUTCOME_WON ? one : zero;
        return;
    }
    struct span at = node_get(n, "probability")->at;
    if (decimal_cmp(s->probability, zero) < 0 || decimal_cmp(s->probability, one) > 0)
        problem(c->ds, M_RANGE, at, "the probability of '%.*s' must be from 0 to 1",
                STR_ARG(s->name));
    else if ((s->outcome == OUTCOME_WON && decimal_cmp(s->probability, one) != 0) ||
             (s->outcome == OUTCOME_LOST && decimal_cmp(s->probability, zero) != 0))
        problem(c->ds, M_PROBABILITY, at, "'%.*s' is %s: its probability is %s, or is left out",
                STR_ARG(s->name), outcome_words[s->outcome], s->outcome == OUTCOME_WON ? "1" : "0");
    if (p->kind == PROCESS_LIFECYCLE && node_pair(n, "probability") && s->outcome == OUTCOME_OPEN)
        problem(c->ds, M_PROBABILITY, at, "stages of a lifecycle have no probability");
}

static const struct stage *stage_named(const struct process_def *p, struct str name)
{
    for (size_t i = 0; name.n && i < p->n_stages; i++)
        if (str_eq(p->stages[i].name, name))
            return &p->stages[i];
    return NULL;
}

/* One value of the stage field per name, shared by all pipelines of the object. */
static uint32_t stage_number(struct compile *c, struct field *f, const struct stage *s,
                             struct str was)
{
    for (size_t i = 0; i < f->n_values; i++)
        if (str_eq(f->values[i].name, s->name))
            return f->values[i].number;
    struct number_scope scope = {NUM_VALUE, f->object->number, f->number};
    VEC(struct enum_value) values = {f->values, f->n_values, f->n_values};
    *VEC_PUSH(c->arena, &values) = (struct enum_value){
        .name = s->name,
        .label = s->label,
        .description = s->description,
        .number = numbering_give(c->numbers, scope, s->name, was, STR_NONE),
        .at = s->at};
    f->values = values.v;
    f->n_values = values.n;
    return f->values[f->n_values - 1].number;
}

static void read_moved_stages(struct compile *c, struct process_def *p, const struct node *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct node *to = node_get(list->items[i], "moved_to");
        if (!to || to->broken || to->kind != NODE_SCALAR)
            continue;
        struct stage *from = NULL;
        for (size_t k = 0; k < p->n_stages; k++)
            if (str_eq(p->stages[k].name, node_text(list->items[i], "name")))
                from = &p->stages[k];
        const struct stage *target = stage_named(p, to->text);
        if (from && target && target != from &&
            !node_get(list->items[target - p->stages], "moved_to"))
            from->moved_to = target;
        else
            problem(c->ds, M_MOVED_TO, to->at, "'%.*s' is no stage in force of '%.*s'",
                    STR_ARG(to->text), STR_ARG(p->name));
    }
}

static void check_initial(struct compile *c, struct process_def *p)
{
    const struct stage *first = NULL;
    for (size_t i = 0; i < p->n_stages; i++) {
        if (!p->stages[i].initial)
            continue;
        if (first)
            problem(c->ds, M_TWO_INITIAL, p->stages[i].at, "'%.*s' and '%.*s' are both initial",
                    STR_ARG(first->name), STR_ARG(p->stages[i].name));
        first = &p->stages[i];
    }
    for (size_t i = 0; i < p->n_stages && !first; i++)
        if (!p->stages[i].moved_to) {
            p->stages[i].initial = true;
            first = &p->stages[i];
        }
}

static void read_stages(struct compile *c, struct process_def *p, const struct node *n)
{
    const struct node *list = node_items(n, "stages");
    p->stages = ARENA_ARRAY(c->arena, list->n + 1, struct stage);
    for (size_t i = 0; i < list->n; i++) {
        struct node *sn = list->items[i];
        if (!node_text(sn, "name").n)
            continue;
        const struct stage *first = stage_named(p, node_text(sn, "name"));
        if (first) {
            struct diag *d = problem(c->ds, M_TWICE, node_get(sn, "name")->at,
                                     "the stage '%.*s' stands twice in '%.*s'",
                                     STR_ARG(first->name), STR_ARG(p->name));
            d->also = first->at;
            d->also_message = STR("first here");
            sn->broken = true;
            continue;
        }
        struct stage *s = &p->stages[p->n_stages];
        read_stage(c, p, sn, s);
        s->position = p->n_stages++;
        s->number = stage_number(c, p->field, s, node_text(sn, "was"));
    }
    read_moved_stages(c, p, list);
    check_initial(c, p);
}

/* ---- the fields a process adds ----------------------------------------------------------------- */

static bool has_outcome(const struct node *n)
{
    const struct node *list = node_items(n, "stages");
    for (size_t i = 0; i < list->n; i++) {
        struct str outcome = node_text(list->items[i], "outcome");
        if (str_is(outcome, "won") || str_is(outcome, "lost"))
            return true;
    }
    return false;
}

static void add_stage_fields(struct compile *c, struct process_def *p, struct object *o,
                             const struct node *n)
{
    struct str name = node_text(n, "field");
    if (!name.n)
        name = p->kind == PROCESS_PIPELINE ? STR("stage") : STR("lifecycle_stage");
    struct field *f = field_named(o, name);
    bool shared = f && f->kind == FIELD_STAGE;
    p->field = shared ? f : add_field(c, o, name, FT_ENUM, FIELD_STAGE, STR_NONE, p->at);
    if (!p->field)
        return;
    p->field->label = or_name(p->field->label,
                              p->kind == PROCESS_PIPELINE ? STR("Stage") : STR("Lifecycle stage"));
    struct str since = str_printf(c->arena, "%.*s_since", STR_ARG(name));
    p->since = shared ? field_named(o, since)
                      : add_field(c, o, since, FT_INSTANT, FIELD_SYSTEM, STR_NONE, p->at);
    if (p->since)
        p->since->label = since;
    if (!has_outcome(n))
        return;
    struct str closed = STR("closed_at");
    const struct field *taken = field_named(o, closed);
    if (taken && taken->kind == FIELD_SYSTEM && !shared) /* another process of the object has it */
        closed = str_printf(c->arena, "%.*s_closed_at", STR_ARG(name));
    struct field *there = field_named(o, closed);
    p->closed_at = there && there->kind == FIELD_SYSTEM
                       ? there
                       : add_field(c, o, closed, FT_INSTANT, FIELD_SYSTEM, STR_NONE, p->at);
    if (p->closed_at)
        p->closed_at->label = STR("Closed at");
}

/* `pipeline` says which of several a record is in; its values are the pipelines and carry their numbers. */
static void add_pipeline_field(struct compile *c, struct object *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n_processes; i++)
        n += o->processes[i]->kind == PROCESS_PIPELINE;
    if (n < 2)
        return;
    struct field *f = add_field(c, o, STR("pipeline"), FT_ENUM, FIELD_PLAIN, STR_NONE,
                                (struct span){0});
    if (!f)
        return;
    f->label = STR("Pipeline");
    f->required = true;
    f->values = ARENA_ARRAY(c->arena, n, struct enum_value);
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        if (p->kind == PROCESS_PIPELINE)
            f->values[f->n_values++] = (struct enum_value){
                .name = p->name, .label = p->label, .number = p->number, .at = p->at};
    }
    f->default_text = f->values[0].name;
}

static void declare_process(struct compile *c, struct node *n, enum process_kind kind)
{
    struct object *o = compile_object(c, node_get(n, "object"));
    struct str name = node_text(n, "name");
    if (!o || !name.n || n->kind != NODE_MAP || n->broken)
        return;
    if (o->is_fact) {
        problem(c->ds, M_FACT, node_get(n, "object")->at,
                "rows of the fact object '%.*s' have no stages", STR_ARG(o->name));
        return;
    }
    struct process_def *p = ARENA_NEW(c->arena, struct process_def);
    *p = (struct process_def){
        .kind = kind, .name = name, .object = o, .at = node_get(n, "name")->at};
    p->label = or_name(node_text(n, "label"), name);
    p->description = node_text(n, "description");
    p->number = numbering_give(c->numbers, (struct number_scope){NUM_PROCESS, 0, 0}, name,
                               node_text(n, "was"), STR_NONE);
    p->owner = compile_owner(c, n, o, NULL);
    p->skip = (enum move_policy)read_word(n, "skip", move_words, MOVE_ALLOW);
    p->back = (enum move_policy)read_word(n, "back", move_words, MOVE_ALLOW);
    p->reopen = (enum move_policy)read_word(n, "reopen", move_words, MOVE_REASON);
    add_stage_fields(c, p, o, n);
    if (!p->field)
        return;
    for (size_t i = 0; i < o->n_processes; i++)
        if (o->processes[i]->field == p->field &&
            (kind == PROCESS_LIFECYCLE || o->processes[i]->kind != kind)) {
            struct diag *d = problem(c->ds, M_STAGE_FIELD, p->at,
                                     "'%.*s' and '%.*s' both use the field '%.*s' of %.*s",
                                     STR_ARG(p->name), STR_ARG(o->processes[i]->name),
                                     STR_ARG(p->field->name), STR_ARG(o->name));
            diag_help(c->ds, d, "give one of them a field: of its own; only pipelines share one");
        }
    read_stages(c, p, n);
    struct object_build *b = (struct object_build *)o;
    o->processes = vec_room(c->arena, o->processes, o->n_processes, &b->processes_cap,
                            sizeof *o->processes);
    o->processes[o->n_processes++] = p;
    c->m->processes[c->m->n_processes++] = p;
}

void compile_stage_fields(struct compile *c)
{
    const struct node *lifecycles = section_list(c, "lifecycles"),
                      *pipelines = section_list(c, "pipelines");
    c->m->processes = ARENA_ARRAY(c->arena, lifecycles->n + pipelines->n + 1, struct process_def *);
    for (size_t i = 0; i < lifecycles->n; i++)
        declare_process(c, lifecycles->items[i], PROCESS_LIFECYCLE);
    for (size_t i = 0; i < pipelines->n; i++)
        declare_process(c, pipelines->items[i], PROCESS_PIPELINE);
    for (size_t i = 0; i < c->m->n_objects; i++)
        add_pipeline_field(c, c->m->objects[i]);
}

/* ---- gates ------------------------------------------------------------------------------------- */

static struct rule **compile_gate_list(struct compile *c, const struct process_def *p,
                                       const struct stage *s, const struct node *list,
                                       struct map *ids, size_t *n)
{
    enum xplace place = s->advance == ADVANCE_AUTO ? XP_AUTO_GATE : XP_GATE;
    struct rule **out = ARENA_ARRAY(c->arena, list->n + 1, struct rule *);
    struct object *o = &((struct object_build *)map_find(&c->builds, p->object->name))->o;
    for (size_t i = 0; i < list->n; i++) {
        struct rule *r = compile_rule(c, list->items[i], o, place, p->owner);
        if (!r)
            continue;
        const struct rule *first = r->id.n ? map_find(ids, r->id) : NULL;
        if (first) {
            struct diag *d = problem(c->ds, M_RULE_ID, r->at, "two rules have the id '%.*s'",
                                     STR_ARG(r->id));
            d->also = first->at;
            d->also_message = STR("first here");
        } else if (r->id.n) {
            map_put(ids, r->id, r);
        }
        out[(*n)++] = r;
    }
    return out;
}

static void check_handoff(struct compile *c, const struct process_def *p, struct stage *s,
                          const struct node *n)
{
    struct node *via = node_get(n, "via");
    if ((s->advance == ADVANCE_HANDOFF) != (via != NULL)) {
        struct diag *d = problem(c->ds, M_VIA, s->at, "'%.*s' %s", STR_ARG(s->name),
                                 via ? "names a handoff and does not advance by one"
                                     : "advances by a handoff and does not name it");
        diag_help(c->ds, d, "write advance: handoff and via: with the name of the handoff");
        return;
    }
    if (!via || via->broken || !c->complete)
        return;
    s->via = via->text;
    const struct node *handoff = map_find(
        &c->artefacts, str_printf(c->arena, "handoffs.%.*s", STR_ARG(via->text)));
    struct str object = node_text(handoff, "object");
    if (!handoff) {
        struct diag *d = problem(c->ds, M_UNKNOWN_NAME, via->at, "there is no handoff '%.*s'",
                                 STR_ARG(via->text));
        diag_help(c->ds, d, "define it under handoffs");
    } else if (object.n && !str_eq(object, p->object->name)) {
        problem(c->ds, M_HANDOFF_GATE, via->at, "the handoff '%.*s' is of %.*s, the stage of %.*s",
                STR_ARG(via->text), STR_ARG(object), STR_ARG(p->object->name));
    }
}

static const struct node *stage_node(const struct node *def, struct str name)
{
    const struct node *list = node_items(def, "stages");
    for (size_t i = 0; i < list->n; i++)
        if (!list->items[i]->broken && str_eq(node_text(list->items[i], "name"), name))
            return list->items[i];
    return NULL;
}

/* ---- who moves, and what goes with a move ------------------------------------------------------- */

/* Somebody has this role, or `roles` knows it. */
static bool role_exists(const struct compile *c, struct str role)
{
    const struct node *roles = node_get(c->root, "roles");
    for (size_t i = 0; roles && roles->kind == NODE_MAP && i < roles->n; i++)
        if (str_eq(roles->pairs[i].key, role))
            return true;
    for (size_t i = 0; i < c->m->n_people; i++)
        if (str_eq(c->m->people[i].role, role))
            return true;
    return false;
}

static struct str *read_movers(struct compile *c, const struct node *n, size_t *count)
{
    const struct node *list = node_items(n, "move");
    struct str *out = ARENA_ARRAY(c->arena, list->n + 1, struct str);
    for (size_t i = 0; i < list->n; i++) {
        const struct node *who = list->items[i];
        if (who->broken || who->kind != NODE_SCALAR)
            continue;
        if (!str_is(who->text, "owner") && !str_is(who->text, "manager") && c->complete &&
            !role_exists(c, who->text)) {
            struct diag *d = problem(c->ds, M_UNKNOWN_NAME, who->at, "nobody has the role '%.*s'",
                                     STR_ARG(who->text));
            diag_help(c->ds, d, "write owner, manager, or a role of people or under roles");
        }
        out[(*count)++] = who->text;
    }
    return out;
}

static const struct field *read_reason(struct compile *c, const struct process_def *p,
                                       struct node *n)
{
    const struct field *f = n ? compile_field(c, p->object, n) : NULL;
    if (f && (f->type != FT_ENUM || f->kind != FIELD_PLAIN)) {
        problem(c->ds, M_VALUE, n->at, "a coded reason is an enum field that people fill");
        return NULL;
    }
    return f;
}

static void read_locks(struct compile *c, const struct process_def *p, struct stage *s,
                       const struct node *n)
{
    const struct node *list = node_items(n, "locks");
    s->locks = ARENA_ARRAY(c->arena, list->n + 1, const struct field *);
    for (size_t i = 0; i < list->n; i++) {
        const struct field *f = compile_field(c, p->object, list->items[i]);
        if (f && f->kind != FIELD_PLAIN)
            problem(c->ds, M_VALUE, list->items[i]->at, "'%.*s' is not changed by hand",
                    STR_ARG(f->name));
        else if (f)
            s->locks[s->n_locks++] = f;
    }
}

static void compile_manners(struct compile *c, const struct process_def *p, struct stage *s,
                            const struct node *n, const struct node *def)
{
    struct node *loss = s->outcome == OUTCOME_LOST ? node_get(def, "loss_reason") : NULL;
    struct node *own = node_get(n, "reason_field");
    s->reason = read_reason(c, p, own ? own : loss);
    s->movers = read_movers(c, n, &s->n_movers);
    read_locks(c, p, s, n);
}

static void compile_process_gates(struct compile *c, struct process_def *p, const struct node *def,
                                  struct map *ids)
{
    for (size_t i = 0; i < p->n_stages; i++) {
        struct stage *s = &p->stages[i];
        const struct node *n = stage_node(def, s->name);
        if (!n)
            continue;
        s->enter = compile_gate_list(c, p, s, node_items(n, "enter"), ids, &s->n_enter);
        s->exit = compile_gate_list(c, p, s, node_items(n, "exit"), ids, &s->n_exit);
        check_handoff(c, p, s, n);
        compile_manners(c, p, s, n, def);
        if (s->advance == ADVANCE_AUTO && !s->n_enter && !node_items(n, "enter")->n) {
            struct diag *d = problem(c->ds, M_AUTO_NO_GATE, s->at,
                                     "'%.*s' advances by itself and has no criteria",
                                     STR_ARG(s->name));
            diag_help(c->ds, d, "add enter: with what must hold, or let people move records in");
        }
    }
    p->movers = read_movers(c, def, &p->n_movers);
    (void)compile_person(c, node_get(node_get(def, "waivers"), "approver"));
}

void compile_gates(struct compile *c)
{
    struct map ids;
    map_init(&ids, c->arena);
    for (size_t i = 0; i < c->m->n_rules; i++)
        if (c->m->rules[i]->id.n)
            map_put(&ids, c->m->rules[i]->id, c->m->rules[i]);
    for (size_t i = 0; i < c->m->n_processes; i++) {
        struct process_def *p = c->m->processes[i];
        struct str key = str_printf(c->arena, "%s.%.*s",
                                    p->kind == PROCESS_PIPELINE ? "pipelines" : "lifecycles",
                                    STR_ARG(p->name));
        compile_process_gates(c, p, map_find(&c->artefacts, key), &ids);
    }
}
