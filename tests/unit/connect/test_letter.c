/* test_letter.c - what a mail says: letters with fields, headers that nothing gets into, links nobody can make up. */
#include "connect/letter.h"
#include "connect/mail.h"
#include "connect/unsubscribe.h"
#include "tests/engine.h"

static const char model[] = "objects:\n"
                            "- name: account\n"
                            "  owner: ana\n"
                            "  fields: [{name: name, type: text}]\n"
                            "- name: lead\n"
                            "  owner: ana\n"
                            "  fields:\n"
                            "  - {name: email, type: email}\n"
                            "  - {name: first_name, type: text}\n"
                            "  - {name: agreed, type: boolean}\n"
                            "  - {name: account, type: ref, to: account}\n"
                            "consents:\n"
                            "- {purpose: letters, subject: lead, basis: opt_in, field: agreed}\n";

static enum rc row_of(void *ctx, const struct object *o, uint64_t id, struct arena *a,
                      const struct row **out)
{
    struct engine *e = ctx;
    (void)a;
    *out = engine_row(e, str_c(e->arena, o->name), id);
    return RC_OK;
}

static const char *fill_as(struct engine *e, uint64_t id, const char *text,
                           enum letter_values values)
{
    struct letter_rows rows = {e, row_of};
    struct str out, why = STR("");
    enum rc rc = letter_fill(str_of(text), values, engine_row(e, "lead", id), &rows, e->arena, &out,
                             &why);
    return rc == RC_OK ? str_c(e->arena, out)
                       : str_c(e->arena, str_printf(e->arena, "refused: %.*s", STR_ARG(why)));
}

static const char *fill(struct engine *e, uint64_t id, const char *text)
{
    return fill_as(e, id, text, LETTER_PLAIN);
}

/* A name is a name, whatever it holds: no heading, no link, no markup of the letter. */
static void test_values_in_markdown(struct engine *e)
{
    uint64_t id =
        engine_write(e, "lead", "email=max@x.example;first_name=*Max* [x](http://evil) <b>").id;
    ok_str(fill(e, id, "**Hi** {{lead.first_name}}"), "**Hi** *Max* [x](http://evil) <b>");
    ok_str(fill_as(e, id, "**Hi** {{lead.first_name}}", LETTER_MARKDOWN),
           "**Hi** \\*Max\\* \\[x\\]\\(http\\:\\/\\/evil\\) \\<b\\>");
}

static void test_letters(struct engine *e)
{
    uint64_t account = engine_write(e, "account", "name=Acme").id;
    uint64_t id = engine_write(
                      e, "lead",
                      str_c(e->arena, str_printf(e->arena, "email=jo@x.example;account=%llu",
                                                 (unsigned long long)account)))
                      .id;
    ok_str(fill(e, id, "To {{lead.email}} of {{ lead.account.name }}."),
           "To jo@x.example of Acme.");
    ok_str(fill(e, id, "Hello {{lead.first_name|there}}!"), "Hello there!");
    ok_str(fill(e, id, "Hello {{lead.first_name}}!"),
           "refused: lead.first_name is empty; {{lead.first_name|…}} says what stands there then");
    ok_str(fill(e, id, "{{lead.name}}"), "refused: {{lead.name}} leads to no field of lead");
    ok_str(fill(e, id, "{{ not closed"), "{{ not closed");
    struct letter l;
    struct str why;
    ok(letter_read(STR("---\r\nsubject: \"Hi: you\"\r\n---\r\n\r\nText\r\n"), &l, &why) == RC_OK);
    ok(str_is(l.subject, "Hi: you") && str_is(l.text, "Text"));
    ok(letter_read(STR("Text"), &l, &why) == RC_INVALID);
    ok(letter_read(STR("---\ntitle: x\n---\nText"), &l, &why) == RC_INVALID);
    ok(letter_read(STR("---\nsubject: x\nText"), &l, &why) == RC_INVALID);
    ok(letter_read(STR("---\nsubject: \xff\n---\n"), &l, &why) == RC_INVALID);
}

static const char *compose(struct engine *e, const char *from, const char *to, const char *subject)
{
    struct mail_settings s = {.server = STR("x"), .from = str_of(from)};
    struct mail m = {.to = str_of(to),
                     .subject = str_of(subject),
                     .text = STR("Text"),
                     .id = STR("id-1"),
                     .at = {INT64_C(1767225600) * US_PER_SECOND}};
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = mail_compose(&s, &m, e->arena, &b);
    const char *out = rc == RC_OK ? str_c(e->arena, buf_view(&b)) : "refused";
    buf_release(&b);
    return out;
}

static void test_alternatives(struct engine *e)
{
    struct mail_settings s = {.server = STR("x"), .from = STR("a@b.example")};
    struct mail m = {.to = STR("jo@x.example"),
                     .subject = STR("Hi"),
                     .text = STR("Text"),
                     .html = STR("<p>Text</p>"),
                     .id = STR("id-1"),
                     .at = {INT64_C(1767225600) * US_PER_SECOND}};
    struct buf b;
    buf_init(&b, 1 << 16);
    ok_int(mail_compose(&s, &m, e->arena, &b), RC_OK);
    struct str all = buf_view(&b);
    ptrdiff_t at = str_find(all, STR("Content-Type: multipart"), 0);
    ok(at > 0);
    ok_str(str_c(e->arena, str_sub(all, at > 0 ? (size_t)at : 0, all.n)),
           "Content-Type: multipart/alternative; boundary=\"=_revos_part\"\r\n\r\n"
           "--=_revos_part\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\nVGV4dA==\r\n"
           "--=_revos_part\r\nContent-Type: text/html; charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\nPHA+VGV4dDwvcD4=\r\n"
           "--=_revos_part--\r\n");
    buf_release(&b);
}

static void test_mails(struct engine *e)
{
    ok_str(compose(e, "Acme <hello@acme.example>", "jo@x.example", "Hi"),
           "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nFrom: \"Acme\" <hello@acme.example>\r\n"
           "To: <jo@x.example>\r\nSubject: Hi\r\nMessage-ID: <id-1@acme.example>\r\n"
           "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\nVGV4dA==\r\n");
    const char *sly = compose(e, "hello@acme.example", "jo@x.example", "Hi\r\nBcc: all@x.example");
    ok(strstr(sly, "Bcc") == NULL && strstr(sly, "=?UTF-8?B?") != NULL);
    ok_str(compose(e, "hello@acme.example", "jo@x.example\r\nBcc: all@x.example", "Hi"), "refused");
    ok_str(compose(e, "hello@acme.example", "no address", "Hi"), "refused");
    ok_str(compose(e, "", "jo@x.example", "Hi"), "refused");
    const char *many = compose(e, "a@b.example", "jo@x.example",
                               "Grüße aus dem Süden, wo die Bäume blühen und die Flüsse fließen");
    const char *at = strstr(many, "\r\n =?UTF-8?B?");
    ok(at != NULL);
}

static void test_tokens(struct engine *e)
{
    struct str token;
    struct unsubscribe u;
    const struct object *lead = engine_object(e, "lead");
    ok(unsubscribe_token(e->vault, lead, 77, STR("letters"), e->arena, &token) == RC_OK);
    ok(unsubscribe_read(e->vault, e->model, token, e->arena, &u) == RC_OK);
    ok(u.record == 77 && str_is(u.field->name, "agreed"));
    char *forged = arena_copy(e->arena, token.p, token.n);
    size_t read = 0;
    for (size_t i = 0; i < token.n; i++) {
        char was = forged[i];
        forged[i] = was == 'a' ? 'b' : 'a';
        struct str text = {forged, token.n};
        read += unsubscribe_read(e->vault, e->model, text, e->arena, &u) == RC_OK;
        forged[i] = was;
    }
    ok(read == 0);
    ok(unsubscribe_read(e->vault, e->model, STR("lea_1.letters"), e->arena, &u) == RC_NOT_FOUND);
    ok(unsubscribe_read(e->vault, e->model, STR(""), e->arena, &u) == RC_NOT_FOUND);
}

int main(void)
{
    struct engine e;
    ok(engine_open(&e, model));
    test_letters(&e);
    test_values_in_markdown(&e);
    test_mails(&e);
    test_alternatives(&e);
    test_tokens(&e);
    engine_close(&e);
    return tap_done();
}
