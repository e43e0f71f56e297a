#include "model/codes.h"

#include <assert.h>

struct explanation {
    enum model_code id;
    const char *why;
};

/* In the order of the codes; what it means and what to do. */
static const struct explanation explanations[] = {
    {M_SYNTAX, "The YAML reader stopped here. Text that contains `: ` or begins with a sign such "
               "as `*`, `&`, `%`, `@` needs quotes."},
    {M_ENCODING, "Model files are UTF-8. Save the file in that encoding."},
    {M_TOO_BIG, "A model file has at most 1 MiB. Any plural key may be split over several files."},
    {M_TOO_DEEP, "Nothing in the model language nests so deep; a bracket is probably open."},
    {M_ALIAS, "Anchors, aliases and merge keys hide what a definition says and can blow up a small "
              "file. Write the value out."},
    {M_TAG, "The key decides how a value is read, so tags and directives have no meaning here."},
    {M_KEY_TWICE, "Only one of the two values could count, so neither does. Keep one."},
    {M_YES_NO, "Older YAML readers take these words for true and false, newer ones for text. Write "
               "true or false, or use quotes."},
    {M_DOCUMENTS, "A file holds one document. Put the second one into a file of its own."},
    {M_TOP_LEVEL, "A model file is a map whose keys are such as `objects:` and `metrics:`."},
    {M_SINGULAR_TWICE, "Lists and maps of the same plural key are joined over files; this key has "
                       "one value and may stand once."},
    {M_COMPLEX_KEY, "Keys are plain text, never lists, maps or empty."},
    {M_LINE_BREAK, "Some programs end lines with a lone CR, NEL, LS or PS; others see one long "
                   "line, and places would not agree. Save the file with LF."},
    {M_UNKNOWN_KEY,
     "A key that is not known would be ignored, and what it was meant to say would not happen."},
    {M_MISSING_KEY, "The definition has no meaning without it."},
    {M_KIND, "For example a list stands where a single value is needed."},
    {M_VALUE,
     "The text cannot be read as the number, date, duration, path or amount that the key needs."},
    {M_WORD, "The key takes one of a few words."},
    {M_RANGE, "The number lies outside of what the key allows."},
    {M_NAME, "Names stand in conditions, so they are lower case letters, digits and `_`, and begin "
             "with a letter. `label` is what people read."},
    {M_EMPTY, "A key without a value says nothing. Give it one, or remove it."},
    {M_SECRET, "Model files are shared and kept. Write `env:NAME` or `file:PATH`, and change the "
               "secret, since it has stood in a file."},
    {M_VERSION, "`version` names the version of the model language; this program reads version 1."},
    {M_NO_COMPANY, "Currency, time zone and fiscal year of every figure come from `company`."},
    {M_TWICE, "Names are unique within their kind, so that every reference leads to one thing."},
    {M_UNKNOWN_PERSON, "People are named by their short name, the key under `people`."},
    {M_UNKNOWN_OBJECT, "The object is not defined in any file of the workspace."},
    {M_UNKNOWN_FIELD,
     "The object has no such field. Paths go through references: account.segment."},
    {M_UNKNOWN_NAME, "Nothing of that kind is defined in any file of the workspace."},
    {M_NO_OWNER, "Every definition has one person who answers for it: its own `owner`, else its "
                 "object's, else the company's."},
    {M_UNKNOWN_ZONE, "Zones are IANA names such as Europe/Berlin."},
    {M_WAS,
     "`was` names the definition before a rename; the old name cannot stand beside the new one."},
    {M_RESERVED,
     "The name has a meaning of its own, or the field is made by Revos on every record."},
    {M_FIELD_KEYS, "Some keys belong to some types of fields only."},
    {M_REF_TO, "A reference leads to records of one object; `to` names it."},
    {M_NO_VALUES, "An enum is a closed list; without values no record could have one."},
    {M_CHILD_CLASH,
     "Lists on the other side of a reference are named by the plural of the object that refers; "
     "give this one a name by `children`, or the object another `plural`."},
    {M_PARENT_CYCLE, "Following the parents or managers leads back to where it began."},
    {M_COMPUTED_CYCLE, "Each of these fields needs the other first."},
    {M_COMPUTED_REQUIRED,
     "Nobody fills a computed field, so keys about filling it have no meaning."},
    {M_ROLLUP, "A roll-up aggregates the records of one object that refer to this one through one "
               "reference."},
    {M_FACT, "Rows of fact objects are only added and counted, by their own time: nothing refers "
             "to them, they have no stages and no computed fields."},
    {M_KEY_FIELD, "Keys identify a record in outside data, so they are made of plain fields with a "
                  "stable value."},
    {M_MOVED_TO,
     "A retired value or stage moves its records to one that is in force, in the same list."},
    {M_BOUNDS, "No value could lie between them."},
    {M_TOO_MANY, "The limits keep every check fast; see the tables of docs/model.md."},
    {M_PERSON_OF, "`person_of` names the reference field of the same object that leads to the "
                  "person a value is about."},
    {M_EXPR_TYPE, "The value of the expression could not be stored in the field."},
    {M_RULE_ID, "Ids of rules and gates stand in verdicts, waivers and reports, so they are unique "
                "in the model."},
    {M_STAGE_FIELD,
     "Each lifecycle has a stage field of its own; only pipelines of one object share one."},
    {M_PROBABILITY,
     "A won stage has probability 1, a lost one 0; the stages of a lifecycle have none."},
    {M_VIA, "`advance: handoff` moves a record when a handoff is accepted, so it names the handoff "
            "by `via`."},
    {M_TWO_INITIAL, "A record starts in one stage."},
    {M_AUTO_NO_GATE, "Without criteria every record would advance at once."},
    {M_METRIC_KEYS, "Each kind of metric has its own keys; see docs/model.md."},
    {M_METRIC_NEEDS, "The kind of metric cannot be computed without it; see docs/model.md."},
    {M_METRIC_EXPR,
     "`expr` is arithmetic over names of metrics and numbers: + - * / and parentheses."},
    {M_METRIC_CYCLE, "Following the inputs leads back to the metric."},
    {M_METRIC_SHAPE, "Money and plain numbers do not add, money does not multiply by money, and "
                     "nothing is divided by money but money."},
    {M_DIMENSION, "The dimension must lead to a field from the metric's object, and every input of "
                  "a metric over metrics must have it."},
    {M_AGGREGATE, "Sums and means need numbers or money; count_distinct and latest take anything."},
    {M_TIME_FIELD, "The field decides the bucket, so it is a date or an instant."},
    {M_TWO_FORMULAS,
     "A name stands for one formula everywhere. Give each its own name that says how it differs."},
    {M_INPUT_KIND,
     "For example a cumulative metric adds up a simple one, and a cohort starts from a snapshot."},
    {M_ENTITY, "The path must lead from the object of every metric involved to whom is retained."},
    {M_STAGE_ORDER, "`from` comes before `to` in the process."},
    {M_BENCHMARK, "`low` is the lower end of the range."},
    {M_TILE, "A tile shows one thing: a metric, funnel, queue or list."},
    {M_CELL_OWNER, "Each of the nine cells has one person who answers for it."},
    {M_CELL_MISSING, "Nobody answers for that part of the work yet."},
    {M_ARTEFACT, "Artefacts are named by top-level key and name: pipelines.new_business."},
    {M_CELL_EMPTY, "A cell points at the definitions that do its work."},
    {M_HANDOFF_GATE, "The records of the handoff must be those of the stage."},
    {M_NEVER_ENTERED,
     "No move leads there: skipping is forbidden, or an earlier stage ends the way."},
    {M_NOBODY_FILLS, "A gate asks for a field that is computed, made by Revos, or filled by an "
                     "integration that is not configured: people cannot meet it by hand."},
    {M_NO_CRITERIA, "Whoever moves a record there states nothing that can be checked."},
    {M_UNUSED_FIELD, "Nothing reads it: no condition, key, view or metric. Remove it, or say in "
                     "its description why it is collected."},
    {M_SAME_FORMULA,
     "Two names for one number invite two readings. Keep one, or say how they differ."},
    {M_NO_MESSAGE, "Whoever is refused reads the message; without one they read the condition."},
    {M_NO_OUTCOME, "Win rates and cycles need a stage that is won and one that is lost."},
    {M_AUTOMATION_CYCLE,
     "Each effect sets off the next automation at once, without end. `once_per` bounds it."},
    {M_BOTH_WAYS, "One system is master of a field. Others may send it out, never in, and no field "
                  "goes both ways."},
    {M_BANDS, "Bands stand worst first, each with a higher bound, and the last is `else`, so that "
              "every value has exactly one."},
    {M_SHARES, "The default shares of a split add up to its total."},
    {M_ORDER, "`after` names a task that stands earlier in the same playbook."},
    {M_HEADCOUNT, "Every member of the pool is inactive, or no territory has the seat, so work "
                  "routed there goes to "
                  "nobody."},
    {M_AGING,
     "Points halve from an instant on: of the newest child that meets `when`, or of the field "
     "that `since` names. A cap counts children, so `when` asks for some."},
    {M_SPLIT,
     "What is shared is an amount of money, its shares count on a date, and `default` names "
     "people or fields that refer to one. A quota is credited by a split of what its "
     "metric adds up."},
    {M_CALENDAR,
     "Deadlines are counted in the hours of a calendar: each weekday once, ranges in order, "
     "holidays in iCalendar files of the workspace."},
    {M_FIRST_TOUCH,
     "The clock of `first_touch_within` stops at an activity, meeting or touch of the "
     "record; where it has no such list, `first_touch_when` says what counts."},
    {M_CONSENT_UNDATED, "`expires` counts from the day of the yes, which the field named by "
                        "`since` holds. Without it a yes would hold for ever."},
    {M_LETTER, "The files that `email` steps name are read: each begins with a head that has a "
               "subject, and every `{{name}}` leads to a field of the record or through its "
               "references."},
    {M_STOPS_NOTHING, "A withdrawal ends sequences over the subject itself, or over records with a "
                      "reference to it."},
    {M_SEED_FILE, "Seats and quotas begin as rows of a CSV file of the workspace: UTF-8, commas, a "
                  "first row with exactly the "
                  "columns that the model names."},
    {M_SEED_ROW, "Each row is one record: every cell reads as the type of its field, parts of the "
                 "key are filled, and no "
                 "two rows are about the same."},
    {M_SEED_PERSON, "Hires are data, so a row may name somebody who has a record only. Without "
                    "that record apply refuses."},
    {M_SHADOWED, "An earlier rule of the route takes every record."},
    {M_PERIOD_MIX,
     "Numerator and denominator count different records: those closed in a period and those "
     "created in it, say. Such a share can pass 1 and moves for no reason."},
    {M_ACTS_LATER,
     "Today only rules that merge find a record. One with `then: review` is checked and kept, and "
     "finds nothing yet."},
};

const struct model_code_info *model_code_info(enum model_code c)
{
#define MODEL_CODE_INFO(id, code, severity, title) {code, title, severity},
    static const struct model_code_info infos[] = {MODEL_CODES(MODEL_CODE_INFO)};
#undef MODEL_CODE_INFO
    assert(c >= 0 && c < M_CODE_COUNT);
    return &infos[c];
}

const char *model_code_why(enum model_code c)
{
    for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
        if (explanations[i].id == c)
            return explanations[i].why;
    return "";
}

struct diag *problem(struct diags *ds, enum model_code c, struct span at, const char *fmt, ...)
{
    const struct model_code_info *info = model_code_info(c);
    va_list ap;
    va_start(ap, fmt);
    struct str message = str_vprintf(ds->arena, fmt, ap);
    va_end(ap);
    return diag_add(ds, info->severity, info->code, at, "%.*s", STR_ARG(message));
}

#define KNOWN_SHOWN 12 /* names listed when nothing is near */

struct diag *problem_unknown(struct diags *ds, enum model_code c, struct span at, const char *what,
                             struct str name, const struct str *known, size_t n)
{
    struct diag *d = problem(ds, c, at, "there is no %s '%.*s'", what, STR_ARG(name));
    struct str near = text_nearest(name, known, n);
    if (near.n) {
        diag_help(ds, d, "did you mean '%.*s'?", STR_ARG(near));
    } else if (n) {
        size_t shown = n < KNOWN_SHOWN ? n : KNOWN_SHOWN;
        struct str list = str_join(ds->arena, known, shown, STR(", "));
        diag_help(ds, d, "there %s %.*s%s", n == 1 ? "is" : "are", STR_ARG(list),
                  shown < n ? ", …" : "");
    } else {
        diag_help(ds, d, "none is defined");
    }
    return d;
}

static const char *severity_name(enum severity s)
{
    return s == SEV_ERROR ? "error" : s == SEV_WARNING ? "warning" : "note";
}

void model_codes_markdown(struct buf *out)
{
    buf_cstr(out, "# Diagnostics of the model (M)\n\n"
                  "Generated from `src/model/codes.h`; `revos check --reference codes` prints it. "
                  "Errors stop a model from compiling; with\n"
                  "`--strict` warnings do, too.\n\n| code | | what | what it means, what to do "
                  "|\n|---|---|---|---|\n");
    for (int c = 0; c < M_CODE_COUNT; c++) {
        const struct model_code_info *i = model_code_info((enum model_code)c);
        buf_printf(out, "| `%s` | %s | %s | %s |\n", i->code, severity_name(i->severity), i->title,
                   model_code_why((enum model_code)c));
    }
}
