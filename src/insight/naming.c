#include "insight/naming.h"

enum rc explanation_name(struct explanation *x, struct projection *p, struct arena *a)
{
    struct titles titles;
    titles_init(&titles, p, a);
    for (size_t i = 0; i < x->n_parts; i++)
        for (size_t k = 0; k < x->parts[i].n_records; k++)
            titles_want(&titles, x->parts[i].object, x->parts[i].records[k].id);
    enum rc rc = titles_load(&titles);
    for (size_t i = 0; rc == RC_OK && i < x->n_parts; i++)
        for (size_t k = 0; k < x->parts[i].n_records; k++) {
            struct explained_record *r = &x->parts[i].records[k];
            r->title = titles_text(&titles, x->parts[i].object, r->id);
        }
    return rc;
}
