/* Normal forms: a letter says which, the rest is the text. What has a normal form is, in it, its own normal form. */
#include "base/norm.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool normal(struct norm *n, char kind, struct str in, struct arena *a, struct str *out,
                   enum norm_reason *why)
{
    switch (kind) {
    case 'e':
        return norm_email(n, in, a, out, why);
    case 'd':
        return norm_domain(n, in, a, out, why);
    case 'u':
        return norm_url(n, in, a, out, why);
    case 'p':
        return norm_phone(in, STR("DE"), a, out, why);
    case 'r':
        return norm_phone(in, STR("RU"), a, out, why);
    case 'c':
        return norm_country(n, in, a, out, why);
    case 'q':
        return norm_utm(in, NULL, a, out, why);
    default:
        return norm_text(in, 1000, a, out, why);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct norm
        *norm; /* tidy: globals: names of countries are gathered once for all inputs */
    if (size == 0 || (!norm && norm_open(&norm) != RC_OK))
        return 0;
    struct arena *a = arena_new();
    struct str in = {(const char *)data + 1, size - 1}, out, again;
    enum norm_reason why = NORM_OK;
    if (normal(norm, (char)data[0], in, a, &out, &why)) {
        assert(utf8_invalid_at(out) < 0);
        if (!normal(norm, (char)data[0], out, a, &again, &why) || !str_eq(out, again))
            abort();
    } else {
        assert(why > NORM_OK && why < NORM_REASON_COUNT);
    }
    arena_free(a);
    return 0;
}
