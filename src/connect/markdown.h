/* markdown.h - the text of a letter as HTML.
 *
 * In:     Markdown (CommonMark); values that stand in it for what they are.
 * Out:    a whole HTML document; text in which nothing is a sign of Markdown any more.
 * Owns:   nothing; results in the arena.
 * Errors: RC_LIMIT: longer than a letter may be.
 * Never:  lets HTML of the source through, or a link with a scheme that runs something.
 */
#ifndef REVOS_CONNECT_MARKDOWN_H
#define REVOS_CONNECT_MARKDOWN_H

#include "base/text.h"

/* `footer_words` leading to `footer_link` stand below a line at the end; no link: no footer. */
MUST_CHECK enum rc markdown_html(struct str text, struct str footer_words, struct str footer_link,
                                 struct arena *a, struct str *out);
/* A value, to be put into Markdown: reads there as it is. */
struct str markdown_escaped(struct str value, struct arena *a);

#endif
