/* notices.c - notices to people, and how each of them wants to get them. */
#include "process/notices.h"
#include "model/scalar.h"
#include "process/plays.h"

/* ---- by which channels, and when ------------------------------------------------------------------------------------ */

enum { DELEGATES_MAX = 4 }; /* a chain of people who are all away ends here */

static const char *const channels[] = {"mail", "chat"};
enum { CHANNELS = sizeof channels / sizeof *channels };

static bool lists_word(struct str list, const char *word)
{
    struct str part;
    while (str_split(&list, ',', &part))
        if (str_is(str_trim(part), word))
            return true;
    return false;
}

/* The next time of day `minute` at or after `t`. */
static struct instant next_daily(struct zone *z, struct instant t, int32_t minute)
{
    struct hms h = {.hour = (uint8_t)(minute / 60), .minute = (uint8_t)(minute % 60)};
    struct date d = zone_date(z, t);
    struct instant at = zone_instant(z, d, h);
    if (at.us < t.us)
        at = zone_instant(z, (struct date){d.days + 1}, h);
    return at;
}

/* When a message to this person goes out; `*bundled`: together with the others of that day. */
static struct instant goes_at(struct reaction *r, const struct row *person, bool *bundled)
{
    struct look *l = r->l;
    struct instant at = l->at;
    int32_t minute;
    struct str hours = row_text(person, "notify_hours");
    struct calendar *c;
    *bundled = scalar_clock(row_text(person, "digest_at"), &minute);
    if (*bundled)
        return next_daily(l->zone, at, minute);
    if (hours.n && calendars_get(l->calendars, hours, &c) == RC_OK)
        r->rc = calendar_next_open(c, at, &at);
    return at;
}

/* ---- one notice ------------------------------------------------------------------------------------------------------ */

struct notice {
    const char *kind;
    const struct object *object;
    uint64_t about;
    struct str text, why;
};

/* Stable: the same notice about the same thing at the same instant is one message. */
static struct str message_id(struct reaction *r, const struct notice *n, uint64_t person,
                             const char *channel)
{
    struct str all = str_printf(r->l->arena, "%s|%s|%llu|%llu|%lld|%.*s", channel, n->kind,
                                (unsigned long long)n->about, (unsigned long long)person,
                                (long long)r->l->at.us, STR_ARG(n->text));
    char hex[65];
    struct str name = str_sub(digest_hex(digest_of(all), hex), 0, 32);
    return str_printf(r->l->arena, "notice-%.*s", STR_ARG(name));
}

static void send(struct reaction *r, const struct notice *n, const struct row *person,
                 const char *channel)
{
    struct effect_message m = {
        .channel = str_of(channel),
        .subject = n->text,
        .text = str_printf(r->l->arena, "%.*s\n\nWhy: %.*s", STR_ARG(n->text), STR_ARG(n->why)),
        .person = person->id,
        .id = message_id(r, n, person->id, channel)};
    struct instant at = goes_at(r, person, &m.bundled);
    ask_message(r, &m, STR("notices"));
    if (r->rc != RC_OK)
        return;
    struct effect *e = &r->effects.v[r->effects.n - 1];
    e->object = n->object;
    e->record = n->about;
    e->at = at;
}

/* Told already in this reaction? Somebody may be owner, manager and on the list. */
static bool is_told(const struct reaction *r, const struct object *notification, uint64_t person,
                    const struct notice *n)
{
    for (size_t i = 0; i < r->effects.n; i++) {
        const struct effect *e = &r->effects.v[i];
        bool same_person = false, same_text = false;
        for (size_t k = 0; e->object == notification && k < e->n_fields; k++) {
            const struct effect_field *f = &e->fields[k];
            same_person |= str_is(f->field->name, "owner") && f->value.type == VT_REF &&
                           f->value.ref == person;
            same_text |= str_is(f->field->name, "text") && f->value.type == VT_TEXT &&
                         str_eq(f->value.text, n->text);
        }
        if (same_person && same_text)
            return true;
    }
    return false;
}

static void tell(struct reaction *r, const struct notice *n, const struct row *person)
{
    const struct object *o = builtin_object(r->p, ON_NOTIFICATION);
    struct str by = row_text(person, "notify_by"), used = STR("app");
    char id[64];
    if (is_told(r, o, person->id, n))
        return;
    for (size_t i = 0; i < CHANNELS; i++)
        if (lists_word(by, channels[i]))
            used = str_printf(r->l->arena, "%.*s, %s", STR_ARG(used), channels[i]);
    struct asking a = ask_create(r, o, STR("notices"));
    ask_ref(&a, "owner", person->id);
    ask_text(&a, "kind", str_of(n->kind));
    ask_text(&a, "text", n->text);
    ask_text(&a, "why", n->why);
    ask_text(&a, "link",
             str_printf(r->l->arena, "/records/%.*s/%.*s", STR_ARG(n->object->name),
                        STR_ARG(id_text(n->object->prefix, n->about, id))));
    ask_text(&a, "channel", used);
    ask_word(&a, "state", "unread");
    ask_instant(&a, "at", r->l->at);
    ask_about(&a, n->object, n->about);
    (void)ask(&a);
    for (size_t i = 0; i < CHANNELS; i++)
        if (lists_word(by, channels[i]))
            send(r, n, person, channels[i]);
}

void notify(struct reaction *r, uint64_t person, const char *kind, const struct object *o,
            uint64_t about, struct str text, struct str why)
{
    const struct object *people = builtin_object(r->p, ON_PERSON);
    struct notice n = {kind, o, about, text, why};
    for (int i = 0; i < DELEGATES_MAX && person && !r->l->quiet; i++) {
        const struct row *row = row_of(r, people, person);
        const struct value *active = row ? row_value(row, builtin_field(people, "active")) : NULL;
        uint64_t delegate = 0;
        if (!row)
            return;
        if (active->type == VT_BOOL && !active->boolean) {
            person = row_ref(row, "manager");
            continue;
        }
        tell(r, &n, row);
        if (!person_is_away(r, person, r->l->today, &delegate))
            return;
        n.why = str_printf(r->l->arena, "%.*s; %.*s is away", STR_ARG(why),
                           STR_ARG(row_text(row, "name")));
        person = delegate;
    }
}

void notify_all(struct reaction *r, const struct node *list, const char *kind,
                const struct object *o, const struct row *of, struct str text, struct str why)
{
    for (size_t i = 0; list && i < list->n && r->rc == RC_OK; i++) {
        struct str name = list->items[i]->text;
        uint64_t person = 0;
        if (str_is(name, "owner") || str_is(name, "manager"))
            person = row_owner(of);
        else
            person = r->l->reader->person_id(r->l->reader->ctx, name);
        if (person && str_is(name, "manager")) {
            const struct row *p = row_of(r, builtin_object(r->p, ON_PERSON), person);
            person = p ? row_ref(p, "manager") : 0;
        }
        notify(r, person, kind, o, of->id, text, why);
    }
}

/* ---- what people choose ----------------------------------------------------------------------------------------------- */

static void judge_channels(struct reaction *r, const struct process_findings *f)
{
    struct str list = row_text(r->l->now, "notify_by"), part;
    while (str_split(&list, ',', &part)) {
        struct str word = str_trim(part);
        if (str_is(word, "app") || str_is(word, "mail") || str_is(word, "chat"))
            continue;
        f->add(f->ctx, "UNKNOWN_VALUE", ENFORCE_DENY, builtin_field(r->l->object, "notify_by"),
               STR("notices"), STR_NONE,
               str_printf(r->l->arena, "'%.*s' is no way to tell somebody", STR_ARG(word)),
               STR("Say app, mail, chat, or several parted by commas"));
    }
}

static void judge(struct reaction *r, const void *self, const struct process_findings *f)
{
    const struct look *l = r->l;
    int32_t minute;
    struct calendar *c;
    (void)self;
    if (!row_is_of(l->now, ON_PERSON))
        return;
    judge_channels(r, f);
    struct str digest = row_text(l->now, "digest_at"), hours = row_text(l->now, "notify_hours");
    if (digest.n && !scalar_clock(digest, &minute))
        f->add(f->ctx, "INVALID", ENFORCE_DENY, builtin_field(l->object, "digest_at"),
               STR("notices"), STR_NONE,
               str_printf(l->arena, "'%.*s' is no time of day", STR_ARG(digest)),
               STR("Write it as 08:30"));
    if (hours.n && calendars_get(l->calendars, hours, &c) != RC_OK)
        f->add(f->ctx, "UNKNOWN_VALUE", ENFORCE_DENY, builtin_field(l->object, "notify_hours"),
               STR("notices"), STR_NONE,
               str_printf(l->arena, "the model has no calendar '%.*s'", STR_ARG(hours)),
               STR("Name one of `calendars`"));
}

const struct part notices_part = {.name = "notices", .judge = judge};
