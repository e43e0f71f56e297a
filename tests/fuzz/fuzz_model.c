/* Any bytes are a model file. Compiling ends; it gives a model or an error, every place lies within the text, and compiling the
 * same bytes again against the numbers just given changes nothing. */
#include "model/diff.h"
#include "model/numbering.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void check_places(const struct diags *ds, const struct source *s)
{
    size_t lines = 1;
    for (size_t i = 0; i < s->text.n; i++)
        lines += s->text.p[i] == '\n';
    for (size_t i = 0; i < ds->list.n; i++) {
        const struct diag *d = &ds->list.v[i];
        check(d->at.source == s && d->message.n > 0);
        check(d->at.line <= lines + 1 && d->at.col <= s->text.n + 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct source file = {STR("revos.yaml"), {(const char *)data, size}};
    struct source_set set = {&file, 1};
    struct diags ds;
    struct model *m, *again;
    diags_init(&ds, a);
    enum rc rc = model_compile(&set, NULL, a, &m, &ds);
    check((rc == RC_OK) == (m != NULL) && (ds.errors > 0) == (m == NULL));
    check_places(&ds, &file);
    if (m) {
        struct change_list changes;
        check(model_compile(&set, m->numbering, a, &again, &ds) == RC_OK);
        model_diff(m, again, a, &changes);
        check(changes.n == 0 && digest_eq(m->digest, again->digest));
    }
    struct buf text;
    buf_init(&text, 64u << 20);
    diags_sort(&ds);
    diags_text(&ds, 100, &text);
    buf_release(&text);
    arena_free(a);
    return 0;
}
