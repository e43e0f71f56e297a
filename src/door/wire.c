/* wire.c - frames are packets of a sequenced-packet socket: the kernel keeps them whole and in order. */
#include "door/wire.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static enum rc failed(enum rc rc, int error)
{
    const char *text = strerrordesc_np(error);
    env_set_error(text ? text : "unknown error");
    return rc;
}

static bool is_gone(int error)
{
    return error == EPIPE || error == ECONNRESET || error == ENOTCONN;
}

static enum rc address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path)
        return failed(RC_LIMIT, ENAMETOOLONG);
    memcpy(out->sun_path, path, strlen(path));
    return RC_OK;
}

static enum rc socket_new(int *out)
{
    *out = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    return *out >= 0 ? RC_OK : failed(RC_IO, errno);
}

enum rc wire_listen(const char *path, int *out)
{
    struct sockaddr_un at;
    enum rc rc = address_of(path, &at);
    if (rc == RC_OK)
        rc = socket_new(out);
    if (rc != RC_OK)
        return rc;
    if (unlink(path) != 0 && errno != ENOENT)
        rc = failed(RC_IO, errno);
    /* The mode is given before the name: there is no instant at which others could come in. */
    else if (fchmod(*out, 0600) != 0 || bind(*out, (struct sockaddr *)&at, sizeof at) != 0 ||
             chmod(path, 0600) != 0 || listen(*out, WIRE_BACKLOG) != 0)
        rc = failed(RC_IO, errno);
    if (rc != RC_OK)
        (void)close(*out);
    return rc;
}

static bool same_user(int fd)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && peer.uid == geteuid();
}

enum rc wire_accept(int listener, int *out)
{
    do
        *out = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (*out < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (*out < 0)
        return errno == EINVAL ? RC_CANCELLED : failed(RC_IO, errno);
    if (same_user(*out))
        return RC_OK;
    (void)close(*out);
    return failed(RC_REFUSED, EPERM);
}

enum rc wire_connect(const char *path, int *out)
{
    struct sockaddr_un at;
    enum rc rc = address_of(path, &at);
    if (rc == RC_OK)
        rc = socket_new(out);
    if (rc != RC_OK || connect(*out, (struct sockaddr *)&at, sizeof at) == 0)
        return rc;
    int why = errno;
    (void)close(*out);
    return failed(why == ENOENT || why == ENOTDIR || why == ECONNREFUSED ? RC_NOT_FOUND : RC_IO,
                  why);
}

void wire_shut(int fd)
{
    (void)shutdown(fd, SHUT_RDWR); /* fails when the peer has gone already: the same end */
}

void wire_close(int fd)
{
    (void)close(fd);
}

/* Room for one descriptor beside a frame, aligned as the kernel's header. */
union ancillary {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

enum rc wire_send(int fd, char kind, struct str bytes, int pass)
{
    assert(bytes.n <= WIRE_FRAME_MAX);
    union ancillary with = {.room = {0}};
    struct iovec parts[] = {{&kind, 1}, {(void *)(uintptr_t)bytes.p, bytes.n}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = bytes.n > 0 ? 2 : 1};
    if (pass >= 0) {
        m.msg_control = with.room;
        m.msg_controllen = sizeof with.room;
        with.header.cmsg_level = SOL_SOCKET;
        with.header.cmsg_type = SCM_RIGHTS;
        with.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&with.header), &pass, sizeof pass);
    }
    ssize_t sent;
    do
        sent = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 ? RC_OK : failed(is_gone(errno) ? RC_CANCELLED : RC_IO, errno);
}

void wire_drop(struct frame *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
}

static int passed_in(struct msghdr *m)
{
    int fd = -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(m);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

enum rc wire_receive(int fd, int wait_ms, struct frame *out)
{
    union ancillary with;
    struct iovec parts[] = {{&out->kind, 1}, {out->bytes, sizeof out->bytes}};
    struct msghdr m = {.msg_iov = parts,
                       .msg_iovlen = 2,
                       .msg_control = with.room,
                       .msg_controllen = sizeof with.room};
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    out->fd = -1;
    int n;
    do
        n = poll(&ready, 1, wait_ms);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? RC_BUSY : failed(RC_IO, errno);
    ssize_t got;
    do
        got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return failed(got == 0 || is_gone(errno) ? RC_CANCELLED : RC_IO,
                      got == 0 ? ECONNRESET : errno);
    out->fd = passed_in(&m);
    out->n = (size_t)got - 1;
    if ((m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
        return RC_OK;
    wire_drop(out);
    return failed(RC_IO, EMSGSIZE);
}
