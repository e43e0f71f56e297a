/* norm.h - typed text at the door: one normal form for each value, or a stable reason why there is none.
 *
 * In:     text as a person, a file or another system wrote it.
 * Out:    the normal form, in the arena given or as a slice of the input. Blank text gives empty text: nothing was said.
 * Owns:   a struct norm holds what ICU and libpsl need; safe to use from one thread at a time (open one per thread).
 * Errors: false and `*why`; norm_reason_info() has the code, a sentence and what to write instead.
 * Never:  asks the network, guesses, or repairs what has two readings.
 *
 * All of them first take off white space and invisible marks at both ends (unicode_trim), refuse text
 * that is not UTF-8 or holds U+0000, and bring it to Unicode NFC.
 */
#ifndef REVOS_BASE_NORM_H
#define REVOS_BASE_NORM_H

#include "base/decimal.h"
#include "base/map.h"

enum norm_reason {
    NORM_OK,
    NORM_TEXT_UTF8,
    NORM_TEXT_NUL,
    NORM_TEXT_LONG,
    NORM_EMAIL_NO_AT,
    NORM_EMAIL_MANY_AT,
    NORM_EMAIL_NO_LOCAL,
    NORM_EMAIL_LOCAL_LONG,
    NORM_EMAIL_LONG,
    NORM_EMAIL_DOTS,
    NORM_EMAIL_QUOTED,
    NORM_EMAIL_COMMENT,
    NORM_EMAIL_LITERAL,
    NORM_EMAIL_CHARACTER,
    NORM_DOMAIN_EMPTY,
    NORM_DOMAIN_LONG,
    NORM_DOMAIN_LABEL,
    NORM_DOMAIN_CHARACTER,
    NORM_DOMAIN_DOTLESS,
    NORM_DOMAIN_NUMERIC,
    NORM_DOMAIN_IDN,
    NORM_DOMAIN_SUFFIX,
    NORM_URL_SCHEME,
    NORM_URL_HOST,
    NORM_URL_PORT,
    NORM_URL_USER,
    NORM_URL_CHARACTER,
    NORM_PHONE_CHARACTER,
    NORM_PHONE_NO_COUNTRY,
    NORM_PHONE_COUNTRY,
    NORM_PHONE_CODE,
    NORM_PHONE_LENGTH,
    NORM_PHONE_EXTENSION,
    NORM_COUNTRY_UNKNOWN,
    NORM_COUNTRY_AMBIGUOUS,
    NORM_CURRENCY_UNKNOWN,
    NORM_UTM_FORM,
    NORM_UTM_PART,
    NORM_REASON_COUNT
};

struct norm_reason_info {
    const char *code;    /* stable: "EMAIL_NO_AT" */
    const char *message; /* one sentence without a full stop: what is wrong */
    const char *help;    /* what to write instead */
};

const struct norm_reason_info *norm_reason_info(enum norm_reason r);

struct norm;

/* RC_IO: ICU's or libpsl's data is not there. */
MUST_CHECK enum rc norm_open(struct norm **out);
void norm_close(struct norm *n);

/* Plain text of at most `max` bytes. */
MUST_CHECK bool norm_text(struct str in, size_t max, struct arena *a, struct str *out,
                          enum norm_reason *why);

enum { NORM_EMAIL_MAX = 254, NORM_DOMAIN_MAX = 253, NORM_URL_MAX = 2048, NORM_UTM_MAX = 255 };

/* local@domain, all in lower case: RFC 5321 lets a server tell Ana@ from ana@, but none in use does, and a CRM that did would
 * hold every person twice. The local part is dot-atom text, also beyond ASCII (RFC 6531); the domain is in ASCII (Punycode)
 * and has a dot. Quoted local parts, comments, address literals and display names are refused. */
MUST_CHECK bool norm_email(struct norm *n, struct str in, struct arena *a, struct str *out,
                           enum norm_reason *why);
/* The part behind the '@' of a normalised address. */
struct str norm_email_domain(struct str email);

/* The registrable domain of a domain, URL or address, in ASCII and lower case: "https://www.Acme.co.uk/x" is acme.co.uk. By the
 * public suffix list that libpsl was built with, private section included: x.github.io stays x.github.io. */
MUST_CHECK bool norm_domain(struct norm *n, struct str in, struct arena *a, struct str *out,
                            enum norm_reason *why);

/* http or https, https when none is written; host in ASCII and lower case, default port and empty fragment dropped, an empty
 * path is "/"; path and query as written, characters beyond ASCII percent-encoded. No user or password. */
MUST_CHECK bool norm_url(struct norm *n, struct str in, struct arena *a, struct str *out,
                         enum norm_reason *why);

/* E.164: "+4930123456", with an extension as RFC 3966 writes it: "+4930123456;ext=12". A number without '+' or an exit code is
 * read as one of `country` (alpha-2; empty: refused, the original is worth keeping). What is checked: the calling code
 * exists, the length is 7 to 15 digits, and the plan's length where a country has only one. Whether the number is
 * assigned, nobody can tell without calling it. */
MUST_CHECK bool norm_phone(struct str in, struct str country, struct arena *a, struct str *out,
                           enum norm_reason *why);

/* ISO 3166-1 alpha-2. Reads alpha-2, alpha-3, names in the country's own languages and in the languages of most CRM
 * exports, and usual aliases (USA, UK, England); case, accents, punctuation and "the" do not matter. XK is Kosovo. */
MUST_CHECK bool norm_country(struct norm *n, struct str in, struct arena *a, struct str *out,
                             enum norm_reason *why);

/* Blank text gives no currency (code 0). */
MUST_CHECK bool norm_currency(struct str in, struct currency *out, enum norm_reason *why);

/* True for domains that sell or give mailboxes to anyone (gmail.com): such a domain says nothing about an employer. */
bool norm_domain_is_freemail(struct str domain);

/* ---- campaign parameters ---- */

enum utm_part { UTM_CAMPAIGN, UTM_CONTENT, UTM_MEDIUM, UTM_SOURCE, UTM_TERM, UTM_PARTS };

/* Words that mean another word, such as medium "ppc" for "cpc". */
struct utm_taxonomy {
    struct map alias[UTM_PARTS]; /* alias → struct str * */
};
void utm_taxonomy_init(struct utm_taxonomy *t, struct arena *a);
/* Both are compared and kept in lower case. */
void utm_taxonomy_add(struct utm_taxonomy *t, enum utm_part part, struct str alias,
                      struct str canonical);
/* "campaign", …; also with "utm_" in front. */
bool utm_part_parse(struct str s, enum utm_part *out);

/* Canonical JSON with the parts that are there: {"medium":"cpc","source":"google"}. Reads such an object (other members are
 * refused), a query string, or a URL with one (other parameters are passed over). Campaign, medium and source are in
 * lower case and go through `taxonomy` (may be NULL). Text without any part gives empty text. */
MUST_CHECK bool norm_utm(struct str in, const struct utm_taxonomy *taxonomy, struct arena *a,
                         struct str *out, enum norm_reason *why);

#endif
