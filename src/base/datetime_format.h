/* datetime_format.h - dates and times as files write them, by a stated format.
 *
 * In:     a format, compiled once, and the text of a cell.
 * Out:    a date, or an instant in a zone.
 * Owns:   nothing; a compiled format is a plain value.
 * Errors: one sentence for people that names what was expected, what stands there, and the character.
 * Never:  guesses which of two numbers is the day: "03/04/2026" without a stated order is refused.
 *
 * A format is one of
 *   auto                 ISO dates and times, and other dates when only one reading is possible
 *   ymd, dmy, mdy        three numbers in this order, joined by '-', '/', '.' or a blank; a year of four digits in front means
 *                        ymd; a time of day and an offset may follow
 *   epoch_s, epoch_ms    seconds (with fraction) or milliseconds since 1970
 *   a pattern of         YYYY YY  MM M MMM (Jul) MMMM (July)  DD D  HH H (0-23)  hh h (1-12)  mm  SS  fff  AM  Z, of
 *                        signs that stand for themselves, and of [parts that may be missing]:
 *                        "DD.MM.YYYY[ HH:MM[:SS[.fff]]]", "M/D/YYYY h:MM AM", "YYYYMMDD"
 * MM after an hour is minutes. fff is any number of digits up to 9, cut to microseconds. AM is AM or PM in any case. Z is Z,
 * +HH:MM or +HHMM. A blank matches one or more blanks. YY 00-69 is 20YY, 70-99 is 19YY. Names of months are English.
 */
#ifndef REVOS_BASE_DATETIME_FORMAT_H
#define REVOS_BASE_DATETIME_FORMAT_H

#include "base/zone.h"

enum { DATETIME_TOKENS_MAX = 40, DATETIME_MESSAGE_MAX = 160 };

struct datetime_token {
    uint8_t kind;
    uint8_t skip; /* of an opening bracket: index of the token behind its end */
    char literal;
};

struct datetime_format {
    uint8_t order; /* auto, ymd, …, or a pattern */
    uint8_t n;
    struct datetime_token tokens[DATETIME_TOKENS_MAX];
};

struct datetime_fault {
    size_t at; /* byte offset in the text or the format */
    char message[DATETIME_MESSAGE_MAX];
};

/* What a text says, before any zone is applied. */
struct datetime {
    struct date date;
    struct hms time;
    bool has_time, has_offset;
    int32_t offset_s;
};

MUST_CHECK bool datetime_format_compile(struct str format, struct datetime_format *out,
                                        struct datetime_fault *fault);
/* White space at both ends is ignored. */
MUST_CHECK bool datetime_parse(const struct datetime_format *f, struct str s, struct datetime *out,
                               struct datetime_fault *fault);
/* The instant: by the offset in the text, else as wall time in the zone; a date alone is its 00:00. */
struct instant datetime_instant(struct datetime t, struct zone *z);
/* The company day: the date as written, or, when an offset was written, the day of that instant in the zone. */
struct date datetime_date(struct datetime t, struct zone *z);

#endif
