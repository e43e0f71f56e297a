/* norm_phone.c - telephone numbers; see norm.h.
 *
 * The table holds facts of the ITU's numbering plans: the calling code of each country, the trunk prefix that is dialled
 * within it and falls away from abroad, and the number of digits where a country has only one length.
 */
#include "base/norm_text.h"

#include <string.h>
#include <unicode/uchar.h>

enum { E164_DIGITS_MIN = 7, E164_DIGITS_MAX = 15, EXTENSION_DIGITS_MAX = 7 };

static const struct plan {
    char country[3];
    uint16_t code;
    char trunk[3];
    uint8_t length; /* digits behind the calling code; 0: several lengths */
} plans[] = {
    {"AC", 247, "", 0},  {"AD", 376, "", 0},  {"AE", 971, "0", 0}, {"AF", 93, "0", 9},
    {"AG", 1, "1", 10},  {"AI", 1, "1", 10},  {"AL", 355, "0", 0}, {"AM", 374, "0", 8},
    {"AO", 244, "", 9},  {"AR", 54, "0", 0},  {"AS", 1, "1", 10},  {"AT", 43, "0", 0},
    {"AU", 61, "0", 0},  {"AW", 297, "", 7},  {"AX", 358, "0", 0}, {"AZ", 994, "0", 9},
    {"BA", 387, "0", 0}, {"BB", 1, "1", 10},  {"BD", 880, "0", 0}, {"BE", 32, "0", 0},
    {"BF", 226, "", 8},  {"BG", 359, "0", 0}, {"BH", 973, "", 8},  {"BI", 257, "", 8},
    {"BJ", 229, "", 10}, {"BL", 590, "0", 9}, {"BM", 1, "1", 10},  {"BN", 673, "", 7},
    {"BO", 591, "0", 0}, {"BQ", 599, "", 7},  {"BR", 55, "0", 0},  {"BS", 1, "1", 10},
    {"BT", 975, "", 0},  {"BW", 267, "", 0},  {"BY", 375, "8", 9}, {"BZ", 501, "", 0},
    {"CA", 1, "1", 10},  {"CC", 61, "0", 0},  {"CD", 243, "0", 0}, {"CF", 236, "", 8},
    {"CG", 242, "", 9},  {"CH", 41, "0", 0},  {"CI", 225, "", 10}, {"CK", 682, "", 5},
    {"CL", 56, "", 0},   {"CM", 237, "", 0},  {"CN", 86, "0", 0},  {"CO", 57, "0", 0},
    {"CR", 506, "", 0},  {"CU", 53, "0", 0},  {"CV", 238, "", 7},  {"CW", 599, "", 0},
    {"CX", 61, "0", 0},  {"CY", 357, "", 8},  {"CZ", 420, "", 0},  {"DE", 49, "0", 0},
    {"DJ", 253, "", 8},  {"DK", 45, "", 8},   {"DM", 1, "1", 10},  {"DO", 1, "1", 10},
    {"DZ", 213, "0", 0}, {"EC", 593, "0", 0}, {"EE", 372, "", 0},  {"EG", 20, "0", 0},
    {"EH", 212, "0", 9}, {"ER", 291, "0", 7}, {"ES", 34, "", 9},   {"ET", 251, "0", 9},
    {"FI", 358, "0", 0}, {"FJ", 679, "", 0},  {"FK", 500, "", 5},  {"FM", 691, "", 7},
    {"FO", 298, "", 6},  {"FR", 33, "0", 9},  {"GA", 241, "", 0},  {"GB", 44, "0", 0},
    {"GD", 1, "1", 10},  {"GE", 995, "0", 9}, {"GF", 594, "0", 9}, {"GG", 44, "0", 0},
    {"GH", 233, "0", 0}, {"GI", 350, "", 8},  {"GL", 299, "", 6},  {"GM", 220, "", 0},
    {"GN", 224, "", 0},  {"GP", 590, "0", 9}, {"GQ", 240, "", 9},  {"GR", 30, "", 0},
    {"GT", 502, "", 0},  {"GU", 1, "1", 10},  {"GW", 245, "", 0},  {"GY", 592, "", 7},
    {"HK", 852, "", 0},  {"HN", 504, "", 0},  {"HR", 385, "0", 0}, {"HT", 509, "", 8},
    {"HU", 36, "06", 0}, {"ID", 62, "0", 0},  {"IE", 353, "0", 0}, {"IL", 972, "0", 0},
    {"IM", 44, "0", 10}, {"IN", 91, "0", 0},  {"IO", 246, "", 7},  {"IQ", 964, "0", 0},
    {"IR", 98, "0", 0},  {"IS", 354, "", 0},  {"IT", 39, "", 0},   {"JE", 44, "0", 10},
    {"JM", 1, "1", 10},  {"JO", 962, "0", 0}, {"JP", 81, "0", 0},  {"KE", 254, "0", 0},
    {"KG", 996, "0", 0}, {"KH", 855, "0", 0}, {"KI", 686, "0", 0}, {"KM", 269, "", 7},
    {"KN", 1, "1", 10},  {"KP", 850, "0", 0}, {"KR", 82, "0", 0},  {"KW", 965, "", 0},
    {"KY", 1, "1", 10},  {"KZ", 7, "8", 10},  {"LA", 856, "0", 0}, {"LB", 961, "0", 0},
    {"LC", 1, "1", 10},  {"LI", 423, "0", 0}, {"LK", 94, "0", 9},  {"LR", 231, "0", 0},
    {"LS", 266, "", 8},  {"LT", 370, "0", 8}, {"LU", 352, "", 0},  {"LV", 371, "", 8},
    {"LY", 218, "0", 9}, {"MA", 212, "0", 9}, {"MC", 377, "0", 0}, {"MD", 373, "0", 8},
    {"ME", 382, "0", 0}, {"MF", 590, "0", 9}, {"MG", 261, "0", 9}, {"MH", 692, "", 7},
    {"MK", 389, "0", 8}, {"ML", 223, "", 8},  {"MM", 95, "0", 0},  {"MN", 976, "0", 0},
    {"MO", 853, "", 0},  {"MP", 1, "1", 10},  {"MQ", 596, "0", 9}, {"MR", 222, "", 8},
    {"MS", 1, "1", 10},  {"MT", 356, "", 8},  {"MU", 230, "", 0},  {"MV", 960, "", 0},
    {"MW", 265, "0", 0}, {"MX", 52, "", 10},  {"MY", 60, "0", 0},  {"MZ", 258, "", 0},
    {"NA", 264, "0", 0}, {"NC", 687, "", 6},  {"NE", 227, "", 8},  {"NF", 672, "", 6},
    {"NG", 234, "0", 0}, {"NI", 505, "", 8},  {"NL", 31, "0", 0},  {"NO", 47, "", 0},
    {"NP", 977, "0", 0}, {"NR", 674, "", 7},  {"NU", 683, "", 0},  {"NZ", 64, "0", 0},
    {"OM", 968, "", 0},  {"PA", 507, "", 0},  {"PE", 51, "0", 0},  {"PF", 689, "", 0},
    {"PG", 675, "", 0},  {"PH", 63, "0", 0},  {"PK", 92, "0", 0},  {"PL", 48, "", 0},
    {"PM", 508, "0", 0}, {"PR", 1, "1", 10},  {"PS", 970, "0", 0}, {"PT", 351, "", 9},
    {"PW", 680, "", 7},  {"PY", 595, "0", 0}, {"QA", 974, "", 0},  {"RE", 262, "0", 9},
    {"RO", 40, "0", 0},  {"RS", 381, "0", 0}, {"RU", 7, "8", 10},  {"RW", 250, "0", 0},
    {"SA", 966, "0", 0}, {"SB", 677, "", 0},  {"SC", 248, "", 7},  {"SD", 249, "0", 9},
    {"SE", 46, "0", 0},  {"SG", 65, "", 0},   {"SH", 290, "", 0},  {"SI", 386, "0", 0},
    {"SJ", 47, "", 0},   {"SK", 421, "0", 0}, {"SL", 232, "0", 8}, {"SM", 378, "", 0},
    {"SN", 221, "", 9},  {"SO", 252, "0", 0}, {"SR", 597, "", 0},  {"SS", 211, "0", 9},
    {"ST", 239, "", 7},  {"SV", 503, "", 0},  {"SX", 1, "1", 10},  {"SY", 963, "0", 0},
    {"SZ", 268, "", 0},  {"TA", 290, "", 4},  {"TC", 1, "1", 10},  {"TD", 235, "", 8},
    {"TG", 228, "", 8},  {"TH", 66, "0", 0},  {"TJ", 992, "", 9},  {"TK", 690, "", 0},
    {"TL", 670, "", 0},  {"TM", 993, "8", 8}, {"TN", 216, "", 8},  {"TO", 676, "", 0},
    {"TR", 90, "0", 0},  {"TT", 1, "1", 10},  {"TV", 688, "", 0},  {"TW", 886, "0", 0},
    {"TZ", 255, "0", 9}, {"UA", 380, "0", 0}, {"UG", 256, "0", 9}, {"US", 1, "1", 10},
    {"UY", 598, "0", 0}, {"UZ", 998, "", 9},  {"VA", 39, "", 0},   {"VC", 1, "1", 10},
    {"VE", 58, "0", 10}, {"VG", 1, "1", 10},  {"VI", 1, "1", 10},  {"VN", 84, "0", 0},
    {"VU", 678, "", 0},  {"WF", 681, "", 0},  {"WS", 685, "", 0},  {"XK", 383, "0", 0},
    {"YE", 967, "0", 0}, {"YT", 262, "0", 9}, {"ZA", 27, "0", 0},  {"ZM", 260, "0", 9},
    {"ZW", 263, "0", 0},
};

/* Codes of no country: free phone, shared cost, satellite and international services. */
static const uint16_t shared_codes[] = {800, 808, 870, 878, 881, 882, 883, 888, 979};

static const struct plan *plan_of(struct str country)
{
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (str_eq_nocase(country, str_of(plans[i].country)))
            return &plans[i];
    return NULL;
}

/* What is dialled before a number abroad. */
static const char *exit_code(const struct plan *p)
{
    if (p->code == 1)
        return "011";
    if (p->code == 61)
        return "0011";
    if (p->code == 81)
        return "010";
    return p->trunk[0] == '8' || p->code == 992 ? "810" : "00";
}

/* The number as dialled, and how it was written. */
struct dialled {
    char digits[48];
    size_t n;
    bool plus;
    char extension[EXTENSION_DIGITS_MAX + 1];
};

static bool is_separator(uint32_t cp)
{
    return cp == '(' || cp == ')' || cp == '.' || cp == '/' || u_isUWhiteSpace((UChar32)cp) ||
           u_charType((UChar32)cp) == U_DASH_PUNCTUATION || cp == 0x2212 ||
           u_charType((UChar32)cp) == U_FORMAT_CHAR;
}

/* Bytes of the mark that begins an extension; 0 when none stands here. */
static size_t extension_mark(struct str s)
{
    static const char *const marks[] = {";ext=", "extension", "ext.", "ext", "x", "#"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str m = str_of(marks[i]);
        if (s.n >= m.n && str_eq_nocase(str_sub(s, 0, m.n), m))
            return m.n;
    }
    return 0;
}

static bool read_extension(struct str s, struct dialled *d, enum norm_reason *why)
{
    size_t n = 0;
    s = str_trim(s);
    for (; n < s.n && n < EXTENSION_DIGITS_MAX && s.p[n] >= '0' && s.p[n] <= '9'; n++)
        d->extension[n] = s.p[n];
    return (n > 0 && n == s.n) || norm_refuse(why, NORM_PHONE_EXTENSION);
}

static bool read_digits(struct str s, struct dialled *d, enum norm_reason *why)
{
    uint32_t cp;
    size_t used, mark;
    for (; (used = utf8_decode(s, &cp)) > 0; s = str_sub(s, used, s.n)) {
        int32_t digit = u_charDigitValue((UChar32)cp);
        if (d->n > 0 && (mark = extension_mark(s)) > 0)
            return read_extension(str_sub(s, mark, s.n), d, why);
        if ((cp == '+' || cp == 0xff0b) && d->n == 0 && !d->plus) {
            d->plus = true;
        } else if (d->n > 0 && str_starts(s, STR("(0)"))) {
            used = 3; /* "+44 (0)20": dialled only within the country */
        } else if (digit >= 0) {
            if (d->n == sizeof d->digits - 1)
                return norm_refuse(why, NORM_PHONE_LENGTH);
            d->digits[d->n++] = (char)('0' + digit);
        } else if (!is_separator(cp)) {
            return norm_refuse(why, NORM_PHONE_CHARACTER);
        }
    }
    return d->n > 0 || norm_refuse(why, NORM_PHONE_LENGTH);
}

/* The digits behind '+': calling code and number. */
static bool international(const struct dialled *d, struct str country, char out[64],
                          enum norm_reason *why)
{
    const struct plan *p = plan_of(country);
    struct str digits = {d->digits, d->n};
    if (d->plus) {
        memcpy(out, digits.p, digits.n + 1);
        return true;
    }
    if (country.n == 0)
        return norm_refuse(why, NORM_PHONE_NO_COUNTRY);
    if (!p)
        return norm_refuse(why, NORM_PHONE_COUNTRY);
    struct str dial_out = str_of(exit_code(p)), trunk = str_of(p->trunk);
    if (str_starts(digits, dial_out)) {
        digits = str_sub(digits, dial_out.n, digits.n);
        memcpy(out, digits.p, digits.n);
        out[digits.n] = '\0';
        return true;
    }
    /* A trunk prefix of 0 never begins a number itself; one of 1 or 8 may, so there the length decides. */
    bool dialled = trunk.n && str_starts(digits, trunk) &&
                   (trunk.p[0] == '0' || digits.n == p->length + trunk.n);
    if (dialled)
        digits = str_sub(digits, trunk.n, digits.n);
    /* 48 digits and 3 of the code fit. */
    char code[6];
    size_t n = 0;
    for (unsigned v = p->code; v; v /= 10)
        code[n++] = (char)('0' + v % 10);
    for (size_t i = 0; i < n; i++)
        out[i] = code[n - 1 - i];
    memcpy(out + n, digits.p, digits.n);
    out[n + digits.n] = '\0';
    return true;
}

/* The calling code exists and the length fits; no code begins another. */
static bool check_plan(const char *number, enum norm_reason *why)
{
    size_t n = strlen(number);
    unsigned code = 0;
    if (n < E164_DIGITS_MIN || n > E164_DIGITS_MAX)
        return norm_refuse(why, NORM_PHONE_LENGTH);
    for (size_t digits = 1; digits <= 3; digits++) {
        bool known = false, fits = false;
        code = code * 10 + (unsigned)(number[digits - 1] - '0');
        for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
            if (plans[i].code == code) {
                known = true;
                fits = fits || plans[i].length == 0 || n - digits == plans[i].length;
            }
        }
        for (size_t i = 0; i < sizeof shared_codes / sizeof *shared_codes; i++)
            if (shared_codes[i] == code)
                known = fits = true;
        if (known)
            return fits || norm_refuse(why, NORM_PHONE_LENGTH);
    }
    return norm_refuse(why, NORM_PHONE_CODE);
}

bool norm_phone(struct str in, struct str country, struct arena *a, struct str *out,
                enum norm_reason *why)
{
    struct dialled d = {0};
    struct str s;
    char number[64];
    *out = STR_NONE;
    if (!norm_text(in, 256, a, &s, why))
        return false;
    if (s.n == 0)
        return true;
    if (s.n > 4 && str_eq_nocase(str_sub(s, 0, 4), STR("tel:")))
        s = str_sub(s, 4, s.n);
    if (!read_digits(s, &d, why) || !international(&d, country, number, why) ||
        !check_plan(number, why))
        return false;
    *out = d.extension[0] ? str_printf(a, "+%s;ext=%s", number, d.extension)
                          : str_printf(a, "+%s", number);
    return true;
}
