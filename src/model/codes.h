/* codes.h - every diagnostic of the model room: code, severity, title, what it means and what to do.
 *
 * In:     nothing.   Out: the table behind docs/codes/model.md and `revos check`.
 * Never:  reuses or renumbers a code; a diagnostic that goes leaves a gap.
 */
#ifndef REVOS_MODEL_CODES_H
#define REVOS_MODEL_CODES_H

#include "base/diag.h"

/* clang-format off */
#define MODEL_CODES(X) \
    /* reading */ \
    X(M_SYNTAX,         "M0101", SEV_ERROR, "the file is not YAML") \
    X(M_ENCODING,       "M0102", SEV_ERROR, "the file is not UTF-8") \
    X(M_TOO_BIG,        "M0103", SEV_ERROR, "the file is larger than 1 MiB") \
    X(M_TOO_DEEP,       "M0104", SEV_ERROR, "nested deeper than 32 levels") \
    X(M_ALIAS,          "M0105", SEV_ERROR, "an anchor or alias") \
    X(M_TAG,            "M0106", SEV_ERROR, "a YAML tag or directive") \
    X(M_KEY_TWICE,      "M0107", SEV_ERROR, "a key stands twice in one map") \
    X(M_YES_NO,         "M0108", SEV_ERROR, "a bare on, off, yes, no, y or n") \
    X(M_DOCUMENTS,      "M0109", SEV_ERROR, "more than one document in a file") \
    X(M_TOP_LEVEL,      "M0110", SEV_ERROR, "the file is not a map of top-level keys") \
    X(M_SINGULAR_TWICE, "M0111", SEV_ERROR, "a key that may stand once stands in two places") \
    X(M_COMPLEX_KEY,    "M0112", SEV_ERROR, "a key that is not plain text") \
    X(M_LINE_BREAK,     "M0113", SEV_ERROR, "a line break that is neither LF nor CR LF") \
    /* shape */ \
    X(M_UNKNOWN_KEY,    "M0120", SEV_ERROR, "a key that does not exist here") \
    X(M_MISSING_KEY,    "M0121", SEV_ERROR, "a required key is missing") \
    X(M_KIND,           "M0122", SEV_ERROR, "a list, map or single value stands where another is needed") \
    X(M_VALUE,          "M0123", SEV_ERROR, "a value that cannot be read as what is needed") \
    X(M_WORD,           "M0124", SEV_ERROR, "a word that is not one of those allowed") \
    X(M_RANGE,          "M0125", SEV_ERROR, "a number outside its range") \
    X(M_NAME,           "M0126", SEV_ERROR, "a name that is not lower_case_with_underscores") \
    X(M_EMPTY,          "M0127", SEV_ERROR, "a key without a value") \
    X(M_SECRET,         "M0128", SEV_ERROR, "a secret written into the model") \
    X(M_VERSION,        "M0129", SEV_ERROR, "a version of the model language that this program does not read") \
    /* names */ \
    X(M_NO_COMPANY,     "M0201", SEV_ERROR, "no company is described") \
    X(M_TWICE,          "M0202", SEV_ERROR, "two definitions share a name") \
    X(M_UNKNOWN_PERSON, "M0203", SEV_ERROR, "a person that does not exist") \
    X(M_UNKNOWN_OBJECT, "M0204", SEV_ERROR, "an object that does not exist") \
    X(M_UNKNOWN_FIELD,  "M0205", SEV_ERROR, "a field that does not exist") \
    X(M_UNKNOWN_NAME,   "M0206", SEV_ERROR, "a name that does not exist") \
    X(M_NO_OWNER,       "M0207", SEV_ERROR, "an artefact without an owner") \
    X(M_UNKNOWN_ZONE,   "M0208", SEV_ERROR, "a time zone that does not exist") \
    X(M_WAS,            "M0209", SEV_ERROR, "`was` names something that is still there") \
    /* objects and fields */ \
    X(M_RESERVED,       "M0301", SEV_ERROR, "a name that Revos uses itself") \
    X(M_FIELD_KEYS,     "M0302", SEV_ERROR, "a key that does not fit the type of the field") \
    X(M_REF_TO,         "M0303", SEV_ERROR, "a reference does not say to what") \
    X(M_NO_VALUES,      "M0304", SEV_ERROR, "an enum without values") \
    X(M_CHILD_CLASH,    "M0305", SEV_ERROR, "two lists of children share a name") \
    X(M_PARENT_CYCLE,   "M0306", SEV_ERROR, "an object is its own parent") \
    X(M_COMPUTED_CYCLE, "M0307", SEV_ERROR, "computed fields depend on each other in a circle") \
    X(M_COMPUTED_REQUIRED, "M0308", SEV_ERROR, "a computed field that is required, a key or filled by someone") \
    X(M_ROLLUP,         "M0309", SEV_ERROR, "a roll-up that cannot be computed") \
    X(M_FACT,           "M0310", SEV_ERROR, "something that a fact object cannot have") \
    X(M_KEY_FIELD,      "M0311", SEV_ERROR, "a field that cannot be part of a key") \
    X(M_MOVED_TO,       "M0312", SEV_ERROR, "`moved_to` does not name a value in force") \
    X(M_BOUNDS,         "M0313", SEV_ERROR, "a minimum above its maximum") \
    X(M_TOO_MANY,       "M0314", SEV_ERROR, "more definitions than the limit") \
    X(M_PERSON_OF,      "M0315", SEV_ERROR, "`person_of` does not name a reference field") \
    X(M_EXPR_TYPE,      "M0316", SEV_ERROR, "an expression whose type is not that of its field") \
    /* rules and processes */ \
    X(M_RULE_ID,        "M0401", SEV_ERROR, "two rules share an id") \
    X(M_STAGE_FIELD,    "M0403", SEV_ERROR, "two kinds of process share one stage field") \
    X(M_PROBABILITY,    "M0404", SEV_ERROR, "a probability that contradicts the outcome") \
    X(M_VIA,            "M0405", SEV_ERROR, "`advance: handoff` and `via` belong together") \
    X(M_TWO_INITIAL,    "M0406", SEV_ERROR, "two initial stages in one process") \
    X(M_AUTO_NO_GATE,   "M0407", SEV_ERROR, "a stage that advances by itself has no criteria") \
    X(M_AUTOMATION_CYCLE, "M0409", SEV_ERROR, "automations that set each other off without a wait") \
    /* metrics */ \
    X(M_METRIC_KEYS,    "M0501", SEV_ERROR, "a key that does not fit the kind of metric") \
    X(M_METRIC_NEEDS,   "M0502", SEV_ERROR, "a metric lacks a key its kind needs") \
    X(M_METRIC_EXPR,    "M0503", SEV_ERROR, "an arithmetic expression that cannot be read") \
    X(M_METRIC_CYCLE,   "M0504", SEV_ERROR, "a metric depends on itself") \
    X(M_METRIC_SHAPE,   "M0505", SEV_ERROR, "money and numbers do not mix this way") \
    X(M_DIMENSION,      "M0506", SEV_ERROR, "an input does not have the dimension") \
    X(M_AGGREGATE,      "M0507", SEV_ERROR, "an aggregate that does not fit the value") \
    X(M_TIME_FIELD,     "M0508", SEV_ERROR, "the time of a metric is not a date or instant") \
    X(M_TWO_FORMULAS,   "M0509", SEV_ERROR, "two formulas under one name") \
    X(M_INPUT_KIND,     "M0510", SEV_ERROR, "a metric of a kind that cannot be an input here") \
    X(M_ENTITY,         "M0511", SEV_ERROR, "the entity of a cohort cannot be reached") \
    X(M_STAGE_ORDER,    "M0512", SEV_ERROR, "a conversion that goes nowhere") \
    X(M_BENCHMARK,      "M0513", SEV_ERROR, "a benchmark whose low is above its high") \
    /* dashboards and matrix */ \
    X(M_TILE,           "M0601", SEV_ERROR, "a tile without exactly one subject") \
    X(M_CELL_OWNER,     "M0602", SEV_ERROR, "a cell of the matrix without owner") \
    X(M_CELL_MISSING,   "M0603", SEV_WARNING, "a cell of the matrix is missing") \
    X(M_ARTEFACT,       "M0604", SEV_ERROR, "an artefact that does not exist") \
    X(M_CELL_EMPTY,     "M0605", SEV_WARNING, "a cell without artefacts") \
    /* later definitions */ \
    X(M_BOTH_WAYS,      "M0701", SEV_ERROR, "two systems own one field") \
    X(M_BANDS,          "M0702", SEV_ERROR, "bands that leave a gap") \
    X(M_SHARES,         "M0703", SEV_ERROR, "shares that do not add up") \
    X(M_HANDOFF_GATE,   "M0704", SEV_ERROR, "a handoff of another object") \
    X(M_ORDER,          "M0705", SEV_ERROR, "a task that comes after one that does not exist") \
    X(M_HEADCOUNT,      "M0706", SEV_WARNING, "nobody can take what is routed here") \
    X(M_AGING,          "M0707", SEV_ERROR, "points that age from nothing") \
    X(M_SPLIT,          "M0708", SEV_ERROR, "credit that cannot be shared so") \
    X(M_CALENDAR,       "M0721", SEV_ERROR, "a calendar whose hours or holidays cannot be read") \
    X(M_FIRST_TOUCH,    "M0722", SEV_ERROR, "a first touch that nothing defines") \
    X(M_CONSENT_UNDATED, "M0723", SEV_ERROR, "a consent that could never expire") \
    X(M_LETTER,         "M0724", SEV_ERROR, "a letter that cannot be sent as it is") \
    X(M_SEED_FILE,      "M0731", SEV_ERROR, "a file of records that cannot be read") \
    X(M_SEED_ROW,       "M0732", SEV_ERROR, "a row that cannot become a record") \
    X(M_SEED_PERSON,    "M0733", SEV_WARNING, "a row names somebody whom the model does not know") \
    /* lints */ \
    X(M_NEVER_ENTERED,  "M0901", SEV_WARNING, "a stage is never entered") \
    X(M_NOBODY_FILLS,   "M0902", SEV_WARNING, "a gate needs a field that nobody can fill") \
    X(M_NO_CRITERIA,    "M0903", SEV_WARNING, "a stage without criteria") \
    X(M_UNUSED_FIELD,   "M0904", SEV_NOTE,    "a field is used in no rule, view or metric") \
    X(M_SAME_FORMULA,   "M0905", SEV_WARNING, "two metrics compute the same") \
    X(M_NO_MESSAGE,     "M0906", SEV_WARNING, "a rule refuses without saying what to do") \
    X(M_NO_OUTCOME,     "M0907", SEV_WARNING, "a pipeline without a won or a lost stage") \
    X(M_SHADOWED,       "M0908", SEV_WARNING, "a rule of a route can never be reached") \
    X(M_PERIOD_MIX,     "M0909", SEV_WARNING, "a ratio over two different populations") \
    X(M_ACTS_LATER,     "M0910", SEV_NOTE,    "a match rule that does not act yet") \
    X(M_STOPS_NOTHING,  "M0911", SEV_WARNING, "a withdrawal that stops nothing")
/* clang-format on */

#define MODEL_CODE_ENUM(id, code, severity, title) id,
enum model_code { MODEL_CODES(MODEL_CODE_ENUM) M_CODE_COUNT };
#undef MODEL_CODE_ENUM

struct model_code_info {
    const char *code, *title;
    enum severity severity;
};
const struct model_code_info *model_code_info(enum model_code c);
const char *model_code_why(
    enum model_code c); /* what it means and what to do, one or two sentences */

/* Adds a diagnostic with the code's own severity. */
struct diag *problem(struct diags *ds, enum model_code c, struct span at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same with a "did you mean" or a list of what is there. `what` names the kind of thing: "field of account". */
struct diag *problem_unknown(struct diags *ds, enum model_code c, struct span at, const char *what,
                             struct str name, const struct str *known, size_t n);

/* docs/codes/model.md */
void model_codes_markdown(struct buf *out);

#endif
