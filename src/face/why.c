#include "face/why.h"

/* ---- gates -------------------------------------------------------------------------------------------------------- */

static const char *state_name(enum xverdict s)
{
    static const char *const names[] = {
        [XT_MET] = "met", [XT_NOT_MET] = "unmet", [XT_ABSENT] = "absent", [XT_FAULT] = "fault"};
    return names[s];
}

bool gate_why_find(struct look *l, struct str name, enum door door, struct gate_why *out)
{
    const struct object *o = l->object;
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *from = stage_of(p, l->now), *to = NULL;
        if (!stage_process_holds(p, l->now))
            continue;
        if (name.n)
            to = process_stage(p, name);
        else if (from)
            to = stage_next(p, from);
        if (!to && (name.n || !from))
            continue;
        struct gate_answer *v = NULL;
        *out = (struct gate_why){.process = p, .from = from, .to = to};
        if (to)
            stage_explain(l, p, to, door, &v, &out->n);
        if (from && to && from != to)
            out->n_asks = stage_asks(p, from, to, out->asks);
        out->v = v;
        return true;
    }
    return false;
}

bool gate_why_refuses(const struct gate_why *w)
{
    bool no = false;
    for (size_t i = 0; i < w->n; i++)
        no |= w->v[i].applies && w->v[i].state != XT_MET && !w->v[i].waiver &&
              (w->v[i].enforcement == ENFORCE_DENY || w->v[i].state == XT_FAULT);
    for (size_t i = 0; i < w->n_asks; i++)
        no |= w->asks[i].forbidden;
    return no;
}

static const char *gate_state(const struct gate_answer *a)
{
    return !a->applies ? "not_applying" : a->waiver ? "waived" : state_name(a->state);
}

static const char *const enforcements[] = {"deny", "warn", "audit"};

static struct str waiver_id(const struct row *waiver, char room[64])
{
    return id_text(waiver->object->prefix, waiver->id, room);
}

static struct str waiver_ends(const struct row *waiver, char room[40])
{
    return instant_text(row_instant(waiver, "expires_at"), room);
}

static void gate_line(const struct gate_answer *a, struct buf *out)
{
    const struct rule *g = a->rule;
    char id[64], ends[40];
    buf_printf(out, "  %-14s %.*s", a->applies ? gate_state(a) : "does not apply", STR_ARG(g->id));
    if (a->enforcement != ENFORCE_DENY)
        buf_printf(out, " (%s)", enforcements[a->enforcement]);
    buf_printf(out, "%s: %.*s [%.*s]\n", a->exit ? " to leave" : "",
               STR_ARG(g->message.n ? g->message : expr_text(g->require)),
               STR_ARG(g->owner ? g->owner->name : STR_NONE));
    if (a->waiver)
        buf_printf(out, "    passes on %.*s until %.*s\n", STR_ARG(waiver_id(a->waiver, id)),
                   STR_ARG(waiver_ends(a->waiver, ends)));
    for (size_t k = 0; k < a->n_unmet; k++) {
        const struct xunmet *u = &a->unmet[k];
        if (u->field.n)
            buf_printf(out, "    needs %.*s %.*s%s\n", STR_ARG(u->field), STR_ARG(u->needs),
                       u->state == XT_ABSENT ? "; it is empty" : "");
        else
            buf_printf(out, "    needs %.*s\n", STR_ARG(u->text));
    }
}

void gate_why_text(const struct gate_why *w, struct buf *out)
{
    buf_printf(out, "%.*s: %.*s", STR_ARG(w->process->name),
               STR_ARG(w->from ? w->from->name : STR("nowhere")));
    if (!w->to) {
        buf_cstr(out, ", nothing comes next\n");
        return;
    }
    buf_printf(out, " -> %.*s%s\n", STR_ARG(w->to->name), w->n ? "" : ", no criteria");
    for (size_t i = 0; i < w->n_asks; i++)
        buf_printf(out, "  %-14s %s: %s\n", w->asks[i].forbidden ? "forbidden" : "asks",
                   w->asks[i].code, w->asks[i].message);
    for (size_t i = 0; i < w->n; i++)
        gate_line(&w->v[i], out);
}

static void put_unmet(struct json_out *w, const struct gate_answer *a)
{
    json_key(w, "needs");
    json_begin_array(w);
    for (size_t k = 0; k < a->n_unmet; k++) {
        const struct xunmet *u = &a->unmet[k];
        json_begin_object(w);
        json_field_str(w, "condition", u->text);
        json_field_cstr(w, "state", state_name(u->state));
        if (u->field.n) {
            json_field_str(w, "field", u->field);
            json_field_str(w, "value", u->needs);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_waiver(struct json_out *w, const struct row *waiver)
{
    char id[64], ends[40];
    if (!waiver)
        return;
    json_key(w, "waiver");
    json_begin_object(w);
    json_field_str(w, "id", waiver_id(waiver, id));
    json_field_str(w, "until", waiver_ends(waiver, ends));
    json_end_object(w);
}

static void put_asks(struct json_out *j, const struct gate_why *w)
{
    json_key(j, "asks");
    json_begin_array(j);
    for (size_t i = 0; i < w->n_asks; i++) {
        json_begin_object(j);
        json_field_cstr(j, "code", w->asks[i].code);
        json_field_bool(j, "forbidden", w->asks[i].forbidden);
        json_field_cstr(j, "message", w->asks[i].message);
        json_end_object(j);
    }
    json_end_array(j);
}

void gate_why_json(const struct gate_why *w, struct buf *out)
{
    struct json_out j;
    json_out_init(&j, out, true);
    json_begin_object(&j);
    json_field_str(&j, "process", w->process->name);
    if (w->from)
        json_field_str(&j, "from", w->from->name);
    if (w->to)
        json_field_str(&j, "to", w->to->name);
    json_key(&j, "criteria");
    json_begin_array(&j);
    for (size_t i = 0; i < w->n; i++) {
        const struct rule *g = w->v[i].rule;
        json_begin_object(&j);
        json_field_str(&j, "id", g->id);
        json_field_cstr(&j, "gate", w->v[i].exit ? "exit" : "enter");
        json_field_cstr(&j, "enforcement", enforcements[w->v[i].enforcement]);
        json_field_cstr(&j, "state", gate_state(&w->v[i]));
        json_field_str(&j, "message", g->message.n ? g->message : expr_text(g->require));
        if (g->owner)
            json_field_str(&j, "owner", g->owner->name);
        put_waiver(&j, w->v[i].waiver);
        put_unmet(&j, &w->v[i]);
        json_end_object(&j);
    }
    json_end_array(&j);
    put_asks(&j, w);
    json_end_object(&j);
    json_out_done(&j);
}

/* ---- scores ------------------------------------------------------------------------------------------------------- */

static const char *term_why(const struct score_given *g)
{
    static const char *const why[] = {
        [XT_MET] = "", [XT_NOT_MET] = "does not hold", [XT_ABSENT] = "empty", [XT_FAULT] = "fault"};
    return why[g->state];
}

void score_why_text(const struct score_result *r, struct date today, struct buf *out)
{
    const struct score *s = r->score;
    char at[40];
    buf_printf(out, "%.*s is %lld\n", STR_ARG(s->name), (long long)r->total);
    for (size_t i = 0; i < s->n; i++) {
        const struct score_given *g = &r->given[i];
        buf_printf(out, "  %+5lld  %.*s", (long long)g->points, STR_ARG(s->v[i].because));
        if (g->state == XT_ABSENT)
            buf_printf(out, " (%+lld; %.*s is empty)", (long long)s->v[i].points,
                       STR_ARG(g->why.empty));
        else if (g->state == XT_FAULT)
            buf_printf(out, " (%+lld; %.*s)", (long long)s->v[i].points,
                       STR_ARG(g->why.fault->message));
        else if (g->state == XT_NOT_MET)
            buf_printf(out, " (%+lld; %s)", (long long)s->v[i].points, term_why(g));
        else if (g->whole != g->points)
            buf_printf(out, " (of %+lld", (long long)g->whole);
        if (g->state == XT_MET && g->whole != g->points)
            buf_cstr(out, ")");
        if (g->ages)
            buf_printf(out, ", %d days old",
                       today.days > g->since.days ? today.days - g->since.days : 0);
        if (g->next.us < INSTANT_MAX.us && g->ages)
            buf_printf(out, ", less from %.*s", STR_ARG(instant_text(g->next, at)));
        buf_char(out, '\n');
    }
    if (r->total != r->sum)
        buf_printf(out, "  %+5lld  %s %lld\n", (long long)(r->total - r->sum),
                   r->sum > s->greatest ? "At most" : "At least", (long long)r->total);
}

void score_why_json(const struct score_result *r, struct date today, struct buf *out)
{
    struct json_out j;
    char text[40];
    json_out_init(&j, out, true);
    json_begin_object(&j);
    json_field_str(&j, "score", r->score->name);
    json_field_int(&j, "value", r->total);
    json_field_int(&j, "sum", r->sum);
    json_key(&j, "terms");
    json_begin_array(&j);
    for (size_t i = 0; i < r->score->n; i++) {
        const struct score_given *g = &r->given[i];
        json_begin_object(&j);
        json_field_int(&j, "points", g->points);
        json_field_str(&j, "because", r->score->v[i].because);
        json_field_cstr(&j, "state", state_name(g->state));
        json_field_int(&j, "of", g->state == XT_MET ? g->whole : r->score->v[i].points);
        if (g->state == XT_ABSENT)
            json_field_str(&j, "absent", g->why.empty);
        if (g->state == XT_FAULT)
            json_field_str(&j, "fault", g->why.fault->message);
        if (g->ages)
            json_field_int(&j, "age_days",
                           today.days > g->since.days ? today.days - g->since.days : 0);
        if (g->next.us < INSTANT_MAX.us)
            json_field_str(&j, "next_change", instant_text(g->next, text));
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
    json_out_done(&j);
}
