/* hook.h - the other side of chat: a webhook on loopback, one connection after the other.
 *
 * In:     POSTs with an Idempotency-Key.   Out: which ids came, how often, and whether one came with two texts.
 * Owns:   a thread and a port; hook_close gives them back.
 */
#ifndef TESTS_HOOK_H
#define TESTS_HOOK_H

#include "base/hash.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HOOK_IDS_MAX = 4096, HOOK_REQUEST_MAX = 16384 };

enum hook_fate {
    HOOK_TAKES, /* and says so */
    HOOK_LOSES, /* never hears of it */
    HOOK_MUTE   /* takes it, but the answer is lost */
};

struct hook {
    pthread_t thread;
    int listener, port;
    pthread_mutex_t lock;
    char ids[HOOK_IDS_MAX][80]; /* of the messages taken, each once */
    struct digest texts[HOOK_IDS_MAX];
    size_t n, taken;
    bool clash; /* one id came with two texts */
    /* What becomes of the message at hand, asked in the hook's thread while the sender waits; NULL: taken. */
    void *self;
    enum hook_fate (*fate)(void *self);
};

static inline void hook_forget(struct hook *h)
{
    h->n = h->taken = 0;
    h->clash = false;
}

static inline bool hook_heard(const struct hook *h, struct str id)
{
    for (size_t i = 0; i < h->n; i++)
        if (str_eq(str_of(h->ids[i]), id))
            return true;
    return false;
}

static inline void hook_take(struct hook *h, const char *request)
{
    char id[80] = "";
    const char *at = strstr(request, "Idempotency-Key: "), *body = strstr(request, "\r\n\r\n");
    for (size_t n = 0; at && at[17 + n] != '\r' && n + 1 < sizeof id; n++)
        id[n] = at[17 + n];
    struct digest text = digest_of(str_of(body ? body + 4 : ""));
    pthread_mutex_lock(&h->lock);
    size_t i = 0;
    while (i < h->n && strcmp(h->ids[i], id) != 0)
        i++;
    if (i == h->n && h->n < HOOK_IDS_MAX) {
        memcpy(h->ids[h->n], id, sizeof id);
        h->texts[h->n++] = text;
    }
    h->clash = h->clash || i == HOOK_IDS_MAX || memcmp(&h->texts[i], &text, sizeof text) != 0;
    h->taken++;
    pthread_mutex_unlock(&h->lock);
}

/* All of a request whose body is as long as it says. */
static inline bool hook_is_whole(const char *request)
{
    const char *length = strstr(request, "Content-Length: "), *body = strstr(request, "\r\n\r\n");
    return body && (!length || strlen(body + 4) >= strtoul(length + 16, NULL, 10));
}

static inline void hook_answer(struct hook *h, int fd)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    char request[HOOK_REQUEST_MAX + 1] = "";
    size_t n = 0;
    ssize_t got = 1;
    while (got > 0 && n < HOOK_REQUEST_MAX && !hook_is_whole(request)) {
        got = read(fd, request + n, HOOK_REQUEST_MAX - n);
        n += got > 0 ? (size_t)got : 0;
        request[n] = '\0';
    }
    if (!hook_is_whole(request))
        return;
    enum hook_fate fate = h->fate ? h->fate(h->self) : HOOK_TAKES;
    if (fate != HOOK_LOSES)
        hook_take(h, request);
    if (fate == HOOK_TAKES)
        (void)!write(fd, answer, sizeof answer - 1);
}

static inline void *hook_listen(void *self)
{
    struct hook *h = self;
    for (;;) {
        int fd = accept(h->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        hook_answer(h, fd);
        close(fd);
    }
}

static inline bool hook_open(struct hook *h)
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
    return pthread_create(&h->thread, NULL, hook_listen, h) == 0;
}

static inline void hook_close(struct hook *h)
{
    shutdown(h->listener, SHUT_RDWR);
    pthread_join(h->thread, NULL);
    pthread_mutex_destroy(&h->lock);
    close(h->listener);
}

#endif
