/* Any bytes in any encoding come out as UTF-8 or are refused, the same however they arrive. The first byte chooses. */
#include "base/csv.h"
#include "base/encoding.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trickle {
    struct str text;
    size_t step;
};

static void check(bool fine)
{
    if (!fine)
        abort();
}

static enum rc trickle(void *self, void *out, size_t n, size_t *got)
{
    struct trickle *t = self;
    return csv_text_source(&t->text, out, n < t->step ? n : t->step, got);
}

static enum rc decode(struct str text, const char *name, size_t step, size_t room, struct buf *out,
                      uint64_t *offset)
{
    struct trickle t = {text, step};
    struct decoder *d = NULL;
    check(decoder_open(trickle, &t, str_of(name), &d) == RC_OK);
    char part[64];
    size_t got = 0;
    enum rc rc;
    while (!(rc = decoder_read(d, part, room, &got)) && got)
        buf_put(out, part, got);
    check(rc == RC_OK || (rc == RC_INVALID && decoder_fault(d)->text[0]));
    *offset = decoder_fault(d)->offset;
    check(*offset <= text.n);
    decoder_close(d);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {NULL,           "UTF-8",     "UTF-16LE", "UTF-16BE",
                                        "windows-1252", "Shift_JIS", "GB18030",  "UTF-32",
                                        "KOI8-R",       "EUC-JP"};
    if (!size)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    struct str text = {(const char *)data + 1, size - 1};
    struct buf x, y;
    uint64_t at = 0, other = 0;
    buf_init(&x, 8 * size + 64);
    buf_init(&y, 8 * size + 64);
    enum rc rc = decode(text, name, SIZE_MAX, 64, &x, &at);
    check(decode(text, name, 1 + data[0] % 5, 1 + data[0] % 9, &y, &other) == rc && at == other);
    if (rc == RC_OK)
        check(str_eq(buf_view(&x), buf_view(&y)) && utf8_invalid_at(buf_view(&x)) < 0);
    buf_release(&x);
    buf_release(&y);
    return 0;
}
