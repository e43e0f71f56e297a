/* The SQLite VFS over crashfs: files, locks and shared memory of connections in this process. */
#include "tests/crash/crashfs_impl.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { PATH_MOST = 512 };

struct vfs_file {
    sqlite3_file base; /* first, as SQLite sees it */
    struct crashfs *fs;
    struct inode *inode;
    unsigned boot;
    int level;                          /* SQLITE_LOCK_… held */
    unsigned shm_shared, shm_exclusive; /* bits per lock */
    bool shm_used, fresh;
};

static struct crashfs *enter(struct crashfs *fs)
{
    (void)pthread_mutex_lock(&fs->lock);
    return fs;
}

static int leave(struct crashfs *fs, int code)
{
    (void)pthread_mutex_unlock(&fs->lock);
    return code;
}

static struct vfs_file *file_of(sqlite3_file *f)
{
    return (struct vfs_file *)f;
}

static bool is_dead(const struct vfs_file *f)
{
    return f->boot != f->fs->boots || f->fs->off;
}

static int f_read(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    if (is_dead(f) || crashfs_may(fs, CRASHFS_READ))
        return leave(fs, SQLITE_IOERR_READ);
    size_t want = (size_t)n, from = (size_t)offset, have = f->inode->now.n;
    size_t part = from >= have ? 0 : have - from < want ? have - from : want;
    if (part)
        memcpy(out, f->inode->now.p + from, part);
    memset((char *)out + part, 0, want - part);
    return leave(fs, part == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static int f_write(sqlite3_file *file, const void *p, int n, sqlite3_int64 offset)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    if (is_dead(f))
        return leave(fs, SQLITE_IOERR_WRITE);
    enum rc rc = crashfs_write(fs, f->inode, (uint64_t)offset, p, (size_t)n);
    if (rc)
        return leave(fs, strstr(env_error(), "space") ? SQLITE_FULL : SQLITE_IOERR_WRITE);
    return leave(fs, SQLITE_OK);
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    bool failed = is_dead(f) || crashfs_truncate(fs, f->inode, (uint64_t)size);
    return leave(fs, failed ? SQLITE_IOERR_TRUNCATE : SQLITE_OK);
}

/* Like the real one, syncs the folder with the first sync of a new journal or log. */
static int f_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    if (is_dead(f) || crashfs_sync(fs, f->inode, f->fresh))
        return leave(fs, SQLITE_IOERR_FSYNC);
    f->fresh = false;
    return leave(fs, SQLITE_OK);
}

static int f_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    *size = (sqlite3_int64)f->inode->now.n;
    return leave(fs, is_dead(f) ? SQLITE_IOERR_FSTAT : SQLITE_OK);
}

static int f_unlock(sqlite3_file *file, int level)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    struct lock_state *l = &f->inode->locks;
    if (f->level > level) {
        if (f->level >= SQLITE_LOCK_RESERVED)
            l->reserved = false;
        if (f->level >= SQLITE_LOCK_PENDING)
            l->pending = false;
        if (f->level == SQLITE_LOCK_EXCLUSIVE)
            l->exclusive = false;
        if (level == SQLITE_LOCK_NONE)
            l->shared--;
        f->level = level;
    }
    return leave(fs, SQLITE_OK);
}

static int f_lock(sqlite3_file *file, int level)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    struct lock_state *l = &f->inode->locks;
    if (f->level >= level)
        return leave(fs, SQLITE_OK);
    if (is_dead(f))
        return leave(fs, SQLITE_IOERR_LOCK);
    if (level == SQLITE_LOCK_SHARED) {
        if (l->pending || l->exclusive)
            return leave(fs, SQLITE_BUSY);
        l->shared++;
    } else if (level == SQLITE_LOCK_RESERVED) {
        if (l->reserved)
            return leave(fs, SQLITE_BUSY);
        l->reserved = true;
    } else {
        bool mine = f->level >= SQLITE_LOCK_RESERVED;
        if ((l->pending && f->level < SQLITE_LOCK_PENDING) || (l->reserved && !mine))
            return leave(fs, SQLITE_BUSY);
        l->reserved = l->pending = true;
        f->level = SQLITE_LOCK_PENDING;
        if (l->shared > 1)
            return leave(fs, SQLITE_BUSY);
        l->exclusive = true;
    }
    f->level = level;
    return leave(fs, SQLITE_OK);
}

static int f_reserved(sqlite3_file *file, int *out)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    *out = f->inode->locks.reserved;
    return leave(fs, SQLITE_OK);
}

static int f_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int f_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

/* What SQLite assumes of the real machine too: a write changes no byte outside of it, which the model keeps. */
static int f_device(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int f_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    struct lock_state *l = &f->inode->locks;
    *out = NULL;
    if (is_dead(f) || region < 0 || region >= SHM_REGIONS)
        return leave(fs, SQLITE_IOERR_SHMMAP);
    if (!f->shm_used) {
        f->shm_used = true;
        l->shm_users++;
    }
    if (!l->shm[region] && extend)
        l->shm[region] = mem_new((size_t)size, 1);
    *out = l->shm[region];
    return leave(fs, SQLITE_OK);
}

static int f_shm_lock(sqlite3_file *file, int first, int n, int flags)
{
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    int *locks = f->inode->locks.shm_locks;
    for (int k = first; k < first + n && flags & SQLITE_SHM_LOCK; k++) {
        bool other = flags & SQLITE_SHM_SHARED ? locks[k] < 0 : locks[k] != 0;
        if (other)
            return leave(fs, SQLITE_BUSY);
    }
    for (int k = first; k < first + n; k++) {
        unsigned bit = 1u << k,
                 *mine = flags & SQLITE_SHM_SHARED ? &f->shm_shared : &f->shm_exclusive;
        bool held = *mine & bit;
        if (flags & SQLITE_SHM_LOCK && !held) {
            *mine |= bit;
            locks[k] += flags & SQLITE_SHM_SHARED ? 1 : -1;
        } else if (flags & SQLITE_SHM_UNLOCK && held) {
            *mine &= ~bit;
            locks[k] -= flags & SQLITE_SHM_SHARED ? 1 : -1;
        }
    }
    return leave(fs, SQLITE_OK);
}

static void f_shm_barrier(sqlite3_file *file)
{
    struct crashfs *fs = enter(file_of(file)->fs); /* the lock is a barrier */
    (void)leave(fs, SQLITE_OK);
}

/* Shared memory dies with its last user, like the file it stands for. */
static int f_shm_unmap(sqlite3_file *file, int delete_file)
{
    (void)delete_file;
    struct vfs_file *f = file_of(file);
    struct crashfs *fs = enter(f->fs);
    struct lock_state *l = &f->inode->locks;
    if (f->shm_used) {
        f->shm_used = false;
        for (int k = 0; k < SHM_LOCKS; k++)
            l->shm_locks[k] -= (f->shm_shared >> k & 1 ? 1 : 0) -
                               (f->shm_exclusive >> k & 1 ? 1 : 0);
        f->shm_shared = f->shm_exclusive = 0;
        l->shm_users--;
    }
    for (int k = 0; k < SHM_REGIONS && !l->shm_users; k++) {
        mem_free(l->shm[k]);
        l->shm[k] = NULL;
    }
    return leave(fs, SQLITE_OK);
}

static int f_close(sqlite3_file *file)
{
    struct vfs_file *f = file_of(file);
    (void)f_unlock(file, SQLITE_LOCK_NONE);
    (void)f_shm_unmap(file, 0);
    struct crashfs *fs = enter(f->fs);
    f->inode->open--;
    return leave(fs, SQLITE_OK);
}

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = f_close,
        .xRead = f_read,
        .xWrite = f_write,
        .xTruncate = f_truncate,
        .xSync = f_sync,
        .xFileSize = f_size,
        .xLock = f_lock,
        .xUnlock = f_unlock,
        .xCheckReservedLock = f_reserved,
        .xFileControl = f_control,
        .xSectorSize = f_sector,
        .xDeviceCharacteristics = f_device,
        .xShmMap = f_shm_map,
        .xShmLock = f_shm_lock,
        .xShmBarrier = f_shm_barrier,
        .xShmUnmap = f_shm_unmap,
    };
    struct crashfs *fs = enter(vfs->pAppData);
    struct vfs_file *f = file_of(file);
    bool folder = false, fresh = false;
    *f = (struct vfs_file){.fs = fs, .boot = fs->boots};
    if (crashfs_may(fs, CRASHFS_OPEN))
        return leave(fs, SQLITE_CANTOPEN);
    f->inode = path ? crashfs_find(fs, path, &folder) : crashfs_anonymous(fs);
    if (!f->inode && !folder && flags & SQLITE_OPEN_CREATE)
        fresh = !crashfs_make(fs, path, &f->inode);
    if (!f->inode)
        return leave(fs, SQLITE_CANTOPEN);
    f->fresh = fresh &&
               flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL);
    f->inode->open++;
    f->base.pMethods = &methods;
    if (out_flags)
        *out_flags = flags;
    return leave(fs, SQLITE_OK);
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    struct crashfs *fs = enter(vfs->pAppData);
    enum rc rc = crashfs_remove(fs, path);
    if (rc)
        return leave(fs, rc == RC_NOT_FOUND ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE);
    if (sync_folder && crashfs_sync_names(fs))
        return leave(fs, SQLITE_IOERR_DIR_FSYNC);
    return leave(fs, SQLITE_OK);
}

static int v_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
    struct crashfs *fs = enter(vfs->pAppData);
    bool folder = false;
    const struct inode *i = crashfs_find(fs, path, &folder);
    /* An empty file is none, so that SQLite takes no empty journal for a hot one: as the real one does. */
    *out = folder || (i && (flags != SQLITE_ACCESS_EXISTS || i->now.n));
    return leave(fs, fs->off ? SQLITE_IOERR_ACCESS : SQLITE_OK);
}

static int v_full(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
    (void)vfs;
    int length = snprintf(out, (size_t)n, "%s", path);
    return length < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int v_random(sqlite3_vfs *vfs, int n, char *out)
{
    struct crashfs *fs = vfs->pAppData;
    fs->env.random(fs, out, (size_t)n);
    return n;
}

static int v_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs; /* time stands still; whoever is waited for runs in another thread or not at all */
    return us;
}

static int v_now(sqlite3_vfs *vfs, sqlite3_int64 *out)
{
    const struct crashfs *fs = vfs->pAppData;
    *out = INT64_C(210866760000000) + fs->sim.now.us / 1000; /* ms since noon of Julian day 0 */
    return SQLITE_OK;
}

static int v_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    if (out)
        (void)snprintf(out, (size_t)n, "%s", env_error());
    return 0;
}

void crashfs_register_vfs(struct crashfs *fs)
{
    sqlite3_vfs *vfs = mem_new(1, sizeof *vfs);
    (void)snprintf(fs->vfs_name, sizeof fs->vfs_name, "crashfs-%p", (void *)fs);
    *vfs = (sqlite3_vfs){.iVersion = 2,
                         .szOsFile = (int)sizeof(struct vfs_file),
                         .mxPathname = PATH_MOST,
                         .zName = fs->vfs_name,
                         .pAppData = fs,
                         .xOpen = v_open,
                         .xDelete = v_delete,
                         .xAccess = v_access,
                         .xFullPathname = v_full,
                         .xRandomness = v_random,
                         .xSleep = v_sleep,
                         .xGetLastError = v_error,
                         .xCurrentTimeInt64 = v_now};
    int code = sqlite3_vfs_register(vfs, 0);
    assert(code == SQLITE_OK);
    fs->vfs = vfs;
    /* SQLite's own randomness (salts of the log) comes from the process's first VFS: make it repeat as well. */
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 1, NULL);
    sqlite3_randomness(0, NULL);
}

void crashfs_unregister_vfs(struct crashfs *fs)
{
    (void)sqlite3_vfs_unregister(fs->vfs);
    mem_free(fs->vfs);
}
