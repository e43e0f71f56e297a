#include "model/rule.h"
#include "model/shapes.h"

#define OWNER_DOC "one person; by default the object's owner"

/* ---- shared ------------------------------------------------------------------------------------ */

WORDS(unit_words, "day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year");
WORDS(weekday_words, "mon", "tue", "wed", "thu", "fri", "sat", "sun");

const struct shape sh_text = {.kind = SH_TEXT};
const struct shape sh_texts = {.kind = SH_LIST, .of = &sh_text};
const struct shape sh_name = {.kind = SH_NAME};
const struct shape sh_names = {.kind = SH_LIST, .of = &sh_name};
const struct shape sh_count = {.kind = SH_INT, .bounded = true, .min = 0, .max = 1000000};
const struct shape sh_number = {.kind = SH_NUMBER};
const struct shape sh_bool = {.kind = SH_BOOL};
const struct shape sh_date = {.kind = SH_DATE};
const struct shape sh_duration = {.kind = SH_DURATION};
const struct shape sh_worktime = {.kind = SH_WORKTIME};
const struct shape sh_percent = {.kind = SH_PERCENT};
const struct shape sh_period = {.kind = SH_PERIOD};
const struct shape sh_file = {.kind = SH_FILE};
const struct shape sh_person = {.kind = SH_PERSON};
const struct shape sh_people = {.kind = SH_LIST, .of = &sh_person};
const struct shape sh_object = {.kind = SH_OBJECT};
const struct shape sh_field = {.kind = SH_FIELD};
const struct shape sh_fields = {.kind = SH_LIST, .of = &sh_field};
const struct shape sh_unit = {.kind = SH_WORD, .words = unit_words};
const struct shape sh_weekday = {.kind = SH_WORD, .words = weekday_words};
const struct shape sh_clock = {.kind = SH_CLOCK};

/* ---- company, calendars, people ---------------------------------------------------------------- */

static const struct shape currency = {.kind = SH_CURRENCY};
static const struct shape zone = {.kind = SH_ZONE};
static const struct shape month_day = {.kind = SH_MONTH_DAY};

const struct shape sh_version = {.kind = SH_INT, .bounded = true, .min = 1, .max = 1000};

static const struct key company_keys[] = {
    {"name", &sh_text, true, "the company's name"},
    {"currency", &currency, true, "ISO 4217; figures are shown in it"},
    {"timezone", &zone, true, "IANA name; days and months are its days, fixed at `init`"},
    {"fiscal_year_starts", &month_day, false,
     "first day of the fiscal year, \"02-01\"; by default \"01-01\""},
    {"owner", &sh_person, false,
     "who owns what names no owner and has no object: dashboards, pools, integrations"},
    {"arr_band", &sh_text, false, "size by ARR, for benchmarks: 5m-20m"},
    {"motion", &sh_text, false, "how it sells: bowtie, plg, enterprise"},
    {"url", &sh_text, false,
     "where people reach the pages: https://revos.acme.example; links in messages"},
    END_KEYS};
SHAPE_MAP(sh_company, company_keys);

static const struct key basis_keys[] = {
    {"open", &sh_text, false, "rate of open records: plan_rate, or a date field"},
    {"closed", &sh_text, false,
     "rate of closed records: plan_rate, or a date field such as close_date"},
    END_KEYS};
static SHAPE_MAP(basis, basis_keys);
static const struct key fx_keys[] = {
    {"source", &sh_file, true, "CSV with the rates: currency, day, rate"},
    {"basis", &basis, false, "which day's rate a record takes"},
    END_KEYS};
SHAPE_MAP(sh_fx, fx_keys);

static const struct shape clocks = {.kind = SH_CLOCKS};
static const struct shape clocks_list = {.kind = SH_LIST, .of = &clocks};
static const struct shape opening = {.kind = SH_EITHER, .of = &clocks, .list = &clocks_list};
static const struct shape open_days = {.kind = SH_TABLE, .table_key = SH_TEXT, .of = &opening};
static const struct shape files = {.kind = SH_LIST, .of = &sh_file};
static const struct key calendar_keys[] = {
    {"timezone", &zone, false, "by default the company's"},
    {"open", &open_days, true,
     "day or days to hours: {mon-fri: [\"09:00-12:30\", \"13:30-18:00\"]}"},
    {"holidays", &files, false, "iCalendar files in the workspace"},
    {"label", &sh_text, false, "what people read"},
    END_KEYS};
static SHAPE_MAP(calendar, calendar_keys);
const struct shape sh_calendars = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &calendar};

static const struct shape calendar_name = {.kind = SH_DEF, .what = "calendars"};
static const struct key person_keys[] = {
    {"name", &sh_text, true, "full name"},
    {"email", &sh_text, false, "address; unique"},
    {"role", &sh_text, false, "a name of `roles`, or a free word"},
    {"manager", &sh_person, false, "short name of the manager"},
    {"team", &sh_name, false, "a name of `teams`"},
    {"active", &sh_bool, false, "false for leavers; by default true"},
    {"calendar", &calendar_name, false, "when this person works; by default as the team"},
    END_KEYS};
static SHAPE_MAP(person, person_keys);
const struct shape sh_people_table = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &person};

static const struct key team_keys[] = {{"lead", &sh_person, false, "who leads it"},
                                       {"members", &sh_people, false, "short names"},
                                       {"label", &sh_text, false, "what people read"},
                                       {"calendar", &calendar_name, false, "when the team works"},
                                       END_KEYS};
static SHAPE_MAP(team, team_keys);
const struct shape sh_teams = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &team};

/* ---- objects ----------------------------------------------------------------------------------- */

WORDS(type_words, "text", "integer", "number", "boolean", "money", "date", "instant", "enum",
      "email", "phone", "domain", "url", "country", "currency", "ref", "utm", "json");
WORDS(invalid_words, "refuse", "quarantine", "blank_and_flag");
WORDS(aggregate_words, "count", "sum", "average", "min", "max", "median", "count_distinct",
      "latest");
WORDS(mode_words, "record", "overlay");
WORDS(object_kind_words, "record", "fact");
WORDS(on_delete_words, "keep", "refuse");
WORDS(then_words, "merge", "review");
WORDS(optional_word, "optional", "always");

static const struct shape type = {.kind = SH_WORD, .words = type_words};
static const struct shape invalid = {.kind = SH_WORD, .words = invalid_words};
static const struct shape aggregate = {.kind = SH_WORD, .words = aggregate_words};
static const struct shape computed = {.kind = SH_CEL, .place = XP_COMPUTED, .want = X_DYN};
static const struct shape rollup_where = {.kind = SH_CEL, .place = XP_ROLLUP, .want = X_BOOL};

static const struct key value_keys[] = {
    {"name", &sh_name, true, "as written in conditions and files"},
    {"label", &sh_text, false, "what people read"},
    {"description", &sh_text, false, "one or two sentences for the dictionary"},
    WAS_KEY,
    {"moved_to", &sh_name, false, "retires the value: records that have it get this one"},
    END_KEYS};
static const struct shape value = {.kind = SH_EITHER, .of = &sh_name, .keys = value_keys};
static const struct shape values = {.kind = SH_LIST, .of = &value, .nonempty = true};

static const struct key rollup_keys[] = {
    {"of", &sh_text, true,
     "an object that refers here, or one of its fields: usage, opportunity_line.arr"},
    {"aggregate", &aggregate, true, "what is made of them"},
    {"via", &sh_name, false, "which of its references, when there are several"},
    {"where", &rollup_where, false, "condition over the child"},
    {"window", &sh_duration, false, "only facts of so long: 30d"},
    END_KEYS};
static SHAPE_MAP(rollup, rollup_keys);

static const struct key field_keys[] = {
    {"name", &sh_name, true, "unique in the object"},
    {"type", &type, true, "what a value is"},
    COMMON_KEYS,
    WAS_KEY,
    {"required", &sh_bool, false, "a record without it is refused"},
    {"min", &sh_number, false, "least value of an integer, number or money field"},
    {"max", &sh_number, false, "greatest value of an integer, number or money field"},
    {"values", &values, false, "closed list of an enum, in order"},
    {"to", &sh_object, false, "object of a ref"},
    {"children", &sh_name, false,
     "name of the list on the other side of a ref; by default the plural"},
    {"source", &sh_text, false, "who fills it when people do not: enrichment, an integration"},
    {"stale_after", &sh_duration, false, "when a value counts as old"},
    {"invalid", &invalid, false, "what a bad value does; by default refuse"},
    {"computed", &computed, false, "expression over the record, its references and children"},
    {"rollup", &rollup, false, "aggregate over children"},
    {"default", &sh_text, false, "value of new records"},
    {"personal", &sh_bool, false, "about a person: stored under that person's key, erasable"},
    {"person_of", &sh_name, false,
     "the reference field whose person it is about; by default the record itself"},
    END_KEYS};
static const struct shape field = {.kind = SH_MAP, .keys = field_keys};
static const struct shape field_list = {.kind = SH_LIST, .of = &field};

static const struct shape key_entry = {.kind = SH_EITHER, .of = &sh_name, .list = &sh_names};
static const struct shape key_list = {.kind = SH_LIST, .of = &key_entry};

static const struct shape similarity = {.kind = SH_NUMBER};
static const struct shape then = {.kind = SH_WORD, .words = then_words};
#define MATCH_KEYS                                                              \
    {"exact", &sh_names, false, "fields that must be equal after normalising"}, \
        {"similar", &sh_name, false, "a text field compared by likeness"},      \
    {                                                                           \
        "at_least", &similarity, false, "least likeness, 0 to 1"                \
    }
static const struct key match_part_keys[] = {MATCH_KEYS, END_KEYS};
static SHAPE_MAP(match_part, match_part_keys);
static const struct shape match_parts = {.kind = SH_LIST, .of = &match_part, .nonempty = true};
static const struct key match_keys[] = {
    MATCH_KEYS,
    {"all", &match_parts, false, "several of these together"},
    {"then", &then, false, "merge at once (default) or let a person review"},
    END_KEYS};
static SHAPE_MAP(match, match_keys);
static const struct shape matches = {.kind = SH_LIST, .of = &match};

static const struct shape survivor_order = {.kind = SH_EITHER, .of = &sh_name, .list = &sh_names};
static const struct shape survivor = {
    .kind = SH_TABLE, .table_key = SH_NAME, .of = &survivor_order};
static const struct shape convert_source = {.kind = SH_EITHER, .of = &sh_name, .list = &sh_names};
static const struct shape convert_set = {
    .kind = SH_TABLE, .table_key = SH_NAME, .of = &convert_source};
static const struct key convert_keys[] = {
    {"match", &sh_names, false, "fields of a key, by which an existing record is found"},
    {"optional", &sh_bool, false, "may be left out"},
    {"set", &convert_set, false,
     "field to the record's field, or to several of which the first with a value counts"},
    END_KEYS};
static const struct shape optional = {.kind = SH_WORD, .words = optional_word};
static const struct shape convert = {.kind = SH_EITHER, .of = &optional, .keys = convert_keys};
static const struct shape converts = {.kind = SH_TABLE, .table_key = SH_NAME, .of = &convert};

static const struct shape mode = {.kind = SH_WORD, .words = mode_words};
static const struct shape object_kind = {.kind = SH_WORD, .words = object_kind_words};
static const struct shape on_delete = {.kind = SH_WORD, .words = on_delete_words};
static const struct shape title = {.kind = SH_EITHER, .of = &sh_name, .list = &sh_names};
static const struct key object_keys[] = {
    {"name", &sh_name, true, "singular, as in conditions"},
    {"owner", &sh_person, false, "one person; required"},
    COMMON_KEYS,
    WAS_KEY,
    {"plural", &sh_name, false, "name of its lists; by default the English plural"},
    {"prefix", &sh_name, false, "of shown ids: opp; by default the first letters of the name"},
    {"title", &title, false,
     "what its records are called: up to three fields, texts or references; by default the first "
     "that fits"},
    {"kind", &object_kind, false, "record, or fact: append-only, high volume, no updates"},
    {"mode", &mode, false,
     "record: Revos refuses; overlay: another system is master, faults become findings"},
    {"parent", &sh_object, false,
     "it exists only within a record of that object; adds a required reference"},
    {"time", &sh_name, false,
     "facts: when it happened; by default `at`, or the only date or instant"},
    {"keys", &key_list, false,
     "external keys for upsert; a list in the list is one key of several fields"},
    {"fields", &field_list, false, "its fields"},
    {"match", &matches, false, "identity: the first rule that fires"},
    {"survivor", &survivor, false,
     "which value wins in a merge, by field: most_recent, or sources in order"},
    {"convert_to", &converts, false, "objects a record becomes, and how existing ones are found"},
    {"on_delete", &on_delete, false, "keep references (default), or refuse while there are any"},
    END_KEYS};
static const struct shape object = {.kind = SH_MAP, .keys = object_keys};
const struct shape sh_objects = {.kind = SH_LIST, .of = &object};

/* ---- rules and processes ----------------------------------------------------------------------- */

WORDS(enforcement_words, "deny", "warn", "audit");
WORDS(advance_words, "manual", "auto", "handoff", "convert");
WORDS(move_words, "allow", "reason", "forbid");
WORDS(outcome_words, "open", "won", "lost");

static const struct shape enforcement_word = {.kind = SH_WORD, .words = enforcement_words};
#define DOOR_KEY(NAME, word, doc) {word, &enforcement_word, false, doc},
static const struct key enforcement_keys[] = {
    {"default", &enforcement_word, false, "at every door that is not named; deny"},
    DOORS(DOOR_KEY) END_KEYS};
static const struct shape enforcement = {
    .kind = SH_EITHER, .of = &enforcement_word, .keys = enforcement_keys};
static const struct shape rule_condition = {.kind = SH_CEL, .place = XP_RULE, .want = X_BOOL};
#define RULE_KEYS                                                                          \
    {"id", &sh_text, true, "short and stable; unique in the model: OPP-1"},                \
        {"when", &rule_condition, false, "when it applies; by default always"},            \
        {"require", &rule_condition, true, "what must hold"},                              \
        {"field", &sh_name, false, "the field to show beside it"},                         \
        {"message", &sh_text, false, "what to do, for the person who is refused"},         \
        {"help", &sh_text, false, "more, on demand"},                                      \
        {"enforcement", &enforcement, false, "deny (default), warn or audit; or by door"}, \
        {"applies_from", &sh_date, false, "records created before are only audited"},      \
        {"owner", &sh_person, false, OWNER_DOC},                                           \
    {                                                                                      \
        "review_by", &sh_date, false, "when someone looks at it again"                     \
    }
static const struct key gate_keys[] = {RULE_KEYS, END_KEYS};
static const struct key rule_keys[] = {
    {"object", &sh_object, true, "what it judges"}, RULE_KEYS, END_KEYS};
static SHAPE_MAP(gate, gate_keys);
static const struct shape gates = {.kind = SH_LIST, .of = &gate};
static const struct shape rule = {.kind = SH_MAP, .keys = rule_keys};
const struct shape sh_rules = {.kind = SH_LIST, .of = &rule};

static const struct shape advance = {.kind = SH_WORD, .words = advance_words};
static const struct shape move = {.kind = SH_WORD, .words = move_words};
static const struct shape outcome = {.kind = SH_WORD, .words = outcome_words};
static const struct shape movers = {.kind = SH_LIST, .of = &sh_name, .nonempty = true};
static const struct shape handoff = {.kind = SH_DEF, .what = "handoffs"};
static const struct key stage_keys[] = {
    {"name", &sh_name, true, "unique in the process"},
    {"label", &sh_text, false, "what people read"},
    {"description", &sh_text, false, "one or two sentences for the dictionary"},
    WAS_KEY,
    {"moved_to", &sh_name, false, "retires the stage: records in it move to this one"},
    {"initial", &sh_bool, false, "where records start; by default the first stage"},
    {"probability", &sh_number, false, "chance to win, 0 to 1"},
    {"forecast", &sh_name, false, "forecast category"},
    {"outcome", &outcome, false, "won, lost or open"},
    {"advance", &advance, false, "who moves records in: people (manual), auto, handoff or convert"},
    {"via", &handoff, false, "the handoff of `advance: handoff`"},
    {"max_age", &sh_duration, false, "longer than this is stuck"},
    {"enter", &gates, false, "criteria to come in"},
    {"exit", &gates, false, "criteria to go on"},
    {"requires_reason", &sh_bool, false, "entering it takes a reason"},
    {"reason_field", &sh_name, false,
     "the enum field with the coded reason: filled by whoever moves a record in"},
    {"move", &movers, false, "who may move records in; by default as the process says"},
    {"locks", &sh_names, false, "fields that nobody changes while a record stands here"},
    END_KEYS};
static SHAPE_MAP(stage, stage_keys);
static const struct shape stages = {.kind = SH_LIST, .of = &stage, .nonempty = true};

static const struct key waiver_keys[] = {
    {"approver", &sh_person, true, "who may grant an exception"},
    {"expires_after", &sh_duration, true, "how long it holds"},
    END_KEYS};
SHAPE_MAP(sh_process_waivers, waiver_keys);

#define PROCESS_KEYS                                                                          \
    {"name", &sh_name, true, "unique in the model"},                                          \
        {"object", &sh_object, true, "whose stages these are"},                               \
        {"owner", &sh_person, false, OWNER_DOC}, COMMON_KEYS, WAS_KEY,                        \
        {"field", &sh_name, false,                                                            \
         "the stage field it makes; `stage`, of a lifecycle `lifecycle_stage`"},              \
        {"stages", &stages, true, "in order"},                                                \
        {"skip", &move, false, "moving over a stage: allow (default), reason or forbid"},     \
        {"back", &move, false, "moving backwards: allow (default), reason or forbid"},        \
        {"reopen", &move, false,                                                              \
         "moving out of a won or lost stage: allow, reason (default) or forbid"},             \
        {"loss_reason", &sh_name, false,                                                      \
         "the enum field that says why: filled by whoever moves a record into a lost stage"}, \
        {"move", &movers, false,                                                              \
         "who may move records: owner, manager, roles; by default everybody"},                \
    {                                                                                         \
        "waivers", &sh_process_waivers, false, "who may let a record past a gate"             \
    }
static const struct key process_keys[] = {PROCESS_KEYS, END_KEYS};
static const struct shape process = {.kind = SH_MAP, .keys = process_keys};
const struct shape sh_pipelines = {.kind = SH_LIST, .of = &process};
const struct shape sh_lifecycles = {.kind = SH_LIST, .of = &process};

/* ---- metrics ----------------------------------------------------------------------------------- */

WORDS(metric_kind_words, "simple", "ratio", "derived", "cumulative", "conversion", "cohort",
      "snapshot", "stage_time");
WORDS(at_words, "event", "query");
WORDS(take_words, "start", "end", "entered", "left");
WORDS(count_words, "record", "visit");
WORDS(base_words, "first", "nearest");
WORDS(measure_words, "net", "gross", "logo");

static const struct shape metric_kind = {.kind = SH_WORD, .words = metric_kind_words};
static const struct shape metric_where = {.kind = SH_CEL, .place = XP_METRIC, .want = X_BOOL};
static const struct shape at = {.kind = SH_WORD, .words = at_words};
static const struct shape take = {.kind = SH_WORD, .words = take_words};
static const struct shape count = {.kind = SH_WORD, .words = count_words};
static const struct shape base = {.kind = SH_WORD, .words = base_words};
static const struct shape measure = {.kind = SH_WORD, .words = measure_words};
static const struct key dimension_keys[] = {
    {"name", &sh_name, true, "shared by metrics over several objects"},
    {"path", &sh_text, true, "from the metric's object: campaign.channel"},
    END_KEYS};
static const struct shape dimension = {.kind = SH_EITHER, .of = &sh_text, .keys = dimension_keys};
static const struct shape dimensions = {.kind = SH_LIST, .of = &dimension};
static const struct key range_keys[] = {
    {"low", &sh_number, true, "lower end"}, {"high", &sh_number, true, "upper end"}, END_KEYS};
static SHAPE_MAP(range, range_keys);
static const struct shape ranges = {.kind = SH_TABLE, .table_key = SH_TEXT, .of = &range};
static const struct key benchmark_keys[] = {
    {"low", &sh_number, true, "lower end"},
    {"high", &sh_number, true, "upper end"},
    {"source", &sh_text, true, "who says so"},
    {"by", &sh_text, false, "a dimension by which it differs"},
    {"values", &ranges, false, "value of that dimension to its own range"},
    END_KEYS};
static SHAPE_MAP(benchmark, benchmark_keys);
static const struct key target_keys[] = {{"at_least", &sh_number, false, "good from here on"},
                                         {"at_most", &sh_number, false, "good up to here"},
                                         END_KEYS};
static SHAPE_MAP(target, target_keys);

static const struct key metric_keys[] = {
    {"name", &sh_name, true, "unique in the model"},
    {"kind", &metric_kind, true, "how it is computed"},
    {"owner", &sh_person, false, OWNER_DOC},
    COMMON_KEYS,
    WAS_KEY,
    {"unit", &sh_text, false, "shown beside the figure: days, deals, %"},
    {"object", &sh_object, false, "whose records"},
    {"aggregate", &aggregate, false, "count, or sum when there is a value"},
    {"value", &sh_text, false, "path or expression that is aggregated"},
    {"where", &metric_where, false, "which records"},
    {"time", &sh_name, false, "the date or instant that decides the bucket"},
    {"take", &take, false, "snapshot: start or end of the bucket; stage_time: entered or left"},
    {"numerator", &sh_name, false, "ratio: a metric"},
    {"denominator", &sh_name, false, "ratio: a metric"},
    {"expr", &sh_text, false, "derived: arithmetic over metrics"},
    {"metric", &sh_name, false, "cumulative: the simple metric added up"},
    {"window", &sh_period, false, "cumulative, cohort: 12 months"},
    {"to_date", &sh_unit, false, "cumulative: since the start of this period"},
    {"process", &sh_name, false, "conversion, stage_time: a pipeline or lifecycle"},
    {"from", &sh_name, false, "conversion: stage entered"},
    {"to", &sh_name, false, "conversion: stage reached"},
    {"stage", &sh_name, false, "stage_time: the stage"},
    {"within", &sh_period, false, "conversion: in this time"},
    {"count", &count, false, "conversion: each record once (default) or every visit"},
    {"base", &base, false, "conversion: from the first entry (default) or the nearest"},
    {"start", &sh_name, false, "cohort: a snapshot metric"},
    {"measure", &measure, false, "cohort: net, gross or logo"},
    {"plus", &sh_names, false, "cohort: simple metrics added"},
    {"minus", &sh_names, false, "cohort: simple metrics taken off"},
    {"entity", &sh_text, false, "cohort: path to whom is retained"},
    {"dimensions", &dimensions, false, "what it is offered by"},
    {"only_by", &sh_texts, false,
     "dimensions that it is asked by, or narrowed to one value of: it has no total over them"},
    {"at", &at, false,
     "read dimensions at the record's own time (event) or at the query's (default)"},
    {"grain", &sh_unit, false, "default bucket"},
    {"target", &target, false, "what is aimed at"},
    {"benchmark", &benchmark, false, "what others have, and who says so"},
    {"so_what", &sh_text, false, "what to do when it is off"},
    END_KEYS};
static const struct shape metric = {.kind = SH_MAP, .keys = metric_keys};
const struct shape sh_metrics = {.kind = SH_LIST, .of = &metric};

/* ---- dashboards and matrix --------------------------------------------------------------------- */

WORDS(audience_words, "rep", "manager", "executive", "board", "cs", "marketing", "ops");
WORDS(refresh_words, "live", "hourly", "daily", "weekly", "monthly", "quarterly");
WORDS(queue_words, "mine", "team", "triage", "unowned", "handoffs", "tasks", "approvals",
      "deadlines");
WORDS(list_words, "gate_blocked", "stale", "overdue", "at_risk", "renewals", "quarantine",
      "waivers", "duplicates");

static const struct shape audience = {.kind = SH_WORD, .words = audience_words};
static const struct shape refresh = {.kind = SH_WORD, .words = refresh_words};
static const struct shape queue = {.kind = SH_WORD, .words = queue_words};
static const struct shape list = {.kind = SH_WORD, .words = list_words};
static const struct key tile_keys[] = {
    {"metric", &sh_name, false, "a figure"},
    {"funnel", &sh_name, false, "stages of a lifecycle or pipeline"},
    {"queue", &queue, false, "work waiting"},
    {"list", &list, false, "records in need"},
    {"by", &sh_text, false, "a dimension of the metric"},
    {"grain", &sh_unit, false, "bucket"},
    {"window", &sh_name, false, "this_quarter, last_12_months, next_month, year_to_date"},
    {"compare", &sh_name, false, "previous_quarter, same_quarter_last_year, target"},
    {"label", &sh_text, false, "by default the metric's"},
    END_KEYS};
static SHAPE_MAP(tile, tile_keys);
static const struct shape tiles = {.kind = SH_LIST, .of = &tile, .nonempty = true};
static const struct key dashboard_keys[] = {
    {"name", &sh_name, true, "unique in the model"},
    {"owner", &sh_person, false, "one person; by default the company's owner"},
    COMMON_KEYS,
    WAS_KEY,
    {"audience", &audience, true, "for whom"},
    {"refresh", &refresh, false, "how fresh it must be"},
    {"tiles", &tiles, true, "in order"},
    END_KEYS};
static const struct shape dashboard = {.kind = SH_MAP, .keys = dashboard_keys};
const struct shape sh_dashboards = {.kind = SH_LIST, .of = &dashboard};

static const struct shape artefact = {.kind = SH_ARTEFACT};
static const struct shape artefacts = {.kind = SH_LIST, .of = &artefact};
static const struct key cell_keys[] = {
    {"owner", &sh_person, false, "one person; required"},
    {"enforcer", &sh_person, false, "who sees to it day by day"},
    {"sponsor", &sh_text, false, "who backs it"},
    {"artefacts", &artefacts, false, "definitions that exist: pipelines.new_business"},
    {"feeds", &sh_text, false, "where its findings go"},
    {"description", &sh_text, false, "one or two sentences"},
    {"review_by", &sh_date, false, "when someone looks at it again"},
    END_KEYS};
static SHAPE_MAP(cell, cell_keys);
static const struct key pillar_keys[] = {{"sales", &cell, false, "its cell for sales"},
                                         {"marketing", &cell, false, "its cell for marketing"},
                                         {"success", &cell, false, "its cell for customer success"},
                                         END_KEYS};
static SHAPE_MAP(pillar, pillar_keys);
static const struct key matrix_keys[] = {{"data", &pillar, false, "what is known, and how clean"},
                                         {"process", &pillar, false, "how work goes"},
                                         {"insight", &pillar, false, "what is measured"},
                                         END_KEYS};
SHAPE_MAP(sh_matrix, matrix_keys);
