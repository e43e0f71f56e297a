/* Lines of a byte stream, for JSON Lines. */
#include "connect/bytes.h"

#include <string.h>

struct lines {
    csv_source *read;
    void *self;
    char *window; /* LINE_MAX_BYTES + CHUNK */
    size_t from, to;
    bool ended;
    uint64_t number, end, blank;
};

enum { CHUNK = 1 << 16 };

struct lines *lines_open(csv_source *read, void *self)
{
    struct lines *l = mem_new(1, sizeof *l);
    l->read = read;
    l->self = self;
    l->window = mem_new(LINE_MAX_BYTES + CHUNK, 1);
    return l;
}

void lines_close(struct lines *l)
{
    if (l != NULL) {
        mem_free(l->window);
        mem_free(l);
    }
}

uint64_t lines_blank(const struct lines *l)
{
    return l->blank;
}

static enum rc fill(struct lines *l)
{
    if (l->from > 0) {
        memmove(l->window, l->window + l->from, l->to - l->from);
        l->to -= l->from;
        l->from = 0;
    }
    size_t got = 0;
    enum rc rc = l->read(l->self, l->window + l->to, LINE_MAX_BYTES + CHUNK - l->to, &got);
    l->to += got;
    l->ended = rc == RC_OK && got == 0;
    return rc;
}

/* The bytes up to the next line end, without it; *full is false when more must be read first. */
static bool cut_line(struct lines *l, struct str *text)
{
    const char *start = l->window + l->from;
    size_t room = l->to - l->from;
    const char *end = memchr(start, '\n', room);
    if (end == NULL && !l->ended && room < LINE_MAX_BYTES) {
        return false;
    }
    size_t n = end != NULL ? (size_t)(end - start) : room;
    size_t taken = end != NULL ? n + 1 : n;
    if (n > LINE_MAX_BYTES) {
        n = taken = LINE_MAX_BYTES;
    }
    l->from += taken;
    l->end += taken;
    *text = (struct str){start, n > 0 && start[n - 1] == '\r' ? n - 1 : n};
    return true;
}

enum rc lines_next(struct lines *l, struct line *out, bool *more)
{
    *more = false;
    for (;;) {
        struct str text;
        if (l->from == l->to && l->ended) {
            return RC_OK;
        }
        if (l->from == l->to || !cut_line(l, &text)) {
            enum rc rc = fill(l);
            if (rc != RC_OK) {
                return rc;
            }
            continue;
        }
        l->number++;
        if (str_trim(text).n == 0) {
            l->blank++;
            continue;
        }
        *out = (struct line){.text = text, .number = l->number, .end = l->end};
        *more = true;
        return RC_OK;
    }
}
