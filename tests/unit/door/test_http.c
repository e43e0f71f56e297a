/* test_http.c - a request whose context went out of use is run again with the next one; a 503 says when to come back. */
#include "door/http.h"
#include "tests/tap.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Contexts by number: the one in use, and the last there will be. */
struct world {
    int now, last;
    int runs;
};

static void *enter(void *self, void **hold)
{
    *hold = self;
    return self;
}

static void leave(void *hold)
{
    (void)hold;
}

static bool renew(void *hold)
{
    struct world *w = hold;
    bool another = w->now < w->last;
    w->now += another;
    return another;
}

/* Nothing can be written before context 3; what an earlier run put into the response is not seen. */
static void handler(void *context, const struct request *q, struct response *r)
{
    struct world *w = context;
    w->runs++;
    if (w->now >= 3) {
        buf_printf(&r->body, "{\"wrote\": \"%.*s\"}", STR_ARG(q->body));
        return;
    }
    respond_problem(r, 503, "unavailable", NULL, "not yet");
    r->outdated = true;
}

static struct str ask(uint16_t port, struct arena *a)
{
    static const char request[] =
        "POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Length: 4\r\n\r\nbody";
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct buf b;
    char piece[4096];
    ssize_t n;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    buf_init(&b, 1 << 20);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ok_int(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    ok_int(send(fd, request, strlen(request), 0), (ssize_t)strlen(request));
    while ((n = recv(fd, piece, sizeof piece, 0)) > 0)
        buf_put(&b, piece, (size_t)n);
    close(fd);
    struct str text = str_dup(a, buf_view(&b));
    buf_release(&b);
    return text;
}

static bool has(struct str text, const char *part)
{
    return str_find(text, str_of(part), 0) >= 0;
}

int main(void)
{
    static const struct route routes[] = {
        {.method = "POST", .pattern = "/api/v1/write", .body = "Command", .run = handler}};
    struct world w = {.now = 1, .last = 3};
    struct http_options options = {.address = STR("127.0.0.1:0"),
                                   .routes = routes,
                                   .n_routes = 1,
                                   .self = &w,
                                   .enter = enter,
                                   .leave = leave,
                                   .renew = renew,
                                   .upload_dir = "."};
    struct arena *a = arena_new();
    struct http *h;
    struct str error = STR_NONE;
    if (!ok_int(http_open(&options, &h, &error, a), RC_OK))
        return tap_done();
    struct str answer = ask(http_port(h), a);
    ok(has(answer, "HTTP/1.1 200 ") && has(answer, "\"wrote\": \"body\"") &&
       !has(answer, "not yet"));
    ok(has(answer, "application/json") && !has(answer, "Retry-After"));
    ok_int(w.runs, 3);

    w = (struct world){.now = 1, .last = 2}; /* the next one does not come */
    answer = ask(http_port(h), a);
    ok(has(answer, "HTTP/1.1 503 ") && has(answer, "Retry-After: 5") && has(answer, "not yet"));
    ok_int(w.runs, 2);

    w = (struct world){.now = -1000, .last = 3}; /* or others go on coming */
    ok(has(ask(http_port(h), a), "HTTP/1.1 503 "));
    ok_int(w.runs, HTTP_RENEWALS_MAX + 1);
    http_close(h, 10000);
    arena_free(a);
    return tap_done();
}
