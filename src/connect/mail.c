/* mail.c - a message in the form of RFC 5322, and its way to the server through libcurl. */
#include "connect/mail.h"

#include <curl/curl.h>
#include <sodium.h>
#include <string.h>

enum { MESSAGE_MAX = 2 << 20, LINE = 76, WORD = 45, CONNECT_SECONDS = 10, PERMANENT = 500 };

/* ---- the message --------------------------------------------------------------------------------------------------- */

struct str mail_address(struct str s)
{
    ptrdiff_t from = str_find(s, STR("<"), 0), to = str_find(s, STR(">"), 0);
    struct str address = from >= 0 && to > from ? str_sub(s, (size_t)from + 1, (size_t)to) : s;
    address = str_trim(address);
    for (size_t i = 0; i < address.n; i++)
        if ((unsigned char)address.p[i] <= ' ' || strchr("<>,;\"", address.p[i]))
            return STR("");
    ptrdiff_t at = str_find(address, STR("@"), 0);
    return at > 0 && (size_t)at + 1 < address.n ? address : STR("");
}

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || (unsigned char)s.p[i] > '~')
            return false;
    return true;
}

static void put_base64(struct buf *b, struct str s, struct arena *a)
{
    size_t room = sodium_base64_encoded_len(s.n, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(a, room);
    sodium_bin2base64(text, room, (const unsigned char *)s.p, s.n, sodium_base64_VARIANT_ORIGINAL);
    for (size_t i = 0; text[i]; i++) {
        if (i && i % LINE == 0)
            buf_cstr(b, "\r\n");
        buf_char(b, text[i]);
    }
}

/* The next piece of at most WORD bytes that ends between code points. */
static struct str next_piece(struct str *rest)
{
    size_t n = rest->n < WORD ? rest->n : WORD;
    while (n < rest->n && n > 0 && ((unsigned char)rest->p[n] & 0xC0) == 0x80)
        n--;
    struct str piece = str_sub(*rest, 0, n ? n : rest->n);
    *rest = str_sub(*rest, piece.n, rest->n);
    return piece;
}

/* Text in a header: as it is, or in encoded words of RFC 2047. Line ends cannot get in either way. */
static void put_words(struct buf *b, struct str s, struct arena *a)
{
    if (is_plain(s) && s.n < 900) {
        buf_str(b, s);
        return;
    }
    const char *gap = "";
    while (s.n) {
        buf_printf(b, "%s=?UTF-8?B?", gap);
        put_base64(b, next_piece(&s), a);
        buf_cstr(b, "?=");
        gap = "\r\n ";
    }
}

static void put_from(struct buf *b, struct str from, struct arena *a)
{
    ptrdiff_t open = str_find(from, STR("<"), 0);
    struct str name = open > 0 ? str_trim(str_sub(from, 0, (size_t)open)) : STR("");
    buf_cstr(b, "From: ");
    if (name.n && is_plain(name))
        buf_printf(b, "\"%.*s\" ", STR_ARG(name));
    else if (name.n) {
        put_words(b, name, a);
        buf_char(b, ' ');
    }
    buf_printf(b, "<%.*s>\r\n", STR_ARG(mail_address(from)));
}

static void put_date(struct buf *b, struct instant at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct hms h;
    struct date d = us_split(at.us, &h);
    struct ymd p = date_to_ymd(d);
    buf_printf(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[date_weekday(d)], p.day,
               months[p.month - 1], p.year, h.hour, h.minute, h.second);
}

static struct str domain_of(struct str address)
{
    ptrdiff_t at = str_find(address, STR("@"), 0);
    return at < 0 ? STR("revos.invalid") : str_sub(address, (size_t)at + 1, address.n);
}

/* Every part is in base64, which has no '_': no part can hold this line. */
#define BOUNDARY "=_revos_part"

static void put_part(struct buf *b, const char *subtype, struct str text, struct arena *a)
{
    buf_printf(b,
               "Content-Type: text/%s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: base64\r\n"
               "\r\n",
               subtype);
    put_base64(b, text, a);
    buf_cstr(b, "\r\n");
}

enum rc mail_compose(const struct mail_settings *s, const struct mail *m, struct arena *a,
                     struct buf *out)
{
    struct str from = mail_address(s->from), to = mail_address(m->to);
    if (!from.n || !to.n || !is_plain(from) || !is_plain(to) || !is_plain(m->id) ||
        !is_plain(m->unsubscribe))
        return RC_INVALID;
    put_date(out, m->at);
    put_from(out, s->from, a);
    buf_printf(out, "To: <%.*s>\r\nSubject: ", STR_ARG(to));
    put_words(out, m->subject, a);
    buf_printf(out, "\r\nMessage-ID: <%.*s@%.*s>\r\n", STR_ARG(m->id), STR_ARG(domain_of(from)));
    if (m->unsubscribe.n)
        buf_printf(out,
                   "List-Unsubscribe: <%.*s>\r\n"
                   "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                   STR_ARG(m->unsubscribe));
    buf_cstr(out, "MIME-Version: 1.0\r\n");
    if (!m->html.n) {
        put_part(out, "plain", m->text, a);
        return buf_ok(out);
    }
    buf_cstr(out, "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n"
                  "\r\n--" BOUNDARY "\r\n");
    put_part(out, "plain", m->text, a);
    buf_cstr(out, "--" BOUNDARY "\r\n");
    put_part(out, "html", m->html, a);
    buf_cstr(out, "--" BOUNDARY "--\r\n");
    return buf_ok(out);
}

/* ---- the way ------------------------------------------------------------------------------------------------------- */

static size_t read_message(char *to, size_t size, size_t n, void *ctx)
{
    struct str *rest = ctx;
    size_t take = rest->n < size * n ? rest->n : size * n;
    memcpy(to, rest->p, take);
    *rest = str_sub(*rest, take, rest->n);
    return take;
}

/* A password over a line that others can read is none. */
static bool is_here(struct str url)
{
    static const char *const here[] = {"://127.0.0.1", "://localhost", "://[::1]"};
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        if (str_find(url, str_of(here[i]), 0) >= 0)
            return true;
    return false;
}

static void set_up(CURL *c, const struct mail_settings *s, struct str url, struct arena *a)
{
    curl_easy_setopt(c, CURLOPT_URL, str_c(a, url));
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)MAIL_SECONDS);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    bool secret = s->password.n > 0 && !is_here(url);
    curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(secret ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (s->user.n) {
        curl_easy_setopt(c, CURLOPT_USERNAME, str_c(a, s->user));
        curl_easy_setopt(c, CURLOPT_PASSWORD, str_c(a, s->password));
    }
}

static enum rc outcome(CURL *c, CURLcode done, const char *text, struct arena *a, struct str *why)
{
    long code = 0;
    if (done == CURLE_OK)
        return RC_OK;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    *why = str_dup(a, str_of(text[0] ? text : curl_easy_strerror(done)));
    /* 5xx about the sender's own login is a matter of settings and may be mended. */
    return code >= PERMANENT && done != CURLE_LOGIN_DENIED ? RC_REFUSED : RC_IO;
}

enum rc mail_send(const struct mail_settings *s, const struct mail *m, struct arena *a,
                  struct str *why)
{
    struct buf b;
    char error[CURL_ERROR_SIZE] = "";
    struct str url = str_find(s->server, STR("://"), 0) >= 0
                         ? s->server
                         : str_printf(a, "smtp://%.*s", STR_ARG(s->server));
    buf_init(&b, MESSAGE_MAX);
    enum rc rc = mail_compose(s, m, a, &b);
    CURL *c = rc == RC_OK ? curl_easy_init() : NULL;
    if (!c) {
        buf_release(&b);
        *why = rc == RC_OK ? STR("no connection could be made")
                           : STR("an address is none, or the letter is too long");
        return rc == RC_OK ? RC_IO : RC_REFUSED;
    }
    struct str rest = buf_view(&b);
    struct curl_slist *to = curl_slist_append(
        NULL, str_c(a, str_printf(a, "<%.*s>", STR_ARG(mail_address(m->to)))));
    set_up(c, s, url, a);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(c, CURLOPT_MAIL_FROM,
                     str_c(a, str_printf(a, "<%.*s>", STR_ARG(mail_address(s->from)))));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_message);
    curl_easy_setopt(c, CURLOPT_READDATA, &rest);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    rc = outcome(c, curl_easy_perform(c), error, a, why);
    curl_slist_free_all(to);
    curl_easy_cleanup(c);
    buf_release(&b);
    return rc;
}
