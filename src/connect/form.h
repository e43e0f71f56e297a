/* form.h - what stands beside an import's batch so that its quarantined rows can be read again: the form of the file, its
 * header, the text of the mapping; and the words of a source that a person gave a meaning.
 *
 * Owns:   tables import_form and import_alias.   Errors: those of the store.
 */
#ifndef REVOS_CONNECT_FORM_H
#define REVOS_CONNECT_FORM_H

#include "connect/mapping.h"
#include "connect/table.h"
#include "store/store.h"

struct form {
    uint64_t batch;
    struct csv_dialect dialect;
    bool json_lines;
    struct str *header;
    size_t n_header;
    struct str mapping_text;
};

/* The form of a file that is about to be read: by its name, and by its mapping where there is one (NULL: none). */
void form_of_file(struct str file_name, const struct mapping *map, struct arena *a,
                  struct table_format *out);
MUST_CHECK enum rc form_write(struct store *s, uint64_t batch, const struct table *t,
                              struct str mapping_text);
/* RC_NOT_FOUND for an unknown batch. */
MUST_CHECK enum rc form_read(struct store *s, uint64_t batch, struct arena *a, struct form *out);
/* The cells of one raw row of that file; `fault` is empty when it reads. */
void form_cells(const struct form *f, struct str raw, struct arena *a, struct table_row *out);

/* From now on `word` in `field` reads as `reads_as` for rows of this source. Inside the caller's transaction. */
MUST_CHECK enum rc alias_put(struct store *s, const struct field *field, struct str source,
                             struct str word, struct str reads_as, struct instant now);
/* Adds the learnt words to the mapping; those of the mapping itself come first. `*digest` changes with them. */
MUST_CHECK enum rc alias_load(struct store *s, struct mapping *map, struct arena *a,
                              struct digest *digest);

#endif
