#include "store/duckdb_api.h"

#include "revos_build.h"
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PLACES = 4 };

struct places {
    char path[MAX_PLACES][PATH_MAX];
    size_t n;
};

static void places_add(struct places *p, const char *dir, size_t dir_n, const char *tail)
{
    if (dir_n + strlen(tail) >= PATH_MAX)
        return;
    char *out = p->path[p->n++];
    memcpy(out, dir, dir_n);
    memcpy(out + dir_n, tail, strlen(tail) + 1);
}

/* A path that was named is the only place: falling back from it would hide a mistake. */
static void find_places(const char *path, struct places *p)
{
    const char *named = path ? path : getenv("REVOS_DUCKDB");
    if (named && named[0]) {
        places_add(p, named, strlen(named), "");
        return;
    }
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
    if (n > 0 && n < (ssize_t)sizeof(self)) {
        size_t dir = (size_t)n;
        while (dir > 0 && self[dir - 1] != '/')
            dir--;
        places_add(p, self, dir, "libduckdb.so");
        places_add(p, self, dir, "../lib/revos/libduckdb.so");
    }
    places_add(p, REVOS_DUCKDB_BUILD_PATH, strlen(REVOS_DUCKDB_BUILD_PATH), "");
}

static enum rc refuse_absent(const struct places *p, struct diags *ds)
{
    struct str list = STR_NONE;
    for (size_t i = 0; i < p->n; i++)
        list = str_printf(ds->arena, "%.*s%s%s", STR_ARG(list), i ? ", " : "", p->path[i]);
    struct diag *d = diag_add(
        ds, SEV_ERROR, "W0001", span_none(),
        "metrics need DuckDB's library, and none of these can be loaded: %.*s", STR_ARG(list));
    const char *why = dlerror();
    diag_help(ds, d,
              "run script/setup, or set REVOS_DUCKDB to the path of libduckdb.so 1.4 or newer; "
              "everything "
              "but metrics works without it%s%s",
              why ? "; last reason: " : "", why ? why : "");
    return RC_UNSUPPORTED;
}

static enum rc check_version(const char *version, const char *path, struct diags *ds)
{
    int major = 0, minor = 0;
    if (sscanf(version, "v%d.%d", &major, &minor) == 2 && major == 1 && minor >= 4)
        return RC_OK;
    struct diag *d = diag_add(ds, SEV_ERROR, "W0002", span_none(),
                              "%s is DuckDB %s; the warehouse needs 1.4 or a later 1.x", path,
                              version);
    diag_help(ds, d, "run script/setup for the pinned one, or point REVOS_DUCKDB at another");
    return RC_UNSUPPORTED;
}

enum rc ddb_load(const char *path, struct ddb *out, struct diags *ds)
{
    struct places places = {.n = 0};
    find_places(path, &places);
    void *lib = NULL;
    const char *found = NULL;
    for (size_t i = 0; i < places.n && !lib; i++) {
        found = places.path[i];
        lib = dlopen(found, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    }
    if (!lib)
        return refuse_absent(&places, ds);

    const char *missing = NULL;
    void *symbol;
#define DDB_FIND(ret, name, args)                 \
    symbol = dlsym(lib, "duckdb_" #name);         \
    missing = symbol ? missing : "duckdb_" #name; \
    memcpy(&out->name, &symbol, sizeof(symbol));
    DUCKDB_FUNCTIONS(DDB_FIND)
#undef DDB_FIND
    if (missing) {
        struct diag *d = diag_add(ds, SEV_ERROR, "W0002", span_none(),
                                  "%s has no function %s; the warehouse needs DuckDB 1.4 or later",
                                  found, missing);
        diag_help(ds, d, "run script/setup for the pinned one, or point REVOS_DUCKDB at another");
        return RC_UNSUPPORTED;
    }
    return check_version(out->library_version(), found, ds);
}
