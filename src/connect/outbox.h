/* outbox.h - messages on their way: listed, sent, given up, dropped.
 *
 * In:     rows of table outbox; the settings `mail` and `chat` of the model; letters of the workspace.
 * Out:    mails and chat lines; for each row one end: sent, given up after OUTBOX_ATTEMPTS, dropped.
 * Owns:   nothing.
 * Errors: those of the store and the vault. What the other side says is no error: it stands in the row.
 * Rule:   a row is claimed in one transaction and settled in another, with the sending between them: whoever is killed there
 *         leaves it to be sent again under the same id. Before it goes out it is asked once more whether it may: record,
 *         run and consent as they then are.
 * Never:  sends with the writer waiting; sends a channel that has no settings: its rows stay.
 */
#ifndef REVOS_CONNECT_OUTBOX_H
#define REVOS_CONNECT_OUTBOX_H

#include "admission/outbox.h"
#include "admission/writer.h"
#include "connect/mail.h"

enum { OUTBOX_ATTEMPTS = 10 };

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_GIVEN_UP, OUTBOX_DROPPED };
const char *outbox_state_name(enum outbox_state s);

struct outbox_settings {
    bool has_mail, has_chat;
    struct mail_settings mail;
    struct str chat;    /* address of the webhook */
    struct str url;     /* where people reach the pages; empty: links are left out */
    struct str why_not; /* a sentence about a secret that is not there; empty: nothing is wrong */
};

/* From the model and the secrets it names; in the arena. */
void outbox_settings_read(const struct model *m, const struct env *env, const char *workspace,
                          struct arena *a, struct outbox_settings *out);

struct outbox {
    const struct env *env;
    const char *workspace;
    struct writer *writer; /* NULL: this thread is the only one that writes */
    struct admission *admission;
    struct store *store; /* the writing connection; used in the writer's turn only */
    struct vault *vault;
    struct projection *projection;
    const struct model *model;
    struct outbox_settings settings;
};

struct outbox_counts {
    uint64_t sent, waiting, given_up, dropped; /* rows; waiting: failed and to be tried again */
};

/* Sends what is due now, at most `max` rows. */
MUST_CHECK enum rc outbox_deliver(struct outbox *o, size_t max, struct outbox_counts *out);
/* When a row is due next (one that was just recorded may stand a moment ahead of the clock); INSTANT_MAX: none waits that has a way out. From any connection. */
MUST_CHECK enum rc outbox_next(struct store *s, const struct outbox_settings *settings,
                               struct instant *out);

struct outbox_row {
    uint64_t id, record, person, run;
    struct str name, channel, definition, error;
    uint32_t object;
    struct instant made_at, next_at;
    uint32_t attempts;
    enum outbox_state state;
    bool together, expired; /* expired: its texts are gone */
    struct outbox_texts texts;
};

/* At most `limit` rows behind `after`, by id, in the arena; `state` -1: all. */
MUST_CHECK enum rc outbox_page(struct store *s, struct vault *v, int state, uint64_t after,
                               size_t limit, struct arena *a, struct outbox_row **out, size_t *n);
/* A person gives a row up, or asks for another round of attempts of one that was given up. *changed: it was open to that. */
MUST_CHECK enum rc outbox_drop(struct store *s, uint64_t id, struct instant at, bool *changed);
MUST_CHECK enum rc outbox_retry(struct store *s, uint64_t id, struct instant at, bool *changed);

#endif
