/* test_running.c - one run a file; progress and stop find a run by its batch. */
#include "base/text.h"
#include "connect/running.h"
#include "tests/tap.h"

int main(void)
{
    struct running *r = running_new();
    struct digest a = digest_of(STR("a")), b = digest_of(STR("b"));
    struct import_progress p = {.rows = 7, .bytes_done = 70, .bytes_total = 100}, got;
    size_t one, two, none, slots[RUNNING_MAX];

    ok(!running_find(r, 0, NULL));
    ok(running_enter(r, 1, STR("crm"), a, &one));
    ok(!running_enter(r, 1, STR("crm"), a, &none)); /* the same file, into the same object */
    ok(running_enter(r, 1, STR("crm"), b, &two));
    ok(running_find(r, 0, NULL));

    ok(!running_find(r, 9, NULL)); /* its batch is not known yet */
    ok(running_tell(r, one, 9, &p));
    ok(running_find(r, 9, &got));
    ok_int(got.rows, 7);
    ok_int(got.bytes_done, 70);

    ok(!running_stop(r, 0));
    ok(!running_stop(r, 8));
    ok(running_stop(r, 9));
    ok(!running_tell(r, one, 9, &p));
    ok(running_tell(r, two, 10, &p));

    running_leave(r, one);
    ok(!running_find(r, 9, NULL));
    ok(running_enter(r, 1, STR("crm"), a, &one)); /* it may come again */
    ok(running_tell(r, one, 9, &p));
    running_leave(r, one);
    running_leave(r, two);
    for (uint32_t i = 0; i < RUNNING_MAX; i++)
        ok(running_enter(r, i, STR("crm"), a, &slots[i]));
    ok(!running_enter(r, RUNNING_MAX, STR("crm"), a, &none)); /* bounded */
    for (size_t i = 0; i < RUNNING_MAX; i++)
        running_leave(r, slots[i]);
    running_free(r);
    running_free(NULL);
    return tap_done();
}
