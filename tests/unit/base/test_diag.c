#include "base/diag.h"
#include "tests/tap.h"

#include <string.h>

static const char *text_of(const struct diags *ds, size_t limit, struct arena *a)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    diags_text(ds, limit, &b);
    const char *c = str_c(a, buf_view(&b));
    buf_release(&b);
    return c;
}

static void one(struct arena *a)
{
    struct source s = {STR("pipelines/new_business.yaml"), STR("stages:\n\n  - name: won\r\n")};
    struct diags ds;
    diags_init(&ds, a);
    ok_int(diags_rc(&ds), RC_OK);
    ok_str(text_of(&ds, 0, a), "0 errors, 0 warnings\n");
    struct diag *d = diag_add(&ds, SEV_ERROR, "M0142", span_at(&s, 3, 11, 3),
                              "stage '%s' is never entered", "won");
    diag_help(&ds, d, "add a transition into '%s', or mark it 'initial'", "won");
    d->also = span_at(&s, 1, 1, 6);
    d->also_message = STR("stages begin here");
    ok_int(diags_rc(&ds), RC_INVALID);
    ok_str(text_of(&ds, 0, a),
           "pipelines/new_business.yaml:3:11: error[M0142]: stage 'won' is never entered\n"
           "    3 |   - name: won\n"
           "      |           ^~~\n"
           "   help: add a transition into 'won', or mark it 'initial'\n"
           "pipelines/new_business.yaml:1:1: note: stages begin here\n"
           "    1 | stages:\n"
           "      | ^~~~~~\n"
           "1 error, 0 warnings\n");
}

static void order_and_limit(struct arena *a)
{
    struct source x = {STR("x.yaml"), STR_NONE}, y = {STR("y.yaml"), STR_NONE};
    struct diags ds;
    diags_init(&ds, a);
    diag_add(&ds, SEV_NOTE, "M0002", span_at(&y, 1, 1, 0), "four");
    diag_add(&ds, SEV_WARNING, "M0002", span_at(&x, 2, 1, 0), "three");
    diag_add(&ds, SEV_ERROR, "M0002", span_at(&x, 1, 9, 0), "two");
    diag_add(&ds, SEV_ERROR, "M0001", span_at(&x, 1, 9, 0), "one, after\nwhich more");
    diag_add(&ds, SEV_ERROR, "M0003", span_none(), "zero");
    diags_sort(&ds);
    ok_str(text_of(&ds, 0, a), "error[M0003]: zero\n"
                               "x.yaml:1:9: error[M0001]: one, after\n         which more\n"
                               "x.yaml:1:9: error[M0002]: two\n"
                               "x.yaml:2:1: warning[M0002]: three\n"
                               "y.yaml:1:1: note[M0002]: four\n"
                               "3 errors, 1 warning, 1 note\n");
    ok_str(text_of(&ds, 1, a), "error[M0003]: zero\n"
                               "3 errors, 1 warning, 1 note (the first 1 of 5 shown)\n");
}

static void odd_lines(struct arena *a)
{
    struct source s = {STR("odd"), STR("\tné\x1b[31m: x\n")};
    struct diags ds;
    diags_init(&ds, a);
    diag_add(&ds, SEV_ERROR, "T1", span_at(&s, 1, 4, 1), "esc \x1b here");
    ok_str(text_of(&ds, 0, a), "odd:1:4: error[T1]: esc \xef\xbf\xbd here\n"
                               "    1 | \tné\xef\xbf\xbd[31m: x\n"
                               "      | \t  ^\n"
                               "1 error, 0 warnings\n");
    diags_init(&ds, a);
    diag_add(&ds, SEV_ERROR, "T2", span_at(&s, 1, 12, 0), "at the end");
    diag_add(&ds, SEV_ERROR, "T3", span_at(&s, 9, 1, 0), "line beyond the text");
    ok(strstr(text_of(&ds, 0, a), "      | \t          ^\nodd:9:1:") != NULL);
    char line[3000];
    memset(line, 'a', sizeof line);
    line[2000] = 'X';
    s.text = (struct str){line, sizeof line};
    diags_init(&ds, a);
    diag_add(&ds, SEV_ERROR, "T4", span_at(&s, 1, 2001, 5), "far right");
    const char *out = text_of(&ds, 0, a);
    const char *shown = strstr(out, "| …"), *caret = strstr(out, "|  ");
    ok(strlen(out) < 600 && shown && caret);
    if (shown && caret) /* "…" has three bytes and one column */
        ok_int(strchr(caret, '^') - caret, strchr(shown, 'X') - shown - 2);
}

int main(void)
{
    struct arena *a = arena_new();
    one(a);
    order_and_limit(a);
    odd_lines(a);
    arena_free(a);
    return tap_done();
}
