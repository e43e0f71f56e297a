/* Strings that break programs: each goes through every writer here and comes back as it was. */
#include "base/csv.h"
#include "base/env.h"
#include "base/json.h"
#include "base/unicode.h"
#include "tests/shared.h"
#include "tests/tap.h"

#include <string.h>

static struct arena *arena;

static bool load(const char *name, struct str *text)
{
    char room[4096];
    const char *path = shared_data(name, room, sizeof room);
    if (path && !env_read_file(env_real(), path, 1 << 20, arena, text))
        return true;
    tap_skip(name, "the shared data is not there");
    return false;
}

/* The only cell of the only row, after writing and reading. */
static struct str through_csv(struct str s, bool neutralise)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    struct csv_out w = {.out = &b, .neutralise = neutralise};
    csv_put_text(&w, s);
    csv_end_row(&w);
    struct str text = buf_view(&b);
    struct csv *c = csv_open(csv_text_source, &text, NULL);
    const struct csv_row *row = NULL;
    struct str cell = STR("no cell");
    if (csv_next(c, &row) == RC_OK && row && row->n == 1 && !row->fault)
        cell = str_dup(arena, row->cells[0].text);
    csv_close(c);
    buf_release(&b);
    return cell;
}

static struct str through_json(struct str s)
{
    struct buf b;
    struct json *j = NULL;
    struct str back = STR("no string");
    buf_init(&b, 1 << 20);
    json_quote(s, &b);
    if (json_read(buf_view(&b), NULL, arena, &j, NULL) == RC_OK)
        (void)json_str(j, &back);
    back = str_dup(arena, back);
    buf_release(&b);
    return back;
}

static void strings(void)
{
    struct str text;
    struct json *list = NULL;
    if (!load("nasty/blns/blns_half.json", &text) ||
        !ok(!json_read(text, NULL, arena, &list, NULL)))
        return;
    ok(list->n > 200);
    for (size_t i = 0; i < list->n; i++) {
        struct str s = STR_NONE;
        const char *name = str_printf(arena, "string %zu", i).p;
        ok_at(name, json_str(&list->items[i], &s));
        ok_at(name, str_eq(through_csv(s, false), s) && str_eq(through_json(s), s));
        struct str folded = unicode_fold(arena, s), normal = unicode_nfc(arena, s);
        ok_at(name,
              utf8_invalid_at(folded) < 0 && unicode_is_nfc(normal) && unicode_is_nfc(folded));
        ok_at(name, unicode_trim(s).n <= s.n && utf8_invalid_at(unicode_trim(s)) < 0);
    }
}

static void formulas(void)
{
    struct str text, line;
    if (!load("nasty/csv-injection/csv-payload.txt", &text))
        return;
    while (str_split(&text, '\n', &line)) {
        struct str s = str_trim(line), out = through_csv(s, true);
        if (!s.n)
            continue;
        bool formula = strchr("=+-@\t\r", s.p[0]) != NULL;
        ok_at(str_c(arena, s),
              !strchr("=+-@\t\r", out.p[0]) && out.n == s.n + formula && str_ends(out, s));
    }
}

int main(void)
{
    arena = arena_new();
    strings();
    formulas();
    arena_free(arena);
    return tap_done();
}
