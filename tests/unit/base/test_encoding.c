#include "base/csv.h"
#include "base/encoding.h"
#include "base/env.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

struct trickle {
    struct str text;
    size_t step;
};

static enum rc trickle(void *self, void *out, size_t n, size_t *got)
{
    struct trickle *t = self;
    return csv_text_source(&t->text, out, n < t->step ? n : t->step, got);
}

/* Everything decoded; on failure "RC offset line". Source and reader take `step` bytes at a time. */
static struct str decoded(struct str bytes, const char *name, size_t step)
{
    struct trickle t = {bytes, step};
    struct decoder *d = NULL;
    enum rc rc = decoder_open(trickle, &t, str_of(name), &d);
    if (rc)
        return str_printf(arena, "open %d", rc);
    struct buf b;
    buf_init(&b, 1 << 22);
    for (;;) {
        char part[5000];
        size_t got = 0;
        rc = decoder_read(d, part, step < sizeof part ? step : sizeof part, &got);
        if (rc || !got)
            break;
        buf_put(&b, part, got);
    }
    const struct decoder_fault *f = decoder_fault(d);
    size_t got = 1;
    char again[8];
    struct str s = rc ? str_printf(arena, "%d at %llu line %llu", rc, (unsigned long long)f->offset,
                                   (unsigned long long)f->line)
                      : str_dup(arena, buf_view(&b));
    if (decoder_read(d, again, sizeof again, &got) != rc || got)
        s = STR("an error or the end does not last");
    buf_release(&b);
    decoder_close(d);
    return s;
}

static void encodings(void)
{
    static const struct {
        struct str bytes;
        const char *name, *want;
    } rows[] = {
        {STR_INIT(""), NULL, ""},
        {STR_INIT("a"), NULL, "a"},
        {STR_INIT("\xef\xbb\xbf"), NULL, ""},
        {STR_INIT("\xef\xbb\xbfné\n"), NULL, "né\n"},
        {STR_INIT("\xef\xbb\xbfné\n"), "utf-8", "né\n"},
        {STR_INIT("a€😀b"), NULL, "a€😀b"},
        {STR_INIT("\xff\xfe"
                  "n\0\xe9\0=\xd8\0\xde"),
         NULL, "né😀"},
        {STR_INIT("\xfe\xff\0n\0\xe9\xd8=\xde\0"), NULL, "né😀"},
        {STR_INIT("n\0\xe9\0"), "UTF-16LE", "né"},
        {STR_INIT("\xff\xfe"
                  "n\0"),
         "UTF-16LE", "n"},
        {STR_INIT("\xff\xfe\0\0n\0\0\0"), NULL, "n"},
        {STR_INIT("n\xe9 \x80"), "windows-1252", "né €"},
        {STR_INIT("n\xe9"), "latin1", "né"},
        {STR_INIT("\x93\xfa\x96\x7b"), "Shift_JIS", "日本"},
        {STR_INIT("a\nn\xe9"), NULL, "1 at 3 line 2"},
        {STR_INIT("a\xe2\x82"), NULL, "1 at 1 line 1"},
        {STR_INIT("a\xed\xa0\x80z"), NULL, "1 at 1 line 1"},
        {STR_INIT("\n\n\xf0\x90\x28"), NULL, "1 at 2 line 3"},
        {STR_INIT("\xff\xfe"
                  "a\0\n\0\0\xdc"
                  "b\0"),
         NULL, "1 at 6 line 2"},
        {STR_INIT("\xff\xfe"
                  "a\0b"),
         NULL, "1 at 4 line 1"},
        {STR_INIT("x"), "no such", "open 3"},
        {STR_INIT("x"), "ibm-37,swaplfnl", "open 3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t step = 1; step < 12; step++)
            ok_str_at(rows[i].want, decoded(rows[i].bytes, rows[i].name, step).p, rows[i].want);
}

static void names(void)
{
    ok(encoding_known(STR("Windows-1252")) && encoding_known(STR("utf-8")));
    ok(!encoding_known(STR("")) && !encoding_known(STR("x\0y")) && !encoding_known(STR("klingon")));
    char longer[200];
    memset(longer, 'a', sizeof longer);
    ok(!encoding_known((struct str){longer, sizeof longer}));
    ok(str_is(encoding_nearest(STR("window-1252")), "windows-1252"));
    ok(!encoding_nearest(STR("xyz")).p);
    struct str text = STR("n\xe9");
    struct decoder *d = NULL;
    char room[16];
    size_t got;
    ok_int(decoder_open(csv_text_source, &text, STR_NONE, &d), RC_OK);
    ok_str(decoder_name(d), "");
    ok_at("the beginning of a character is given on",
          !decoder_read(d, room, sizeof room, &got) && got == 2);
    ok_int(decoder_read(d, room, sizeof room, &got), RC_INVALID);
    ok_str(decoder_name(d), "UTF-8");
    ok_str(decoder_fault(d)->text, "byte 0xe9 at offset 1 (line 1) is not UTF-8: name the encoding "
                                   "of the file, such as windows-1252");
    decoder_close(d);
    decoder_close(NULL);
}

/* Long enough to cross every internal buffer at odd places, pairs and all. */
static void large(void)
{
    struct buf utf8, utf16;
    buf_init(&utf8, 1 << 22);
    buf_init(&utf16, 1 << 22);
    buf_put(&utf16, "\xff\xfe", 2);
    for (int i = 0; i < 40000; i++) {
        buf_cstr(&utf8, i % 3 ? "😀" : "a");
        buf_put(&utf16, i % 3 ? "=\xd8\0\xde" : "a\0", i % 3 ? 4 : 2);
    }
    for (size_t step = 4093; step < 100000; step += 30011) {
        ok_at("UTF-8", str_eq(decoded(buf_view(&utf8), NULL, step), buf_view(&utf8)));
        ok_at("UTF-16", str_eq(decoded(buf_view(&utf16), NULL, step), buf_view(&utf8)));
    }
    buf_release(&utf8);
    buf_release(&utf16);
}

static struct str from_hex(struct str hex)
{
    char *out = arena_alloc(arena, hex.n + 1);
    size_t n = 0, digits = 0;
    int byte = 0;
    for (size_t i = 0; i < hex.n; i++) {
        const char *all = "0123456789abcdef";
        const char *at = strchr(all, hex.p[i] >= 'A' && hex.p[i] <= 'F' ? hex.p[i] + 32 : hex.p[i]);
        if (hex.p[i] == ' ' || !at)
            continue;
        byte = byte * 16 + (int)(at - all);
        if (++digits % 2 == 0) {
            out[n++] = (char)byte;
            byte = 0;
        }
    }
    return (struct str){out, n};
}

/* Lines "num:valid:text", "num:valid hex:hex" and "num:invalid hex:hex:…". */
static void suite(void)
{
    char room[4096];
    const char *path = shared_data("nasty/utf8/utf8tests.txt", room, sizeof room);
    struct str text, line, number, kind, bytes;
    size_t seen = 0;
    if (!path || env_read_file(env_real(), path, 1 << 20, arena, &text)) {
        tap_skip("utf8tests", "the shared data is not there");
        return;
    }
    while (str_split(&text, '\n', &line)) {
        if (!line.n || line.p[0] == '#' || !str_split(&line, ':', &number) ||
            !str_split(&line, ':', &kind))
            continue;
        bool valid = str_starts(str_trim(kind), STR("valid"));
        if (str_is(kind, "valid"))
            bytes = line;
        else if (str_split(&line, ':', &bytes))
            bytes = from_hex(bytes);
        seen++;
        const char *name = str_c(arena, number);
        ok_at(name, (utf8_invalid_at(bytes) < 0) == valid);
        bool mark = str_starts(bytes, STR("\xef\xbb\xbf"));
        bool other = str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"));
        for (size_t step = 1; step < 5 && !other; step++) {
            struct str got = decoded(bytes, "UTF-8", step);
            struct str want = mark ? str_sub(bytes, 3, bytes.n) : bytes;
            ok_at(name, valid ? str_eq(got, want) : str_starts(got, STR("1 at ")));
        }
    }
    ok(seen > 50);
}

int main(void)
{
    arena = arena_new();
    encodings();
    names();
    large();
    suite();
    arena_free(arena);
    return tap_done();
}
