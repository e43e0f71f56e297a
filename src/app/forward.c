/* forward.c - the caller's end of .revos/socket. */
#include "app/forward.h"

#include "app/caller.h"
#include "app/order.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* tidy: globals: a signal handler can reach nothing else */
static volatile sig_atomic_t connection = -1;

/* The second Ctrl-C ends this process, and with it the verb. */
static void on_interrupt(int sig)
{
    (void)sig;
    int error = errno;
    (void)!wire_send((int)connection, ORDER_STOP, STR_NONE, -1);
    errno = error;
}

static void watch(int fd)
{
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    connection = fd;
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

/* ---- files ----------------------------------------------------------------------------------------------------------------- */

static enum rc open_file(const struct file_call *c, int *fd)
{
    static const int flags[] = {
        [ENV_READ] = O_RDONLY,
        [ENV_CREATE] = O_RDWR | O_CREAT | O_TRUNC,
        [ENV_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
        [ENV_UPDATE] = O_RDWR,
    };
    *fd = open(c->path, flags[c->how] | O_CLOEXEC | O_NOCTTY, 0666);
    if (*fd >= 0)
        return RC_OK;
    int error = errno;
    const char *text = strerrordesc_np(error);
    env_set_error(text ? text : "unknown error");
    return error == ENOENT || error == ENOTDIR ? RC_NOT_FOUND : RC_IO;
}

/* Names go ahead of the answer, as many a frame as fit. */
static enum rc send_names(int fd, const struct str *names, size_t n)
{
    struct buf b;
    enum rc rc = RC_OK;
    buf_init(&b, WIRE_FRAME_MAX);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        if (b.n + names[i].n + 1 > WIRE_FRAME_MAX) {
            rc = wire_send(fd, ORDER_MORE, buf_view(&b), -1);
            buf_clear(&b);
        }
        buf_str(&b, names[i]);
        buf_char(&b, '\0');
    }
    if (rc == RC_OK && b.n > 0)
        rc = wire_send(fd, ORDER_MORE, buf_view(&b), -1);
    buf_release(&b);
    return rc;
}

static struct file_done perform(const struct env *env, const struct file_call *c, int to, int *fd)
{
    struct file_done done = {.rc = RC_OK};
    struct arena *a = arena_new();
    struct str *names;
    size_t n;
    switch (c->what) {
    case FILE_OPEN:
        done.rc = open_file(c, fd);
        break;
    case FILE_MKDIR:
        done.rc = env->mkdir(env->self, c->path);
        break;
    case FILE_RENAME:
        done.rc = env->rename(env->self, c->path, c->to);
        break;
    case FILE_REMOVE:
        done.rc = env->remove(env->self, c->path);
        break;
    case FILE_EXISTS:
        done.exists = env->exists(env->self, c->path, &done.is_dir);
        break;
    case FILE_LIST:
        done.rc = env->list(env->self, c->path, a, &names, &n);
        if (done.rc == RC_OK)
            done.rc = send_names(to, names, n);
        break;
    case FILE_COUNT:
        break;
    }
    arena_free(a);
    if (done.rc != RC_OK)
        done.error = str_of(env_error());
    return done;
}

static enum rc answer_file(struct app *app, int to, const struct frame *f)
{
    struct file_call c;
    struct buf b;
    struct arena *a = arena_new();
    int fd = -1;
    enum rc rc = file_call_read((struct str){f->bytes, f->n}, a, &c);
    buf_init(&b, WIRE_FRAME_MAX);
    if (rc == RC_OK) {
        struct file_done done = perform(app->env, &c, to, &fd);
        rc = file_done_write(&done, &b);
    }
    if (rc == RC_OK)
        rc = wire_send(to, ORDER_DONE, buf_view(&b), fd);
    if (fd >= 0)
        (void)close(fd);
    buf_release(&b);
    arena_free(a);
    return rc;
}

/* ---- the order ------------------------------------------------------------------------------------------------------------- */

static enum rc send_order(struct app *app, int fd, int argc, char **argv)
{
    struct order o = {.json = app->json,
                      .terminal = app->terminal,
                      .color = app->color,
                      .can_answer = app_can_ask(app),
                      .lines = isatty(STDOUT_FILENO) != 0,
                      .dir = app->dir,
                      .argv = argv,
                      .argc = argc};
    struct buf b;
    buf_init(&b, ORDER_BYTES_MAX);
    enum rc rc = order_write(&o, &b);
    struct str rest = buf_view(&b);
    while (rc == RC_OK && rest.n > WIRE_FRAME_MAX) {
        rc = wire_send(fd, ORDER_MORE, str_sub(rest, 0, WIRE_FRAME_MAX), -1);
        rest = str_sub(rest, WIRE_FRAME_MAX, rest.n);
    }
    if (rc == RC_OK)
        rc = wire_send(fd, ORDER_RUN, rest, -1);
    buf_release(&b);
    return rc;
}

static enum rc ask(struct app *app, int to, const struct frame *f)
{
    struct str question = {f->bytes, f->n};
    char byte = app_agrees(app, str_c(app->arena, question)) ? 'y' : 'n';
    return wire_send(to, ORDER_DONE, (struct str){&byte, 1}, -1);
}

/* One frame of the server; false once the verb has ended. */
static bool obey(struct app *app, int fd, struct frame *f, enum rc *rc, int *code)
{
    switch (f->kind) {
    case ORDER_OUT:
        fwrite(f->bytes, 1, f->n, app->out);
        return true;
    case ORDER_ERR:
        (void)fflush(app->out); /* what the verb let out before it comes before it here, too */
        fwrite(f->bytes, 1, f->n, app->err);
        return true;
    case ORDER_FILE:
        *rc = answer_file(app, fd, f);
        return *rc == RC_OK;
    case ORDER_ASK:
        (void)fflush(app->out);
        *rc = ask(app, fd, f);
        return *rc == RC_OK;
    case ORDER_WATCH:
        watch(fd);
        return true;
    case ORDER_EXIT:
        *code = f->n == 1 ? (unsigned char)f->bytes[0] : EXIT_ENVIRONMENT;
        return false;
    default:
        *rc = RC_INVALID;
        return false;
    }
}

static int follow(struct app *app, int fd, int argc, char **argv)
{
    struct frame *f = ARENA_NEW(app->arena, struct frame);
    int code = -1;
    enum rc rc = send_order(app, fd, argc, argv);
    if (rc == RC_LIMIT)
        return app_fail(app, RC_LIMIT, "the command line is longer than %d MiB",
                        ORDER_BYTES_MAX >> 20);
    bool more = rc == RC_OK;
    while (more) {
        rc = wire_receive(fd, -1, f);
        more = rc == RC_OK && obey(app, fd, f, &rc, &code);
    }
    if (code >= 0)
        return code;
    return app_fail(app, RC_IO,
                    "`revos serve` ended before it answered; what it has committed stands, and the "
                    "same command can be given again");
}

static enum rc reach(struct app *app, int *fd)
{
    return wire_connect(app_path(app, SOCKET_PATH), fd);
}

bool forward(struct app *app, int argc, char **argv, int *code)
{
    int fd;
    enum rc rc = reach(app, &fd);
    if (rc == RC_NOT_FOUND || rc == RC_LIMIT) /* nobody can listen at a path that is too long */
        return false;
    if (rc != RC_OK) {
        *code = app_fail(app, rc, "cannot speak to `revos serve` at %s: %s",
                         app_path(app, SOCKET_PATH), env_error());
        return true;
    }
    *code = follow(app, fd, argc, argv);
    connection = -1;
    wire_close(fd);
    return true;
}

bool forward_is_served(struct app *app)
{
    int fd;
    if (reach(app, &fd) != RC_OK)
        return false;
    wire_close(fd);
    return true;
}
