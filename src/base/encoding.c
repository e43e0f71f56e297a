#include "base/encoding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>

enum { NAME_MOST = 60, IN_BYTES = 64 << 10, UNITS = 16 << 10 };

struct decoder {
    byte_source *read;
    void *self;
    char name[NAME_MOST + 1]; /* "" until known */
    UConverter *icu;          /* NULL: UTF-8, which passes through checked */
    bool begun, ended;
    enum rc rc;
    struct decoder_fault fault;
    uint64_t offset; /* of the next byte of the source */

    char tail[4]; /* UTF-8: the beginning of a character whose rest has not come yet */
    size_t tail_n;

    char *in; /* bytes read and not yet decoded: in[in_at .. in_n) */
    size_t in_at, in_n;
    UChar *units; /* decoded and not yet given */
    size_t units_at, units_n;
    UChar high; /* first half of a pair whose second half ICU has not given yet; else 0 */
    bool first_unit_seen;
    char spill[4]; /* a character for which the caller's buffer is too small */
    size_t spill_at, spill_n;
};

static const struct str common[] = {
    STR_INIT("UTF-8"),        STR_INIT("UTF-16"),       STR_INIT("UTF-16LE"),
    STR_INIT("UTF-16BE"),     STR_INIT("UTF-32"),       STR_INIT("windows-1250"),
    STR_INIT("windows-1251"), STR_INIT("windows-1252"), STR_INIT("windows-1253"),
    STR_INIT("windows-1254"), STR_INIT("windows-1255"), STR_INIT("windows-1256"),
    STR_INIT("windows-1257"), STR_INIT("ISO-8859-1"),   STR_INIT("ISO-8859-2"),
    STR_INIT("ISO-8859-9"),   STR_INIT("ISO-8859-15"),  STR_INIT("latin1"),
    STR_INIT("macintosh"),    STR_INIT("IBM437"),       STR_INIT("IBM850"),
    STR_INIT("KOI8-R"),       STR_INIT("Shift_JIS"),    STR_INIT("EUC-JP"),
    STR_INIT("EUC-KR"),       STR_INIT("GB18030"),      STR_INIT("GBK"),
    STR_INIT("Big5"),
};

struct str encoding_nearest(struct str name)
{
    return text_nearest(name, common, sizeof common / sizeof *common);
}

static UConverter *open_icu(const char *name)
{
    UErrorCode error = U_ZERO_ERROR;
    UConverter *icu = ucnv_open(name, &error);
    if (U_SUCCESS(error))
        ucnv_setToUCallBack(icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &error);
    if (U_SUCCESS(error))
        return icu;
    ucnv_close(icu);
    return NULL;
}

static bool is_utf8(const char *name)
{
    return str_eq_nocase(str_of(name), STR("utf-8")) || str_eq_nocase(str_of(name), STR("utf8"));
}

/* A copy that ends with NUL; false for a name that cannot be one. */
static bool copy_name(struct str name, char out[NAME_MOST + 1])
{
    if (!name.n || name.n > NAME_MOST || memchr(name.p, '\0', name.n) ||
        memchr(name.p, ',', name.n))
        return false;
    memcpy(out, name.p, name.n);
    out[name.n] = '\0';
    return true;
}

bool encoding_known(struct str name)
{
    char text[NAME_MOST + 1];
    if (!copy_name(name, text))
        return false;
    UConverter *icu = open_icu(text);
    ucnv_close(icu);
    return icu != NULL;
}

enum rc decoder_open(byte_source *read, void *self, struct str name, struct decoder **out)
{
    struct decoder *d = mem_new(1, sizeof *d);
    d->read = read;
    d->self = self;
    d->fault.line = 1;
    *out = NULL;
    if (name.n) {
        bool fits = copy_name(name, d->name);
        if (fits && !is_utf8(d->name))
            d->icu = open_icu(d->name);
        if (!fits || (!d->icu && !is_utf8(d->name))) {
            decoder_close(d);
            return RC_NOT_FOUND;
        }
    }
    d->in = mem_new(IN_BYTES, 1);
    *out = d;
    return RC_OK;
}

void decoder_close(struct decoder *d)
{
    if (!d)
        return;
    ucnv_close(d->icu);
    mem_free(d->in);
    mem_free(d->units);
    mem_free(d);
}

const char *decoder_name(const struct decoder *d)
{
    return d->name;
}

const struct decoder_fault *decoder_fault(const struct decoder *d)
{
    return &d->fault;
}

static enum rc fail_at(struct decoder *d, uint64_t offset, unsigned char byte)
{
    const char *what = is_utf8(d->name) ? "name the encoding of the file, such as windows-1252"
                                        : "the file is damaged or in another encoding";
    d->fault.offset = offset;
    (void)snprintf(d->fault.text, sizeof d->fault.text,
                   "byte 0x%02x at offset %llu (line %llu) is not %s: %s", byte,
                   (unsigned long long)offset, (unsigned long long)d->fault.line, d->name, what);
    d->rc = RC_INVALID;
    return d->rc;
}

static void count_lines(struct decoder *d, const char *p, size_t n)
{
    const char *end = p + n;
    for (; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        d->fault.line++;
}

/* Fills d->in, however little the source gives at once: ICU looks ahead, and at the border of what it is given the place of a
 * fault may come out a little late, so that border should not hang on the source. */
static enum rc refill(struct decoder *d)
{
    memmove(d->in, d->in + d->in_at, d->in_n - d->in_at);
    d->in_n -= d->in_at;
    d->in_at = 0;
    while (d->in_n < IN_BYTES && !d->ended) {
        size_t got = 0;
        enum rc rc = d->read(d->self, d->in + d->in_n, IN_BYTES - d->in_n, &got);
        if (rc)
            return rc;
        d->in_n += got;
        d->ended = !got;
    }
    return RC_OK;
}

/* Looks at the first bytes: settles the encoding when no name was given, and passes over a mark. */
static enum rc begin(struct decoder *d)
{
    enum rc rc = refill(d);
    if (rc)
        return rc;
    d->begun = true;
    struct str first = {d->in, d->in_n};
    if (!d->name[0]) {
        const char *name = "UTF-8";
        if (str_starts(first, STR("\xff\xfe\0\0")) || str_starts(first, STR("\0\0\xfe\xff")))
            name = "UTF-32"; /* ICU reads its mark; no UTF-16 text begins with U+0000 */
        else if (str_starts(first, STR("\xff\xfe")))
            name = "UTF-16LE";
        else if (str_starts(first, STR("\xfe\xff")))
            name = "UTF-16BE";
        (void)copy_name(str_of(name), d->name);
        if (!is_utf8(name) && !(d->icu = open_icu(name)))
            return RC_UNSUPPORTED;
    }
    if (!d->icu && str_starts(first, STR("\xef\xbb\xbf"))) {
        d->in_at = 3;
        d->offset = 3;
    }
    if (d->icu)
        d->units = mem_new(UNITS, sizeof *d->units);
    return RC_OK;
}

/* Whether `p` begins a character that `n` bytes do not complete. */
static bool is_beginning(const char *p, size_t n)
{
    unsigned char lead = (unsigned char)p[0];
    size_t length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
    char whole[4] = {p[0],
                     n > 1 ? p[1]
                           : (lead == 0xe0   ? '\xa0'
                              : lead == 0xf0 ? '\x90'
                                             : '\x80'),
                     n > 2 ? p[2] : '\x80', '\x80'};
    uint32_t cp;
    return n < length && utf8_decode((struct str){whole, length}, &cp) == length;
}

/* Checks UTF-8 that continues what came before; `d->tail` carries a character over the border. */
static enum rc check(struct decoder *d, const char *p, size_t n)
{
    size_t i = 0;
    while (d->tail_n && i < n) {
        uint32_t cp;
        d->tail[d->tail_n++] = p[i++];
        if (utf8_decode((struct str){d->tail, d->tail_n}, &cp))
            d->tail_n = 0;
        else if (!is_beginning(d->tail, d->tail_n))
            return fail_at(d, d->offset + i - d->tail_n, (unsigned char)d->tail[0]);
    }
    ptrdiff_t bad = utf8_invalid_at((struct str){p + i, n - i});
    size_t good = bad < 0 ? n : i + (size_t)bad;
    count_lines(d, p, good);
    if (good < n) {
        if (n - good > 3 || !is_beginning(p + good, n - good))
            return fail_at(d, d->offset + good, (unsigned char)p[good]);
        d->tail_n = n - good;
        memcpy(d->tail, p + good, d->tail_n);
    }
    d->offset += n;
    return RC_OK;
}

/* UTF-8: the bytes looked at for a mark first, then straight from the source. */
static enum rc pass_through(struct decoder *d, char *out, size_t n, size_t *got)
{
    enum rc rc = RC_OK;
    *got = d->in_n - d->in_at < n ? d->in_n - d->in_at : n;
    if (*got) {
        memcpy(out, d->in + d->in_at, *got);
        d->in_at += *got;
    } else if (!d->ended) {
        rc = d->read(d->self, out, n, got);
        d->ended = !rc && !*got;
    }
    if (rc)
        return rc;
    if (!*got && d->tail_n)
        return fail_at(d, d->offset - d->tail_n, (unsigned char)d->tail[0]);
    return check(d, out, *got);
}

/* What stood before the bytes that ICU refused counts for the line. */
static enum rc refused_by_icu(struct decoder *d)
{
    char bytes[8] = {0};
    int8_t n = (int8_t)sizeof bytes;
    UErrorCode error = U_ZERO_ERROR;
    ucnv_getInvalidChars(d->icu, bytes, &n, &error);
    uint64_t back = U_SUCCESS(error) && n > 0 ? (uint64_t)n : 0;
    for (size_t i = 0; i < d->units_n; i++)
        d->fault.line += d->units[i] == '\n';
    return fail_at(d, d->offset - back, (unsigned char)bytes[0]);
}

/* Decodes more units; none are left at the end. */
static enum rc decode(struct decoder *d)
{
    size_t kept = d->high != 0;
    bool flushed = false;
    d->units[0] = d->high;
    d->high = 0;
    d->units_at = 0;
    d->units_n = kept;
    while (d->units_n == kept && !flushed) {
        if (d->in_at == d->in_n && !d->ended) {
            enum rc rc = refill(d);
            if (rc)
                return rc;
        }
        const char *from = d->in + d->in_at;
        UChar *to = d->units + kept;
        UErrorCode error = U_ZERO_ERROR;
        ucnv_toUnicode(d->icu, &to, d->units + UNITS, &from, d->in + d->in_n, NULL, d->ended,
                       &error);
        d->offset += (size_t)(from - d->in) - d->in_at;
        d->in_at = (size_t)(from - d->in);
        d->units_n = (size_t)(to - d->units);
        if (U_FAILURE(error) && error != U_BUFFER_OVERFLOW_ERROR)
            return refused_by_icu(d);
        flushed = d->ended && error != U_BUFFER_OVERFLOW_ERROR;
    }
    return RC_OK;
}

/* Units to UTF-8 until the room or they run out. */
static size_t encode_units(struct decoder *d, char *out, size_t n)
{
    size_t put = 0;
    while (d->units_at < d->units_n && n - put >= 4) {
        UChar unit = d->units[d->units_at++];
        uint32_t cp = unit;
        if (U16_IS_LEAD(unit)) {
            if (d->units_at == d->units_n) {
                d->high = unit;
                break;
            }
            cp = (uint32_t)U16_GET_SUPPLEMENTARY(unit, d->units[d->units_at++]);
        }
        bool mark = cp == 0xfeff && !d->first_unit_seen;
        d->first_unit_seen = true;
        if (!mark)
            put += utf8_encode(cp, out + put);
    }
    return put;
}

static enum rc convert(struct decoder *d, char *out, size_t n, size_t *got)
{
    bool small = n < sizeof d->spill;
    while (!*got && d->spill_at == d->spill_n) {
        if (d->units_at == d->units_n) {
            enum rc rc = decode(d);
            if (rc || !d->units_n)
                return rc;
        }
        if (small) {
            d->spill_at = 0;
            d->spill_n = encode_units(d, d->spill, sizeof d->spill);
        } else {
            *got = encode_units(d, out, n);
        }
    }
    while (*got < n && d->spill_at < d->spill_n)
        out[(*got)++] = d->spill[d->spill_at++];
    count_lines(d, out, *got);
    return RC_OK;
}

enum rc decoder_read(void *self, void *out, size_t n, size_t *got)
{
    struct decoder *d = self;
    assert(n > 0);
    *got = 0;
    if (!d->rc && !d->begun)
        d->rc = begin(d);
    if (!d->rc)
        d->rc = d->icu ? convert(d, out, n, got) : pass_through(d, out, n, got);
    if (d->rc)
        *got = 0;
    return d->rc;
}
