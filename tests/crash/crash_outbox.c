/* Messages on a disk that loses power and fails: between what asked for them and their claim, between claim and sending, between sending
 * and settling. None is lost, and one that goes out twice goes out under the same id. */
#include "app/delivery.h"
#include "connect/outbox.h"
#include "tests/crash/sweep.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEALS = 4, SEEDS = 2, WRITE_STRIDE = 3, IDS_MAX = 64, REQUEST_MAX = 8192 };

static const char model[] =
    "version: 1\n"
    "company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}\n"
    "chat: {webhook: 'file:chat.url'}\n"
    "people:\n"
    "  ana: {name: Ana Ruiz, email: ana@acme.example}\n"
    "objects:\n"
    "- name: deal\n"
    "  owner: ana\n"
    "  keys: [code]\n"
    "  fields: [{name: code, type: text}, {name: hot, type: boolean}]\n"
    "automations:\n"
    "- {name: hot, object: deal, when: deal.hot, do: [{notify: [ana]}]}\n";

/* ---- the other side ---------------------------------------------------------------------------------------------- */

/* A webhook on loopback, one connection after the other. */
struct hook {
    pthread_t thread;
    int listener, port;
    pthread_mutex_t lock;
    char ids[IDS_MAX][80]; /* of the messages taken, each once */
    size_t n, taken;
    bool clash; /* one id came with two texts */
    char texts[IDS_MAX][200];
};

static void copy_until(const char *from, char end, char *out, size_t room)
{
    size_t n = 0;
    while (from[n] && from[n] != end && n + 1 < room) {
        out[n] = from[n];
        n++;
    }
    out[n] = '\0';
}

static void take(struct hook *h, const char *request)
{
    char id[80] = "", text[200] = "";
    const char *at = strstr(request, "Idempotency-Key: "), *body = strstr(request, "\r\n\r\n");
    if (at)
        copy_until(at + 17, '\r', id, sizeof id);
    if (body)
        copy_until(body + 4, '\0', text, sizeof text);
    pthread_mutex_lock(&h->lock);
    size_t i = 0;
    while (i < h->n && strcmp(h->ids[i], id) != 0)
        i++;
    if (i == h->n && h->n < IDS_MAX) {
        memcpy(h->ids[h->n], id, sizeof id);
        memcpy(h->texts[h->n++], text, sizeof text);
    }
    h->clash = h->clash || strcmp(h->texts[i], text) != 0;
    h->taken++;
    pthread_mutex_unlock(&h->lock);
}

/* All of a request whose body is as long as it says. */
static bool is_whole(const char *request)
{
    const char *length = strstr(request, "Content-Length: "), *body = strstr(request, "\r\n\r\n");
    return body && (!length || strlen(body + 4) >= strtoul(length + 16, NULL, 10));
}

static void *listen_on(void *self)
{
    struct hook *h = self;
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (;;) {
        char request[REQUEST_MAX + 1] = "";
        size_t n = 0;
        int fd = accept(h->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        ssize_t got = 1;
        while (got > 0 && n < REQUEST_MAX && !is_whole(request)) {
            got = read(fd, request + n, REQUEST_MAX - n);
            n += got > 0 ? (size_t)got : 0;
            request[n] = '\0';
        }
        if (is_whole(request)) {
            take(h, request);
            (void)!write(fd, answer, sizeof answer - 1);
        }
        close(fd);
    }
}

static bool hook_open(struct hook *h)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *h = (struct hook){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    pthread_mutex_init(&h->lock, NULL);
    if (bind(h->listener, (struct sockaddr *)&at, size) != 0 || listen(h->listener, 8) != 0 ||
        getsockname(h->listener, (struct sockaddr *)&at, &size) != 0)
        return false;
    h->port = ntohs(at.sin_port);
    return pthread_create(&h->thread, NULL, listen_on, h) == 0;
}

static void hook_close(struct hook *h)
{
    shutdown(h->listener, SHUT_RDWR);
    pthread_join(h->thread, NULL);
    close(h->listener);
}

static struct hook *hook; /* tidy: globals: one listener for all runs of this program */

/* ---- this side ---------------------------------------------------------------------------------------------------- */

static bool write_one(struct session *s, struct arena *a, const char *object, struct str key,
                      struct field_input *in, size_t n)
{
    struct command c = {.kind = CMD_UPSERT,
                        .object = model_object(s->model, str_of(object)),
                        .fields = in,
                        .n_fields = n,
                        .idempotency_key = key,
                        .actor = session_operator(),
                        .door = DOOR_CLI};
    struct verdict v;
    return admission_group(s->admission, &c, 1, NULL, a, &v) == RC_OK && verdict_accepted(&v);
}

static bool prepare(struct crash_bench *b)
{
    struct arena *a = b->app.arena;
    struct str url = str_printf(a, "http://127.0.0.1:%d/", hook->port);
    if (!crash_write(b, "./chat.url", url) || !crash_apply(b, 1, str_of(model)) ||
        session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    struct field_input ana[] = {{.name = STR("name"), .text = STR("ana")},
                                {.name = STR("notify_by"), .text = STR("chat")}};
    bool good = write_one(&b->session, a, "person", STR(""), ana, 2);
    session_close(&b->session);
    return good;
}

/* Deals that each ask for a message, and what is due goes out. Done again it ends where it began. */
static bool work(struct crash_bench *b)
{
    struct arena *a = b->app.arena;
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    bool good = true;
    for (int i = 0; i < DEALS && good; i++) {
        struct field_input deal[] = {{.name = STR("code"), .text = str_printf(a, "d%d", i)},
                                     {.name = STR("hot"), .text = STR("true")}};
        good = write_one(&b->session, a, "deal", str_printf(a, "once-%d", i), deal, 2);
    }
    struct outbox o = delivery_outbox(&b->app, &b->session);
    struct outbox_counts counts;
    crashfs_clock(b->fs)
        ->now.us += 3600 * US_PER_SECOND; /* beyond any claim and any pause between tries */
    good = good && outbox_deliver(&o, 100, &counts) == RC_OK;
    session_close(&b->session);
    return good;
}

/* Every message stands in the outbox, was sent, and went out at least once; none under two ids. */
static bool all_went_out(struct crash_bench *b)
{
    struct outbox_row *rows;
    size_t n = 0, sent = 0;
    if (session_open(&b->app, SESSION_LIVE, &b->session) != RC_OK)
        return false;
    struct session *s = &b->session;
    enum rc rc = outbox_page(s->store, s->vault, -1, 0, 100, b->app.arena, &rows, &n);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        sent += rows[i].state == OUTBOX_SENT;
    session_close(s);
    bool good = rc == RC_OK && n == DEALS && sent == DEALS && hook->n == DEALS && !hook->clash;
    if (!good)
        tap_diag("%zu rows, %zu sent, %zu ids heard%s", n, sent, hook->n,
                 hook->clash ? ", one with two texts" : "");
    return good;
}

static bool sound(struct crash_bench *b)
{
    uint32_t version;
    return crash_doctor(b, &version) && work(b) && all_went_out(b) && crash_doctor(b, &version);
}

static bool begin(struct crash_bench *b, uint64_t seed)
{
    crash_begin(b, seed);
    hook->n = hook->taken = 0;
    hook->clash = false;
    return prepare(b);
}

static bool survives(enum crash_plan plan, uint64_t n, uint64_t seed)
{
    struct crash_bench b;
    bool held = begin(&b, seed);
    crash_plan_failure(b.fs, plan, n);
    (void)work(&b);
    crashfs_reboot(b.fs, seed);
    held = held && sound(&b);
    if (!held)
        tap_diag("%s %" PRIu64 " seed %" PRIu64, crash_plan_name(plan), n, seed);
    crash_end(&b);
    return held;
}

int main(void)
{
    struct hook h;
    struct crash_bench b;
    hook = &h;
    ok(hook_open(&h));
    ok(begin(&b, 1));
    uint64_t syncs = crashfs_count(b.fs, CRASHFS_SYNC), writes = crashfs_count(b.fs, CRASHFS_WRITE);
    ok(work(&b));
    syncs = crashfs_count(b.fs, CRASHFS_SYNC) - syncs;
    writes = crashfs_count(b.fs, CRASHFS_WRITE) - writes;
    ok(all_went_out(&b));
    ok_int((int64_t)h.taken, DEALS);
    ok(sound(&b));
    ok_int_at("nothing goes out again", (int64_t)h.taken, DEALS);
    crash_end(&b);
    tap_diag("%" PRIu64 " syncs, %" PRIu64 " writes", syncs, writes);
    crash_sweep(survives, CUT, syncs, 1, SEEDS);
    crash_sweep(survives, FAIL_SYNC, syncs, 1, 1);
    crash_sweep(survives, FAIL_WRITE, writes, WRITE_STRIDE, 1);
    crash_sweep(survives, FAIL_WRITES_ON, writes, WRITE_STRIDE, 1);
    hook_close(&h);
    return tap_done();
}
