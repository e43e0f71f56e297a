/* assets.c - see assets.h; tools/embed makes the tables. */
#include "face/assets.h"
#include "face/assets_gen.h"

#include <string.h>

/* Byte order of `path` against the `n` bytes at `key`. */
static int path_compare(const char *path, const char *key, size_t n)
{
    size_t len = strlen(path);
    int order = memcmp(path, key, len < n ? len : n);
    if (order != 0)
        return order;
    return len < n ? -1 : len > n;
}

struct asset_set assets_web(void)
{
    return (struct asset_set){assets_web_rows, ASSETS_WEB_COUNT};
}

struct asset_set assets_templates(void)
{
    return (struct asset_set){assets_template_rows, ASSETS_TEMPLATE_COUNT};
}

const struct asset *assets_find(struct asset_set set, const char *path, size_t n)
{
    size_t low = 0;
    size_t high = set.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = path_compare(set.v[mid].path, path, n);
        if (order == 0)
            return &set.v[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}
