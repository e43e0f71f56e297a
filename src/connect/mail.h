/* mail.h - one mail by SMTP.
 *
 * In:     settings; a letter with its stable id.   Out: the server took it, or a sentence why not.
 * Owns:   a connection for the call.
 * Errors: RC_OK taken; RC_REFUSED the server will never take it; RC_IO otherwise: try again.
 * Rule:   TLS wherever the server offers it; smtps:// from the beginning. A password goes only over TLS or to this machine.
 * Never:  lets a line end of a field into a header; takes more than MAIL_SECONDS.
 */
#ifndef REVOS_CONNECT_MAIL_H
#define REVOS_CONNECT_MAIL_H

#include "base/text.h"
#include "base/time.h"

enum { MAIL_SECONDS = 30 };

struct mail_settings {
    struct str server; /* smtp://host:port, smtps://host, or host */
    struct str user, password;
    struct str from; /* "Acme <hello@acme.example>", or an address */
};

struct mail {
    struct str to, subject, text;
    struct str html;        /* the same as a document; empty: text alone */
    struct str id;          /* becomes <id@domain of from> */
    struct str unsubscribe; /* a link; empty: none */
    struct instant at;
};

/* The address in "Acme <hello@acme.example>"; empty when there is none that could be one. */
struct str mail_address(struct str s);
/* The message as it goes over the line: headers, an empty line, the text in base64, with HTML beside it as an alternative; lines end with CR LF. */
MUST_CHECK enum rc mail_compose(const struct mail_settings *s, const struct mail *m,
                                struct arena *a, struct buf *out);
MUST_CHECK enum rc mail_send(const struct mail_settings *s, const struct mail *m, struct arena *a,
                             struct str *why);

#endif
