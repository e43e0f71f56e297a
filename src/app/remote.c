/* remote.c - what a verb prints, opens and asks goes to its caller. */
#include "app/remote.h"

#include "app/host.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAM_BYTES = 32 << 10, HELD_HEAD = 5, RUNS_MAX = 8 };

/* An open file of the caller, by the descriptor it passed. */
struct env_file {
    int fd;
    int caller; /* whose it is: a pipe may keep its reader waiting for longer than the caller stays */
};

struct remote {
    int fd;
    struct host *host;
    const struct env *base;
    struct env env;
    struct caller caller;
    FILE *out, *err;
    char room[STREAM_BYTES]; /* of `out` */
    bool gone, stopped;
    bool held;
    bool
        final; /* the caller has heard something, or something was written: this run of the verb is the one */
    bool outdated;   /* it is not: nobody hears it */
    unsigned runs;   /* that were outdated */
    struct buf kept; /* kind, length (4 bytes), bytes; and so on */
    struct frame frame;
};

/* ---- what is printed ----------------------------------------------------------------------------------------------------- */

static void tell(struct remote *r, char kind, struct str bytes)
{
    r->final = r->final || bytes.n > 0;
    while (bytes.n > 0 && !r->gone) {
        size_t n = bytes.n < WIRE_FRAME_MAX ? bytes.n : WIRE_FRAME_MAX;
        r->gone = wire_send(r->fd, kind, str_sub(bytes, 0, n), -1) != RC_OK;
        bytes = str_sub(bytes, n, bytes.n);
    }
}

static void keep(struct remote *r, char kind, struct str bytes)
{
    uint32_t n = (uint32_t)bytes.n;
    buf_char(&r->kept, kind);
    buf_put(&r->kept, (const char *)&n, sizeof n);
    buf_str(&r->kept, bytes);
}

static void tell_kept(struct remote *r)
{
    struct str rest = buf_view(&r->kept);
    bool all = buf_ok(&r->kept) == RC_OK;
    while (all && rest.n >= HELD_HEAD) {
        uint32_t n;
        char kind = rest.p[0];
        memcpy(&n, rest.p + 1, sizeof n);
        tell(r, kind, str_sub(rest, HELD_HEAD, HELD_HEAD + n));
        rest = str_sub(rest, HELD_HEAD + n, rest.n);
    }
    if (!all)
        tell(r, ORDER_ERR, STR("revos: what was printed is too long to be kept; it was dropped\n"));
    buf_clear(&r->kept);
}

static ssize_t put(struct remote *r, char kind, const char *p, size_t n)
{
    struct str bytes = {p, n};
    if (r->outdated)
        return (ssize_t)n;
    if (r->held)
        keep(r, kind, bytes);
    else
        tell(r, kind, bytes);
    return r->gone ? 0 : (ssize_t)n; /* 0 is a stream's word for an error */
}

static ssize_t put_out(void *self, const char *p, size_t n)
{
    return put(self, ORDER_OUT, p, n);
}

static ssize_t put_err(void *self, const char *p, size_t n)
{
    return put(self, ORDER_ERR, p, n);
}

/* ---- what the caller says ------------------------------------------------------------------------------------------------ */

static bool receive(struct remote *r, int wait_ms)
{
    enum rc rc = wire_receive(r->fd, wait_ms, &r->frame);
    r->gone = rc != RC_OK && rc != RC_BUSY;
    r->stopped = r->stopped || (rc == RC_OK && r->frame.kind == ORDER_STOP);
    return rc == RC_OK;
}

/* The caller's answer to what it was asked last; false when it has gone. Ctrl-C may come before it. */
static bool answer(struct remote *r)
{
    while (!r->gone && receive(r, -1)) {
        if (r->frame.kind == ORDER_DONE)
            return true;
        if (r->frame.kind == ORDER_MORE)
            keep(r, ORDER_MORE, (struct str){r->frame.bytes, r->frame.n});
        wire_drop(&r->frame);
    }
    return false;
}

static bool has_stopped(void *self)
{
    struct remote *r = self;
    while (!r->gone && !r->stopped && receive(r, 0))
        wire_drop(&r->frame);
    return r->gone || r->stopped || host_stopping(r->host);
}

static void watch(void *self)
{
    struct remote *r = self;
    if (!r->gone)
        r->gone = wire_send(r->fd, ORDER_WATCH, STR_NONE, -1) != RC_OK;
}

static bool agrees(void *self, const char *question)
{
    struct remote *r = self;
    struct str text = str_of(question);
    (void)fflush(r->out);
    r->final = true;
    if (r->gone || text.n > WIRE_FRAME_MAX || wire_send(r->fd, ORDER_ASK, text, -1) != RC_OK)
        return false;
    return answer(r) && r->frame.n == 1 && r->frame.bytes[0] == 'y';
}

static void hold(void *self, bool held)
{
    struct remote *r = self;
    (void)fflush(r->out);
    r->held = held;
    if (!held)
        tell_kept(r);
}

static void wrote(void *self)
{
    ((struct remote *)self)->final = true;
}

/* Held: what was printed before has reached the caller, and set `final`. */
static void outdate(void *self)
{
    struct remote *r = self;
    r->outdated = !r->final && r->kept.n == 0 && r->runs < RUNS_MAX;
    r->runs += r->outdated;
}

bool remote_again(struct remote *r)
{
    (void)fflush(r->out);
    bool again = r->outdated && !r->gone;
    r->outdated = false;
    return again;
}

/* ---- the caller's files -------------------------------------------------------------------------------------------------- */

static enum rc failed(enum rc rc, const char *why)
{
    env_set_error(why);
    return rc;
}

/* One call and its answer; a descriptor that came along stands in r->frame.fd. */
static enum rc call(struct remote *r, const struct file_call *c, struct file_done *out)
{
    struct buf b;
    if (r->held)
        return failed(RC_IO, "files are read before it is the writer's turn");
    if (r->gone)
        return failed(RC_IO, "the caller has gone");
    r->final = r->final || (c->what == FILE_OPEN && c->how != ENV_READ);
    buf_init(&b, WIRE_FRAME_MAX);
    enum rc rc = file_call_write(c, &b);
    if (rc == RC_OK)
        rc = wire_send(r->fd, ORDER_FILE, buf_view(&b), -1);
    buf_release(&b);
    if (rc == RC_LIMIT)
        return failed(RC_IO, "the file's name is too long");
    if (rc != RC_OK || !answer(r))
        return failed(RC_IO, "the caller has gone");
    if (c->what != FILE_OPEN)
        wire_drop(&r->frame);
    rc = file_done_read((struct str){r->frame.bytes, r->frame.n}, out);
    if (rc != RC_OK)
        return failed(RC_IO, "the caller's answer cannot be read");
    if (out->rc != RC_OK) {
        char why[256];
        (void)snprintf(why, sizeof why, "%.*s", STR_ARG(out->error));
        env_set_error(why);
    }
    return out->rc;
}

static enum rc remote_open(void *self, const char *path, enum env_open how, struct env_file **out)
{
    struct remote *r = self;
    struct file_done done;
    enum rc rc = call(r, &(struct file_call){FILE_OPEN, how, path, NULL}, &done);
    if (rc == RC_OK && r->frame.fd < 0)
        return failed(RC_IO, "the caller passed no file");
    if (rc != RC_OK)
        return rc;
    *out = mem_new(1, sizeof **out);
    **out = (struct env_file){r->frame.fd, r->fd};
    /* What a pipe gave cannot be read again. */
    r->final = r->final || lseek(r->frame.fd, 0, SEEK_CUR) < 0;
    return RC_OK;
}

/* Until the file can be read, or nobody is there any more to read it for. */
static enum rc wait_for(const struct env_file *f)
{
    struct pollfd ready[] = {{.fd = f->fd, .events = POLLIN},
                             {.fd = f->caller, .events = POLLRDHUP}};
    int n;
    do
        n = poll(ready, 2, -1);
    while (n < 0 && errno == EINTR);
    return ready[1].revents != 0 ? failed(RC_IO, "the caller has gone") : RC_OK;
}

static enum rc failed_with(int error)
{
    const char *text = strerrordesc_np(error);
    return failed(RC_IO, text ? text : "unknown error");
}

static enum rc remote_read(struct env_file *f, void *out, size_t n, size_t *got)
{
    ssize_t had;
    enum rc rc = wait_for(f);
    if (rc != RC_OK)
        return rc;
    do
        had = read(f->fd, out, n);
    while (had < 0 && errno == EINTR);
    *got = had > 0 ? (size_t)had : 0;
    return had < 0 ? failed_with(errno) : RC_OK;
}

static enum rc remote_write(struct env_file *f, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t put = write(f->fd, at, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failed_with(errno);
        at += put;
        n -= (size_t)put;
    }
    return RC_OK;
}

static enum rc remote_seek(struct env_file *f, uint64_t offset)
{
    if (offset > INT64_MAX)
        return failed_with(EINVAL);
    return lseek(f->fd, (off_t)offset, SEEK_SET) < 0 ? failed_with(errno) : RC_OK;
}

static enum rc remote_size(struct env_file *f, uint64_t *bytes)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0)
        return failed_with(errno);
    *bytes = (uint64_t)st.st_size;
    return RC_OK;
}

/* A new file's name is made durable by the caller, when it is renamed into its place. */
static enum rc remote_sync(struct env_file *f)
{
    return fsync(f->fd) != 0 ? failed_with(errno) : RC_OK;
}

static void remote_close_file(struct env_file *f)
{
    if (!f)
        return;
    (void)close(f->fd); /* whoever needs the bytes has synced them */
    mem_free(f);
}

static enum rc remote_mkdir(void *self, const char *path)
{
    struct file_done done;
    return call(self, &(struct file_call){FILE_MKDIR, ENV_READ, path, NULL}, &done);
}

static enum rc remote_rename(void *self, const char *from, const char *to)
{
    struct file_done done;
    return call(self, &(struct file_call){FILE_RENAME, ENV_READ, from, to}, &done);
}

static enum rc remote_remove(void *self, const char *path)
{
    struct file_done done;
    return call(self, &(struct file_call){FILE_REMOVE, ENV_READ, path, NULL}, &done);
}

static bool remote_exists(void *self, const char *path, bool *is_dir)
{
    struct file_done done;
    enum rc rc = call(self, &(struct file_call){FILE_EXISTS, ENV_READ, path, NULL}, &done);
    if (is_dir)
        *is_dir = rc == RC_OK && done.is_dir;
    return rc == RC_OK && done.exists;
}

/* Names come in frames before the answer; each ends in NUL. */
static void read_names(struct remote *r, struct arena *a, struct str **names, size_t *n)
{
    VEC(struct str) found = {0};
    struct str rest = buf_view(&r->kept);
    while (rest.n >= HELD_HEAD) {
        uint32_t size;
        memcpy(&size, rest.p + 1, sizeof size);
        struct str part = str_sub(rest, HELD_HEAD, HELD_HEAD + size), name;
        while (part.n > 0 && str_split(&part, '\0', &name))
            *VEC_PUSH(a, &found) = str_dup(a, name);
        rest = str_sub(rest, HELD_HEAD + size, rest.n);
    }
    *names = found.v;
    *n = found.n;
}

static enum rc remote_list(void *self, const char *dir, struct arena *a, struct str **names,
                           size_t *n)
{
    struct remote *r = self;
    struct file_done done;
    enum rc rc = call(r, &(struct file_call){FILE_LIST, ENV_READ, dir, NULL}, &done);
    if (rc == RC_OK && buf_ok(&r->kept) != RC_OK)
        rc = failed(RC_IO, "the folder has too many names");
    if (rc == RC_OK)
        read_names(r, a, names, n);
    buf_clear(&r->kept);
    return rc;
}

/* ---- the server's own ---------------------------------------------------------------------------------------------------- */

static struct instant remote_now(void *self)
{
    const struct env *base = ((struct remote *)self)->base;
    return base->now(base->self);
}

static int64_t remote_monotonic_us(void *self)
{
    const struct env *base = ((struct remote *)self)->base;
    return base->monotonic_us(base->self);
}

static void remote_random(void *self, void *out, size_t n)
{
    const struct env *base = ((struct remote *)self)->base;
    base->random(base->self, out, n);
}

/* ---- life ---------------------------------------------------------------------------------------------------------------- */

static FILE *stream(struct remote *r, ssize_t (*put_to)(void *, const char *, size_t), char *room)
{
    FILE *f = fopencookie(r, "w", (cookie_io_functions_t){.write = put_to});
    if (f)
        (void)setvbuf(f, room, room ? _IOFBF : _IONBF, room ? STREAM_BYTES : 0);
    return f;
}

struct remote *remote_new(int fd, struct host *host, const struct env *base)
{
    struct remote *r = mem_new(1, sizeof *r);
    r->fd = fd;
    r->host = host;
    r->base = base;
    r->env = (struct env){.self = r,
                          .now = remote_now,
                          .monotonic_us = remote_monotonic_us,
                          .random = remote_random,
                          .open = remote_open,
                          .read = remote_read,
                          .write = remote_write,
                          .seek = remote_seek,
                          .size = remote_size,
                          .sync = remote_sync,
                          .close = remote_close_file,
                          .mkdir = remote_mkdir,
                          .rename = remote_rename,
                          .remove = remote_remove,
                          .exists = remote_exists,
                          .list = remote_list,
                          .sqlite_vfs = base->sqlite_vfs};
    r->caller = (struct caller){.self = r,
                                .watch = watch,
                                .stopped = has_stopped,
                                .agrees = agrees,
                                .hold = hold,
                                .wrote = wrote,
                                .outdate = outdate};
    buf_init(&r->kept, HELD_MAX);
    r->out = stream(r, put_out, r->room);
    r->err = stream(r, put_err, NULL);
    if (r->out && r->err)
        return r;
    remote_close(r);
    return NULL;
}

void remote_close(struct remote *r)
{
    if (r->err)
        (void)fclose(r->err);
    if (r->out)
        (void)fclose(r->out);
    buf_release(&r->kept);
    mem_free(r);
}

const struct env *remote_env(struct remote *r)
{
    return &r->env;
}

const struct caller *remote_caller(struct remote *r)
{
    return &r->caller;
}

FILE *remote_out(struct remote *r)
{
    return r->out;
}

FILE *remote_err(struct remote *r)
{
    return r->err;
}

void remote_like(struct remote *r, const struct order *o)
{
    r->caller.can_answer = o->can_answer;
    if (o->lines)
        (void)setvbuf(r->out, r->room, _IOLBF, STREAM_BYTES);
}

void remote_exit(struct remote *r, int code)
{
    char byte = (char)code;
    (void)fflush(r->out);
    (void)fflush(r->err);
    if (!r->gone)
        r->gone = wire_send(r->fd, ORDER_EXIT, (struct str){&byte, 1}, -1) != RC_OK;
}
