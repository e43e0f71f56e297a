#include "connect/chat.h"

#include "base/json.h"

#include <curl/curl.h>

enum { BODY_MAX = 64 * 1024, CONNECT_SECONDS = 5, TOO_SLOW = 408, TOO_MANY = 429 };

/* What they answer does not matter; more of it than is decent ends the call. */
static size_t take_answer(char *p, size_t size, size_t n, void *ctx)
{
    size_t *got = ctx;
    (void)p;
    *got += size * n;
    return *got > CHAT_ANSWER_MAX ? 0 : size * n;
}

static enum rc outcome(CURL *c, CURLcode done, const char *text, struct arena *a, struct str *why)
{
    long code = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code);
    if (done == CURLE_OK && code >= 200 && code < 300)
        return RC_OK;
    *why = done == CURLE_OK ? str_printf(a, "it answered %ld", code)
                            : str_dup(a, str_of(text[0] ? text : curl_easy_strerror(done)));
    bool never = done == CURLE_OK && code >= 400 && code < 500 && code != TOO_SLOW &&
                 code != TOO_MANY;
    return never ? RC_REFUSED : RC_IO;
}

static struct curl_slist *headers(struct str id, struct arena *a)
{
    struct curl_slist *h = curl_slist_append(NULL, "Content-Type: application/json");
    return curl_slist_append(h, str_c(a, str_printf(a, "Idempotency-Key: %.*s", STR_ARG(id))));
}

enum rc chat_send(struct str url, struct str text, struct str id, struct arena *a, struct str *why)
{
    char error[CURL_ERROR_SIZE] = "";
    size_t got = 0;
    struct buf b;
    struct json_out w;
    CURL *c = curl_easy_init();
    *why = STR("no connection could be made");
    if (!c)
        return RC_IO;
    buf_init(&b, BODY_MAX);
    json_out_init(&w, &b, false);
    json_begin_object(&w);
    json_field_str(&w, "text", text);
    json_end_object(&w);
    json_out_done(&w);
    struct curl_slist *h = headers(id, a);
    struct str body = buf_view(&b);
    curl_easy_setopt(c, CURLOPT_URL, str_c(a, url));
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)CHAT_SECONDS);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body.n);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &got);
    enum rc rc = buf_ok(&b);
    rc = rc == RC_OK ? outcome(c, curl_easy_perform(c), error, a, why) : RC_REFUSED;
    curl_slist_free_all(h);
    curl_easy_cleanup(c);
    buf_release(&b);
    return rc;
}
