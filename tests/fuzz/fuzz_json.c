/* Any bytes are JSON or not; what is accepted is written and read again to the same canonical text, under every option. */
#include "base/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void same_again(const struct json *j, const struct json_options *options, struct arena *a)
{
    struct buf first, second, written;
    struct json_out w;
    struct json *again = NULL;
    buf_init(&first, 16 << 20);
    buf_init(&second, 16 << 20);
    buf_init(&written, 16 << 20);
    json_canonical(j, &first);
    json_out_init(&w, &written, options->last_wins);
    json_put(&w, j);
    json_out_done(&w);
    check(json_read(buf_view(&written), options, a, &again, NULL) == RC_OK);
    json_canonical(again, &second);
    check(str_eq(buf_view(&first), buf_view(&second)));
    check(json_read(buf_view(&first), options, a, &again, NULL) == RC_OK);
    buf_clear(&second);
    json_canonical(again, &second);
    check(str_eq(buf_view(&first), buf_view(&second)));
    buf_release(&first);
    buf_release(&second);
    buf_release(&written);
}

static void find_members(const struct json *j)
{
    if (!json_is(j, JSON_OBJECT))
        return;
    for (size_t i = 0; i < j->n; i++)
        check(json_find(j, j->items[i].key) == &j->items[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    for (unsigned k = 0; k < 3; k++) {
        struct arena *a = arena_new();
        struct json *j = NULL;
        struct json_fault fault = {0};
        struct json_options options = {
            .depth = k ? 0 : 4, .last_wins = k == 1, .allow_nul = k == 2};
        enum rc rc = json_read(text, &options, a, &j, &fault);
        check((rc == RC_OK) == (j != NULL));
        if (rc) {
            check(fault.message && fault.line && fault.col && fault.at <= size);
        } else {
            check(utf8_invalid_at(text) < 0);
            find_members(j);
            same_again(j, &options, a);
        }
        arena_free(a);
    }
    return 0;
}
