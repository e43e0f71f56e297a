/* unsubscribe.c - the page behind the link in a mail: what it is about, and one button that takes the consent back. */
#include "connect/unsubscribe.h"
#include "door/handlers.h"

/* Whose consent a token means; false after a 404 or a problem. */
static bool read_token(struct api *api, const struct request *q, struct response *r,
                       struct unsubscribe *out)
{
    struct reader *reader = api_begin(api, r);
    if (reader == NULL)
        return false;
    enum rc rc = unsubscribe_read(reader->vault, api->parts.model, q->args[0], q->arena, out);
    api_end(api, reader);
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "this link is not, or no longer, one of ours");
    else if (rc != RC_OK)
        respond_rc(r, rc, "the link cannot be read now");
    return rc == RC_OK;
}

static void put_page(struct response *r, const char *title, const char *text, bool button)
{
    r->type = "text/html; charset=utf-8";
    buf_printf(&r->body,
               "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"robots\" content=\"noindex\">\n<title>%s</title>\n</head>\n<body>\n"
               "<main>\n<h1>%s</h1>\n<p>%s</p>\n",
               title, title, text);
    if (button)
        buf_cstr(&r->body, "<form method=\"post\"><button>Stop these mails</button></form>\n");
    buf_cstr(&r->body, "</main>\n</body>\n</html>\n");
}

void api_unsubscribe_page(void *context, const struct request *q, struct response *r)
{
    struct unsubscribe u;
    if (read_token(context, q, r, &u))
        put_page(r, "Unsubscribe", "You can take back your consent to these mails here.", true);
}

/* The button, and the one click of a mail program (RFC 8058): whatever the body says, the token is the wish. */
void api_unsubscribe(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct unsubscribe u;
    struct verdict v;
    if (!read_token(api, q, r, &u))
        return;
    struct field_input no = {
        .field = u.field, .form = INPUT_VALUE, .value = {.type = VT_BOOL, .boolean = false}};
    struct command c = {.kind = CMD_UPDATE,
                        .object = u.field->object,
                        .id = u.record,
                        .fields = &no,
                        .n_fields = 1,
                        .reason = STR("unsubscribed by the link in a mail"),
                        .actor = {.kind = ACTOR_TOKEN, .name = STR("unsubscribe")},
                        .door = DOOR_FORM};
    enum rc rc = writer_submit(api->parts.writer, &c, 1, q->arena, &v);
    if (rc != RC_OK) {
        respond_problem(r, 503, rc == RC_BUSY ? "busy" : "unavailable", NULL,
                        "your wish could not be kept just now; please try again");
        r->outdated = rc == RC_CONFLICT;
    } else if (verdict_accepted(&v))
        put_page(r, "Unsubscribed", "You will get no more of these mails.", false);
    else
        respond_refusal(r, 422, &v, STR("your wish could not be kept; please answer the mail"));
}
