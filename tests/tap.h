/* tap.h - a small harness for tests that print TAP (Test Anything Protocol).
 *
 * In:     values to compare, with a name per check.
 * Out:    `ok N - name` or `not ok N - name` on stdout, each failure followed by `#` lines saying
 * where, and what came instead of what. tap_done() prints the plan and gives the exit status. Owns:
 * counters of this process; a test is one program with one thread. Never:  forks, allocates, or
 * stops at the first failure.
 *
 *     int main(void)
 *     {
 *         ok_int(add(1, 2), 3);
 *         ok_str(name_of(RED), "red");
 *         return tap_done();
 *     }
 *
 * Table-driven tests name the row by its own text: ok_at(row->name, cond).
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each check returns whether it held, so that a test can leave out what depends on it. The names
 * `want` and `got` are in the order (got, want). Text may be NULL; NULL equals only NULL. */
#define ok(cond) tap_ok((cond), #cond, __FILE__, __LINE__)
#define ok_at(name, cond) tap_ok((cond), (name), __FILE__, __LINE__)
#define ok_int(got, want) \
    tap_int((int64_t)(got), (int64_t)(want), #got " == " #want, __FILE__, __LINE__)
#define ok_int_at(name, got, want) \
    tap_int((int64_t)(got), (int64_t)(want), (name), __FILE__, __LINE__)
#define ok_str(got, want) tap_str((got), (want), #got " == " #want, __FILE__, __LINE__)
#define ok_str_at(name, got, want) tap_str((got), (want), (name), __FILE__, __LINE__)
#define ok_mem(got, want, n) tap_mem((got), (want), (n), #got " == " #want, __FILE__, __LINE__)
#define fail(name) tap_ok(false, (name), __FILE__, __LINE__)

bool tap_ok(bool held, const char *name, const char *file, int line);
bool tap_int(int64_t got, int64_t want, const char *name, const char *file, int line);
bool tap_str(const char *got, const char *want, const char *name, const char *file, int line);
bool tap_mem(const void *got, const void *want, size_t n, const char *name, const char *file,
             int line);

/* Counts one check as skipped; `why` says what is missing. */
void tap_skip(const char *name, const char *why);

/* Ends the program at once when nothing of it can run here. Status 0. */
_Noreturn void tap_skip_all(const char *why);

/* A line of explanation for whoever reads a failure. */
void tap_diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan; returns main's status: 0 when every check held and at least one was made. */
int tap_done(void);

#endif
