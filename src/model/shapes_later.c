/* shapes_later.c - definitions whose machinery reads them from struct definition: their names are resolved and their
 * conditions compiled here and now, so that what is written today stays valid. */
#include "model/shapes.h"

#define OWNER_KEY                                                           \
    {                                                                       \
        "owner", &sh_person, false,                                         \
            "one person; by default the object's owner, else the company's" \
    }
#define REVIEW_KEY                                                     \
    {                                                                  \
        "review_by", &sh_date, false, "when someone looks at it again" \
    }
#define NAME_KEY                                     \
    {                                                \
        "name", &sh_name, true, "unique in its kind" \
    }
#define TITLE_KEY                                    \
    {                                                \
        "name", &sh_text, true, "unique in its kind" \
    }
#define OBJECT_KEY                                       \
    {                                                    \
        "object", &sh_object, true, "over whose records" \
    }
#define CEL(id, p, w) static const struct shape id = {.kind = SH_CEL, .place = p, .want = w}
#define DEF(id, section) static const struct shape id = {.kind = SH_DEF, .what = section}
#define DEFINITION(id, k) \
    static const struct shape id = {.kind = SH_MAP, .scope = SCOPE_OBJECT, .keys = k}
#define LIST_OF(id, one) const struct shape id = {.kind = SH_LIST, .of = &one}

/* ---- shared ------------------------------------------------------------------------------------ */

WORDS(owner_words, "owner", "manager");
static const struct shape person_word = {.kind = SH_PERSON, .words = owner_words};
static const struct shape notify = {.kind = SH_LIST, .of = &person_word};
static const struct shape record = {.kind = SH_RECORD};
DEF(calendar, "calendars");
DEF(team, "teams");
DEF(pool, "pools");
DEF(route, "routes");
DEF(playbook, "playbooks");
DEF(sequence, "sequences");
DEF(pipeline, "pipelines");
DEF(dashboard, "dashboards");

/* Who gets something. */
static const struct key target_keys[] = {
    {"owner_of", &record, false, "the owner of the record, or of one it refers to: lead.account"},
    {"person", &sh_person, false, "one person"},
    {"team", &team, false, "a team"},
    {"role", &sh_text, false, "whoever has this role"},
    {"territory", &sh_name, false, "who holds this seat of the territory that the record is in"},
    {"pool", &pool, false, "the next of a pool"},
    {"queue", &sh_name, false, "a queue that people take from"},
    {"owner", &sh_person, false, "who answers for a queue"},
    END_KEYS};
static const struct shape target = {.kind = SH_EITHER, .of = &person_word, .keys = target_keys};

WORDS(day_words, "mon", "tue", "wed", "thu", "fri", "sat", "sun");
static const struct shape day = {.kind = SH_WORD, .words = day_words};
static const struct key day_time_keys[] = {
    {"day", &day, true, "day of the week"}, {"at", &sh_clock, false, "time of day"}, END_KEYS};
static SHAPE_MAP(day_time, day_time_keys);

static const struct key reroute_keys[] = {{"reroute", &route, false, "hand it to a route again"},
                                          END_KEYS};
static SHAPE_MAP(reroute, reroute_keys);
static const struct key escalation_keys[] = {
    {"at", &sh_percent, true, "share of the time allowed: 50%"},
    {"notify", &notify, false, "people, owner or manager"},
    {"then", &reroute, false, "what else happens"},
    END_KEYS};
static SHAPE_MAP(escalation, escalation_keys);
static const struct shape escalations = {.kind = SH_LIST, .of = &escalation};
CEL(pause, XP_TRIGGER, X_BOOL);
WORDS(hours_words, "owner");
static const struct shape hours = {.kind = SH_DEF, .what = "calendars", .words = hours_words};
#define HOURS_KEY                                                                                \
    {                                                                                            \
        "calendar", &hours, false,                                                               \
            "working hours that count; owner: those of whoever has to act; by default all hours" \
    }
static const struct key sla_keys[] = {
    HOURS_KEY,
    {"accept_within", &sh_worktime, false, "until accepted"},
    {"first_touch_within", &sh_worktime, false, "until the first touch"},
    {"decide_within", &sh_worktime, false, "until decided"},
    {"pause_when", &pause, false, "the clock stands while this holds"},
    END_KEYS};
static SHAPE_MAP(sla, sla_keys);

/* What happens. */
static const struct shape set = {.kind = SH_SET};
static const struct key create_keys[] = {
    {"object", &sh_object, true, "what is made"},
    {"pipeline", &pipeline, false, "in which pipeline"},
    {"set", &set, false, "field to expression over the record at hand"},
    END_KEYS};
static const struct shape create = {.kind = SH_MAP, .scope = SCOPE_TARGET, .keys = create_keys};
static const struct key task_keys[] = {{"name", &sh_text, true, "what to do"},
                                       {"to", &target, false, "for whom"},
                                       {"due", &sh_worktime, false, "by when"},
                                       END_KEYS};
static SHAPE_MAP(task, task_keys);
static const struct key action_keys[] = {
    {"create", &create, false, "make a record"},
    {"set", &set, false, "field to expression, on the record at hand"},
    {"task", &task, false, "give someone a task"},
    {"notify", &notify, false, "tell people"},
    {"route", &route, false, "run a route"},
    {"playbook", &playbook, false, "start a playbook"},
    {"sequence", &sequence, false, "enrol in a sequence"},
    END_KEYS};
static SHAPE_MAP(action, action_keys);
static const struct shape actions = {.kind = SH_LIST, .of = &action, .nonempty = true};

/* ---- people, seats, roles ---------------------------------------------------------------------- */

static const struct key seats_keys[] = {{"file", &sh_file, true, "CSV in the workspace"},
                                        {"keys", &sh_names, true, "columns that identify a row"},
                                        {"fields", &sh_names, true, "the other columns"},
                                        OWNER_KEY,
                                        REVIEW_KEY,
                                        END_KEYS};
SHAPE_MAP(sh_seats, seats_keys);

WORDS(same_word, "same", "none");
CEL(row_rule, XP_ROLE, X_BOOL);
static const struct shape see = {
    .kind = SH_TABLE, .table_key = SH_OBJECT, .scope = SCOPE_KEY, .of = &row_rule};
static const struct shape same = {.kind = SH_WORD, .words = same_word};
WORDS(right_words, "backdate", "waive", "import", "export", "apply", "forecast", "admin");
static const struct shape right = {.kind = SH_WORD, .words = right_words};
static const struct shape rights = {.kind = SH_LIST, .of = &right};
static const struct shape hidden = {.kind = SH_FIELD_OF};
static const struct shape hide = {.kind = SH_LIST, .of = &hidden};
static const struct shape edit = {.kind = SH_EITHER, .of = &same};
static const struct key role_keys[] = {
    {"see", &see, false, "object to the condition for the rows it may see"},
    {"edit", &edit, false, "same as see, or none"},
    {"hide", &hide, false, "fields it never sees: contact.phone"},
    {"rights", &rights, false, "what else it may do"},
    {"label", &sh_text, false, "what people read"},
    OWNER_KEY,
    REVIEW_KEY,
    END_KEYS};
static SHAPE_MAP(role, role_keys);
const struct shape sh_roles = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &role};

CEL(filter, XP_FILTER, X_BOOL);
static const struct key icp_keys[] = {NAME_KEY,  OBJECT_KEY,  {"when", &filter, true, "who fits"},
                                      OWNER_KEY, COMMON_KEYS, END_KEYS};
DEFINITION(icp, icp_keys);
LIST_OF(sh_icp, icp);

WORDS(cycle_words, "error", "allow");
WORDS(roll_words, "sum", "average", "min", "max", "worst", "best", "count");
static const struct shape cycles = {.kind = SH_WORD, .words = cycle_words};
static const struct shape roll = {.kind = SH_WORD, .words = roll_words};
static const struct shape roll_up = {.kind = SH_TABLE, .table_key = SH_FIELD, .of = &roll};
static const struct shape parent_ref = {.kind = SH_REF};
static const struct key hierarchy_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"parent", &parent_ref, true, "the reference upwards"},
    {"cycles", &cycles, false, "by default error"},
    {"roll_up", &roll_up, false, "field to how children add up"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(hierarchy, hierarchy_keys);
LIST_OF(sh_hierarchies, hierarchy);

/* ---- scores, routes, handoffs ------------------------------------------------------------------ */

CEL(score_when, XP_SCORE, X_BOOL);
static const struct shape points_int = {
    .kind = SH_INT, .bounded = true, .min = -100000, .max = 100000};
static const struct shape since = {.kind = SH_FIELD};
static const struct key point_keys[] = {
    {"add", &points_int, true, "points, also negative"},
    {"when", &score_when, true, "for what"},
    {"because", &sh_text, true, "the reason that people read"},
    {"half_life", &sh_duration, false, "the points halve in so many days: 45d"},
    {"since", &since, false,
     "from which date or instant they age; by default the newest child that meets `when`"},
    {"cap", &points_int, false,
     "counts once for every child that meets `when`, so many points at most"},
    END_KEYS};
static SHAPE_MAP(point, point_keys);
static const struct shape points = {.kind = SH_LIST, .of = &point, .nonempty = true};
static const struct shape range = {.kind = SH_LIST, .of = &points_int};
static const struct key score_keys[] = {NAME_KEY,
                                        OBJECT_KEY,
                                        {"range", &range, true, "least and greatest: [0, 100]"},
                                        {"points", &points, true, "what adds to it"},
                                        OWNER_KEY,
                                        COMMON_KEYS,
                                        WAS_KEY,
                                        END_KEYS};
DEFINITION(score, score_keys);
LIST_OF(sh_scores, score);

WORDS(strategy_words, "round_robin", "weighted", "least_loaded", "first_available");
static const struct shape strategy = {.kind = SH_WORD, .words = strategy_words};
static const struct shape weight = {.kind = SH_INT, .bounded = true, .min = 0, .max = 1000};
CEL(route_when, XP_ROUTE, X_BOOL);
static const struct key member_keys[] = {
    {"person", &sh_person, true, "short name"},
    {"weight", &weight, false, "share of turns; by default 1"},
    {"when", &route_when, false, "which records they take: territory, language, skill"},
    END_KEYS};
static const struct shape member = {.kind = SH_EITHER, .of = &sh_person, .keys = member_keys};
static const struct shape members = {.kind = SH_LIST, .of = &member, .nonempty = true};
static const struct key capacity_keys[] = {{"open", &sh_count, false, "at most so many at once"},
                                           {"per_day", &sh_count, false, "at most so many a day"},
                                           {"per_week", &sh_count, false, "at most so many a week"},
                                           END_KEYS};
static SHAPE_MAP(capacity, capacity_keys);
static const struct key pool_keys[] = {
    {"members", &members, true, "people, or {person, weight}"},
    {"strategy", &strategy, false, "by default round_robin"},
    {"capacity", &capacity, false, "of each member"},
    {"calendar", &calendar, false, "when members work who have no calendar of their own"},
    {"object", &sh_object, false, "what is shared out; needed for `when` of members"},
    {"label", &sh_text, false, "what people read"},
    OWNER_KEY,
    REVIEW_KEY,
    END_KEYS};
DEFINITION(pool_map, pool_keys);
const struct shape sh_pools = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &pool_map};

CEL(trigger, XP_TRIGGER, X_BOOL);
static const struct shape wait_for = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &sh_duration};
static const struct key route_rule_keys[] = {
    {"name", &sh_text, true, "what people read in the log"},
    {"when", &route_when, true, "for which records"},
    {"to", &target, true, "who gets them"},
    END_KEYS};
static SHAPE_MAP(route_rule, route_rule_keys);
static const struct shape route_rules = {.kind = SH_LIST, .of = &route_rule};
static const struct shape match_by = {.kind = SH_SET};
static const struct shape match_prefer_one = {
    .kind = SH_CEL, .scope = SCOPE_TARGET, .place = XP_ROUTE, .want = X_BOOL};
static const struct shape match_prefer = {.kind = SH_LIST, .of = &match_prefer_one};
static const struct key match_keys[] = {
    {"field", &sh_field, true, "the reference that is filled when it is empty: account"},
    {"by", &match_by, true,
     "key field of what it refers to, to expression over the record: {domain: lead.domain}"},
    {"prefer", &match_prefer, false,
     "conditions over what is found, most important first; then the oldest"},
    END_KEYS};
static const struct shape route_match = {
    .kind = SH_MAP, .scope = SCOPE_REFERENCE, .keys = match_keys};
static const struct key route_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"trigger", &trigger, true, "when a record is routed"},
    {"wait_for", &wait_for, false, "source to the longest wait: {enrichment: 120s}"},
    {"match", &route_match, false, "finds what the record belongs to before rules are tried"},
    {"rules", &route_rules, true, "the first that holds decides"},
    {"otherwise", &target, true, "when none does"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(route_def, route_keys);
LIST_OF(sh_routes, route_def);

WORDS(packet_words, "warn", "block");
static const struct shape packet_member = {.kind = SH_MEMBER};
static const struct shape packet_enforce = {.kind = SH_WORD, .words = packet_words};
static const struct key packet_keys[] = {
    {"field", &packet_member, true, "field or list"},
    {"enforce", &packet_enforce, false,
     "what an empty one does: warn (default) names it, block refuses acceptance"},
    END_KEYS};
static const struct shape packet_entry = {
    .kind = SH_EITHER, .of = &packet_member, .keys = packet_keys};
static const struct shape packet = {.kind = SH_LIST, .of = &packet_entry};
static const struct shape handoff_stage = {.kind = SH_STAGE};
static const struct key return_keys[] = {
    {"stage", &handoff_stage, false, "the stage that the record goes back to: recycled"},
    {"reroute", &route, false, "or the route that finds somebody else"},
    END_KEYS};
static SHAPE_MAP(on_return, return_keys);
static const struct key handoff_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"offer_when", &trigger, true, "when it is offered"},
    {"from", &target, true, "who gives"},
    {"to", &target, true, "who takes"},
    {"packet", &packet, true, "fields and lists that must travel; empty ones are named"},
    {"sla", &sla, false, "how fast"},
    {"escalate", &escalations, false, "what happens as time runs out"},
    {"first_touch_when", &trigger, false,
     "what counts as first touch; by default an activity since the offer"},
    {"return_reasons", &sh_names, false, "why it may be given back"},
    {"on_return", &on_return, false, "what happens then; by default the giver is told"},
    {"starts", &playbook, false, "the playbook that begins when it is accepted"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(handoff, handoff_keys);
LIST_OF(sh_handoffs, handoff);

static const struct key response_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"start_when", &trigger, true, "an answer is owed; each time it begins to hold a clock starts"},
    {"stop_when", &trigger, false,
     "the answer is there; by default when start_when no longer holds"},
    {"within", &sh_worktime, true, "time for the first answer"},
    {"next_within", &sh_worktime, false, "time for every later one; by default as the first"},
    {"pause_when", &pause, false, "the clock stands while this holds"},
    HOURS_KEY,
    {"escalate", &escalations, false, "what happens as time runs out"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(response, response_keys);
LIST_OF(sh_slas, response);

#define BUSINESS_DAYS                                                                   \
    "whose business days count; by default those of the only calendar, else Monday to " \
    "Friday"
static const struct key playbook_task_keys[] = {
    {"name", &sh_text, true, "unique in the playbook"},
    {"role", &sh_text, false, "whose task"},
    {"to", &target, false, "or exactly whose"},
    {"due", &sh_worktime, true, "by when, from the start or from the task before"},
    {"after", &sh_text, false, "the task that comes before"},
    {"outcome", &sh_names, false, "how it can end"},
    {"done_when", &trigger, false, "when it is done by itself"},
    END_KEYS};
static SHAPE_MAP(playbook_task, playbook_task_keys);
static const struct shape playbook_tasks = {
    .kind = SH_LIST, .of = &playbook_task, .nonempty = true};
static const struct key playbook_keys[] = {NAME_KEY,
                                           OBJECT_KEY,
                                           {"tasks", &playbook_tasks, true, "in order"},
                                           {"calendar", &calendar, false, BUSINESS_DAYS},
                                           OWNER_KEY,
                                           COMMON_KEYS,
                                           END_KEYS};
DEFINITION(playbook_def, playbook_keys);
LIST_OF(sh_playbooks, playbook_def);

static const struct key step_keys[] = {{"email", &sh_file, false, "a text of the workspace"},
                                       {"task", &sh_text, false, "what someone does"},
                                       {"after", &sh_worktime, true, "from the step before"},
                                       END_KEYS};
static SHAPE_MAP(step, step_keys);
static const struct shape steps = {.kind = SH_LIST, .of = &step, .nonempty = true};
DEF(purpose, "consents");
static const struct key quiet_keys[] = {
    {"calendar", &calendar, true, "mails go out only while it is open"}, END_KEYS};
static SHAPE_MAP(quiet_hours, quiet_keys);
static const struct key cap_keys[] = {
    {"per_week", &sh_count, true, "mails within seven days, of all sequences together"}, END_KEYS};
static SHAPE_MAP(cap, cap_keys);
static const struct key sequence_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"enrol_when", &trigger, true, "who enters"},
    {"stop_when", &trigger, false, "who leaves"},
    {"steps", &steps, true, "in order"},
    {"purpose", &purpose, false, "the consent that its mails need"},
    {"address", &sh_field, false, "whom its mails go to; by default the first e-mail field"},
    {"quiet_hours", &quiet_hours, false, "when it may not write"},
    {"cap", &cap, false, "how often it may write to one record"},
    {"calendar", &calendar, false, BUSINESS_DAYS},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(sequence_def, sequence_keys);
LIST_OF(sh_sequences, sequence_def);

/* ---- approvals, territories, quotas ------------------------------------------------------------ */

WORDS(delegate_words, "absence", "never", "always");
CEL(needed, XP_RULE, X_BOOL);
CEL(void_when, XP_AUTOMATION, X_BOOL);
static const struct shape delegate = {.kind = SH_WORD, .words = delegate_words};
static const struct shape stage = {.kind = SH_STAGE};
static const struct key chain_keys[] = {
    {"to", &target, true, "who decides"}, {"when", &route_when, false, "only then"}, END_KEYS};
static SHAPE_MAP(chain_entry, chain_keys);
static const struct shape chain = {.kind = SH_LIST, .of = &chain_entry, .nonempty = true};
static const struct key approval_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"needed_when", &needed, true, "which records need it"},
    {"chain", &chain, true, "who decides, in order"},
    {"sla", &sla, false, "how fast"},
    {"delegate", &delegate, false, "when someone else may decide"},
    {"locks", &sh_fields, false, "fields that stay as they are meanwhile"},
    {"void_when", &void_when, false, "what makes it void"},
    {"gates", &stage, false, "the stage that waits for it"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(approval, approval_keys);
LIST_OF(sh_approvals, approval);

static const struct shape seat_people = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &sh_person};
static const struct key move_keys[] = {
    {"seat", &sh_name, true, "whose new holder gets them, on the first day"},
    OBJECT_KEY,
    {"keep_when", &route_when, false, "which of them stay with who has them"},
    END_KEYS};
DEFINITION(move, move_keys);
static const struct shape moves = {.kind = SH_LIST, .of = &move};
static const struct key territory_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"covers", &filter, true, "which records"},
    {"seats", &seat_people, false, "seat to person"},
    {"moves", &moves, false, "what goes to a new holder of a seat"},
    {"from", &sh_date, false, "first day"},
    {"to", &sh_date, false, "last day"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(territory, territory_keys);
LIST_OF(sh_territories, territory);

DEF(metric, "metrics");
static const struct shape artefact = {.kind = SH_ARTEFACT};
static const struct shape ramp = {.kind = SH_LIST, .of = &sh_percent};
static const struct key quota_keys[] = {
    NAME_KEY,
    {"metric", &metric, true, "what counts"},
    {"credit", &artefact, false, "who is credited: splits.revenue"},
    {"period", &sh_unit, true, "for how long"},
    {"amounts", &sh_file, true, "CSV in the workspace: person, period, amount"},
    {"ramp", &ramp, false, "share of the quota in the first periods of a new hire"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
static SHAPE_MAP(quota, quota_keys);
LIST_OF(sh_quotas, quota);

static const struct shape split_shares = {
    .kind = SH_TABLE, .table_key = SH_NAME, .of = &sh_percent};
static const struct key split_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"of", &sh_field, true, "what is shared"},
    {"total", &sh_percent, false, "what the shares add up to; by default 100%"},
    {"default", &split_shares, false, "share of each when nobody says otherwise: {owner: 100%}"},
    {"time", &sh_field, false, "the date on which shares count; by default close_date"},
    {"locks_at", &stage, false, "from this stage on it stays"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(split, split_keys);
LIST_OF(sh_splits, split);

/* ---- signals, consents, imports, automations --------------------------------------------------- */

static const struct key signal_keys[] = {NAME_KEY,
                                         OBJECT_KEY,
                                         {"when", &trigger, true, "what it looks for"},
                                         {"cooldown", &sh_duration, false, "not again for so long"},
                                         {"then", &actions, true, "what happens"},
                                         OWNER_KEY,
                                         COMMON_KEYS,
                                         END_KEYS};
DEFINITION(signal, signal_keys);
LIST_OF(sh_signals, signal);

WORDS(basis_words, "opt_in", "double_opt_in", "legitimate_interest", "contract", "legal");
WORDS(unknown_words, "refuse", "allow");
static const struct shape consent_basis = {.kind = SH_WORD, .words = basis_words};
static const struct shape unknown = {.kind = SH_WORD, .words = unknown_words};
static const struct shape stops = {.kind = SH_LIST, .of = &artefact};
static const struct key consent_keys[] = {
    {"purpose", &sh_name, true, "what for; unique"},
    {"subject", &sh_object, true, "whose consent"},
    {"basis", &consent_basis, true, "on what ground"},
    {"proof", &sh_names, false, "what is kept as proof"},
    {"expires", &sh_duration, false, "how long it holds"},
    {"unknown", &unknown, false, "without an answer; by default refuse"},
    {"field", &sh_field, false, "the boolean field of the subject that says yes or no"},
    {"since", &sh_field, false, "the date or instant of the yes, from which it expires"},
    {"withdrawal_stops", &stops, false, "what ends at once: sequences.nurture"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(consent, consent_keys);
LIST_OF(sh_consents, consent);

WORDS(blank_words, "keep", "clear");
static const struct shape blank = {.kind = SH_WORD, .words = blank_words};
static const struct key from_keys[] = {{"folder", &sh_file, true, "where files arrive"},
                                       {"files", &sh_text, false, "pattern: *.csv"},
                                       END_KEYS};
static SHAPE_MAP(from, from_keys);
static const struct key stop_keys[] = {{"quarantined", &sh_percent, false, "share of rows"},
                                       END_KEYS};
static SHAPE_MAP(stop_if, stop_keys);
static const struct key import_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"from", &from, true, "where the rows come from"},
    {"map", &sh_file, false, "the mapping"},
    {"keys", &sh_fields, false, "which key identifies a row"},
    {"expect_by", &day_time, false, "late after this"},
    {"blank_cells", &blank, false, "keep what is there, or clear it"},
    {"stop_if", &stop_if, false, "when the whole file is held"},
    {"notify", &notify, false, "who hears of it"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(import, import_keys);
LIST_OF(sh_imports, import);

CEL(automation_when, XP_AUTOMATION, X_BOOL);
static const struct key automation_keys[] = {
    TITLE_KEY,
    OBJECT_KEY,
    {"when", &automation_when, true, "what sets it off"},
    {"once_per", &sh_name, false, "not twice for the same value of this: term, day"},
    {"do", &actions, true, "what happens"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
DEFINITION(automation, automation_keys);
LIST_OF(sh_automations, automation);

/* ---- health, attribution, forecast ------------------------------------------------------------- */

CEL(health_value, XP_SCORE, X_DOUBLE);
static const struct key input_keys[] = {NAME_KEY,
                                        {"weight", &weight, true, "share in the sum"},
                                        {"value", &health_value, true, "0.0 to 1.0"},
                                        END_KEYS};
static SHAPE_MAP(input, input_keys);
static const struct shape inputs = {.kind = SH_LIST, .of = &input, .nonempty = true};
static const struct shape band = {.kind = SH_BAND};
static const struct shape bands = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &band};
static const struct key health_keys[] = {
    NAME_KEY,
    OBJECT_KEY,
    {"field", &sh_name, false,
     "the field that holds the band; by default health; beside it health_score, _terms, _since"},
    {"inputs", &inputs, true, "what it is made of"},
    {"bands", &bands, true,
     "name to bound, worst first: {red: \"<40\", amber: \"<70\", green: else}"},
    OWNER_KEY,
    COMMON_KEYS,
    WAS_KEY,
    END_KEYS};
DEFINITION(health, health_keys);
LIST_OF(sh_health, health);

WORDS(model_words, "first_touch", "last_touch", "last_non_direct", "linear", "u_shaped", "w_shaped",
      "full_path", "time_decay", "position_decay", "markov", "shapley");
static const struct shape attribution_model = {.kind = SH_WORD, .words = model_words};
static const struct shape channels = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &filter};
static const struct key attribution_keys[] = {
    {"owner", &sh_person, true, "one person"},
    {"object", &sh_object, false, "the fact object with the touches; by default touch"},
    {"default", &attribution_model, true, "the model that figures use"},
    {"lookback", &sh_duration, true, "how far before the conversion a touch counts"},
    {"touches", &filter, false, "which touches count"},
    {"channels", &channels, false, "name to condition; the first that holds"},
    REVIEW_KEY,
    END_KEYS};
const struct shape sh_attribution = {
    .kind = SH_MAP, .scope = SCOPE_OBJECT, .keys = attribution_keys};

static const struct shape person_path = {.kind = SH_PATH};
static const struct key forecast_keys[] = {
    {"cadence", &sh_text, true, "weekly, monthly"},
    {"submit_by", &day_time, false, "when calls are due"},
    {"hierarchy", &person_path, false, "who rolls up to whom: person.manager"},
    {"categories", &sh_names, true, "best first"},
    OWNER_KEY,
    REVIEW_KEY,
    END_KEYS};
SHAPE_MAP(sh_forecast, forecast_keys);

/* ---- outside world and upkeep ------------------------------------------------------------------ */

static const struct shape spellings = {.kind = SH_TABLE, .table_key = SH_TEXT, .of = &sh_texts};
const struct shape sh_taxonomy = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &spellings};

WORDS(direction_words, "in", "out");
WORDS(backoff_words, "exponential", "constant");
WORDS(failure_words, "quarantine", "drop", "stop");
static const struct shape secret = {.kind = SH_SECRET};
static const struct shape direction = {.kind = SH_WORD, .words = direction_words};
static const struct shape backoff = {.kind = SH_WORD, .words = backoff_words};
static const struct shape failure_then = {.kind = SH_WORD, .words = failure_words};
static const struct shape field_of = {.kind = SH_FIELD_OF};
static const struct shape fields_of = {.kind = SH_LIST, .of = &field_of};
static const struct shape integration_map = {
    .kind = SH_TABLE, .table_key = SH_TEXT, .of = &field_of};
static const struct key retry_keys[] = {{"attempts", &sh_count, true, "how often"},
                                        {"backoff", &backoff, false, "by default exponential"},
                                        END_KEYS};
static SHAPE_MAP(retry, retry_keys);
static const struct key failure_keys[] = {{"retry", &retry, false, "how often again"},
                                          {"then", &failure_then, false, "by default quarantine"},
                                          {"notify", &person_word, false, "who hears of it"},
                                          END_KEYS};
static SHAPE_MAP(failure, failure_keys);
static const struct key integration_keys[] = {
    NAME_KEY,
    {"kind", &sh_name, true, "hubspot, salesforce, stripe, webhook …"},
    {"token", &secret, false, "env:NAME or file:PATH"},
    {"secret", &secret, false, "env:NAME or file:PATH"},
    {"url", &sh_text, false, "where it is"},
    {"truth_for", &fields_of, false, "fields of which it is the master"},
    {"direction", &direction, true, "in or out"},
    {"every", &sh_duration, false, "how often it is asked"},
    {"map", &integration_map, false, "their name to our field"},
    {"failure", &failure, false, "what happens when it fails"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
static SHAPE_MAP(integration, integration_keys);
LIST_OF(sh_integrations, integration);

WORDS(hygiene_words, "duplicates", "audit", "stale", "unowned", "orphans");
static const struct shape hygiene_do = {.kind = SH_WORD, .words = hygiene_words};
static const struct key hygiene_keys[] = {
    TITLE_KEY,
    {"every", &sh_unit, true, "how often"},
    {"day", &day, false, "day of the week; by default the first business day of the period"},
    {"at", &sh_clock, false, "time of day; by default 09:00"},
    {"do", &hygiene_do, true, "what is looked for"},
    {"object", &sh_object, false, "where; by default everywhere"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
static SHAPE_MAP(hygiene, hygiene_keys);
LIST_OF(sh_hygiene, hygiene);

static const struct key cadence_keys[] = {TITLE_KEY,
                                          {"every", &sh_unit, true, "how often"},
                                          {"day", &day, false, "day of the week"},
                                          {"at", &sh_clock, false, "time of day; by default 09:00"},
                                          {"dashboard", &dashboard, false, "what is looked at"},
                                          OWNER_KEY,
                                          COMMON_KEYS,
                                          END_KEYS};
static SHAPE_MAP(cadence, cadence_keys);
LIST_OF(sh_cadence, cadence);

static const struct key mail_keys[] = {
    {"server", &sh_text, true, "smtp://host:587, smtps://host:465, or a host"},
    {"user", &sh_text, false, "whom it knows us as"},
    {"password", &secret, false, "where the password is: env:MAIL_PASSWORD"},
    {"from", &sh_text, true, "the sender: Acme <hello@acme.example>"},
    OWNER_KEY,
    REVIEW_KEY,
    END_KEYS};
SHAPE_MAP(sh_mail, mail_keys);
static const struct key chat_keys[] = {
    {"webhook", &secret, true,
     "where the address is that takes {\"text\": ...} by POST: env:CHAT_WEBHOOK"},
    OWNER_KEY,
    REVIEW_KEY,
    END_KEYS};
SHAPE_MAP(sh_chat, chat_keys);

static const struct shape price = {.kind = SH_PRICE};
static const struct key stack_keys[] = {
    {"tool", &sh_text, true, "unique"},
    {"layer", &sh_name, true, "crm, marketing, enrichment, billing, product, warehouse"},
    {"cost_per_year", &price, false, "24000 EUR"},
    {"writes_back", &sh_bool, false, "whether it changes records"},
    OWNER_KEY,
    COMMON_KEYS,
    END_KEYS};
static SHAPE_MAP(tool, stack_keys);
LIST_OF(sh_stack, tool);
