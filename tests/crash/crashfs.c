/* The files, what a crash leaves of them, and struct env over them. */
#include "tests/crash/crashfs_impl.h"

#include "base/map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct env_file {
    struct crashfs *fs;
    struct inode *inode;
    uint64_t at;
    enum env_open how;
    unsigned boot;
    bool fresh;
};

static uint64_t dice(struct crashfs *fs, uint64_t sides)
{
    uint64_t x = 0;
    fs->dice.env.random(&fs->dice, &x, sizeof x);
    return x % sides;
}

static char *copy_text(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(mem_new(n, 1), s, n);
}

static enum rc io(const char *why)
{
    env_set_error(why);
    return RC_IO;
}

/* ---- bytes and changes ---- */

static void bytes_resize(struct bytes *b, size_t n)
{
    if (n > b->cap) {
        b->cap = n * 2;
        b->p = mem_resize(b->p, b->cap, 1);
    }
    if (n > b->n)
        memset(b->p + b->n, 0, n - b->n);
    b->n = n;
}

static void bytes_put(struct bytes *b, uint64_t offset, const unsigned char *p, size_t n)
{
    if (offset + n > b->n)
        bytes_resize(b, (size_t)offset + n);
    if (n)
        memcpy(b->p + offset, p, n);
}

static void apply(struct bytes *b, const struct change *c)
{
    if (c->data)
        bytes_put(b, c->offset, c->data, c->n);
    else
        bytes_resize(b, (size_t)c->offset);
}

static void record(struct inode *i, uint64_t offset, const void *p, size_t n)
{
    if (i->n == i->cap) {
        i->cap = i->cap ? i->cap * 2 : 16;
        i->changes = mem_resize(i->changes, i->cap, sizeof *i->changes);
    }
    struct change *c = &i->changes[i->n++];
    *c = (struct change){.offset = offset, .n = n};
    if (p)
        c->data = memcpy(mem_new(n, 1), p, n);
    apply(&i->now, c);
}

static void forget_changes(struct inode *i)
{
    for (size_t k = 0; k < i->n; k++)
        mem_free(i->changes[k].data);
    i->n = 0;
}

static void copy_bytes(struct bytes *to, const struct bytes *from)
{
    to->n = 0;
    bytes_put(to, 0, from->p, from->n);
}

/* The first `whole` changes, then of the next one each sector for itself. */
static void keep_prefix(struct crashfs *fs, struct inode *i, size_t whole)
{
    for (size_t k = 0; k < whole; k++)
        if (!i->changes[k].lost)
            apply(&i->disk, &i->changes[k]);
    const struct change *torn = whole < i->n ? &i->changes[whole] : NULL;
    if (!torn || torn->lost || !torn->data)
        return;
    for (uint64_t at = torn->offset; at < torn->offset + torn->n;) {
        uint64_t end = (at / SECTOR + 1) * SECTOR;
        if (end > torn->offset + torn->n)
            end = torn->offset + torn->n;
        if (dice(fs, 2))
            bytes_put(&i->disk, at, torn->data + (at - torn->offset), (size_t)(end - at));
        at = end;
    }
}

/* Each sector as it was after some number of the changes, the size as after another. What a truncation takes goes with the size:
 * a file system forgets blocks, it does not empty them one by one. */
static void keep_by_sector(struct crashfs *fs, struct inode *i)
{
    struct bytes all = {0};
    copy_bytes(&all, &i->disk);
    size_t most = all.n, size = all.n, sized_by = dice(fs, i->n + 1);
    for (size_t k = 0; k < i->n; k++) {
        apply(&all, &i->changes[k]);
        most = all.n > most ? all.n : most;
        if (k < sized_by)
            size = all.n;
    }
    bytes_resize(&i->disk, most);
    for (uint64_t at = 0; at < most; at += SECTOR) {
        uint64_t end = at + SECTOR < most ? at + SECTOR : most;
        size_t seen = dice(fs, i->n + 1);
        for (size_t k = 0; k < i->n; k++) {
            const struct change *c = &i->changes[k];
            uint64_t from = c->offset > at ? c->offset : at,
                     to = c->offset + c->n < end ? c->offset + c->n : end;
            if (c->data && k < seen && !c->lost && from < to)
                memcpy(i->disk.p + from, c->data + (from - c->offset), (size_t)(to - from));
            else if (!c->data && k < sized_by && from < end)
                memset(i->disk.p + from, 0, (size_t)(end - from));
        }
    }
    bytes_resize(&i->disk, size);
    mem_free(all.p);
}

static void crash_inode(struct crashfs *fs, struct inode *i)
{
    switch (i->n ? dice(fs, 5) : 0) {
    case 0: /* nothing reached the disk */
        break;
    case 1: /* everything did */
        keep_prefix(fs, i, i->n);
        break;
    case 2:
        keep_prefix(fs, i, dice(fs, i->n));
        break;
    case 3: /* some did, whatever their order */
        for (size_t k = 0; k < i->n; k++)
            if (dice(fs, 2) && !i->changes[k].lost)
                apply(&i->disk, &i->changes[k]);
        break;
    default:
        keep_by_sector(fs, i);
    }
    forget_changes(i);
    copy_bytes(&i->now, &i->disk);
}

/* ---- names ---- */

static struct name *find_name(const struct names *ns, const char *path)
{
    for (size_t k = 0; k < ns->n; k++)
        if (!strcmp(ns->v[k].path, path))
            return &ns->v[k];
    return NULL;
}

static void drop_name(struct names *ns, struct name *name)
{
    mem_free(name->path);
    *name = ns->v[--ns->n];
}

static void add_name(struct names *ns, const char *path, struct inode *inode)
{
    if (ns->n == ns->cap) {
        ns->cap = ns->cap ? ns->cap * 2 : 16;
        ns->v = mem_resize(ns->v, ns->cap, sizeof *ns->v);
    }
    ns->v[ns->n++] = (struct name){copy_text(path), inode};
}

static void apply_rename(struct names *ns, const struct rename *r)
{
    struct name *from = find_name(ns, r->path);
    if (r->inode || r->folder) {
        if (from)
            from->inode = r->inode;
        else
            add_name(ns, r->path, r->inode);
        return;
    }
    if (!from)
        return;
    struct inode *inode = from->inode;
    drop_name(ns, from);
    if (!r->to)
        return;
    struct name *to = find_name(ns, r->to);
    if (to)
        to->inode = inode;
    else
        add_name(ns, r->to, inode);
}

static void change_names(struct crashfs *fs, struct rename r)
{
    if (fs->renames_n == fs->renames_cap) {
        fs->renames_cap = fs->renames_cap ? fs->renames_cap * 2 : 16;
        fs->renames = mem_resize(fs->renames, fs->renames_cap, sizeof *fs->renames);
    }
    r.path = copy_text(r.path);
    r.to = r.to ? copy_text(r.to) : NULL;
    fs->renames[fs->renames_n++] = r;
    apply_rename(&fs->now, &r);
}

/* The first `kept` changes of names reach the disk, the others never happened. */
static void settle_names(struct crashfs *fs, size_t kept)
{
    for (size_t k = 0; k < fs->renames_n; k++) {
        if (k < kept)
            apply_rename(&fs->disk, &fs->renames[k]);
        mem_free(fs->renames[k].path);
        mem_free(fs->renames[k].to);
    }
    fs->renames_n = 0;
}

static void clear_names(struct names *ns)
{
    while (ns->n)
        drop_name(ns, &ns->v[ns->n - 1]);
}

static bool has_folder(const struct crashfs *fs, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return true;
    char *folder = copy_text(path);
    folder[slash - path] = '\0';
    const struct name *name = find_name(&fs->now, folder);
    bool fine = name ? !name->inode : !strcmp(folder, ".");
    mem_free(folder);
    return fine;
}

/* ---- what both doors use ---- */

enum rc crashfs_may(struct crashfs *fs, enum crashfs_call call)
{
    if (fs->off)
        return io("the power is off");
    fs->counts[call]++;
    struct plan *p = &fs->plans[call];
    if (!p->at)
        return RC_OK;
    if (p->at > 1) {
        p->at--;
        return RC_OK;
    }
    if (!p->for_ever)
        p->at = 0;
    return io("Input/output error, as planned");
}

struct inode *crashfs_find(const struct crashfs *fs, const char *path, bool *is_folder)
{
    const struct name *name = find_name(&fs->now, path);
    *is_folder = name ? !name->inode : !strcmp(path, ".") || !strcmp(path, "/");
    return name ? name->inode : NULL;
}

struct inode *crashfs_anonymous(struct crashfs *fs)
{
    struct inode *i = mem_new(1, sizeof *i);
    i->next = fs->inodes;
    fs->inodes = i;
    return i;
}

enum rc crashfs_make(struct crashfs *fs, const char *path, struct inode **out)
{
    if (!has_folder(fs, path)) {
        env_set_error("No such file or directory");
        return RC_NOT_FOUND;
    }
    *out = crashfs_anonymous(fs);
    change_names(fs, (struct rename){.path = (char *)(uintptr_t)path, .inode = *out});
    return RC_OK;
}

enum rc crashfs_remove(struct crashfs *fs, const char *path)
{
    enum rc rc = crashfs_may(fs, CRASHFS_REMOVE);
    if (rc)
        return rc;
    if (!find_name(&fs->now, path)) {
        env_set_error("No such file or directory");
        return RC_NOT_FOUND;
    }
    change_names(fs, (struct rename){.path = (char *)(uintptr_t)path});
    return RC_OK;
}

uint64_t crashfs_used(const struct crashfs *fs)
{
    uint64_t used = 0;
    for (const struct inode *i = fs->inodes; i; i = i->next)
        used += i->now.n;
    return used;
}

enum rc crashfs_write(struct crashfs *fs, struct inode *i, uint64_t offset, const void *p, size_t n)
{
    enum rc rc = crashfs_may(fs, CRASHFS_WRITE);
    if (rc) {
        if (!fs->off && n > 1)
            record(i, offset, p, n / 2); /* a failing disk may have taken a part */
        return rc;
    }
    uint64_t end = offset + n, grows = end > i->now.n ? end - i->now.n : 0, used = crashfs_used(fs);
    if (fs->space && grows && used + grows > fs->space) {
        uint64_t lacks = used + grows - fs->space;
        if (lacks < n)
            record(i, offset, p, n - (size_t)lacks);
        return io("No space left on device");
    }
    if (n)
        record(i, offset, p, n);
    return RC_OK;
}

enum rc crashfs_truncate(struct crashfs *fs, struct inode *i, uint64_t size)
{
    enum rc rc = crashfs_may(fs, CRASHFS_WRITE);
    if (!rc)
        record(i, size, NULL, 0);
    return rc;
}

/* A sync begins: is it the one at which the power goes? */
static enum rc may_sync(struct crashfs *fs)
{
    if (!fs->off && fs->cut_at && !--fs->cut_at)
        fs->off = true;
    return crashfs_may(fs, CRASHFS_SYNC);
}

enum rc crashfs_sync_names(struct crashfs *fs)
{
    enum rc rc = may_sync(fs);
    if (!rc)
        settle_names(fs, fs->renames_n);
    return rc;
}

enum rc crashfs_sync(struct crashfs *fs, struct inode *i, bool names_too)
{
    enum rc rc = may_sync(fs);
    for (size_t k = 0; k < i->n; k++) {
        if (rc && !fs->off)
            i->changes[k].lost = true;
        else if (!rc && !i->changes[k].lost)
            apply(&i->disk, &i->changes[k]);
    }
    if (!rc)
        forget_changes(i);
    return rc || !names_too ? rc : crashfs_sync_names(fs);
}

/* ---- struct env ---- */

static enum rc refuse(struct crashfs *fs, enum rc rc, const char *why)
{
    env_set_error(why);
    (void)pthread_mutex_unlock(&fs->lock);
    return rc;
}

static enum rc leave(struct crashfs *fs, enum rc rc)
{
    (void)pthread_mutex_unlock(&fs->lock);
    return rc;
}

static struct crashfs *enter(void *self)
{
    struct crashfs *fs = self;
    (void)pthread_mutex_lock(&fs->lock);
    return fs;
}

static struct instant fs_now(void *self)
{
    return *((struct crashfs *)self)->clock;
}

static int64_t fs_monotonic_us(void *self)
{
    return ((struct crashfs *)self)->clock->us;
}

static void fs_random(void *self, void *out, size_t n)
{
    struct crashfs *fs = enter(self);
    fs->sim.env.random(&fs->sim, out, n);
    (void)leave(fs, RC_OK);
}

static enum rc fs_open(void *self, const char *path, enum env_open how, struct env_file **out)
{
    struct crashfs *fs = enter(self);
    bool folder = false;
    enum rc rc = crashfs_may(fs, CRASHFS_OPEN);
    if (rc)
        return leave(fs, rc);
    struct inode *i = crashfs_find(fs, path, &folder);
    if (folder)
        return refuse(fs, RC_IO, "Is a directory");
    if (!i && (how == ENV_READ || how == ENV_UPDATE))
        return refuse(fs, RC_NOT_FOUND, "No such file or directory");
    bool fresh = !i;
    if (!i && (rc = crashfs_make(fs, path, &i)))
        return leave(fs, rc);
    if (how == ENV_CREATE && i->now.n && (rc = crashfs_truncate(fs, i, 0)))
        return leave(fs, rc);
    struct env_file *f = mem_new(1, sizeof *f);
    *f = (struct env_file){.fs = fs, .inode = i, .how = how, .boot = fs->boots, .fresh = fresh};
    i->open++;
    *out = f;
    return leave(fs, RC_OK);
}

static enum rc may_use(const struct env_file *f)
{
    return f->boot == f->fs->boots && !f->fs->off ? RC_OK : io("the power was off");
}

static enum rc fs_read(struct env_file *f, void *out, size_t n, size_t *got)
{
    struct crashfs *fs = enter(f->fs);
    enum rc rc = may_use(f);
    *got = 0;
    if (!rc)
        rc = crashfs_may(fs, CRASHFS_READ);
    if (!rc && f->at < f->inode->now.n) {
        size_t left = f->inode->now.n - (size_t)f->at;
        *got = n < left ? n : left;
        memcpy(out, f->inode->now.p + f->at, *got);
        f->at += *got;
    }
    return leave(fs, rc);
}

static enum rc fs_write(struct env_file *f, const void *p, size_t n)
{
    struct crashfs *fs = enter(f->fs);
    enum rc rc = may_use(f);
    if (!rc && f->how == ENV_READ)
        rc = io("Bad file descriptor");
    if (f->how == ENV_APPEND)
        f->at = f->inode->now.n;
    if (!rc)
        rc = crashfs_write(fs, f->inode, f->at, p, n);
    if (!rc)
        f->at += n;
    return leave(fs, rc);
}

static enum rc fs_seek(struct env_file *f, uint64_t offset)
{
    struct crashfs *fs = enter(f->fs);
    enum rc rc = may_use(f);
    if (!rc && offset > INT64_MAX)
        rc = io("Invalid argument");
    if (!rc)
        f->at = offset;
    return leave(fs, rc);
}

static enum rc fs_size(struct env_file *f, uint64_t *bytes)
{
    struct crashfs *fs = enter(f->fs);
    enum rc rc = may_use(f);
    if (!rc)
        *bytes = f->inode->now.n;
    return leave(fs, rc);
}

static enum rc fs_sync(struct env_file *f)
{
    struct crashfs *fs = enter(f->fs);
    enum rc rc = may_use(f);
    if (!rc)
        rc = crashfs_sync(fs, f->inode, f->fresh);
    if (!rc)
        f->fresh = false;
    return leave(fs, rc);
}

static void fs_close(struct env_file *f)
{
    if (!f)
        return;
    struct crashfs *fs = enter(f->fs);
    f->inode->open--;
    mem_free(f);
    (void)leave(fs, RC_OK);
}

static enum rc fs_mkdir(void *self, const char *path)
{
    struct crashfs *fs = enter(self);
    bool folder = false;
    enum rc rc = crashfs_may(fs, CRASHFS_OPEN);
    const struct inode *i = crashfs_find(fs, path, &folder);
    if (rc || folder)
        return leave(fs, rc);
    if (i)
        return refuse(fs, RC_IO, "File exists");
    if (!has_folder(fs, path))
        return refuse(fs, RC_NOT_FOUND, "No such file or directory");
    change_names(fs, (struct rename){.path = (char *)(uintptr_t)path, .folder = true});
    return leave(fs, crashfs_sync_names(fs));
}

/* Folders are not renamed: their content would have to move too, and nothing here does that. */
static enum rc fs_rename(void *self, const char *from, const char *to)
{
    struct crashfs *fs = enter(self);
    bool folder = false;
    enum rc rc = crashfs_may(fs, CRASHFS_RENAME);
    if (rc)
        return leave(fs, rc);
    if (!crashfs_find(fs, from, &folder))
        return refuse(fs, folder ? RC_IO : RC_NOT_FOUND,
                      folder ? "Is a directory" : "No such file or directory");
    if (!has_folder(fs, to))
        return refuse(fs, RC_NOT_FOUND, "No such file or directory");
    change_names(fs, (struct rename){.path = (char *)(uintptr_t)from, .to = (char *)(uintptr_t)to});
    return leave(fs, crashfs_sync_names(fs));
}

static enum rc fs_remove(void *self, const char *path)
{
    struct crashfs *fs = enter(self);
    return leave(fs, crashfs_remove(fs, path));
}

static bool fs_exists(void *self, const char *path, bool *is_dir)
{
    struct crashfs *fs = enter(self);
    bool folder = false;
    bool there = crashfs_find(fs, path, &folder) || folder;
    if (is_dir)
        *is_dir = folder;
    (void)leave(fs, RC_OK);
    return there;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum rc fs_list(void *self, const char *dir, struct arena *a, struct str **names, size_t *n)
{
    struct crashfs *fs = enter(self);
    bool folder = false;
    (void)crashfs_find(fs, dir, &folder);
    if (fs->off)
        return refuse(fs, RC_IO, "the power is off");
    if (!folder)
        return refuse(fs, RC_NOT_FOUND, "No such file or directory");
    VEC(struct str) found = {0};
    struct str prefix = strcmp(dir, ".") ? str_printf(a, "%s/", dir) : STR("");
    for (size_t k = 0; k < fs->now.n; k++) {
        struct str path = str_of(fs->now.v[k].path), rest = str_sub(path, prefix.n, path.n);
        if (str_starts(path, prefix) && str_find(rest, STR("/"), 0) < 0)
            *VEC_PUSH(a, &found) = str_dup(a, rest);
    }
    if (found.n > 1)
        qsort(found.v, found.n, sizeof *found.v, by_text);
    *names = found.v;
    *n = found.n;
    return leave(fs, RC_OK);
}

/* ---- life ---- */

struct crashfs *crashfs_new(uint64_t seed)
{
    struct crashfs *fs = mem_new(1, sizeof *fs);
    env_sim_init(&fs->sim, seed, (struct instant){INT64_C(1767225600000000)}); /* 2026-01-01 */
    env_sim_init(&fs->dice, seed + 1, (struct instant){0});
    fs->clock = &fs->sim.now;
    (void)pthread_mutex_init(&fs->lock, NULL);
    fs->env = (struct env){.self = fs,
                           .now = fs_now,
                           .monotonic_us = fs_monotonic_us,
                           .random = fs_random,
                           .open = fs_open,
                           .read = fs_read,
                           .write = fs_write,
                           .seek = fs_seek,
                           .size = fs_size,
                           .sync = fs_sync,
                           .close = fs_close,
                           .mkdir = fs_mkdir,
                           .rename = fs_rename,
                           .remove = fs_remove,
                           .exists = fs_exists,
                           .list = fs_list};
    crashfs_register_vfs(fs);
    fs->env.sqlite_vfs = fs->vfs_name;
    return fs;
}

static void copy_names(struct names *to, const struct names *from)
{
    for (size_t k = 0; k < from->n; k++)
        add_name(to, from->v[k].path, from->v[k].inode ? from->v[k].inode->copy : NULL);
}

struct crashfs *crashfs_copy(const struct crashfs *from, uint64_t seed)
{
    struct crashfs *fs = crashfs_new(seed);
    fs->sim.now = from->sim.now;
    for (struct inode *i = from->inodes; i; i = i->next) {
        i->copy = crashfs_anonymous(fs);
        copy_bytes(&i->copy->disk, &i->disk);
        for (size_t k = 0; k < i->n; k++) {
            record(i->copy, i->changes[k].offset, i->changes[k].data, i->changes[k].n);
            i->copy->changes[k].lost = i->changes[k].lost;
        }
        copy_bytes(&i->copy->now,
                   &i->now); /* where a sync failed, more than disk and changes make */
    }
    copy_names(&fs->disk, &from->disk);
    copy_names(&fs->now, &from->disk);
    for (size_t k = 0; k < from->renames_n; k++) {
        struct rename r = from->renames[k];
        r.inode = r.inode ? r.inode->copy : NULL;
        change_names(fs, r);
    }
    return fs;
}

static void free_inode(struct inode *i)
{
    forget_changes(i);
    mem_free(i->changes);
    mem_free(i->now.p);
    mem_free(i->disk.p);
    for (size_t k = 0; k < SHM_REGIONS; k++)
        mem_free(i->locks.shm[k]);
    mem_free(i);
}

void crashfs_free(struct crashfs *fs)
{
    if (!fs)
        return;
    crashfs_unregister_vfs(fs);
    settle_names(fs, 0);
    clear_names(&fs->now);
    clear_names(&fs->disk);
    for (struct inode *i = fs->inodes, *next; i; i = next) {
        next = i->next;
        assert(!i->open);
        free_inode(i);
    }
    mem_free(fs->renames);
    mem_free(fs->now.v);
    mem_free(fs->disk.v);
    (void)pthread_mutex_destroy(&fs->lock);
    mem_free(fs);
}

const struct env *crashfs_env(struct crashfs *fs)
{
    return &fs->env;
}

struct env_sim *crashfs_clock(struct crashfs *fs)
{
    return &fs->sim;
}

void crashfs_follow(struct crashfs *fs, const struct instant *clock)
{
    fs->clock = clock;
}

void crashfs_cut_at(struct crashfs *fs, uint64_t nth)
{
    fs->cut_at = nth;
}

void crashfs_cut_now(struct crashfs *fs)
{
    (void)enter(fs);
    fs->off = true;
    (void)leave(fs, RC_OK);
}

bool crashfs_is_off(const struct crashfs *fs)
{
    return fs->off;
}

uint64_t crashfs_count(const struct crashfs *fs, enum crashfs_call call)
{
    return fs->counts[call];
}

void crashfs_fail_at(struct crashfs *fs, enum crashfs_call call, uint64_t nth, bool for_ever)
{
    fs->plans[call] = (struct plan){nth, for_ever};
}

void crashfs_set_space(struct crashfs *fs, uint64_t bytes)
{
    fs->space = bytes;
}

/* Files that no name leads to and nobody holds. */
static void sweep_inodes(struct crashfs *fs)
{
    for (struct inode **at = &fs->inodes; *at;) {
        struct inode *i = *at;
        bool named = i->open > 0;
        for (size_t k = 0; k < fs->now.n && !named; k++)
            named = fs->now.v[k].inode == i;
        if (named) {
            at = &i->next;
        } else {
            *at = i->next;
            free_inode(i);
        }
    }
}

void crashfs_reboot(struct crashfs *fs, uint64_t seed)
{
    (void)enter(fs);
    env_sim_init(&fs->dice, seed, (struct instant){0});
    settle_names(fs, dice(fs, fs->renames_n + 1));
    clear_names(&fs->now);
    for (size_t k = 0; k < fs->disk.n; k++)
        add_name(&fs->now, fs->disk.v[k].path, fs->disk.v[k].inode);
    for (struct inode *i = fs->inodes; i; i = i->next) {
        crash_inode(fs, i);
        assert(!i->open ||
               !i->locks.shm_users); /* a database is closed before its machine starts again */
    }
    sweep_inodes(fs);
    memset(fs->plans, 0, sizeof fs->plans);
    memset(fs->counts, 0, sizeof fs->counts);
    fs->cut_at = fs->space = 0;
    fs->off = false;
    fs->boots++;
    (void)leave(fs, RC_OK);
}
