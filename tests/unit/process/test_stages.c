#include "process/stages.h"
#include "tests/scene.h"

#define MODEL                                                                                      \
    "objects:\n"                                                                                   \
    "- name: lead\n"                                                                               \
    "  owner: ana\n"                                                                               \
    "  fields: [{name: size, type: integer}, {name: good, type: boolean}, {name: day, type: "      \
    "date},"                                                                                       \
    " {name: why, type: enum, values: [timing, price]}]\n"                                         \
    "- name: deal\n"                                                                               \
    "  owner: ana\n"                                                                               \
    "  fields: [{name: amount, type: integer}]\n"                                                  \
    "lifecycles:\n"                                                                                \
    "- name: way\n"                                                                                \
    "  object: lead\n"                                                                             \
    "  stages:\n"                                                                                  \
    "  - {name: raw, exit: [{id: X, require: \"lead.size > 0\", message: m}]}\n"                   \
    "  - name: mql\n"                                                                              \
    "    advance: auto\n"                                                                          \
    "    enter:\n"                                                                                 \
    "    - {id: A, require: lead.size >= 10, message: m}\n"                                        \
    "    - {id: B, require: lead.good, message: m, enforcement: audit}\n"                          \
    "    - {id: C, when: lead.size >= 100, require: lead.day <= today, message: m}\n"              \
    "  - {name: sql, locks: [size], move: [owner, manager, revops]}\n"                             \
    "  - name: ask\n"                                                                              \
    "    enter:\n"                                                                                 \
    "    - {id: D1, require: \"300 < lead.size && !lead.good && lead.why in ['timing'] && "        \
    "has(lead.day)\", message: m}\n"                                                               \
    "    - {id: D2, require: lead.size > 900 || lead.good, message: m}\n"                          \
    "  - {name: bad, outcome: lost, reason_field: why}\n"                                          \
    "pipelines:\n"                                                                                 \
    "- {name: new, object: deal, move: [owner], stages: [{name: open}, {name: won, outcome: won}," \
    " {name: lost, outcome: lost}]}\n"                                                             \
    "- {name: again, object: deal, stages: [{name: due}, {name: won, outcome: won}]}\n"

static struct scene scene;
static uint64_t next_id = 100;

static struct row *lead(const char *stage, int64_t size)
{
    struct row *r = scene_row(&scene, "lead", next_id++);
    scene_word(r, "lifecycle_stage", stage);
    if (size)
        scene_int(r, "size", size);
    return r;
}

/* What the part asks for of one kind; NULL: nothing. */
static const struct effect *asked(struct look *l, enum effect_kind kind)
{
    for (size_t part = 0; part < process_parts(); part++) {
        const struct effect *e;
        size_t n;
        if (strcmp(process_part_name(part), "stages") != 0)
            continue;
        if (process_react(l, part, &e, &n) != RC_OK)
            abort();
        for (size_t i = 0; i < n; i++)
            if (e[i].kind == kind)
                return &e[i];
    }
    return NULL;
}

static const char *goes_to(struct look *l)
{
    const struct effect *e = asked(l, EFFECT_SET);
    if (!e)
        return "stays";
    return field_value_numbered(e->fields[0].field, e->fields[0].value.number_of)->name.p;
}

static struct look at_noon(const struct row *before, struct row *now)
{
    return scene_look(&scene, before, now, scene_instant("2026-03-10T12:00:00Z"));
}

static void advances(void)
{
    struct look l = at_noon(NULL, lead("raw", 5));
    ok_str(goes_to(&l), "stays");
    l = at_noon(NULL, lead("raw", 20));
    ok_str_at("all gates met, the one on audit is not asked", goes_to(&l), "mql");
    const struct effect *e = asked(&l, EFFECT_SET);
    ok_str(str_c(scene.arena, e->reason), "Criteria of mql are met: A, B, C");
    ok_str(str_c(scene.arena, e->definition), "lifecycles.way");
    l.quiet = true;
    ok_str_at("nothing starts in a quiet look", goes_to(&l), "stays");
    ok_at("but it is remembered", asked(&l, EFFECT_REMEMBER)->on);
    l = at_noon(NULL, lead("mql", 20));
    ok_str_at("the next one is moved by people", goes_to(&l), "stays");
    struct row *r = lead("raw", 20);
    *VEC_PUSH(scene.arena, &scene.held) = str_printf(scene.arena, "lifecycles.way.mql/%llu",
                                                     (unsigned long long)r->id);
    l = at_noon(r, r);
    ok_str_at("what held at the last look does not rise", goes_to(&l), "stays");
    struct row *before = row_copy(r, scene.arena);
    scene_word(before, "lifecycle_stage", "bad");
    l = at_noon(before, r);
    ok_str_at("who has just come is asked anew", goes_to(&l), "mql");
}

static void by_time(void)
{
    struct row *r = lead("raw", 100);
    scene_day(r, "day", "2026-03-12");
    struct look l = at_noon(NULL, r);
    ok_str(goes_to(&l), "stays");
    const struct effect *e = asked(&l, EFFECT_WAKE);
    ok(e && e->at.us == scene_instant("2026-03-11T23:00:00Z").us);
    l = scene_look(&scene, r, r, e->at);
    ok_str(goes_to(&l), "mql");
}

/* ---- findings ------------------------------------------------------------------------------------------------------- */

static struct str found;

static void add(void *ctx, const char *code, enum enforcement e, const struct field *f,
                struct str definition, struct str owner, struct str message, struct str help)
{
    (void)ctx, (void)e, (void)definition, (void)owner, (void)help;
    found = str_printf(scene.arena, "%.*s%s%s %.*s: %.*s", STR_ARG(found), found.n ? "; " : "",
                       code, STR_ARG(f->name), STR_ARG(message));
}

static const char *judged(struct look *l)
{
    struct process_findings f = {NULL, add};
    found = STR("");
    if (process_judge(l, &f) != RC_OK)
        abort();
    return str_c(scene.arena, found);
}

static void movers(void)
{
    struct row *ana = scene_row(&scene, "person", 1), *ben = scene_row(&scene, "person", 2),
               *cy = scene_row(&scene, "person", 3), *dee = scene_row(&scene, "person", 4);
    scene_text(ana, "role", "revops");
    scene_text(ben, "role", "sales");
    scene_text(cy, "role", "sales");
    scene_text(dee, "role", "sales");
    scene_ref(cy, "manager", 2);
    static const struct {
        uint64_t actor;
        const char *says;
    } rows[] = {{0, ""},
                {1, ""},
                {2, ""},
                {3, ""},
                {4, "MOVER lifecycle_stage: owner, manager, revops may move it to sql"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct row *before = lead("mql", 20), *now = row_copy(before, scene.arena);
        scene_ref(before, "owner", 3);
        scene_word(now, "lifecycle_stage", "sql");
        struct look l = at_noon(before, now);
        l.actor = rows[i].actor;
        ok_str(judged(&l), rows[i].says);
    }
    struct row *before = scene_row(&scene, "deal", next_id++);
    scene_ref(before, "owner", 3);
    scene_word(before, "stage", "open");
    struct row *now = row_copy(before, scene.arena);
    scene_word(now, "stage", "won");
    struct look l = at_noon(before, now);
    l.actor = 4;
    ok_str_at("the process says so for all its stages", judged(&l),
              "MOVER stage: owner may move it to won");
    scene_word(now, "stage", "lost");
    ok_str_at("but losing it is free", judged(&l), "");
}

static void reasons_and_locks(void)
{
    struct row *before = lead("sql", 20), *now = row_copy(before, scene.arena);
    scene_int(now, "size", 30);
    struct look l = at_noon(before, now);
    ok_str(judged(&l), "LOCKED size: size stays as it is in sql");
    now = row_copy(before, scene.arena);
    scene_word(now, "lifecycle_stage", "bad");
    l = at_noon(before, now);
    ok_str(judged(&l), "REASON_REQUIRED why: bad asks for why");
    scene_word(now, "why", "price");
    l = at_noon(before, now);
    ok_str(judged(&l), "");
}

static void several(void)
{
    const struct object *deal = scene_object(&scene, "deal");
    const struct process_def *new = model_process(scene.model, STR("new")),
                             *again = model_process(scene.model, STR("again"));
    struct row *r = scene_row(&scene, "deal", next_id++);
    ok(stage_pipeline_field(deal) == object_field(deal, STR("pipeline")));
    ok(!stage_pipeline_field(scene_object(&scene, "lead")));
    scene_word(r, "stage", "won");
    ok(stage_of(new, r) && stage_of(again, r));
    scene_word(r, "pipeline", "again");
    ok(!stage_of(new, r) && stage_of(again, r));
    ok(!stage_next(again, stage_of(again, r)));
    scene_word(r, "stage", "due");
    ok(str_is(stage_next(again, stage_of(again, r))->name, "won"));
    ok(!stage_of(new, NULL));
}

static const char *needs(struct look *l, const char *stage)
{
    const struct process_def *p = l->object->processes[0];
    struct gate_answer *v;
    size_t n;
    struct str s = STR("");
    stage_explain(l, p, process_stage(p, str_of(stage)), DOOR_CLI, &v, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < v[i].n_unmet; k++)
            s = str_printf(scene.arena, "%.*s%s%.*s: %.*s %.*s", STR_ARG(s), s.n ? "; " : "",
                           STR_ARG(v[i].rule->id), STR_ARG(v[i].unmet[k].field),
                           STR_ARG(v[i].unmet[k].needs));
    return str_c(scene.arena, s);
}

static void explained(void)
{
    struct row *r = lead("raw", 0);
    struct look l = at_noon(r, r);
    ok_str_at("out of the one, into the other", needs(&l, "mql"),
              "X: lead.size > 0; A: lead.size >= 10; B: lead.good true");
    ok_str(needs(&l, "ask"),
           "X: lead.size > 0; D1: lead.size > 300; D1: lead.good false; D1: lead.why one of "
           "['timing']; D1: lead.day a value; D2:  ");
    scene_int(r, "size", 200);
    scene_day(r, "day", "2026-05-01");
    ok_str(needs(&l, "mql"), "B: lead.good true; C: lead.day <= today");
    ok_str_at("where it stands asks nothing", needs(&l, "raw"), "");
}

int main(void)
{
    if (!scene_open(&scene, MODEL))
        return 1;
    advances();
    by_time();
    movers();
    reasons_and_locks();
    several();
    explained();
    scene_close(&scene);
    return tap_done();
}
