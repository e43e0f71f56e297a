/* The writer of csv.h. */
#include "base/csv.h"

#include <string.h>

static char delimiter(const struct csv_out *w)
{
    return w->delimiter ? w->delimiter : ',';
}

/* Spaces at the ends are quoted too: some readers drop them. So is what would pass for a mark at the start of the file. */
static bool needs_quotes(const struct csv_out *w, struct str s)
{
    if (!s.n)
        return false;
    if (s.p[0] == ' ' || s.p[s.n - 1] == ' ' || str_starts(s, STR("\xef\xbb\xbf")))
        return true;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == delimiter(w) || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r')
            return true;
    return false;
}

static void put_cell(struct csv_out *w, struct str s, bool apostrophe)
{
    if (w->cells)
        buf_char(w->out, delimiter(w));
    w->empty = !w->cells && !s.n;
    w->cells++;
    bool quotes = needs_quotes(w, s);
    if (quotes)
        buf_char(w->out, '"');
    if (apostrophe)
        buf_char(w->out, '\'');
    for (const char *q; quotes && s.n && (q = memchr(s.p, '"', s.n));) {
        size_t n = (size_t)(q - s.p) + 1;
        buf_put(w->out, s.p, n);
        buf_char(w->out, '"');
        s = str_sub(s, n, s.n);
    }
    buf_str(w->out, s);
    if (quotes)
        buf_char(w->out, '"');
}

/* Apostrophes in front count in, so that taking one off again gives back every text. */
static bool looks_like_formula(struct str s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] == '\'')
        i++;
    return i < s.n && s.p[i] && strchr("=+-@\t\r", s.p[i]);
}

void csv_put_text(struct csv_out *w, struct str s)
{
    put_cell(w, s, w->neutralise && looks_like_formula(s));
}

struct str csv_plain_text(struct str s)
{
    bool ours = s.n > 1 && s.p[0] == '\'' && looks_like_formula(s);
    return ours ? str_sub(s, 1, s.n) : s;
}

void csv_put_plain(struct csv_out *w, struct str s)
{
    put_cell(w, s, false);
}

void csv_end_row(struct csv_out *w)
{
    if (w->empty)
        buf_cstr(w->out, "\"\""); /* an empty line would be no row */
    buf_cstr(w->out, w->unix_lines ? "\n" : "\r\n");
    w->cells = 0;
    w->empty = false;
}
