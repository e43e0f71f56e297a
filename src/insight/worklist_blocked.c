/* worklist_blocked.c - open records that cannot enter their next stage: admission judges them by its gates today. */
#include "admission/audit.h"
#include "insight/worklist_impl.h"

#include <stdlib.h>

struct stuck {
    uint64_t id;
    size_t order; /* in which it was found: criterion by criterion */
    struct finding finding;
};

struct judging {
    struct worklist *w;
    VEC(struct stuck) found;
};

static bool note(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct judging *j = self;
    (void)o;
    if (!finding_refuses(f))
        return true;
    if (j->found.n == WORK_JUDGED_MAX)
        return false;
    struct stuck *s = VEC_PUSH(j->w->a, &j->found);
    *s = (struct stuck){id, j->found.n, *f};
    s->finding.message = str_dup(j->w->a, f->message);
    s->finding.absent = str_dup(j->w->a, f->absent);
    return true;
}

/* What stands between a stage and the next, asked of the records in it: a gate of theirs, though not of their stage. */
static struct audit_choice criteria_between(struct worklist *w, const struct process_def *p,
                                            const struct stage *from, const struct stage *to)
{
    size_t n = 0;
    struct audit_criterion *c = ARENA_ARRAY(w->a, from->n_exit + to->n_enter + 1,
                                            struct audit_criterion);
    for (size_t i = 0; i < from->n_exit + to->n_enter; i++) {
        const struct rule *r = i < from->n_exit ? from->exit[i] : to->enter[i - from->n_exit];
        if (audit_can_ask(r))
            c[n++] = (struct audit_criterion){AUDIT_GATE, p->field, r, from->number};
    }
    return (struct audit_choice){.object = p->object, .criteria = c, .n = n};
}

static int by_id(const void *pa, const void *pb)
{
    const struct stuck *a = pa, *b = pb;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Who lacks least comes first, then the newest. */
static int by_nearest(const void *pa, const void *pb)
{
    const struct work_row *a = pa, *b = pb;
    if (a->n_findings != b->n_findings)
        return a->n_findings < b->n_findings ? -1 : 1;
    return a->id > b->id ? -1 : a->id < b->id;
}

/* One row a record, with all that it lacks. */
static size_t gather(struct judging *j, struct work_row *rows)
{
    size_t n = 0;
    if (j->found.n > 0)
        qsort(j->found.v, j->found.n, sizeof *j->found.v, by_id);
    for (size_t i = 0; i < j->found.n; i++) {
        if (n == 0 || rows[n - 1].id != j->found.v[i].id)
            rows[n++] = (struct work_row){.id = j->found.v[i].id};
        rows[n - 1].n_findings++;
    }
    for (size_t i = 0, at = 0; i < n; i++) {
        rows[i].findings = ARENA_ARRAY(j->w->a, rows[i].n_findings, struct finding);
        for (size_t k = 0; k < rows[i].n_findings; k++)
            rows[i].findings[k] = j->found.v[at++].finding;
    }
    return n;
}

static enum rc keep_mine(struct worklist *w, const struct object *o, struct work_row *rows,
                         size_t *n)
{
    uint64_t *ids = ARENA_ARRAY(w->a, *n + 1, uint64_t);
    size_t n_ids = *n, kept = 0;
    for (size_t i = 0; i < n_ids; i++)
        ids[i] = rows[i].id;
    enum rc rc = slice_keep_mine(w, o, ids, &n_ids);
    for (size_t i = 0; i < *n && kept < n_ids; i++)
        if (rows[i].id == ids[kept])
            rows[kept++] = rows[i];
    *n = kept;
    return rc;
}

static enum rc blocked_between(struct worklist *w, const struct process_def *p,
                               const struct stage *from, const struct stage *to)
{
    struct judging j = {.w = w};
    struct audit_report report = {&j, note};
    struct audit_choice choice = criteria_between(w, p, from, to);
    if (choice.n == 0)
        return RC_OK;
    enum rc rc = admission_audit(w->judge, &choice, &report, NULL);
    bool more = rc == RC_CANCELLED;
    if ((rc != RC_OK && !more) || j.found.n == 0)
        return rc;
    struct work_row *rows = ARENA_ARRAY(w->a, j.found.n, struct work_row);
    size_t n = gather(&j, rows);
    rc = keep_mine(w, p->object, rows, &n);
    if (rc != RC_OK || n == 0)
        return rc;
    qsort(rows, n, sizeof *rows, by_nearest);
    struct work_slice *s = slice_new(
        w, p->object,
        str_printf(w->a, "%.*s: %.*s \xe2\x86\x92 %.*s", STR_ARG(process_label(p, w->a)),
                   STR_ARG(stage_label(from)), STR_ARG(stage_label(to))));
    s->total = n;
    s->more = more;
    s->rows = rows;
    s->n_rows = n < w->q->limit ? n : w->q->limit;
    return RC_OK;
}

/* A stage that records enter by themselves blocks nobody: nobody moves them there. */
enum rc work_gate_blocked(struct worklist *w)
{
    const struct model *m = w->q->model;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_processes && rc == RC_OK; i++) {
        const struct process_def *p = m->processes[i];
        for (size_t k = 0; k < p->n_stages && rc == RC_OK; k++) {
            const struct stage *from = &p->stages[k], *to = stage_after(p, from);
            if (from->outcome == OUTCOME_OPEN && !from->moved_to && to &&
                to->advance != ADVANCE_AUTO)
                rc = blocked_between(w, p, from, to);
        }
    }
    return rc;
}
