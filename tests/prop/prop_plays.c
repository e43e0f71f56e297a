/* prop_plays.c - leads in a sequence, whatever people, the clock and restarts do in between: one step at a time, nothing
 * after a stop, nothing without consent, nothing twice. */
#include "connect/outbox.h"
#include "prop.h"
#include "tests/plays.h"

static const char model[] =
    "calendars:\n"
    "  office: {open: {mon-fri: [\"09:00-17:00\"]}}\n"
    "objects:\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [email]\n"
    "  fields:\n"
    "  - {name: email, type: email}\n"
    "  - {name: fit, type: integer}\n"
    "  - {name: replied, type: boolean}\n"
    "  - {name: agreed, type: boolean}\n"
    "sequences:\n"
    "- name: nurture\n"
    "  object: lead\n"
    "  enrol_when: lead.fit >= 40\n"
    "  stop_when: lead.replied\n"
    "  purpose: letters\n"
    "  quiet_hours: {calendar: office}\n"
    "  cap: {per_week: 2}\n"
    "  steps: [{email: a.md, after: 0d}, {task: Call, after: 1bd}, {email: b.md, after: 1d}, "
    "{email: c.md, "
    "after: 0d}]\n"
    "consents:\n"
    "- {purpose: letters, subject: lead, basis: opt_in, field: agreed, withdrawal_stops: "
    "[sequences.nurture]}\n"
    "playbooks:\n"
    "- {name: care, object: lead, owner: ana, tasks: [{name: One, due: 1bd}, {name: Two, due: 2d, "
    "after: "
    "One}, {name: Three, due: 1bd, after: Two}]}\n";

enum { LEADS = 3, OPS_MAX = 25, MESSAGES_MAX = 200 };

struct state {
    struct engine e;
    uint64_t leads[LEADS];
    bool may[LEADS]; /* agreed and no reply, as last written */
    size_t sent[LEADS];
};

static void write_lead(struct state *s, size_t i, const char *fields)
{
    struct verdict v = engine_update(&s->e, "lead", s->leads[i], fields);
    (void)v;
}

static void end_some_task(struct prop *p, struct state *s)
{
    struct row *tasks[64];
    size_t n = plays_rows(&s->e, "task", tasks, 64);
    size_t pick = n ? (size_t)prop_draw(p, n) : 0;
    if (n)
        engine_update(&s->e, "task", tasks[pick]->id,
                      prop_draw(p, 2) ? "state=done" : "state=skipped;reason=no");
}

static void do_something(struct prop *p, struct state *s)
{
    size_t i = (size_t)prop_draw(p, LEADS);
    uint64_t what = prop_draw(p, 7);
    prop_note(p, "lead %zu, %llu", i, (unsigned long long)what);
    switch (what) {
    case 0:
        plays_pass(&s->e, (struct instant){s->e.env.now.us +
                                           prop_range(p, 0, 100) * 3600 * US_PER_SECOND});
        break;
    case 1:
        write_lead(s, i, prop_draw(p, 2) ? "fit=50" : "fit=10");
        break;
    case 2:
        write_lead(s, i, prop_draw(p, 2) ? "agreed=true" : "agreed=false");
        break;
    case 3:
        write_lead(s, i, prop_draw(p, 3) ? "replied=false" : "replied=true");
        break;
    case 4:
        engine_write(&s->e, "enrolment",
                     str_c(s->e.arena, str_printf(s->e.arena, "name=%s;lead=%llu",
                                                  prop_draw(p, 2) ? "nurture" : "care",
                                                  (unsigned long long)s->leads[i])));
        break;
    case 5:
        end_some_task(p, s);
        break;
    default:
        engine_detach(&s->e); /* a restart: what is remembered is on the disk */
        s->e.adm = NULL;
        if (!engine_attach(&s->e, true))
            prop_note(p, "cannot open again");
    }
}

/* Messages of a lead so far, and whether their names differ; names are what makes a message one. */
static bool count_messages(struct state *s, size_t *sent)
{
    struct outbox_row *rows;
    size_t n;
    memset(sent, 0, LEADS * sizeof *sent);
    if (outbox_page(s->e.store, s->e.vault, -1, 0, MESSAGES_MAX, s->e.arena, &rows, &n) != RC_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < LEADS; k++)
            sent[k] += rows[i].record == s->leads[k];
        for (size_t k = 0; k < i; k++)
            if (str_eq(rows[i].name, rows[k].name) ||
                (rows[i].run == rows[k].run &&
                 str_eq(rows[i].texts.template_file, rows[k].texts.template_file)))
                return false;
    }
    return true;
}

static bool one_step_at_a_time(struct state *s)
{
    struct row *runs[64], *tasks[64];
    size_t n = plays_rows(&s->e, "enrolment", runs, 64),
           n_tasks = plays_rows(&s->e, "task", tasks, 64);
    for (size_t i = 0; i < n; i++) {
        size_t open = 0;
        for (size_t k = 0; k < n_tasks; k++)
            open += row_ref(tasks[k], "enrolment") == runs[i]->id &&
                    row_is(tasks[k], "state", "open");
        if ((open > 1 && row_is(runs[i], "kind", "sequence")) ||
            (open > 0 && !row_is(runs[i], "state", "active")))
            return false;
        for (size_t k = 0; k < i; k++)
            if (row_is(runs[i], "state", "active") && row_is(runs[k], "state", "active") &&
                row_ref(runs[i], "lead") == row_ref(runs[k], "lead") &&
                str_eq(row_text(runs[i], "name"), row_text(runs[k], "name")))
                return false;
    }
    return true;
}

static bool may_be_written_to(struct state *s, size_t i)
{
    const struct row *r = engine_row(&s->e, "lead", s->leads[i]);
    const struct value *agreed = row_value(r, object_field(r->object, STR("agreed"))),
                       *replied = row_value(r, object_field(r->object, STR("replied")));
    return agreed->type == VT_BOOL && agreed->boolean &&
           !(replied->type == VT_BOOL && replied->boolean);
}

static bool course(struct prop *p, void *context)
{
    struct state s = {0};
    size_t sent[LEADS];
    bool good = engine_open(&s.e, model);
    (void)context;
    engine_write(&s.e, "person", "name=ana;active=true");
    for (size_t i = 0; i < LEADS; i++)
        s.leads[i] = engine_write(
                         &s.e, "lead",
                         str_c(s.e.arena, str_printf(s.e.arena, "email=l%zu@x.example", i)))
                         .id;
    size_t n = prop_length(p, OPS_MAX);
    for (size_t op = 0; good && op < n; op++) {
        bool may[LEADS];
        for (size_t i = 0; i < LEADS; i++)
            may[i] = may_be_written_to(&s, i);
        do_something(p, &s);
        good = count_messages(&s, sent) && one_step_at_a_time(&s);
        if (!good)
            prop_note(p, "op %zu: runs %s, tasks %s", op,
                      plays_list(&s.e, "enrolment", "name", "state"),
                      plays_list(&s.e, "task", "name", "state"));
        for (size_t i = 0; good && i < LEADS; i++) {
            good = sent[i] == s.sent[i] || may[i] || may_be_written_to(&s, i);
            if (!good)
                prop_note(p, "op %zu: lead %zu was written to", op, i);
            s.sent[i] = sent[i];
        }
    }
    engine_close(&s.e);
    return good;
}

int main(int argc, char **argv)
{
    static const struct property all[] = {
        {"one step at a time, nothing after a stop, nothing twice", course, 20}};
    return prop_main(argc, argv, all, sizeof all / sizeof *all, NULL);
}
