/* Any frame is an order, a call for a file or an answer, or none; what is one is written again to the same bytes. */
#include "app/order.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
    if (!fine)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct arena *a = arena_new();
    struct order order;
    struct file_call call;
    struct file_done answer;
    struct buf b;
    buf_init(&b, 1 << 20);
    if (order_read(bytes, a, &order) == RC_OK)
        check(order_write(&order, &b) == RC_OK && str_eq(buf_view(&b), bytes));
    buf_clear(&b);
    if (file_call_read(bytes, a, &call) == RC_OK)
        check(file_call_write(&call, &b) == RC_OK && str_eq(buf_view(&b), bytes));
    buf_clear(&b);
    if (file_done_read(bytes, &answer) == RC_OK)
        check(file_done_write(&answer, &b) == RC_OK && str_eq(buf_view(&b), bytes));
    buf_release(&b);
    arena_free(a);
    return 0;
}
