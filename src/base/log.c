#include "base/log.h"

#include <assert.h>
#include <inttypes.h>
#include <unistd.h>

static const char *const level_names[LEVEL_COUNT] = {
    [LEVEL_DEBUG] = "debug", [LEVEL_INFO] = "info", [LEVEL_WARN] = "warn", [LEVEL_ERROR] = "error"};

const char *log_level_name(enum log_level level)
{
    assert((unsigned)level < LEVEL_COUNT);
    return level_names[level];
}

bool log_level_parse(struct str s, enum log_level *out)
{
    for (int i = 0; i < LEVEL_COUNT; i++)
        if (str_is(s, level_names[i])) {
            *out = (enum log_level)i;
            return true;
        }
    return false;
}

struct log_field log_text(const char *key, struct str text)
{
    return (struct log_field){.key = key, .is_text = true, .text = text};
}

struct log_field log_cstr(const char *key, const char *text)
{
    return log_text(key, str_of(text));
}

struct log_field log_int(const char *key, int64_t number)
{
    return (struct log_field){.key = key, .number = number};
}

struct log_field log_rc(enum rc rc)
{
    return log_cstr("rc", rc_info(rc)->name);
}

struct log_field log_reason(void)
{
    return log_cstr("reason", env_error());
}

static bool is_bare(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.' || c == '/' || c == ':';
        if (!fine)
            return false;
    }
    return s.n > 0;
}

/* Nothing that could end the line, pass for another field, or drive a terminal. */
static void put_escaped(struct buf *out, struct str s)
{
    size_t end = s.n < LOG_TEXT_MAX ? s.n : LOG_TEXT_MAX;
    for (size_t i = 0; i < end;) {
        uint32_t cp = 0;
        size_t used = utf8_decode(str_sub(s, i, s.n), &cp);
        if (!used)
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[i]);
        else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x2028 && cp <= 0x202e) ||
                 (cp >= 0x2066 && cp <= 0x2069))
            buf_printf(out, "\\u%04x", (unsigned)cp);
        else if (cp == '"' || cp == '\\')
            buf_printf(out, "\\%c", (char)cp);
        else
            buf_put(out, s.p + i, used);
        i += used ? used : 1;
    }
    if (end < s.n)
        buf_cstr(out, "…");
}

static void put_field(struct buf *out, const struct log_field *f)
{
    buf_char(out, ' ');
    buf_cstr(out, f->key);
    buf_char(out, '=');
    if (!f->is_text) {
        buf_printf(out, "%" PRId64, f->number);
    } else if (is_bare(f->text) && f->text.n <= LOG_TEXT_MAX) {
        buf_str(out, f->text);
    } else {
        buf_char(out, '"');
        put_escaped(out, f->text);
        buf_char(out, '"');
    }
}

/* One write, so that lines of several threads or processes do not mix. */
static void put_stderr(struct str line)
{
    while (line.n) {
        ssize_t n = write(STDERR_FILENO, line.p, line.n);
        if (n <= 0)
            return;
        line = str_sub(line, (size_t)n, line.n);
    }
}

void log_write(const struct log *l, enum log_level level, const char *event,
               const struct log_field *fields, size_t n)
{
    if (!l || level < l->threshold)
        return;
    const struct env *env = l->env ? l->env : env_real();
    char when[40];
    struct buf line;
    buf_init(&line, LOG_LINE_MAX);
    buf_str(&line, instant_text(env->now(env->self), when));
    buf_printf(&line, " level=%s event=%s", log_level_name(level), event);
    for (size_t i = 0; i < n; i++) {
        size_t before = line.n;
        put_field(&line, &fields[i]);
        if (buf_ok(&line) || line.n > LOG_LINE_MAX - 32) { /* no half fields */
            line.n = before;
            line.overflow = false;
            buf_cstr(&line, " cut=1");
            break;
        }
    }
    buf_char(&line, '\n');
    if (l->put)
        l->put(l->self, buf_view(&line));
    else
        put_stderr(buf_view(&line));
    buf_release(&line);
}
