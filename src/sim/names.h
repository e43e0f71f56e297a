/* names.h - words of the simulated company: made up here, of nobody's list.
 *
 * In:     numbers.   Out: names, titles, sentences. A company's name and domain follow from its number alone, and no two
 *         numbers share one.
 */
#ifndef REVOS_SIM_NAMES_H
#define REVOS_SIM_NAMES_H

#include "base/text.h"
#include "sim/dice.h"

struct words {
    const char *const *v;
    size_t n;
};

enum segment { SMB, MID, ENTERPRISE, SEGMENTS };
enum channel { ORGANIC, PAID_SEARCH, SOCIAL, EVENT, REFERRAL, PARTNER, OUTBOUND, CHANNELS };

extern const char *const segment_names[SEGMENTS];
extern const char *const channel_names[CHANNELS];
extern const struct words industries, competitors, needs, next_steps, risks, scopes, subjects,
    praise, complaints, features, loss_reasons, churn_reasons, recycle_reasons, senior_titles,
    junior_titles, freemail_hosts;

const char *word(struct dice *d, const struct words *w);
struct str name_company(struct arena *a, size_t number);
struct str name_domain(struct arena *a, size_t number);
const char *name_first(struct dice *d);
const char *name_last(struct dice *d);
const char *name_country(struct dice *d); /* ISO code, weighted as a European vendor sells */
/* first.last@domain, ASCII, lower case; `number` > 0 sets it apart from a namesake. */
struct str name_mail(struct arena *a, const char *first, const char *last, size_t number,
                     struct str domain);

#endif
