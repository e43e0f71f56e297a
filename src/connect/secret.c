#include "connect/secret.h"

#include <stdlib.h>

enum { SECRET_BYTES_MAX = 64 * 1024 };

enum rc secret_read(const struct env *env, const char *workspace, struct str name, struct arena *a,
                    struct str *out, struct str *why)
{
    *out = STR("");
    if (!name.n)
        return RC_OK;
    if (str_starts(name, STR("env:"))) {
        *out = str_of(getenv(str_c(a, str_sub(name, 4, name.n))));
        *why = str_printf(a, "the environment has no %.*s", STR_ARG(str_sub(name, 4, name.n)));
        return out->n ? RC_OK : RC_NOT_FOUND;
    }
    struct str path = str_starts(name, STR("file:")) ? str_sub(name, 5, name.n) : STR("");
    if (path.n && path.p[0] != '/')
        path = str_printf(a, "%s/%.*s", workspace, STR_ARG(path));
    *why = str_printf(a, "%.*s cannot be read", STR_ARG(name));
    if (!path.n || env_read_file(env, str_c(a, path), SECRET_BYTES_MAX, a, out) != RC_OK)
        return RC_NOT_FOUND;
    *out = str_trim(*out);
    return out->n ? RC_OK : RC_NOT_FOUND;
}
