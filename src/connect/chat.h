/* chat.h - one line into a chat by webhook: JSON {"text": …} by POST, as Slack and those who copy it take it.
 *
 * In:     an http or https address; a text with its stable id.   Out: the other side took it, or a sentence why not.
 * Owns:   a connection for the call.
 * Errors: RC_OK taken; RC_REFUSED it will never be taken (4xx but 408 and 429); RC_IO otherwise: try again.
 * Never:  follows a redirect; reads more than CHAT_ANSWER_MAX bytes of the answer; takes more than CHAT_SECONDS.
 */
#ifndef REVOS_CONNECT_CHAT_H
#define REVOS_CONNECT_CHAT_H

#include "base/text.h"

enum { CHAT_SECONDS = 15, CHAT_ANSWER_MAX = 64 * 1024 };

/* `id` goes into the header Idempotency-Key. */
MUST_CHECK enum rc chat_send(struct str url, struct str text, struct str id, struct arena *a,
                             struct str *why);

#endif
