/* crashfs.h - a file system in memory that loses power on command, behind struct env and as an SQLite VFS.
 *
 * In:     a seed, the sync or call at which something happens.   Out: a machine that tests drive like the real one.
 * Owns:   all files; crashfs_free gives them back. Several threads may use one at once.
 * Model:  what was written since a file's last sync may be lost, kept in part, or torn at 512 bytes, each sector for itself;
 *         names (made, renamed, removed) are lost from the end on unless their folder was synced. A failed sync loses for ever
 *         what it should have written, though it can still be read, as Linux does.
 *         After a failed sync only what follows crashfs_reboot is a fair question to a database (see crash_crashfs.c).
 * Never:  touches the real machine. Time stands still and randomness is seeded (crashfs_clock).
 *
 * A sweep: prepare one, count the syncs of a whole run on a copy, then for each n make a copy, cut at n, run until it fails,
 * close, reboot, and check what is there.
 */
#ifndef TESTS_CRASHFS_H
#define TESTS_CRASHFS_H

#include "base/env.h"

struct crashfs;

struct crashfs *crashfs_new(uint64_t seed);
/* The same files, synced and not; nothing is open and no failure planned in the copy. */
struct crashfs *crashfs_copy(const struct crashfs *fs, uint64_t seed);
void crashfs_free(struct crashfs *fs); /* files and databases must be closed */

/* Files, clock and randomness; `sqlite_vfs` is set to this file system's own VFS. */
const struct env *crashfs_env(struct crashfs *fs);
/* Its clock, to be moved by `->now`. */
struct env_sim *crashfs_clock(struct crashfs *fs);
/* It tells the time of `clock` from now on, which outlives it. */
void crashfs_follow(struct crashfs *fs, const struct instant *clock);

/* The power goes when the n-th sync from now begins (1: the next); 0: never. Everything fails from then on, but closing. */
void crashfs_cut_at(struct crashfs *fs, uint64_t nth);
void crashfs_cut_now(struct crashfs *fs);
bool crashfs_is_off(const struct crashfs *fs);
/* Power again: decides by the seed what the disk kept. Files opened before stay dead until closed. Plans are forgotten. */
void crashfs_reboot(struct crashfs *fs, uint64_t seed);

enum crashfs_call {
    CRASHFS_OPEN,
    CRASHFS_READ,
    CRASHFS_WRITE,
    CRASHFS_SYNC,
    CRASHFS_RENAME,
    CRASHFS_REMOVE,
    CRASHFS_CALLS
};

/* Calls of that kind since the start or the last reboot. */
uint64_t crashfs_count(const struct crashfs *fs, enum crashfs_call call);
/* The n-th call of that kind from now fails with an I/O error, once or from then on; 0 forgets the plan. */
void crashfs_fail_at(struct crashfs *fs, enum crashfs_call call, uint64_t nth, bool for_ever);
/* Writes that make all files together larger than this fail as on a full disk, having written what fits; 0: no limit. */
void crashfs_set_space(struct crashfs *fs, uint64_t bytes);
uint64_t crashfs_used(const struct crashfs *fs);

#endif
