/* test_verdict.c - one struct, told as JSON and as text. */
#include "admission/verdict.h"
#include "tap.h"
#include <string.h>

static const struct object opportunity = {.name = STR_INIT("opportunity"),
                                          .prefix = STR_INIT("opp")};
static const struct field amount = {.name = STR_INIT("amount")};

static const char *text_of(void (*render)(const struct verdict *, struct buf *),
                           const struct verdict *v)
{
    static char room[4096];
    struct buf b;
    buf_init(&b, sizeof room - 1);
    render(v, &b);
    memcpy(room, b.p, b.n);
    room[b.n] = 0;
    buf_release(&b);
    return room;
}

static struct verdict refused(struct finding *f)
{
    f[0] = (struct finding){.code = "GATE",
                            .criterion = STR("PROP-3"),
                            .enforcement = ENFORCE_WARN,
                            .state = CRITERION_UNMET,
                            .message = STR("Close date is in the past.")};
    f[1] = (struct finding){.code = "GATE",
                            .criterion = STR("PROP-1"),
                            .state = CRITERION_ABSENT,
                            .field = &amount,
                            .absent = STR("opportunity.amount"),
                            .message = STR("Add an amount."),
                            .help = STR("Set amount."),
                            .owner = STR("ben")};
    return (struct verdict){.outcome = VERDICT_REFUSED,
                            .object = &opportunity,
                            .id = 33,
                            .version = 7,
                            .findings = f,
                            .n_findings = 2};
}

static void test_renderings(void)
{
    struct finding f[2];
    struct verdict v = refused(f);
    ok_str(text_of(verdict_json, &v),
           "{\"outcome\":\"refused\",\"object\":\"opportunity\",\"id\":\"opp_0000000000011\","
           "\"version\":7,\"findings\":["
           "{\"code\":\"GATE\",\"criterion\":\"PROP-3\",\"enforcement\":\"warn\","
           "\"state\":\"unmet\",\"message\":\"Close date is in the past.\"},"
           "{\"code\":\"GATE\",\"criterion\":\"PROP-1\",\"enforcement\":\"deny\","
           "\"state\":\"absent\",\"field\":\"amount\",\"absent\":\"opportunity.amount\","
           "\"message\":\"Add an amount.\",\"help\":\"Set amount.\",\"owner\":\"ben\"}]}");
    ok_str(text_of(verdict_text, &v),
           "refused opp_0000000000011, version 7\n"
           "  warning GATE PROP-3: Close date is in the past.\n"
           "  refused GATE PROP-1 amount: Add an amount. (opportunity.amount is empty) [ben]\n"
           "    help: Set amount.\n");
    v = (struct verdict){.outcome = VERDICT_CREATED, .object = &opportunity};
    ok_str(text_of(verdict_findings_json, &v), "[]");
    ok_str(text_of(verdict_text, &v), "created opportunity\n");
}

static void test_reason(void)
{
    struct finding f[2];
    struct verdict v = refused(f);
    ok(verdict_reason(&v) == &f[1]);
    ok(!verdict_accepted(&v));
    f[0].state = CRITERION_FAULT; /* a fault refuses whatever its enforcement */
    ok(verdict_reason(&v) == &f[0]);
    f[0].state = CRITERION_WAIVED;
    ok(!finding_broken(&f[0]));
    v.outcome = VERDICT_UPDATED;
    ok(verdict_accepted(&v) && !verdict_reason(&v));
}

static void test_copy(void)
{
    struct arena *a = arena_new();
    struct finding f[2];
    struct verdict v = refused(f), copy;
    char message[] = "Add an amount.";
    f[1].message = (struct str){message, strlen(message)};
    verdict_copy(a, &v, &copy);
    memset(message, 'x', strlen(message));
    memset(f, 0, sizeof f);
    ok_int(copy.n_findings, 2);
    ok(str_is(copy.findings[1].message, "Add an amount."));
    ok(copy.findings[1].field == &amount);
    arena_free(a);
}

int main(void)
{
    for (int o = 0; o < VERDICT_OUTCOME_COUNT; o++)
        ok(verdict_outcome_name((enum verdict_outcome)o)[0] != 0);
    test_renderings();
    test_reason();
    test_copy();
    return tap_done();
}
