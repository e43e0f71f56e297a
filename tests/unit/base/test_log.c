#include "base/log.h"
#include "tests/tap.h"

#include <string.h>

static void keep(void *self, struct str line)
{
    buf_clear(self);
    buf_str(self, line);
    buf_char(self, '\0');
}

static void levels(void)
{
    enum log_level level = LEVEL_COUNT;
    for (int i = 0; i < LEVEL_COUNT; i++)
        ok(log_level_parse(str_of(log_level_name((enum log_level)i)), &level) && (int)level == i);
    ok(!log_level_parse(STR("loud"), &level) && !log_level_parse(STR(""), &level));
}

int main(void)
{
    struct env_sim sim;
    struct buf got;
    env_sim_init(&sim, 1, (struct instant){INT64_C(1772352000000000)});
    buf_init(&got, 1 << 14);
    struct log log = {.threshold = LEVEL_INFO, .env = &sim.env, .put = keep, .self = &got};

    LOG(&log, LEVEL_ERROR, "store_open", log_cstr("path", ".revos/my data.db"), log_int("rows", -5),
        log_rc(RC_IO), log_text("empty", STR_NONE));
    ok_str(got.p, "2026-03-01T08:00:00Z level=error event=store_open path=\".revos/my data.db\" "
                  "rows=-5 rc=io "
                  "empty=\"\"\n");
    env_set_error("No space left on device");
    LOG(&log, LEVEL_INFO, "x", log_reason(), log_cstr("file", "a/b-1.csv"));
    ok_str(got.p, "2026-03-01T08:00:00Z level=info event=x reason=\"No space left on device\" "
                  "file=a/b-1.csv\n");
    LOG(&log, LEVEL_WARN, "x", log_text("t", STR("a\nb=\"c\\\x1b[31m\xff é\xe2\x80\xae")));
    ok_str(got.p, "2026-03-01T08:00:00Z level=warn event=x t=\"a\\u000ab=\\\"c\\\\\\u001b[31m\\xff "
                  "é\\u202e\"\n");
    buf_clear(&got);
    LOG(&log, LEVEL_DEBUG, "x", log_int("n", 1));
    ok_int(got.n, 0);
    LOG((struct log *)NULL, LEVEL_ERROR, "x", log_int("n", 1));
    log_write(&log, LEVEL_INFO, "bare", NULL, 0);
    ok_str(got.p, "2026-03-01T08:00:00Z level=info event=bare\n");

    char longer[LOG_TEXT_MAX + 1];
    memset(longer, '\x01', sizeof longer);
    struct str text = {longer, sizeof longer};
    LOG(&log, LEVEL_INFO, "x", log_int("n", 1), log_text("t", text));
    ok_str(got.p, "2026-03-01T08:00:00Z level=info event=x n=1 cut=1\n");
    memset(longer, 'a', sizeof longer);
    LOG(&log, LEVEL_INFO, "x", log_text("t", text));
    ok(strstr(got.p, "aaa…\"\n") && got.n < LOG_TEXT_MAX + 100);
    levels();
    buf_release(&got);
    return tap_done();
}
