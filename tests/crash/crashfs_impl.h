/* crashfs_impl.h - what the two halves of crashfs share. See crashfs.h. */
#ifndef TESTS_CRASHFS_IMPL_H
#define TESTS_CRASHFS_IMPL_H

#include "tests/crash/crashfs.h"

#include <pthread.h>

enum { SECTOR = 512, SHM_LOCKS = 8, SHM_REGIONS = 64 };

struct bytes {
    unsigned char *p;
    size_t n, cap;
};

/* A write, or a truncation when `data` is NULL. */
struct change {
    uint64_t offset;
    size_t n;
    unsigned char *data;
    bool lost; /* a sync that should have written it failed */
};

/* SQLite's locks on a database file and its shared memory; they live in this process only. */
struct lock_state {
    int shared, shm_users;
    bool reserved, pending, exclusive;
    int shm_locks[SHM_LOCKS]; /* -1 exclusive, else how many share it */
    void *shm[SHM_REGIONS];
};

struct inode {
    struct inode *next; /* of all in the file system */
    struct bytes now, disk;
    struct change *changes; /* that lead from `disk` to `now` */
    size_t n, cap;
    unsigned open;
    struct lock_state locks;
    struct inode *copy; /* used while copying */
};

struct name {
    char *path;
    struct inode *inode; /* NULL: a folder */
};

struct names {
    struct name *v;
    size_t n, cap;
};

/* A change of names: `to` NULL removes `path`; `inode` set makes it; else renames. */
struct rename {
    char *path, *to;
    struct inode *inode;
    bool folder;
};

struct plan {
    uint64_t at; /* counts down; 0: none */
    bool for_ever;
};

struct crashfs {
    struct env env;
    struct env_sim sim;
    const struct instant *clock; /* whose time it has; that of `sim` unless told */
    struct env_sim dice;         /* what a crash leaves */
    pthread_mutex_t lock;
    struct inode *inodes;
    struct names now, disk;
    struct rename *renames;
    size_t renames_n, renames_cap;
    struct plan plans[CRASHFS_CALLS];
    uint64_t counts[CRASHFS_CALLS];
    uint64_t cut_at, space;
    unsigned boots; /* a handle of an earlier one is dead */
    bool off;
    void *vfs; /* sqlite3_vfs */
    char vfs_name[48];
};

/* All below are called with the lock held. RC_OK, RC_IO; env_error() says which. */
enum rc crashfs_may(struct crashfs *fs, enum crashfs_call call);
struct inode *crashfs_find(const struct crashfs *fs, const char *path, bool *is_folder);
enum rc crashfs_make(struct crashfs *fs, const char *path, struct inode **out);
struct inode *crashfs_anonymous(struct crashfs *fs);
enum rc crashfs_remove(struct crashfs *fs, const char *path);
enum rc crashfs_write(struct crashfs *fs, struct inode *i, uint64_t offset, const void *p,
                      size_t n);
enum rc crashfs_truncate(struct crashfs *fs, struct inode *i, uint64_t size);
enum rc crashfs_sync(struct crashfs *fs, struct inode *i, bool names_too);
enum rc crashfs_sync_names(struct crashfs *fs);

void crashfs_register_vfs(struct crashfs *fs);
void crashfs_unregister_vfs(struct crashfs *fs);

#endif
