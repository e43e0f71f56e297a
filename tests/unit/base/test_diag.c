#include "base/diag.h"
#include "base/json.h"
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
    struct source wide = {STR("wide"), STR("日本e\xcc\x81: 日本\n")};
    diags_init(&ds, a);
    diag_add(&ds, SEV_ERROR, "T5", span_at(&wide, 1, 7, 2), "two columns each");
    ok_str(text_of(&ds, 0, a), "wide:1:7: error[T5]: two columns each\n"
                               "    1 | 日本e\xcc\x81: 日本\n"
                               "      |        ^~~~\n"
                               "1 error, 0 warnings\n");
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

static void for_programs(struct arena *a)
{
    struct source s = {STR("my model/ü.yaml"), STR_NONE};
    struct diags ds;
    struct buf b;
    buf_init(&b, 1 << 16);
    diags_init(&ds, a);
    diags_json(&ds, 0, &b);
    ok_str(str_c(a, buf_view(&b)),
           "{\"errors\":0,\"warnings\":0,\"notes\":0,\"shown\":0,\"diagnostics\":[]}");
    struct diag *d = diag_add(&ds, SEV_ERROR, "M0142", span_at(&s, 3, 11, 3), "say \"why\"");
    diag_help(&ds, d, "do this");
    d->also = span_at(&s, 1, 1, 6);
    d->also_message = STR("there");
    diag_add(&ds, SEV_WARNING, "M0007", span_at(&s, 0, 0, 0), "whole file");
    diag_add(&ds, SEV_NOTE, "M0142", span_none(), "nowhere");
    buf_clear(&b);
    diags_json(&ds, 2, &b);
    ok_str(str_c(a, buf_view(&b)),
           "{\"errors\":1,\"warnings\":1,\"notes\":1,\"shown\":2,\"diagnostics\":["
           "{\"severity\":\"error\",\"code\":\"M0142\",\"file\":\"my model/ü.yaml\",\"line\":3,"
           "\"column\":11,\"end_line\":3,\"end_column\":14,\"message\":\"say \\\"why\\\"\","
           "\"help\":\"do this\",\"also\":{\"file\":\"my model/ü.yaml\",\"line\":1,\"column\":1,"
           "\"end_line\":1,\"end_column\":7,\"message\":\"there\"}},"
           "{\"severity\":\"warning\",\"code\":\"M0007\",\"file\":\"my model/ü.yaml\","
           "\"message\":\"whole file\"}]}");
    buf_clear(&b);
    diags_sarif(&ds, &b);
    struct json *j = NULL;
    ok_int(json_read(str_dup(a, buf_view(&b)), NULL, a, &j, NULL), RC_OK);
    buf_clear(&b);
    json_canonical(j, &b);
    ok_str(
        str_c(a, buf_view(&b)),
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"runs\":[{"
        "\"columnKind\":\"unicodeCodePoints\",\"results\":["
        "{\"level\":\"error\",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":"
        "{\"uri\":\"my%20model/%C3%BC.yaml\"},\"region\":{\"endColumn\":14,\"endLine\":3,"
        "\"startColumn\":11,\"startLine\":3}}}],\"message\":{\"text\":\"say \\\"why\\\"\\nhelp: do "
        "this\"},"
        "\"relatedLocations\":[{\"message\":{\"text\":\"there\"},\"physicalLocation\":"
        "{\"artifactLocation\":{\"uri\":\"my%20model/%C3%BC.yaml\"},\"region\":{\"endColumn\":7,"
        "\"endLine\":1,\"startColumn\":1,\"startLine\":1}}}],\"ruleId\":\"M0142\",\"ruleIndex\":1},"
        "{\"level\":\"warning\",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":"
        "{\"uri\":\"my%20model/%C3%BC.yaml\"}}}],\"message\":{\"text\":\"whole file\"},"
        "\"ruleId\":\"M0007\",\"ruleIndex\":0},"
        "{\"level\":\"note\",\"message\":{\"text\":\"nowhere\"},\"ruleId\":\"M0142\",\"ruleIndex\":"
        "1}],"
        "\"tool\":{\"driver\":{\"name\":\"revos\",\"rules\":[{\"id\":\"M0007\"},{\"id\":\"M0142\"}]"
        "}}}],"
        "\"version\":\"2.1.0\"}");
    buf_release(&b);
}

int main(void)
{
    struct arena *a = arena_new();
    for_programs(a);
    one(a);
    order_and_limit(a);
    odd_lines(a);
    arena_free(a);
    return tap_done();
}
