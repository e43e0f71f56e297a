/* test_order.c - messages of .revos/socket come out as they went in, and nothing else does. */
#include "app/order.h"
#include "tests/tap.h"

#include <string.h>

static void test_order(struct arena *a)
{
    char verb[] = "import", object[] = "account", empty[] = "";
    char *words[] = {verb, object, empty, NULL};
    struct order o = {.json = true, .lines = true, .dir = "some where", .argv = words, .argc = 3};
    struct order got;
    struct buf b;
    buf_init(&b, WIRE_FRAME_MAX);
    ok_int(order_write(&o, &b), RC_OK);
    ok_int(order_read(buf_view(&b), a, &got), RC_OK);
    ok(got.json && got.lines && !got.terminal && !got.color && !got.can_answer);
    ok_str(got.dir, "some where");
    ok_int(got.argc, 3);
    ok_str(got.argv[1], "account");
    ok_str(got.argv[2], "");
    ok(got.argv[3] == NULL);
    for (size_t n = 0; n < b.n; n++) {
        enum rc rc = order_read((struct str){b.p, n}, a, &got);
        /* Cut behind a whole word it is a shorter command line, else nothing. */
        ok(rc == RC_INVALID || (rc == RC_OK && got.argc > 0 && got.argc < 3 && b.p[n - 1] == 0));
    }
    b.p[1] ^= 1; /* another program */
    ok_int(order_read(buf_view(&b), a, &got), RC_INVALID);
    buf_release(&b);
    buf_init(&b, 8);
    ok_int(order_write(&o, &b), RC_LIMIT);
    buf_release(&b);
}

static void test_files(struct arena *a)
{
    struct file_call c = {FILE_RENAME, ENV_CREATE, "a b", "c"}, call;
    struct file_done d = {.rc = RC_IO, .is_dir = true, .error = STR("No space left")}, done;
    struct buf b;
    buf_init(&b, WIRE_FRAME_MAX);
    ok_int(file_call_write(&c, &b), RC_OK);
    ok_int(file_call_read(buf_view(&b), a, &call), RC_OK);
    ok(call.what == FILE_RENAME && call.how == ENV_CREATE);
    ok_str(call.path, "a b");
    ok_str(call.to, "c");
    for (size_t n = 0; n < b.n; n++)
        ok_int(file_call_read((struct str){b.p, n}, a, &call), RC_INVALID);
    b.p[0] = FILE_COUNT;
    ok_int(file_call_read(buf_view(&b), a, &call), RC_INVALID);
    buf_clear(&b);
    ok_int(file_done_write(&d, &b), RC_OK);
    ok_int(file_done_read(buf_view(&b), &done), RC_OK);
    ok(done.rc == RC_IO && done.is_dir && !done.exists && str_is(done.error, "No space left"));
    ok_int(file_done_read((struct str){b.p, 1}, &done), RC_INVALID);
    b.p[0] = RC_COUNT;
    ok_int(file_done_read(buf_view(&b), &done), RC_INVALID);
    buf_release(&b);
}

int main(void)
{
    struct arena *a = arena_new();
    test_order(a);
    test_files(a);
    arena_free(a);
    return tap_done();
}
