/* The real machine, and what is the same on every machine. */
#include "base/env.h"
#include "base/map.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct env_file {
    int fd;
    bool fresh; /* made by this open and its folder not yet synced */
    char folder[];
};

/* tidy: globals: why the last call of this thread failed; files have no handle yet when opening fails */
static _Thread_local char reason[256];

const char *env_error(void)
{
    return reason;
}

void env_set_error(const char *text)
{
    (void)snprintf(reason, sizeof reason, "%s", text);
}

static enum rc failed(int error)
{
    const char *text = strerrordesc_np(error);
    env_set_error(text ? text : "unknown error");
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return RC_NOT_FOUND;
    case EAGAIN:
    case EBUSY:
    case ETXTBSY:
        return RC_BUSY;
    default:
        return RC_IO;
    }
}

static struct instant real_now(void *self)
{
    (void)self;
    struct timespec t;
    int bad = clock_gettime(CLOCK_REALTIME, &t);
    assert(!bad);
    return (struct instant){(int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000};
}

static int64_t real_monotonic_us(void *self)
{
    (void)self;
    struct timespec t;
    int bad = clock_gettime(CLOCK_MONOTONIC, &t);
    assert(!bad);
    return (int64_t)t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

static void real_random(void *self, void *out, size_t n)
{
    (void)self;
    unsigned char *p = out;
    while (n) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort(); /* ids and keys without randomness would be worse than no process */
        p += got;
        n -= (size_t)got;
    }
}

/* The folder part of `path` into `out`: "." when there is none. */
static void folder_of(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    size_t n = !slash ? 1 : slash == path ? 1 : (size_t)(slash - path);
    assert(n < size);
    memcpy(out, slash ? path : ".", n);
    out[n] = '\0';
}

static enum rc sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(errno);
    int bad = fsync(fd) ? errno : 0;
    (void)close(fd);
    return bad ? failed(bad) : RC_OK;
}

static enum rc real_open(void *self, const char *path, enum env_open how, struct env_file **out)
{
    static const int flags[] = {
        [ENV_READ] = O_RDONLY,
        [ENV_CREATE] = O_RDWR | O_CREAT | O_TRUNC,
        [ENV_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
        [ENV_UPDATE] = O_RDWR,
    };
    (void)self;
    size_t room = strlen(path) + 2;
    if (room > PATH_MAX)
        return failed(ENAMETOOLONG);
    int fd = open(path, flags[how] | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0)
        return failed(errno);
    struct env_file *f = mem_new(1, sizeof *f + room);
    f->fd = fd;
    f->fresh = how == ENV_CREATE || how == ENV_APPEND;
    folder_of(path, f->folder, room);
    *out = f;
    return RC_OK;
}

static enum rc real_lock(void *self, const char *path, struct env_file **out)
{
    enum rc rc = real_open(self, path, ENV_APPEND, out);
    if (rc || flock((*out)->fd, LOCK_EX | LOCK_NB) == 0)
        return rc;
    int why = errno;
    (void)close((*out)->fd);
    mem_free(*out);
    *out = NULL;
    return why == EWOULDBLOCK ? RC_BUSY : failed(why);
}

static enum rc real_read(struct env_file *f, void *out, size_t n, size_t *got)
{
    ssize_t r;
    do
        r = read(f->fd, out, n);
    while (r < 0 && errno == EINTR);
    if (r < 0)
        return failed(errno);
    *got = (size_t)r;
    return RC_OK;
}

static enum rc real_write(struct env_file *f, const void *p, size_t n)
{
    const unsigned char *at = p;
    while (n) {
        ssize_t w = write(f->fd, at, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return failed(errno);
        at += w;
        n -= (size_t)w;
    }
    return RC_OK;
}

static enum rc real_seek(struct env_file *f, uint64_t offset)
{
    if (offset > INT64_MAX)
        return failed(EINVAL);
    return lseek(f->fd, (off_t)offset, SEEK_SET) < 0 ? failed(errno) : RC_OK;
}

static enum rc real_size(struct env_file *f, uint64_t *bytes)
{
    struct stat st;
    if (fstat(f->fd, &st))
        return failed(errno);
    *bytes = (uint64_t)st.st_size;
    return RC_OK;
}

/* A new file is durable only once its name is. */
static enum rc real_sync(struct env_file *f)
{
    if (fsync(f->fd))
        return failed(errno);
    if (f->fresh) {
        enum rc rc = sync_folder(f->folder);
        if (rc)
            return rc;
        f->fresh = false;
    }
    return RC_OK;
}

static void real_close(struct env_file *f)
{
    if (!f)
        return;
    (void)close(f->fd); /* whoever needs the bytes has synced them */
    mem_free(f);
}

static enum rc real_mkdir(void *self, const char *path)
{
    (void)self;
    char folder[PATH_MAX];
    if (strlen(path) + 2 > sizeof folder)
        return failed(ENAMETOOLONG);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct stat st;
    if (!mkdir(path, name[0] == '.' ? 0700 : 0777)) {
        folder_of(path, folder, sizeof folder);
        return sync_folder(folder);
    }
    int error = errno;
    if (error == EEXIST && !stat(path, &st) && S_ISDIR(st.st_mode))
        return RC_OK;
    return failed(error);
}

static enum rc real_rename(void *self, const char *from, const char *to)
{
    (void)self;
    char old_folder[PATH_MAX], new_folder[PATH_MAX];
    if (strlen(from) + 2 > sizeof old_folder || strlen(to) + 2 > sizeof new_folder)
        return failed(ENAMETOOLONG);
    if (rename(from, to))
        return failed(errno);
    folder_of(from, old_folder, sizeof old_folder);
    folder_of(to, new_folder, sizeof new_folder);
    enum rc rc = sync_folder(new_folder);
    return rc || !strcmp(old_folder, new_folder) ? rc : sync_folder(old_folder);
}

static enum rc real_remove(void *self, const char *path)
{
    (void)self;
    return remove(path) ? failed(errno) : RC_OK;
}

static bool real_exists(void *self, const char *path, bool *is_dir)
{
    (void)self;
    struct stat st;
    if (stat(path, &st))
        return false;
    if (is_dir)
        *is_dir = S_ISDIR(st.st_mode);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum rc real_list(void *self, const char *dir, struct arena *a, struct str **names,
                         size_t *n)
{
    (void)self;
    DIR *d = opendir(dir);
    if (!d)
        return failed(errno);
    VEC(struct str) found = {0};
    const struct dirent *e;
    errno = 0;
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            *VEC_PUSH(a, &found) = str_dup(a, str_of(e->d_name));
        errno = 0;
    }
    int error = errno;
    (void)closedir(d);
    if (error)
        return failed(error);
    if (found.n > 1)
        qsort(found.v, found.n, sizeof *found.v, by_name);
    *names = found.v;
    *n = found.n;
    return RC_OK;
}

const struct env *env_real(void)
{
    static const struct env real = {
        .now = real_now,
        .monotonic_us = real_monotonic_us,
        .random = real_random,
        .open = real_open,
        .read = real_read,
        .write = real_write,
        .seek = real_seek,
        .size = real_size,
        .sync = real_sync,
        .close = real_close,
        .mkdir = real_mkdir,
        .rename = real_rename,
        .remove = real_remove,
        .exists = real_exists,
        .list = real_list,
        .lock = real_lock,
    };
    return &real;
}
