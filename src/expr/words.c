/* Functions of text, sizes, money and people. */
#include "expr/arith.h"

#include <string.h>

/* ---- size ---- */

CALLABLE(text_size_call)
{
    (void)r, (void)n;
    set_int(out, (int64_t)utf8_length(args[0].text));
}

CALLABLE(bytes_size_call)
{
    (void)r, (void)n;
    set_int(out, (int64_t)args[0].text.n);
}

CALLABLE(list_size_call)
{
    (void)r, (void)n;
    set_int(out, (int64_t)args[0].list.n);
}

CALLABLE(map_size_call)
{
    (void)r, (void)n;
    set_int(out, (int64_t)args[0].map.n);
}

/* ---- search ---- */

CALLABLE(contains_call)
{
    if (run_spend(r, n, args[0].text.n / 64, out))
        set_bool(out, args[1].text.n == 0 || str_find(args[0].text, args[1].text, 0) >= 0);
}

CALLABLE(starts_call)
{
    (void)r, (void)n;
    set_bool(out, str_starts(args[0].text, args[1].text));
}

CALLABLE(ends_call)
{
    (void)r, (void)n;
    set_bool(out, str_ends(args[0].text, args[1].text));
}

CALLABLE(matches_call)
{
    bool found;
    if (!run_spend(r, n, 10 + (args[0].text.n + args[1].text.n) / 16, out))
        return;
    const struct regex *x = n->regex ? n->regex : regex_new(args[1].text, r->arena);
    if (!x)
        run_fault(r, n, out, "X0214", "'%.*s' is no pattern that can be used here",
                  STR_ARG(str_sub(args[1].text, 0, 60)));
    else if (regex_search(x, args[0].text, &found) != RC_OK)
        run_fault(r, n, out, "X0205", "the pattern needs too many steps on this text");
    else
        set_bool(out, found);
}

CALLABLE(lower_call)
{
    (void)n;
    *out = args[0];
    out->text = str_lower(r->arena, args[0].text);
}

CALLABLE(freemail_call)
{
    (void)r, (void)n;
    set_bool(out, is_freemail(args[0].text));
}

/* Mailbox providers that hand an address to anybody. An address there says nothing about its owner's company. */
const char *const freemail_domains[] = {
    "126.com",       "163.com",        "aol.com",     "bluewin.ch",     "free.fr",
    "fastmail.com",  "freenet.de",     "gmail.com",   "gmx.at",         "gmx.ch",
    "gmx.com",       "gmx.de",         "gmx.net",     "googlemail.com", "hey.com",
    "hotmail.co.uk", "hotmail.com",    "hotmail.de",  "hotmail.es",     "hotmail.fr",
    "hotmail.it",    "icloud.com",     "laposte.net", "libero.it",      "live.com",
    "live.co.uk",    "live.fr",        "live.nl",     "mac.com",        "mail.com",
    "mail.ru",       "me.com",         "msn.com",     "naver.com",      "o2.pl",
    "orange.fr",     "outlook.com",    "outlook.de",  "outlook.fr",     "posteo.de",
    "proton.me",     "protonmail.com", "qq.com",      "rediffmail.com", "rocketmail.com",
    "seznam.cz",     "t-online.de",    "tuta.com",    "tutanota.com",   "uol.com.br",
    "virgilio.it",   "wanadoo.fr",     "web.de",      "wp.pl",          "yahoo.ca",
    "yahoo.co.in",   "yahoo.co.jp",    "yahoo.co.uk", "yahoo.com",      "yahoo.com.br",
    "yahoo.de",      "yahoo.es",       "yahoo.fr",    "yahoo.it",       "yandex.com",
    "yandex.ru",     "ymail.com",      "zoho.com",
};
const size_t freemail_count = sizeof freemail_domains / sizeof *freemail_domains;

struct str mail_domain(struct str address)
{
    size_t at = address.n;
    while (at && address.p[at - 1] != '@')
        at--;
    return at ? str_sub(address, at, address.n) : STR("");
}

bool is_freemail(struct str address)
{
    struct str domain = mail_domain(address);
    for (size_t i = 0; i < freemail_count; i++)
        if (str_eq_nocase(domain, str_of(freemail_domains[i])))
            return true;
    return false;
}

/* ---- money and people ---- */

CALLABLE(is_positive_call)
{
    (void)r, (void)n;
    set_bool(out, args[0].money.minor > 0);
}

CALLABLE(is_zero_call)
{
    (void)r, (void)n;
    set_bool(out, args[0].money.minor == 0);
}

CALLABLE(in_company_call)
{
    struct money m;
    char room[4];
    if (args[0].money.currency.code == r->e->currency.code) {
        *out = args[0];
        return;
    }
    if (!r->host || !r->host->in_company) {
        run_fault(r, n, out, "X0211", "no exchange rates are known here");
        return;
    }
    enum rc rc = r->host->in_company(r->host->ctx, args[0].money, &r->b->self, &m);
    if (rc == RC_OK)
        *out = (struct xvalue){.result = XV_VALUE, .kind = X_MONEY, .money = m};
    else if (rc == RC_NOT_FOUND)
        *out = (struct xvalue){
            .result = XV_ABSENT,
            .empty = str_printf(r->arena, "rate of %.*s",
                                STR_ARG(currency_text(args[0].money.currency, room)))};
    else
        run_fault(r, n, out, "X0201", "the converted amount does not fit into 64 bits");
}

CALLABLE(manages_call)
{
    bool yes;
    if (!r->host || !r->host->manages ||
        r->host->manages(r->host->ctx, args[0].record.id, args[1].record.id, &yes) != RC_OK)
        run_fault(r, n, out, "X0211", "the reporting lines are not known here");
    else
        set_bool(out, yes);
}
