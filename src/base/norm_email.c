/* norm_email.c - e-mail addresses; see norm.h. */
#include "base/norm_text.h"

#include <assert.h>
#include <string.h>
#include <unicode/uchar.h>

/* RFC 5322 atext, and what RFC 6531 adds: characters beyond ASCII that can be seen. */
static bool is_atext(uint32_t cp)
{
    if (cp < 0x80)
        return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9') ||
               (cp && strchr("!#$%&'*+-/=?^_`{|}~", (int)cp));
    return u_isgraph((UChar32)cp) &&
           !u_hasBinaryProperty((UChar32)cp, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static bool check_local(struct str local, enum norm_reason *why)
{
    bool dot = true; /* as if one stood before */
    uint32_t cp;
    if (local.n == 0)
        return norm_refuse(why, NORM_EMAIL_NO_LOCAL);
    for (size_t n; (n = utf8_decode(local, &cp)) > 0; local = str_sub(local, n, local.n)) {
        if (cp == '"')
            return norm_refuse(why, NORM_EMAIL_QUOTED);
        if (cp == '(' || cp == '<')
            return norm_refuse(why, NORM_EMAIL_COMMENT);
        if (cp == '.' && dot)
            return norm_refuse(why, NORM_EMAIL_DOTS);
        if (cp != '.' && !is_atext(cp))
            return norm_refuse(why, NORM_EMAIL_CHARACTER);
        dot = cp == '.';
    }
    return !dot || norm_refuse(why, NORM_EMAIL_DOTS);
}

static bool check_domain(struct norm *n, struct str domain, struct arena *a, struct str *out,
                         enum norm_reason *why)
{
    if (domain.n && domain.p[0] == '[')
        return norm_refuse(why, NORM_EMAIL_LITERAL);
    for (size_t i = 0; i < domain.n; i++)
        if (domain.p[i] == '(' || domain.p[i] == '>')
            return norm_refuse(why, NORM_EMAIL_COMMENT);
    /* A final dot is fine in a host name but not in an address. */
    if (domain.n && domain.p[domain.n - 1] == '.')
        return norm_refuse(why, NORM_DOMAIN_LABEL);
    return norm_host(n, domain, a, out, why) && norm_host_has_dot(*out, why);
}

bool norm_email(struct norm *n, struct str in, struct arena *a, struct str *out,
                enum norm_reason *why)
{
    struct str s, domain;
    *out = STR_NONE;
    if (!norm_text(in, 4 * NORM_EMAIL_MAX, a, &s, why))
        return *why == NORM_TEXT_LONG ? norm_refuse(why, NORM_EMAIL_LONG) : false;
    if (s.n == 0)
        return true;
    ptrdiff_t at = str_find(s, STR("@"), 0);
    if (at < 0)
        return norm_refuse(why, NORM_EMAIL_NO_AT);
    struct str local = str_sub(s, 0, (size_t)at);
    if (!check_local(local, why))
        return false;
    struct str behind = str_sub(s, (size_t)at + 1, s.n);
    if (str_find(behind, STR("@"), 0) >= 0)
        return norm_refuse(why, NORM_EMAIL_MANY_AT);
    if (!check_domain(n, behind, a, &domain, why))
        return false;
    local = norm_lower(local, a);
    if (local.n > 64)
        return norm_refuse(why, NORM_EMAIL_LOCAL_LONG);
    if (local.n + 1 + domain.n > NORM_EMAIL_MAX)
        return norm_refuse(why, NORM_EMAIL_LONG);
    *out = str_printf(a, "%.*s@%.*s", STR_ARG(local), STR_ARG(domain));
    return true;
}

struct str norm_email_domain(struct str email)
{
    ptrdiff_t at = str_find(email, STR("@"), 0);
    return at < 0 ? STR_NONE : str_sub(email, (size_t)at + 1, email.n);
}

/* Providers of mailboxes for anyone, by our own knowledge of the trade; sorted. A company's own list belongs in its model. */
static const char *const freemail[] = {
    "126.com",       "139.com",        "163.com",        "aim.com",       "alice.it",
    "aliyun.com",    "aol.com",        "arcor.de",       "att.net",       "bellsouth.net",
    "bigpond.com",   "bluewin.ch",     "bol.com.br",     "bt.com",        "btinternet.com",
    "charter.net",   "comcast.net",    "cox.net",        "daum.net",      "duck.com",
    "earthlink.net", "fastmail.com",   "fastmail.fm",    "foxmail.com",   "free.fr",
    "freenet.de",    "gmail.com",      "gmx.at",         "gmx.ch",        "gmx.com",
    "gmx.de",        "gmx.net",        "googlemail.com", "hanmail.net",   "hey.com",
    "hotmail.co.uk", "hotmail.com",    "hotmail.de",     "hotmail.es",    "hotmail.fr",
    "hotmail.it",    "hushmail.com",   "icloud.com",     "inbox.ru",      "interia.pl",
    "keemail.me",    "laposte.net",    "libero.it",      "list.ru",       "live.co.uk",
    "live.com",      "live.nl",        "mac.com",        "mail.com",      "mail.ru",
    "mailbox.org",   "me.com",         "msn.com",        "naver.com",     "o2.pl",
    "onet.pl",       "orange.fr",      "outlook.com",    "outlook.de",    "outlook.fr",
    "pm.me",         "posteo.de",      "proton.me",      "protonmail.ch", "protonmail.com",
    "qq.com",        "rediffmail.com", "rocketmail.com", "sbcglobal.net", "seznam.cz",
    "sfr.fr",        "sina.com",       "sky.com",        "sohu.com",      "t-online.de",
    "telenet.be",    "terra.com.br",   "tiscali.it",     "tuta.com",      "tuta.io",
    "tutanota.com",  "uol.com.br",     "verizon.net",    "virgilio.it",   "virginmedia.com",
    "wanadoo.fr",    "web.de",         "wp.pl",          "xs4all.nl",     "ya.ru",
    "yahoo.ca",      "yahoo.co.in",    "yahoo.co.jp",    "yahoo.co.uk",   "yahoo.com",
    "yahoo.com.br",  "yahoo.de",       "yahoo.es",       "yahoo.fr",      "yahoo.it",
    "yandex.com",    "yandex.ru",      "yeah.net",       "ymail.com",     "zoho.com",
};

bool norm_domain_is_freemail(struct str domain)
{
    size_t low = 0, high = sizeof freemail / sizeof *freemail;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = str_cmp(str_of(freemail[mid]), domain);
        if (c == 0)
            return true;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}
