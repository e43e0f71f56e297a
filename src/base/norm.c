/* norm.c - reasons, and the state of struct norm. See norm.h. */
#include "base/norm_text.h"

#include <assert.h>

static const struct norm_reason_info reasons[NORM_REASON_COUNT] = {
    [NORM_OK] = {"OK", "the value is valid", ""},
    [NORM_TEXT_UTF8] = {"TEXT_UTF8", "the text is not valid UTF-8",
                        "save the file as UTF-8, or state its encoding"},
    [NORM_TEXT_NUL] = {"TEXT_NUL", "the text holds the character U+0000",
                       "remove it; no database keeps it"},
    [NORM_TEXT_LONG] = {"TEXT_LONG", "the text is longer than the field allows", "shorten it"},
    [NORM_EMAIL_NO_AT] = {"EMAIL_NO_AT", "an e-mail address needs an '@'", "write name@domain"},
    [NORM_EMAIL_MANY_AT] = {"EMAIL_MANY_AT", "the text has more than one '@'", "write one address"},
    [NORM_EMAIL_NO_LOCAL] = {"EMAIL_NO_LOCAL", "nothing stands before the '@'",
                             "write name@domain"},
    [NORM_EMAIL_LOCAL_LONG] = {"EMAIL_LOCAL_LONG", "the part before the '@' has more than 64 bytes",
                               "check the address"},
    [NORM_EMAIL_LONG] = {"EMAIL_LONG", "the address has more than 254 bytes", "check the address"},
    [NORM_EMAIL_DOTS] = {"EMAIL_DOTS", "a dot stands first, last or twice before the '@'",
                         "check the address"},
    [NORM_EMAIL_QUOTED] = {"EMAIL_QUOTED", "the address has quotation marks",
                           "write the plain address"},
    [NORM_EMAIL_COMMENT] = {"EMAIL_COMMENT", "the address has a comment or a display name",
                            "write only name@domain"},
    [NORM_EMAIL_LITERAL] = {"EMAIL_LITERAL", "the domain is a number in brackets",
                            "write the domain's name"},
    [NORM_EMAIL_CHARACTER] = {"EMAIL_CHARACTER",
                              "a character before the '@' is not allowed in an address",
                              "use letters, digits and .!#$%&'*+/=?^_`{|}~-"},
    [NORM_DOMAIN_EMPTY] = {"DOMAIN_EMPTY", "no domain is given", "write a domain such as acme.com"},
    [NORM_DOMAIN_LONG] = {"DOMAIN_LONG", "the domain has more than 253 characters",
                          "check the domain"},
    [NORM_DOMAIN_LABEL] = {"DOMAIN_LABEL",
                           "a part of the domain is empty, longer than 63 characters, or begins or "
                           "ends with a hyphen",
                           "check the dots and hyphens"},
    [NORM_DOMAIN_CHARACTER] = {"DOMAIN_CHARACTER",
                               "the domain has a character that host names may not have",
                               "use letters, digits, hyphens and dots"},
    [NORM_DOMAIN_DOTLESS] = {"DOMAIN_DOTLESS", "the domain has no dot",
                             "write it in full, such as acme.com"},
    [NORM_DOMAIN_NUMERIC] = {"DOMAIN_NUMERIC",
                             "the domain ends in a number; it may be an IP address",
                             "write the domain's name"},
    [NORM_DOMAIN_IDN] = {"DOMAIN_IDN", "the domain is not a valid internationalised name",
                         "check its spelling"},
    [NORM_DOMAIN_SUFFIX] = {"DOMAIN_SUFFIX",
                            "the domain is one under which others register names, such as co.uk",
                            "write the organisation's domain"},
    [NORM_URL_SCHEME] = {"URL_SCHEME", "a web address begins with http:// or https://",
                         "use one of these"},
    [NORM_URL_HOST] = {"URL_HOST", "the web address has no host", "write https://host/path"},
    [NORM_URL_PORT] = {"URL_PORT", "the port is no number from 1 to 65535", "correct or remove it"},
    [NORM_URL_USER] = {"URL_USER", "the web address holds a user or password",
                       "remove the part before the '@'"},
    [NORM_URL_CHARACTER] = {"URL_CHARACTER",
                            "the web address has a blank, a control character, a second # or one "
                            "of \" < > \\ ^ ` { | }",
                            "percent-encode it, such as %20 for a blank"},
    [NORM_PHONE_CHARACTER] = {"PHONE_CHARACTER",
                              "a telephone number has digits, and blanks ( ) - . / between them",
                              "write the number in digits"},
    [NORM_PHONE_NO_COUNTRY] = {"PHONE_NO_COUNTRY",
                               "the number has no country code, and no country is known for it",
                               "write it with + and the country code, or fill the country"},
    [NORM_PHONE_COUNTRY] = {"PHONE_COUNTRY", "no calling code is known for the country",
                            "write the number with +"},
    [NORM_PHONE_CODE] = {"PHONE_CODE", "the number begins with a country code that does not exist",
                         "check the first digits"},
    [NORM_PHONE_LENGTH] = {"PHONE_LENGTH",
                           "the number has too few or too many digits for its country",
                           "check that none is missing"},
    [NORM_PHONE_EXTENSION] = {"PHONE_EXTENSION", "the extension is not one to seven digits",
                              "write it as ext. 123"},
    [NORM_COUNTRY_UNKNOWN] = {"COUNTRY_UNKNOWN", "no country has this name or code",
                              "use the ISO code, such as DE"},
    [NORM_COUNTRY_AMBIGUOUS] = {"COUNTRY_AMBIGUOUS", "more than one country has this name",
                                "use the ISO code"},
    [NORM_CURRENCY_UNKNOWN] = {"CURRENCY_UNKNOWN", "this is no ISO 4217 currency code",
                               "use three letters, such as EUR"},
    [NORM_UTM_FORM] = {"UTM_FORM",
                       "this is neither an object nor a query string with utm_ parameters",
                       "write utm_source=…&utm_medium=…"},
    [NORM_UTM_PART] = {"UTM_PART", "a campaign parameter is unknown, stands twice or is no text",
                       "use source, medium, campaign, term and content, each once"},
};

const struct norm_reason_info *norm_reason_info(enum norm_reason r)
{
    assert(r < NORM_REASON_COUNT);
    return &reasons[r];
}

bool norm_refuse(enum norm_reason *why, enum norm_reason reason)
{
    *why = reason;
    return false;
}

enum rc norm_open(struct norm **out)
{
    /* Nontransitional processing, as browsers and registries use: straße.de is not strasse.de. */
    UErrorCode status = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                      UIDNA_NONTRANSITIONAL_TO_ASCII |
                                      UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                  &status);
    const psl_ctx_t *suffixes = psl_builtin();
    *out = NULL;
    if (U_FAILURE(status) || !suffixes) {
        if (U_SUCCESS(status))
            uidna_close(idna);
        return RC_IO;
    }
    struct norm *n = mem_new(1, sizeof *n);
    n->idna = idna;
    n->suffixes = suffixes;
    n->arena = arena_new();
    map_init(&n->countries, n->arena);
    *out = n;
    return RC_OK;
}

void norm_close(struct norm *n)
{
    if (!n)
        return;
    uidna_close(n->idna);
    arena_free(n->arena);
    mem_free(n);
}
