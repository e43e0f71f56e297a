/* builtin.c - the table of objects that are there without being written in a model. */
#include "model/builtin.h"

#define END                    \
    {                          \
        NULL, FT_TEXT, NULL, 0 \
    }

static const struct builtin_field person[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED},
    {"full_name", FT_TEXT, NULL, BF_PERSONAL},
    {"email", FT_EMAIL, NULL, BF_PERSONAL},
    {"role", FT_TEXT, NULL, 0},
    {"manager", FT_REF, "person", 0},
    {"team", FT_REF, "team", 0},
    {"active", FT_BOOLEAN, NULL, 0},
    {"calendar", FT_TEXT, NULL, 0},
    {"left_on", FT_DATE, NULL, 0},
    {"successor", FT_REF, "person", 0},
    /* How they hear of things: "mail, chat"; all at once at this time of day; only while this calendar is open. */
    {"notify_by", FT_TEXT, NULL, 0},
    {"digest_at", FT_TEXT, NULL, 0},
    {"notify_hours", FT_TEXT, NULL, 0},
    END};

static const struct builtin_field team[] = {{"name", FT_TEXT, NULL, BF_REQUIRED},
                                            {"label", FT_TEXT, NULL, 0},
                                            {"calendar", FT_TEXT, NULL, 0},
                                            {"lead", FT_REF, "person", 0},
                                            END};

/* Its owner is who is to accept it. `attempt` counts offers of the same handoff for the same record, from 1. */
static const struct builtin_field handoff[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED}, /* of the definition */
    {"state", FT_ENUM, "offered|accepted!|returned!|expired!|withdrawn!", 0},
    {"from", FT_REF, "person", BF_ENGINE},
    {"queue", FT_TEXT, NULL, BF_ENGINE}, /* offered to a queue: whoever accepts becomes the owner */
    {"team", FT_REF, "team", BF_ENGINE}, /* offered to a team, likewise */
    {"role", FT_TEXT, NULL, BF_ENGINE},  /* offered to whoever has this role, likewise */
    {"reason", FT_TEXT, NULL, 0},        /* of a return: one of return_reasons */
    {"note", FT_TEXT, NULL, 0},
    {"offered_at", FT_INSTANT, NULL, BF_ENGINE},
    {"accept_by", FT_INSTANT, NULL, BF_ENGINE},
    {"accepted_at", FT_INSTANT, NULL, BF_ENGINE},
    {"touch_by", FT_INSTANT, NULL, BF_ENGINE},
    {"first_touch_at", FT_INSTANT, NULL, BF_ENGINE},
    {"ended_at", FT_INSTANT, NULL, BF_ENGINE},
    {"attempt", FT_INTEGER, NULL, BF_ENGINE},
    {"packet", FT_JSON, NULL, BF_ENGINE},  /* what travelled: entry name to value */
    {"missing", FT_TEXT, NULL, BF_ENGINE}, /* names of empty entries, parted by ", " */
    {"missing_count", FT_INTEGER, NULL, BF_ENGINE},
    {"breached", FT_BOOLEAN, NULL, BF_ENGINE}, /* any of its clocks ran out */
    {"version", FT_INTEGER, NULL, BF_ENGINE},  /* of the model it began under */
    END};

/* A running deadline. A stopped clock is met or breached for good. `of` says which limit of which definition. */
static const struct builtin_field clock[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED | BF_ENGINE}, /* "mql_to_sales", "new_business.proposal" */
    {"kind", FT_ENUM, "accept|first_touch|decide|task|stage_age|first_response|next_response|wait",
     BF_ENGINE},
    {"state", FT_ENUM, "running|paused|met!|breached!|cancelled!", BF_ENGINE},
    {"calendar", FT_TEXT, NULL, BF_ENGINE}, /* empty: all hours */
    {"started_at", FT_INSTANT, NULL, BF_ENGINE},
    {"due_at", FT_INSTANT, NULL, BF_ENGINE},
    {"allowed", FT_INTEGER, NULL, BF_ENGINE}, /* microseconds of open time */
    /* Open time that was left, in microseconds, when it was last paused; empty: it never was. */
    {"remaining", FT_INTEGER, NULL, BF_ENGINE},
    {"paused_at", FT_INSTANT, NULL, BF_ENGINE},
    {"resumed_at", FT_INSTANT, NULL, BF_ENGINE}, /* since then `remaining` runs off */
    {"stopped_at", FT_INSTANT, NULL, BF_ENGINE},
    {"breached_at", FT_INSTANT, NULL, BF_ENGINE}, /* its due instant, however late it was noticed */
    {"marks", FT_INTEGER, NULL, BF_ENGINE},       /* escalation marks passed, in order */
    {"handoff", FT_REF, "handoff", BF_ENGINE | BF_HANGS},
    {"task", FT_REF, "task", BF_ENGINE | BF_HANGS},
    {"approval", FT_REF, "approval", BF_ENGINE | BF_HANGS},
    {"version", FT_INTEGER, NULL, BF_ENGINE},
    END};

/* Its owner is who does it. */
static const struct builtin_field task[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED},
    {"state", FT_ENUM, "waiting|open|done!|skipped!|cancelled!",
     0}, /* waiting: for the task before */
    {"due_at", FT_INSTANT, NULL, 0},
    {"outcome", FT_TEXT, NULL, 0},
    {"reason", FT_TEXT, NULL, 0}, /* of a skip */
    {"queue", FT_TEXT, NULL, BF_ENGINE},
    {"team", FT_REF, "team", BF_ENGINE},
    {"role", FT_TEXT, NULL, BF_ENGINE},
    {"origin", FT_TEXT, NULL, BF_ENGINE}, /* the definition that made it: "playbooks.onboarding" */
    {"enrolment", FT_REF, "enrolment", BF_ENGINE | BF_HANGS},
    {"step", FT_INTEGER, NULL, BF_ENGINE}, /* position in its playbook or sequence, from 1 */
    {"opened_at", FT_INSTANT, NULL, BF_ENGINE},
    {"ended_at", FT_INSTANT, NULL, BF_ENGINE},
    {"note", FT_TEXT, NULL, 0},
    END};

/* One run of a playbook or of a sequence. */
static const struct builtin_field enrolment[] = {{"name", FT_TEXT, NULL, BF_REQUIRED},
                                                 {"kind", FT_ENUM, "playbook|sequence", BF_ENGINE},
                                                 {"state", FT_ENUM, "active|done!|stopped!", 0},
                                                 {"reason", FT_TEXT, NULL, 0}, /* why it stopped */
                                                 {"step", FT_INTEGER, NULL, BF_ENGINE},
                                                 {"next_at", FT_INSTANT, NULL, BF_ENGINE},
                                                 {"started_at", FT_INSTANT, NULL, BF_ENGINE},
                                                 {"ended_at", FT_INSTANT, NULL, BF_ENGINE},
                                                 {"version", FT_INTEGER, NULL, BF_ENGINE},
                                                 END};

/* Its owner is who hears of it. Delivery by mail or chat stands in the outbox. */
static const struct builtin_field notification[] = {
    {"kind", FT_TEXT, NULL, BF_REQUIRED | BF_ENGINE}, /* "handoff_offered", "clock_breached" … */
    {"text", FT_TEXT, NULL, BF_ENGINE},
    {"why", FT_TEXT, NULL, BF_ENGINE}, /* the definition and rule that asked for it */
    {"link", FT_TEXT, NULL, BF_ENGINE},
    {"channel", FT_TEXT, NULL, BF_ENGINE}, /* app, mail, chat, parted by ',' */
    {"state", FT_ENUM, "unread|read!", 0},
    {"at", FT_INSTANT, NULL, BF_ENGINE},
    END};

/* `rule` is the id of a rule, gate or lock. Its owner is who approves or refuses it. */
static const struct builtin_field waiver[] = {
    {"rule", FT_TEXT, NULL, BF_REQUIRED},
    {"state", FT_ENUM, "asked|approved!|refused!|revoked!|expired!", 0},
    {"reason", FT_TEXT, NULL, BF_REQUIRED},
    {"asked_by", FT_REF, "person", 0},
    {"decided_by", FT_REF, "person", BF_ENGINE},
    {"decided_at", FT_INSTANT, NULL, BF_ENGINE},
    {"expires_at", FT_INSTANT, NULL, BF_ENGINE},
    {"note", FT_TEXT, NULL, 0},
    {"used", FT_INTEGER, NULL, BF_ENGINE}, /* commands that passed on it */
    {"last_used_at", FT_INSTANT, NULL, BF_ENGINE},
    {"source", FT_TEXT, NULL, 0}, /* about no record: for rows of imports from there that name it */
    {"at_most", FT_INTEGER, NULL, 0}, /* uses after which it lets nothing pass */
    END};

/* Its owner is who decides now. */
static const struct builtin_field approval[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED},
    {"state", FT_ENUM, "pending|approved!|refused!|void!", 0},
    {"step", FT_INTEGER, NULL, BF_ENGINE}, /* of the chain, from 1 */
    {"note", FT_TEXT, NULL, 0},
    {"asked_at", FT_INSTANT, NULL, BF_ENGINE},
    {"decided_by", FT_REF, "person", BF_ENGINE},
    {"decided_at", FT_INSTANT, NULL, BF_ENGINE},
    {"delegated_from", FT_REF, "person", BF_ENGINE},
    {"version", FT_INTEGER, NULL, BF_ENGINE},
    END};

/* The log of one routing. Its owner is who got the record; empty when a queue did. */
static const struct builtin_field assignment[] = {
    /* A person who makes one asks for the route to run on the record it names: all else is then filled in. */
    {"route", FT_TEXT, NULL, BF_REQUIRED},
    {"rule", FT_TEXT, NULL, BF_ENGINE}, /* name of the rule that decided; empty: otherwise */
    {"pool", FT_TEXT, NULL, BF_ENGINE},
    {"queue", FT_TEXT, NULL, BF_ENGINE},
    {"previous", FT_REF, "person", BF_ENGINE},
    {"at", FT_INSTANT, NULL, BF_ENGINE},
    {"cause", FT_TEXT, NULL, BF_ENGINE}, /* trigger, reroute, waited, leaver, hand */
    {"log", FT_JSON, NULL, BF_ENGINE},   /* rules tried with values seen, state of the pool */
    END};

/* A member's place in a pool. `pass` is where its last turn stood, in billionths of a round (process/pool.h). */
static const struct builtin_field pool_member[] = {
    {"pool", FT_TEXT, NULL, BF_REQUIRED | BF_KEY},
    {"person", FT_REF, "person", BF_REQUIRED | BF_KEY},
    {"weight", FT_INTEGER, NULL, 0},
    {"active", FT_BOOLEAN, NULL, 0},
    {"starts", FT_DATE, NULL, 0}, /* first and last day of taking turns; empty: always */
    {"ends", FT_DATE, NULL, 0},
    {"pass", FT_INTEGER, NULL, BF_ENGINE},
    {"turns", FT_INTEGER, NULL, BF_ENGINE},
    {"last_turn_at", FT_INSTANT, NULL, BF_ENGINE},
    {"today", FT_DATE, NULL, BF_ENGINE}, /* the day that `taken_today` counts */
    {"taken_today", FT_INTEGER, NULL, BF_ENGINE},
    {"week", FT_DATE, NULL, BF_ENGINE}, /* the Monday of the week that `taken_week` counts */
    {"taken_week", FT_INTEGER, NULL, BF_ENGINE},
    END};

/* An effect that a rule refused, or that went beyond a limit: its cause stands, this waits for its owner. */
static const struct builtin_field blocked[] = {
    {"definition", FT_TEXT, NULL, BF_REQUIRED | BF_ENGINE},
    {"state", FT_ENUM, "open|resolved!|dropped!", 0},
    {"what", FT_TEXT, NULL, BF_ENGINE},    /* what it would have done, for people */
    {"verdict", FT_JSON, NULL, BF_ENGINE}, /* why not */
    {"at", FT_INSTANT, NULL, BF_ENGINE},
    {"ended_at", FT_INSTANT, NULL, BF_ENGINE},
    END};

static const struct builtin_field absence[] = {
    {"person", FT_REF, "person", BF_REQUIRED | BF_KEY},
    {"starts", FT_DATE, NULL, BF_REQUIRED | BF_KEY},
    {"ends", FT_DATE, NULL, BF_REQUIRED}, /* the last day */
    {"kind", FT_ENUM, "vacation|sick|leave|other", 0},
    {"delegate", FT_REF, "person", 0},
    {"tasks", FT_ENUM, "stand_in|wait", 0}, /* open ones: who stands in may do them, or they wait */
    END};

/* Who sat where from when to when; a territory is one of the model, or a name. */
static const struct builtin_field seat[] = {{"person", FT_REF, "person", BF_REQUIRED | BF_KEY},
                                            {"starts", FT_DATE, NULL, BF_REQUIRED | BF_KEY},
                                            {"ends", FT_DATE, NULL, 0}, /* the last day */
                                            {"seat", FT_TEXT, NULL, BF_KEY},
                                            {"manager", FT_REF, "person", 0},
                                            {"territory", FT_TEXT, NULL, 0},
                                            {"ote", FT_MONEY, NULL, 0},
                                            END};

static const struct builtin_field quota[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED | BF_KEY},
    {"person", FT_REF, "person", BF_REQUIRED | BF_KEY},
    {"starts", FT_DATE, NULL, BF_REQUIRED | BF_KEY}, /* first day of the period */
    {"amount", FT_MONEY, NULL, 0},
    {"count", FT_NUMBER, NULL, 0},         /* of a metric that is no money */
    {"ramped", FT_MONEY, NULL, BF_ENGINE}, /* after the ramp of a new hire */
    {"ramped_count", FT_NUMBER, NULL, BF_ENGINE},
    END};

/* A territory of the model and since when it is one; what it covers stands there. Its owner answers for it. */
static const struct builtin_field territory[] = {
    {"name", FT_TEXT, NULL, BF_REQUIRED | BF_KEY},
    {"starts", FT_DATE, NULL, 0}, /* empty: always was */
    {"ends", FT_DATE, NULL, 0},   /* the last day */
    /* On this day what it covers goes to who sits there: of those in such seats anywhere, or of everybody. */
    {"realign_on", FT_DATE, NULL, 0},
    {"realign", FT_ENUM, "seats|everybody", 0},
    END};

/* Who is credited with how much of a record, by a definition of `splits`. */
static const struct builtin_field share[] = {
    {"split", FT_TEXT, NULL, BF_REQUIRED},
    {"person", FT_REF, "person", BF_REQUIRED},
    {"percent", FT_NUMBER, NULL, BF_REQUIRED},
    {"credit", FT_MONEY, NULL,
     BF_ENGINE}, /* what the share is worth; those of a record add up exactly */
    {"counts_on", FT_DATE, NULL, BF_ENGINE}, /* the day on which it counts */
    {"default_of", FT_REF, "person",
     BF_ENGINE}, /* nobody had said otherwise: it is theirs by `default` */
    END};

const struct builtin builtins[] = {
    {ON_PERSON, "person", "people", "Person", "per", false, false, false, NULL, person},
    {ON_TEAM, "team", "teams", "Team", "team", false, false, false, NULL, team},
    {ON_HANDOFF, "handoff", "handoffs", "Handoff", "hand", true, true, true, "withdrawn", handoff},
    {ON_CLOCK, "clock", "clocks", "Clock", "clk", true, true, false, "cancelled", clock},
    {ON_TASK, "task", "tasks", "Task", "task", true, true, true, "cancelled", task},
    {ON_ENROLMENT, "enrolment", "enrolments", "Enrolment", "enr", true, true, true, "stopped",
     enrolment},
    {ON_NOTIFICATION, "notification", "notifications", "Notification", "note", true, true, false,
     NULL, notification},
    {ON_WAIVER, "waiver", "waivers", "Waiver", "wai", true, true, true, NULL, waiver},
    {ON_APPROVAL, "approval", "approvals", "Approval", "appr", true, true, true, "void", approval},
    {ON_ASSIGNMENT, "assignment", "assignments", "Assignment", "asg", true, true, false, NULL,
     assignment},
    {ON_POOL_MEMBER, "pool_member", "pool_members", "Pool member", "pool", true, false, false, NULL,
     pool_member},
    {ON_BLOCKED, "blocked", "blocked_effects", "Blocked effect", "blk", true, true, true, "dropped",
     blocked},
    {ON_ABSENCE, "absence", "absences", "Absence", "abs", true, false, false, NULL, absence},
    {ON_SEAT, "seat", "seats", "Seat", "seat", true, false, false, NULL, seat},
    {ON_QUOTA, "quota", "quotas", "Quota", "quota", true, false, false, NULL, quota},
    {ON_TERRITORY, "territory", "territories", "Territory", "terr", true, false, false, NULL,
     territory},
    {ON_SHARE, "share", "shares", "Share", "shr", true, true, false, NULL, share},
    {0, NULL, NULL, NULL, NULL, false, false, false, NULL, NULL}};

const struct builtin *builtin_of(const struct object *o)
{
    for (const struct builtin *b = builtins; o->builtin && b->name; b++)
        if (b->number == o->number)
            return b;
    return NULL;
}

static size_t extent_of(const struct builtin *b)
{
    size_t n = 1;
    for (const struct builtin_field *f = b->fields; f->name; f++) {
        n++;
        if (f->type != FT_ENUM)
            continue;
        n++;
        for (const char *p = f->of; *p; p++)
            n += *p == '|';
    }
    return n;
}

size_t builtins_extent(void)
{
    size_t n = 0;
    for (const struct builtin *b = builtins; b->name; b++)
        n += extent_of(b);
    return n;
}
