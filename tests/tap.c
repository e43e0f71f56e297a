/* tap.c - see tap.h. */
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    int run;
    int failed;
} tap;

/* Prints `text` so that it stays one TAP line; '#' would begin a directive. */
static void print_line(const char *text)
{
    for (const char *c = text; *c; c++) {
        unsigned char u = (unsigned char)*c;
        if (u == '#' || u == '\\')
            printf("\\%c", u);
        else if (u < 0x20 || u == 0x7f)
            printf("\\x%02x", u);
        else
            putchar(u);
    }
    putchar('\n');
}

static void print_value(const char *label, const char *text)
{
    printf("#   %s: ", label);
    if (text)
        print_line(text);
    else
        puts("NULL");
}

bool tap_ok(bool held, const char *name, const char *file, int line)
{
    tap.run++;
    printf("%sok %d - ", held ? "" : "not ", tap.run);
    print_line(name);
    if (!held) {
        tap.failed++;
        printf("#   at %s:%d\n", file, line);
    }
    fflush(stdout);
    return held;
}

bool tap_int(int64_t got, int64_t want, const char *name, const char *file, int line)
{
    bool held = tap_ok(got == want, name, file, line);
    if (!held)
        printf("#   got:  %" PRId64 "\n#   want: %" PRId64 "\n", got, want);
    return held;
}

bool tap_str(const char *got, const char *want, const char *name, const char *file, int line)
{
    bool same = got && want ? strcmp(got, want) == 0 : got == want;
    bool held = tap_ok(same, name, file, line);
    if (!held) {
        print_value("got ", got);
        print_value("want", want);
    }
    return held;
}

bool tap_mem(const void *got, const void *want, size_t n, const char *name, const char *file,
             int line)
{
    const unsigned char *g = got;
    const unsigned char *w = want;
    size_t at = 0;
    while (at < n && g[at] == w[at])
        at++;
    bool held = tap_ok(at == n, name, file, line);
    if (!held)
        printf("#   first difference at byte %zu of %zu: got 0x%02x, want 0x%02x\n", at, n, g[at],
               w[at]);
    return held;
}

void tap_skip(const char *name, const char *why)
{
    tap.run++;
    printf("ok %d - %s # SKIP %s\n", tap.run, name, why);
}

void tap_skip_all(const char *why)
{
    printf("1..0 # SKIP %s\n", why);
    exit(EXIT_SUCCESS);
}

void tap_diag(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("# ", stdout);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
}

int tap_done(void)
{
    printf("1..%d\n", tap.run);
    return tap.run > 0 && tap.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
