#include "door/schemas.h"

#define ENFORCEMENT "'deny'|'warn'|'audit'"
#define DASHBOARD                                                                             \
    "name: string, label: string, description?: string, audience: string, refresh?: string, " \
    "owner: string, at?: string"
#define MOVE "'allow'|'reason'|'forbid'"

/* clang-format off */
static const struct shape_def schemas[] = {
    /* values */
    {"Money", "{minor: integer, currency: string, text: string}"},
    {"CellValue", "string|number|boolean|Money"},
    {"Cell", "{value: CellValue, text: string, deleted?: boolean, erased?: boolean, stale?: boolean, by?: string, at?: string}"},

    /* refusals */
    {"Finding", "{code: string, criterion?: string, enforcement: " ENFORCEMENT ", "
                "state: 'met'|'unmet'|'absent'|'fault'|'waived', field?: string, absent?: string, message: string, "
                "help?: string, owner?: string, old?: string, new?: string}"},
    {"Diagnostic", "{severity: 'error'|'warning'|'note', code: string, message: string, help?: string, file?: string, "
                   "line?: integer, column?: integer, end_line?: integer, end_column?: integer}"},
    {"Problem", "{type: string, title: string, status: integer, code: string, detail?: string, parameter?: string, "
                "help?: string, findings?: [Finding], other?: string, diagnostics?: [Diagnostic], verdicts?: [Verdict]}"},

    {"Health", "{status: 'ok', version: string, head: {seq: integer, hash: string}, "
               "warehouse: {seq: integer, behind: integer, problem?: string}}"},

    /* model */
    {"Person", "{name: string, label: string, email?: string, role?: string, team?: string, manager?: string, active: boolean}"},
    {"FieldType", "'text'|'integer'|'number'|'boolean'|'money'|'date'|'instant'|'enum'|'email'|'phone'|'domain'|'url'|"
                  "'country'|'currency'|'ref'|'utm'|'json'"},
    {"Field", "{name: string, label: string, description?: string, type: FieldType, "
              "kind: 'plain'|'system'|'stage'|'computed'|'rollup'|'derived', required?: boolean, personal?: boolean, "
              "to?: string, values?: [{name: string, label: string, retired?: boolean}], min?: number, max?: number, "
              "source?: string, stale_after?: string, invalid?: string, computed?: string, rollup?: string, at?: string}"},
    {"ObjectDef", "{name: string, plural: string, label: string, description?: string, prefix: string, kind: 'record'|'fact', "
                  "mode: 'record'|'overlay', builtin?: boolean, owner?: string, parent?: string, title?: string, "
                  "time?: string, keys: [[string]], records: integer, fields: [Field], "
                  "children: [{name: string, object: string, via: string}], processes: [string], "
                  "converts?: [{object: string, optional?: boolean}], at?: string}"},
    {"Rule", "{id: string, object: string, when?: string, require: string, field?: string, message?: string, help?: string, "
             "enforcement: " ENFORCEMENT ", doors?: <" ENFORCEMENT ">, applies_from?: string, owner?: string, at?: string}"},
    {"Stage", "{name: string, label: string, description?: string, probability?: number, forecast?: string, "
              "outcome: 'open'|'won'|'lost', advance: 'manual'|'auto'|'handoff'|'convert', max_age?: string, "
              "initial?: boolean, requires_reason?: boolean, enter: [Rule], exit: [Rule]}"},
    {"Process", "{name: string, kind: 'pipeline'|'lifecycle', label: string, description?: string, object: string, "
                "owner: string, field: string, skip: " MOVE ", back: " MOVE ", stages: [Stage], at?: string}"},
    {"Shape", "'number'|'money'|'text'"},
    {"Target", "{at_least?: string, at_most?: string, state?: 'met'|'missed'}"},
    {"Benchmark", "{low: string, high: string, source?: string, state?: 'below'|'within'|'above'}"},
    {"Column", "{name: string, label: string}"},
    {"Metric", "{name: string, label: string, description?: string, kind: string, shape: Shape, unit?: string, "
               "owner: string, object?: string, grain?: string, dimensions: [Column], inputs: [string], expr?: string, "
               "where?: string, aggregate?: string, value?: string, time?: string, so_what?: string, target?: Target, "
               "benchmark?: Benchmark, definition: string, at?: string}"},
    {"Metrics", "{metrics: [Metric]}"},
    {"DashboardEntry", "{" DASHBOARD ", tiles: integer}"},
    {"MatrixCell", "{pillar: string, side: string, owner?: string, artefacts: [string], feeds?: string, review_by?: string}"},
    {"Definition", "{kind: string, name: string, owner?: string, object?: string, at?: string}"},
    {"Model", "{version: integer, digest: string, "
              "company: {name: string, currency: string, timezone: string, fiscal_year_starts: string}, people: [Person], "
              "objects: [ObjectDef], rules: [Rule], processes: [Process], metrics: [Metric], dashboards: [DashboardEntry], "
              "cells: [MatrixCell], definitions: [Definition]}"},
    {"ModelVersion", "{version: integer, seq: integer, recorded_at: string, digest: string, actor: string, changes?: [string]}"},
    {"ModelHistory", "{versions: [ModelVersion], cursor?: string}"},

    /* records */
    {"RecordRow", "{id: string, version: integer, title: string, fields: <Cell>}"},
    {"RecordPage", "{records: [RecordRow], cursor?: string, total: integer}"},
    {"Visit", "{process: string, stage: string, entered_at: string, left_at?: string}"},
    {"RecordAnswer", "{id: string, object: string, version: integer, title: string, deleted?: boolean, created_at: string, "
                     "updated_at: string, as_of?: string, known?: string, fields: <Cell>, visits: [Visit], "
                     "children: [{name: string, object: string, count: integer}]}"},
    {"HistoryEvent", "{seq: integer, recorded_at: string, effective_at: string, kind: string, "
                     "actor: {kind: string, name: string}, cause?: integer, reason?: string, batch?: string, "
                     "model_version: integer, retracted_by?: integer, "
                     "changes: [{field: string, old: Cell|null, new: Cell|null}]}"},
    {"HistoryPage", "{events: [HistoryEvent], cursor?: string}"},
    {"Command", "{id?: string, version?: integer, fields: <string|number|boolean|null|{minor: integer, currency: string}>, "
                "reason?: string, as?: string, create?: boolean, dry_run?: boolean}"},
    {"Merge", "{lose: string, version?: integer, reason?: string, as?: string, dry_run?: boolean}"},
    {"Unmerge", "{reason?: string, as?: string, dry_run?: boolean}"},
    {"Verdict", "{outcome: string, object: string, id?: string, version?: integer, transaction?: integer, seqs?: [integer], "
                "other?: string, replayed?: boolean, quarantine?: integer, findings: [Finding], pending?: [{field: string, key: string}], followed?: [Followed]}"},
    {"Followed", "{object: string, id: string, name?: string, state?: string, definition?: string, what: string}"},
    {"CommandOf", "{object: string, name?: string, id?: string, version?: integer, reason?: string, "
                  "fields: <string|number|boolean|null|{minor: integer, currency: string}|{command: string}>}"},
    {"Commands", "{commands: [CommandOf], all_or_nothing?: boolean, as?: string, dry_run?: boolean}"},
    {"CommandsAnswer", "{accepted: boolean, refused?: integer, verdicts: [Verdict]}"},
    {"FormField", "{name: string, state: 'open'|'locked'|'made', required?: boolean, key?: boolean, default?: string, "
                  "because?: string, help?: string, rule?: string, owner?: string, waiver?: {id: string, until?: string}}"},
    {"Form", "{object: string, id?: string, version?: integer, by_people?: boolean, fields: [FormField]}"},
    {"GateNeed", "{condition: string, state: string, field?: string, value?: string}"},
    {"GateCriterion", "{id: string, gate: string, enforcement: string, state: string, message: string, owner?: string, "
                      "waiver?: {id: string, until: string}, needs: [GateNeed]}"},
    {"GateWhy", "{process: string, from?: string, to?: string, criteria: [GateCriterion], "
                "asks: [{code: string, forbidden: boolean, message: string}]}"},
    {"ScoreTerm", "{points: integer, because: string, state: string, of: integer, absent?: string, fault?: string, "
                  "age_days?: integer, next_change?: string}"},
    {"ScoreWhy", "{score: string, value: integer, sum: integer, terms: [ScoreTerm]}"},

    /* metrics */
    {"MetricQuery", "{by?: [string], grain?: string, from?: string, to?: string, window?: string, where?: string, "
                    "as_of?: string, known?: string, compare?: string, group?: [string], bucket?: string}"},
    {"FigureValue", "number|string|null"},
    {"Compared", "{value: FigureValue, text?: string, reason?: string, because?: string, change?: string}"},
    {"Figure", "{value: FigureValue, text?: string, reason?: string, because?: string, records: integer, compare?: Compared}"},
    {"Bucket", "{label: string, from: string, to: string}"},
    {"GroupKey", "{value: string, label: string}|null"},
    {"AnswerRow", "{...Figure, bucket?: Bucket, group: <GroupKey>}"},
    {"Exclusion", "{metric: string, reason: string, text: string, records: integer}"},
    {"Lineage", "{seq: integer, model_version: integer, now: string, rates?: string}"},
    {"Span", "{from: string, to: string, zone: string}"},
    {"Since", "{version: integer, recorded_at: string, actor: string, or_earlier?: true}"},
    {"Answer", "{metric: string, label: string, kind: string, shape: Shape, unit?: string, owner: string, "
               "so_what?: string, definition: string, since?: Since, population?: string, target?: Target, "
               "benchmark?: Benchmark, window?: Span, grain?: string, as_of?: string, known?: string, where?: string, "
               "columns: [Column], rows: [AnswerRow], total?: Figure, excluded: [Exclusion], lineage: Lineage, "
               "warnings: [string]}"},
    {"ExplainPart", "{metric: string, label: string, depth: integer, shape: Shape, unit?: string, expr?: string, "
                    "definition: string, since?: Since, owner: string, figure: Figure, leaf: boolean, object?: string, "
                    "population?: string, excluded: [Exclusion], "
                    "records?: [{id: string, title: string, value?: string, second?: string}], total?: integer, "
                    "cursor?: string, sql?: string, at?: string}"},
    {"Explanation", "{answer: Answer, parts: [ExplainPart]}"},

    /* dashboards */
    {"Funnel", "{process: string, label: string, owner: string, window?: Span, "
               "stages: [{stage: string, label: string, records: integer, share?: string, of_first?: string}], "
               "excluded: [Exclusion], lineage: Lineage}"},
    {"WorkRow", "{record: RecordRow, findings?: [Finding], about?: {object: string, id: string, title: string}}"},
    {"WorkSlice", "{object: string, label: string, where?: string, sort?: string, columns: [string], total: integer, "
                  "more?: true, unknown?: integer, records: [WorkRow]}"},
    {"Work", "{slices: [WorkSlice], held?: [QuarantinedRow], total: integer}"},
    {"TileAnswer", "{tile: {kind: 'metric'|'funnel'|'list'|'queue', target: string, label: string}, query?: MetricQuery, "
                   "answer?: Answer, funnel?: Funnel, work?: Work, problem?: Problem}"},
    {"Dashboard", "{" DASHBOARD ", tiles: [TileAnswer]}"},

    /* the work of a person */
    {"WorkAsk", "{field: string, required: boolean, words?: [string]}"},
    {"WorkAction", "{action: 'accept'|'return'|'reroute'|'take'|'done'|'skip'|'approve'|'refuse', object: string, "
                   "id?: string, version?: integer, fields: <string>, asks: [WorkAsk]}"},
    {"WorkDue", "{at: string, state?: 'running'|'paused'|'met'|'breached'|'cancelled', calendar?: string, left?: integer}"},
    {"PacketEntry", "{name: string, label: string, value?: any, missing?: true, blocks?: true}"},
    {"Decided", "{state: string, by?: string, at?: string, note?: string}"},
    {"Decision", "{condition: string, lapses?: string, gates?: string, step: integer, steps: integer, locks: [string], "
                 "values: [{name: string, label: string, cell?: Cell}], before: [Decided]}"},
    {"AnswersFor", "{person: string, because: 'stand_in'|'manager', until?: string, text: string}"},
    {"Erasure", "{confirm: string, reason: string, allow_return?: boolean, as?: string}"},
    {"Erased", "{id: string, seq: integer, records: integer, keys: integer, refused_from_now_on: integer, "
               "quarantined_rows: integer}"},
    {"WaitingItem", "{object: string, record: RecordRow, about?: {object: string, id: string, title: string}, "
                    "band: 'overdue'|'today'|'later'|'never', due?: WorkDue, packet?: [PacketEntry], "
                    "decision?: Decision, answers_for?: AnswersFor, actions: [WorkAction]}"},
    {"WaitingSection", "{section: 'offers'|'tasks'|'approvals'|'waivers'|'deadlines'|'queues', object: string, label: string, "
                       "where: string, sort?: string, total: integer, items: [WaitingItem]}"},
    {"PersonWork", "{person?: string, now: string, sections: [WaitingSection]}"},
    {"PersonSpan", "{record: RecordRow, now: boolean}"},
    {"PersonHere", "{name: string, active: boolean, record: RecordRow, away: boolean, stand_in?: {id: string, title: string}, "
                   "seats: [PersonSpan], absences: [PersonSpan], quotas: [{record: RecordRow, period?: string}], "
                   "work: [{object: string, count: integer, where: string}]}"},
    {"People", "{today: string, people: [PersonHere]}"},
    {"Whose", "{as: string}"},
    {"Acting", "{as?: string}"},
    {"NoticesRead", "{read: integer, more: boolean}"},

    /* rows in */
    {"QuarantinedRow", "{id: string, batch?: string, row: integer, object: string, source: string, text: string, "
                       "cells?: <string>, findings: [Finding], at: string}"},
    {"Quarantine", "{rows: [QuarantinedRow], cursor?: string, total: integer}"},
    {"ImportReport", "{id?: string, object: string, source: string, name: string, bytes?: integer, digest?: string, "
                     "map?: string, state: 'running'|'done'|'stopped'|'undone', dry_run: boolean, actor: string, "
                     "started_at: string, ended_at?: string, rows: integer, created: integer, updated: integer, "
                     "unchanged: integer, merged: integer, quarantined: integer, blank?: integer, law: true, "
                     "progress?: {rows: integer, bytes: integer, bytes_total: integer}, "
                     "reasons: [{code: string, field?: string, message: string, rows: integer}], unmapped: [string], "
                     "examples?: [QuarantinedRow]}"},
    {"Stopping", "{stopping: true}"},
    {"KeptRecord", "{object: string, id: string, why: string}"},
    {"Undone", "{id: string, retracted: integer, kept: integer, first: [KeptRecord]}"},
    {"ImportList", "{imports: [ImportReport], cursor?: string}"},
    {"Proposal", "{object: string, encoding: string, delimiter?: string, rows: integer, columns: [{header: string, "
                 "field?: string, type?: string, confidence: 'sure'|'likely'|'none', because?: string, samples: [string]}], "
                 "yaml: string}"},
    {"Maps", "{maps: [{name: string, object: string, source?: string}]}"},

    /* audit */
    {"AuditRule", "{id: string, kind: 'field'|'rule'|'gate', process?: string, stage?: string, object: string, "
                  "enforcement: " ENFORCEMENT ", message?: string, require: string, owner?: string, broken: integer, "
                  "checked: integer, first: [{id: string, title: string}], at?: string}"},
    {"Audit", "{as_of_seq: integer, records: integer, rules: [AuditRule]}"},

    {"OpenApi", "<any>"},
};
/* clang-format on */

const struct shape_def *door_schemas(size_t *n)
{
    *n = sizeof schemas / sizeof *schemas;
    return schemas;
}
