/* Any bytes are a row of values or not; what is accepted has exactly one form, so it encodes to the bytes it came from. */
#include "base/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
    if (!fine)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str in = {(const char *)data, size};
    struct buf again;
    buf_init(&again, size + 16);
    while (in.n) {
        struct value v;
        struct str before = in;
        if (value_decode(&in, &v)) {
            check(in.p == before.p && in.n == before.n);
            break;
        }
        size_t used = before.n - in.n;
        buf_clear(&again);
        value_encode(&v, &again);
        check(used > 0 && str_eq(buf_view(&again), str_sub(before, 0, used)) && value_eq(&v, &v));
    }
    buf_release(&again);
    return 0;
}
