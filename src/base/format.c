#include "base/format.h"

#include <string.h>
#include <sys/types.h>

struct str u64_text(uint64_t x, char room[I64_TEXT])
{
    size_t at = I64_TEXT;
    do {
        room[--at] = (char)('0' + x % 10);
        x /= 10;
    } while (x);
    return (struct str){room + at, I64_TEXT - at};
}

struct str i64_text(int64_t x, char room[I64_TEXT])
{
    struct str s = u64_text(x < 0 ? 0 - (uint64_t)x : (uint64_t)x, room);
    if (x >= 0)
        return s;
    room[I64_TEXT - s.n - 1] = '-'; /* 2^63 has 19 digits */
    return (struct str){s.p - 1, s.n + 1};
}

struct writing {
    char *out;
    size_t n, room;
    va_list ap;
};

static bool put(struct writing *w, const char *p, size_t n)
{
    if (n > w->room - w->n)
        return false;
    memcpy(w->out + w->n, p, n);
    w->n += n;
    return true;
}

static bool put_number(struct writing *w, char directive, unsigned longs, bool size)
{
    char room[I64_TEXT];
    struct str s;
    if (directive == 'd') {
        int64_t x = longs == 2   ? va_arg(w->ap, long long)
                    : longs == 1 ? va_arg(w->ap, long)
                    : size       ? va_arg(w->ap, ssize_t)
                                 : va_arg(w->ap, int);
        s = i64_text(x, room);
    } else {
        uint64_t x = longs == 2   ? va_arg(w->ap, unsigned long long)
                     : longs == 1 ? va_arg(w->ap, unsigned long)
                     : size       ? va_arg(w->ap, size_t)
                                  : va_arg(w->ap, unsigned);
        s = u64_text(x, room);
    }
    return put(w, s.p, s.n);
}

/* At most `most` bytes; fewer when it ends before. */
static bool put_text(struct writing *w, const char *p, size_t most)
{
    return p && put(w, p, strnlen(p, most));
}

/* `*fmt` stands behind %. */
static bool put_directive(struct writing *w, const char **fmt)
{
    const char *f = *fmt;
    unsigned longs = 0;
    if (f[0] == 's' || f[0] == 'c' || f[0] == '%') {
        *fmt = f + 1;
        char c = f[0] == 'c' ? (char)va_arg(w->ap, int) : '%';
        return f[0] == 's' ? put_text(w, va_arg(w->ap, const char *), PTRDIFF_MAX) : put(w, &c, 1);
    }
    if (f[0] == '.' && f[1] == '*' && f[2] == 's') {
        *fmt = f + 3;
        int most = va_arg(w->ap, int);
        return put_text(w, va_arg(w->ap, const char *), most < 0 ? PTRDIFF_MAX : (size_t)most);
    }
    bool size = f[0] == 'z';
    f += size;
    for (; !size && longs < 2 && *f == 'l'; f++)
        longs++;
    *fmt = f + 1;
    return (*f == 'd' || *f == 'u') && put_number(w, *f, longs, size);
}

bool format_plain(char *out, size_t room, size_t *n, const char *fmt, va_list ap)
{
    struct writing w = {.out = out, .room = room};
    bool good = true;
    va_copy(w.ap, ap);
    while (good && *fmt) {
        const char *next = strchrnul(fmt, '%');
        size_t literal = (size_t)(next - fmt);
        good = put(&w, fmt, literal);
        fmt += literal;
        if (good && *fmt) {
            fmt++;
            good = put_directive(&w, &fmt);
        }
    }
    va_end(w.ap);
    *n = w.n;
    return good;
}
