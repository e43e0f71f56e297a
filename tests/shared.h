/* shared.h - where the shared data sets are, for tests that use them in place.
 *
 * In:     DATA, their folder as the runner sets it; by hand REVOS_SHARED/data (default ../shared/data).
 * Out:    a path, or NULL when there is none; such a test then skips and says so.
 */
#ifndef TESTS_SHARED_H
#define TESTS_SHARED_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Path of `name` below the data folder, in `room`. */
static inline const char *shared_data(const char *name, char *room, size_t size)
{
    const char *data = getenv("DATA"), *shared = getenv("REVOS_SHARED");
    int n = data ? snprintf(room, size, "%s/%s", data, name)
                 : snprintf(room, size, "%s/data/%s", shared ? shared : "../shared", name);
    return n > 0 && (size_t)n < size && access(room, R_OK) == 0 ? room : NULL;
}

#endif
