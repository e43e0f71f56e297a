/* test_assets.c - files built into the binary. */
#include "face/assets.h"
#include "tap.h"

#include <string.h>

static const struct asset *find(struct asset_set set, const char *path)
{
    return assets_find(set, path, strlen(path));
}

static void check_set(struct asset_set set, bool may_be_packed)
{
    for (size_t i = 0; i < set.n; i++) {
        const struct asset *a = &set.v[i];
        ok_at(a->path,
              find(set, a->path) == a && (i == 0 || strcmp(set.v[i - 1].path, a->path) < 0));
        ok_at("its ETag is quoted", a->etag[0] == '"' && a->etag[strlen(a->etag) - 1] == '"');
        ok_at("it is packed only where allowed",
              !a->gzip ||
                  (may_be_packed && a->n > 2 && a->bytes[0] == 0x1f && a->bytes[1] == 0x8b));
    }
}

int main(void)
{
    struct asset_set web = assets_web();
    const struct asset *index = find(web, "index.html");
    if (ok(index != NULL)) {
        ok_str(index->type, "text/html; charset=utf-8");
        ok(index->gzip);
        ok(!index->immutable);
    }
    ok(find(web, "") == NULL);
    ok(find(web, "index.htm") == NULL);
    ok(find(web, "index.html.gz") == NULL);
    ok(find(web, "../index.html") == NULL);
    ok(assets_find(web, "index.html?x=1", strlen("index.html")) == index);
    check_set(web, true);
    check_set(assets_templates(), false);
    return tap_done();
}
