/* verdict.c - names, JSON and text of the answer to a command. */
#include "admission/verdict.h"

#include "base/json.h"
#include <assert.h>

const char *verdict_outcome_name(enum verdict_outcome o)
{
    static const char *const names[VERDICT_OUTCOME_COUNT] = {
        [VERDICT_CREATED] = "created",         [VERDICT_UPDATED] = "updated",
        [VERDICT_UNCHANGED] = "unchanged",     [VERDICT_MERGED] = "merged",
        [VERDICT_DELETED] = "deleted",         [VERDICT_RESTORED] = "restored",
        [VERDICT_RETRACTED] = "retracted",     [VERDICT_REFUSED] = "refused",
        [VERDICT_QUARANTINED] = "quarantined",
    };
    assert(o < VERDICT_OUTCOME_COUNT);
    return names[o];
}

const char *criterion_state_name(enum criterion_state s)
{
    static const char *const names[] = {
        [CRITERION_MET] = "met",     [CRITERION_UNMET] = "unmet",   [CRITERION_ABSENT] = "absent",
        [CRITERION_FAULT] = "fault", [CRITERION_WAIVED] = "waived",
    };
    assert((size_t)s < sizeof names / sizeof names[0]);
    return names[s];
}

const char *enforcement_name(enum enforcement e)
{
    static const char *const names[] = {
        [ENFORCE_DENY] = "deny",
        [ENFORCE_WARN] = "warn",
        [ENFORCE_AUDIT] = "audit",
    };
    assert((size_t)e < sizeof names / sizeof names[0]);
    return names[e];
}

bool verdict_accepted(const struct verdict *v)
{
    return v->outcome != VERDICT_REFUSED && v->outcome != VERDICT_QUARANTINED;
}

bool finding_broken(const struct finding *f)
{
    return f->state != CRITERION_MET && f->state != CRITERION_WAIVED;
}

bool finding_refuses(const struct finding *f)
{
    return f->state == CRITERION_FAULT || (finding_broken(f) && f->enforcement == ENFORCE_DENY);
}

const struct finding *verdict_reason(const struct verdict *v)
{
    if (verdict_accepted(v))
        return NULL;
    for (size_t i = 0; i < v->n_findings; i++)
        if (finding_refuses(&v->findings[i]))
            return &v->findings[i];
    return NULL;
}

void verdict_copy(struct arena *a, const struct verdict *v, struct verdict *out)
{
    *out = *v;
    out->findings = v->n_findings ? arena_copy(a, v->findings, v->n_findings * sizeof(*v->findings))
                                  : NULL;
    for (size_t i = 0; i < v->n_findings; i++) {
        struct finding *f = &out->findings[i];
        struct str *texts[] = {&f->criterion, &f->name,  &f->absent,    &f->message,
                               &f->help,      &f->owner, &f->old_value, &f->new_value};
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            *texts[k] = str_dup(a, *texts[k]);
    }
    out->pending = v->n_pending ? arena_copy(a, v->pending, v->n_pending * sizeof(*v->pending))
                                : NULL;
    for (size_t i = 0; i < v->n_pending; i++) {
        out->pending[i].text = str_dup(a, v->pending[i].text);
        out->pending[i].key_source = str_dup(a, v->pending[i].key_source);
    }
    out->followed = v->n_followed ? arena_copy(a, v->followed, v->n_followed * sizeof *v->followed)
                                  : NULL;
    for (size_t i = 0; i < v->n_followed; i++) {
        struct followed *f = &out->followed[i];
        f->name = str_dup(a, f->name);
        f->state = str_dup(a, f->state);
        f->definition = str_dup(a, f->definition);
    }
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

static void put_id(struct json_out *w, const char *key, const struct object *o, uint64_t id)
{
    char room[64];
    if (id && o)
        json_field_str(w, key, id_text(o->prefix, id, room));
}

static struct str finding_name(const struct finding *f)
{
    return f->field ? f->field->name : f->name;
}

static void put_finding(struct json_out *w, const struct finding *f)
{
    json_begin_object(w);
    json_field_cstr(w, "code", f->code);
    json_optional(w, "criterion", f->criterion);
    json_field_cstr(w, "enforcement", enforcement_name(f->enforcement));
    json_field_cstr(w, "state", criterion_state_name(f->state));
    json_optional(w, "field", finding_name(f));
    json_optional(w, "absent", f->absent);
    json_optional(w, "message", f->message);
    json_optional(w, "help", f->help);
    json_optional(w, "owner", f->owner);
    json_optional(w, "old", f->old_value);
    json_optional(w, "new", f->new_value);
    json_end_object(w);
}

static void put_findings(struct json_out *w, const struct verdict *v)
{
    json_begin_array(w);
    for (size_t i = 0; i < v->n_findings; i++)
        put_finding(w, &v->findings[i]);
    json_end_array(w);
}

void verdict_findings_json(const struct verdict *v, struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, false);
    put_findings(&w, v);
    json_out_done(&w);
}

static void put_followed(struct json_out *w, const struct verdict *v)
{
    json_key(w, "followed");
    json_begin_array(w);
    for (size_t i = 0; i < v->n_followed; i++) {
        const struct followed *f = &v->followed[i];
        json_begin_object(w);
        json_field_str(w, "object", f->object->name);
        put_id(w, "id", f->object, f->id);
        json_optional(w, "name", f->name);
        json_optional(w, "state", f->state);
        json_optional(w, "definition", f->definition);
        json_field_cstr(w, "what", f->what);
        json_end_object(w);
    }
    json_end_array(w);
}

void verdict_json(const struct verdict *v, struct buf *out)
{
    struct json_out w;
    json_out_init(&w, out, false);
    json_begin_object(&w);
    json_field_cstr(&w, "outcome", verdict_outcome_name(v->outcome));
    if (v->object)
        json_field_str(&w, "object", v->object->name);
    put_id(&w, "id", v->object, v->id);
    if (v->version)
        json_field_int(&w, "version", (int64_t)v->version);
    if (v->txn)
        json_field_int(&w, "transaction", (int64_t)v->txn);
    if (v->first_seq) {
        json_key(&w, "seqs");
        json_begin_array(&w);
        json_put_uint(&w, v->first_seq);
        json_put_uint(&w, v->last_seq);
        json_end_array(&w);
    }
    put_id(&w, "other", v->object, v->other);
    if (v->replayed)
        json_field_bool(&w, "replayed", true);
    if (v->quarantine)
        json_field_int(&w, "quarantine", (int64_t)v->quarantine);
    json_key(&w, "findings");
    put_findings(&w, v);
    if (v->n_pending) {
        json_key(&w, "pending");
        json_begin_array(&w);
        for (size_t i = 0; i < v->n_pending; i++) {
            json_begin_object(&w);
            json_field_str(&w, "field", v->pending[i].field->name);
            json_field_str(&w, "key", v->pending[i].text);
            json_end_object(&w);
        }
        json_end_array(&w);
    }
    if (v->n_followed)
        put_followed(&w, v);
    json_end_object(&w);
    json_out_done(&w);
}

/* ---- text ---------------------------------------------------------------------------------------------------- */

static const char *severity_word(const struct finding *f)
{
    if (!finding_broken(f))
        return criterion_state_name(f->state);
    if (finding_refuses(f))
        return "refused";
    return f->enforcement == ENFORCE_WARN ? "warning" : "noted";
}

static void text_finding(const struct finding *f, struct buf *out)
{
    struct str name = finding_name(f);
    buf_printf(out, "  %s %s", severity_word(f), f->code);
    if (f->criterion.n)
        buf_printf(out, " %.*s", STR_ARG(f->criterion));
    if (name.n)
        buf_printf(out, " %.*s", STR_ARG(name));
    buf_printf(out, ": %.*s", STR_ARG(f->message));
    if (f->absent.n)
        buf_printf(out, " (%.*s is empty)", STR_ARG(f->absent));
    if (f->owner.n)
        buf_printf(out, " [%.*s]", STR_ARG(f->owner));
    buf_char(out, '\n');
    if (f->help.n)
        buf_printf(out, "    help: %.*s\n", STR_ARG(f->help));
}

/* "created handoff mql_to_sales (hand_…): offered, by handoffs.mql_to_sales". */
static void text_followed(const struct followed *f, struct buf *out)
{
    char room[64];
    buf_printf(out, "  %s %.*s", f->what, STR_ARG(f->object->name));
    if (f->name.n)
        buf_printf(out, " %.*s", STR_ARG(f->name));
    buf_printf(out, " (%.*s)", STR_ARG(id_text(f->object->prefix, f->id, room)));
    if (f->state.n)
        buf_printf(out, ": %.*s", STR_ARG(f->state));
    buf_printf(out, ", by %.*s\n", STR_ARG(f->definition));
}

void verdict_text(const struct verdict *v, struct buf *out)
{
    char room[64];
    buf_cstr(out, verdict_outcome_name(v->outcome));
    if (v->object && v->id) {
        buf_char(out, ' ');
        buf_str(out, id_text(v->object->prefix, v->id, room));
    } else if (v->object) {
        buf_printf(out, " %.*s", STR_ARG(v->object->name));
    }
    if (v->version)
        buf_printf(out, ", version %llu", (unsigned long long)v->version);
    if (v->replayed)
        buf_cstr(out, ", answered before under this idempotency key");
    buf_char(out, '\n');
    for (size_t i = 0; i < v->n_findings; i++)
        text_finding(&v->findings[i], out);
    for (size_t i = 0; i < v->n_followed; i++)
        text_followed(&v->followed[i], out);
}
