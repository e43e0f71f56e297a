/* parcel.c - what goes out, said from the records as they are at that moment; or why it does not go out any more. */
#include "connect/letter.h"
#include "connect/markdown.h"
#include "connect/outbox_impl.h"
#include "connect/unsubscribe.h"

#include "base/hash.h"
#include "process/consent.h"

#include <assert.h>

static const char no_more[] = "No more of these mails";

struct writing {
    const struct outbox *o;
    struct instant now;
    struct arena *a;
    struct parcel *p;
};

enum rc outbox_record(const struct outbox *o, const struct object *of, uint64_t id, struct arena *a,
                      const struct row **out)
{
    struct row *row = NULL;
    *out = NULL;
    if (!of || !id)
        return RC_OK;
    enum rc rc = redirects_resolve(o->projection, &id, 1);
    if (rc == RC_OK)
        rc = rows_load(o->projection, of, &id, 1, a, &row);
    if (rc == RC_OK && row && row->life == LIFE_LIVE)
        *out = row;
    return rc;
}

static void fate(struct writing *w, enum parcel_fate f, struct str why)
{
    w->p->fate = f;
    w->p->why = why;
}

static struct str text_named(const struct row *row, const char *name)
{
    const struct field *f = object_field(row->object, str_of(name));
    const struct value *v = f ? row_value(row, f) : NULL;
    return v && v->type == VT_TEXT ? v->text : STR("");
}

/* ---- may it still? ------------------------------------------------------------------------------------------------- */

static enum rc ask_run(struct writing *w, const struct outbox_row *m)
{
    const struct object *enrolment = model_object_numbered(w->o->model, ON_ENROLMENT);
    const struct row *run;
    if (!m->run)
        return RC_OK;
    enum rc rc = outbox_record(w->o, enrolment, m->run, w->a, &run);
    if (rc != RC_OK)
        return rc;
    const struct field *f = run ? object_field(run->object, STR("state")) : NULL;
    const struct enum_value *stopped = f ? field_value(f, STR("stopped")) : NULL;
    const struct value *v = f ? row_value(run, f) : NULL;
    if (!run || (stopped && v->type == VT_ENUM && v->number_of == stopped->number))
        fate(w, PARCEL_DROP, STR("its sequence was stopped"));
    return RC_OK;
}

/* Consent as it is now, and the link by which it is taken back. */
static enum rc ask_consent(struct writing *w, const struct outbox_row *m, const struct row *of)
{
    struct consent c = consent_of(w->o->model, m->texts.purpose, of->object);
    const struct row *subject = of;
    struct zone *z;
    struct str why, token;
    enum rc rc = RC_OK;
    if (!m->texts.purpose.n)
        return RC_OK;
    if (c.via) {
        const struct value *v = row_value(of, c.via);
        rc = outbox_record(w->o, c.via->to, v->type == VT_REF ? v->ref : 0, w->a, &subject);
    }
    if (rc == RC_OK)
        rc = zone_open(w->o->model->company.timezone, &z);
    if (rc != RC_OK)
        return rc;
    if (consent_of_subject(&c, subject, w->now, z, w->a, &why) != CONSENT_YES)
        fate(w, PARCEL_DROP, why);
    zone_close(z);
    if (w->p->fate != PARCEL_SEND || !subject || !c.field || !w->o->settings.url.n)
        return RC_OK;
    rc = unsubscribe_token(w->o->vault, subject->object, subject->id, m->texts.purpose, w->a,
                           &token);
    if (rc == RC_OK)
        w->p->unsubscribe = str_printf(w->a, "%.*s/unsubscribe/%.*s", STR_ARG(w->o->settings.url),
                                       STR_ARG(token));
    return rc;
}

/* ---- a letter to a record's own address -------------------------------------------------------------------------------- */

static enum rc row_for_letter(void *ctx, const struct object *o, uint64_t id, struct arena *a,
                              const struct row **out)
{
    const struct writing *w = ctx;
    return outbox_record(w->o, o, id, a, out);
}

static enum rc write_letter(struct writing *w, const struct outbox_row *m, const struct row *of)
{
    const struct env *env = w->o->env;
    const char *path = str_c(
        w->a, str_printf(w->a, "%s/%.*s", w->o->workspace, STR_ARG(m->texts.template_file)));
    struct letter_rows rows = {w, row_for_letter};
    struct letter l;
    struct str file, marked, why = STR("it cannot be read");
    enum rc rc = env_read_file(env, path, LETTER_BYTES_MAX, w->a, &file);
    rc = rc == RC_OK ? letter_read(file, &l, &why) : RC_INVALID;
    if (rc == RC_OK)
        rc = letter_fill(l.subject, LETTER_PLAIN, of, &rows, w->a, &w->p->subject, &why);
    if (rc == RC_OK)
        rc = letter_fill(l.text, LETTER_PLAIN, of, &rows, w->a, &w->p->text, &why);
    if (rc == RC_OK)
        rc = letter_fill(l.text, LETTER_MARKDOWN, of, &rows, w->a, &marked, &why);
    if (rc == RC_OK)
        rc = markdown_html(marked, str_of(no_more), w->p->unsubscribe, w->a, &w->p->html);
    if (rc != RC_INVALID && rc != RC_LIMIT)
        return rc;
    fate(w, PARCEL_GIVE_UP,
         str_printf(w->a, "%.*s: %.*s", STR_ARG(m->texts.template_file), STR_ARG(why)));
    return RC_OK;
}

static enum rc to_record(struct writing *w, const struct outbox_row *m)
{
    const struct object *object = model_object_numbered(w->o->model, m->object);
    const struct row *of;
    enum rc rc = outbox_record(w->o, object, m->record, w->a, &of);
    if (rc != RC_OK)
        return rc;
    const struct field *f = of ? object_field_numbered(object, (uint32_t)m->texts.address_field)
                               : NULL;
    const struct value *v = f ? row_value(of, f) : NULL;
    if (!of || !v || v->type != VT_TEXT) {
        fate(w, PARCEL_DROP,
             of ? STR("there is no address to write to") : STR("the record is gone"));
        return RC_OK;
    }
    w->p->to = v->text;
    rc = ask_consent(w, m, of);
    if (rc == RC_OK && w->p->fate == PARCEL_SEND)
        rc = write_letter(w, m, of);
    if (rc == RC_OK && w->p->fate == PARCEL_SEND && w->p->unsubscribe.n)
        w->p->text = str_printf(w->a, "%.*s\n\n--\n%s: %.*s", STR_ARG(w->p->text), no_more,
                                STR_ARG(w->p->unsubscribe));
    return rc;
}

/* ---- notices to a person ------------------------------------------------------------------------------------------------ */

static struct str link_to(const struct writing *w, const struct outbox_row *m)
{
    const struct object *o = model_object_numbered(w->o->model, m->object);
    char id[64];
    if (!o || !m->record || !w->o->settings.url.n)
        return STR("");
    return str_printf(w->a, "%.*s/records/%.*s/%.*s", STR_ARG(w->o->settings.url), STR_ARG(o->name),
                      STR_ARG(id_text(o->prefix, m->record, id)));
}

static void put_notices(struct writing *w, struct buf *b)
{
    for (size_t i = 0; i < w->p->n; i++) {
        const struct outbox_row *m = &w->p->rows[i];
        struct str link = link_to(w, m);
        if (i)
            buf_cstr(b, "\n\n");
        buf_str(b, m->expired ? m->name : m->texts.text);
        if (link.n)
            buf_printf(b, "\nOpen: %.*s", STR_ARG(link));
    }
}

static enum rc to_person(struct writing *w)
{
    const struct outbox_row *first = &w->p->rows[0];
    const struct object *people = model_object_numbered(w->o->model, ON_PERSON);
    const struct row *person;
    struct buf b;
    bool mail = str_is(first->channel, "mail");
    enum rc rc = outbox_record(w->o, people, first->person, w->a, &person);
    if (rc != RC_OK)
        return rc;
    w->p->to = !person ? STR("") : mail ? text_named(person, "email") : text_named(person, "name");
    if (!w->p->to.n) {
        fate(w, PARCEL_DROP, STR("the person has no address, or is gone"));
        return RC_OK;
    }
    w->p->subject = w->p->n == 1 ? first->texts.subject : str_printf(w->a, "%zu notices", w->p->n);
    buf_init(&b, VALUE_BYTES_MAX);
    if (!mail)
        buf_printf(&b, "@%.*s ", STR_ARG(w->p->to));
    put_notices(w, &b);
    rc = buf_ok(&b);
    w->p->text = str_dup(w->a, buf_view(&b));
    buf_release(&b);
    if (rc == RC_LIMIT)
        fate(w, PARCEL_GIVE_UP, STR("it is too long"));
    return rc == RC_LIMIT ? RC_OK : rc;
}

/* Made of the names of what goes together, so that the same messages go under the same id when they have to go again, and others
 * never do. */
static struct str name_of_all(const struct parcel *p, struct arena *a)
{
    struct hasher h;
    char hex[65];
    hasher_init(&h);
    for (size_t i = 0; i < p->n; i++) {
        hasher_put(&h, p->rows[i].name);
        hasher_put(&h, STR("\n"));
    }
    struct str name = str_sub(digest_hex(hasher_done(&h), hex), 0, 32);
    return str_printf(a, "digest-%.*s", STR_ARG(name));
}

enum rc parcel_write(const struct outbox *o, struct instant now, struct arena *a, struct parcel *p)
{
    struct writing w = {o, now, a, p};
    const struct outbox_row *first = &p->rows[0];
    assert(p->n > 0);
    p->id = p->n == 1 ? first->name : name_of_all(p, a);
    if (first->expired && p->n == 1) {
        fate(&w, PARCEL_DROP, STR("it could not be sent for so long that its text is gone"));
        return RC_OK;
    }
    enum rc rc = ask_run(&w, first);
    if (rc != RC_OK || p->fate != PARCEL_SEND)
        return rc;
    return first->person ? to_person(&w) : to_record(&w, first);
}
