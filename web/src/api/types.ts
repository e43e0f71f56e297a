/* The answers of docs/api.md. The one place where their shapes are written down by hand. */

export type MoneyValue = { minor: number; currency: string; text: string };
export type CellValue = string | number | boolean | MoneyValue | null;
export type Cell = { value: CellValue; text: string; deleted?: boolean; stale?: boolean; by?: string; at?: string };

export type Finding = {
    code: string;
    criterion?: string;
    enforcement: "deny" | "warn" | "audit";
    state: "met" | "unmet" | "absent" | "fault" | "waived";
    field?: string;
    absent?: string;
    message: string;
    help?: string;
    owner?: string;
    old?: string;
    new?: string;
};

export type Diagnostic = {
    severity: "error" | "warning" | "note";
    code: string;
    message: string;
    help?: string;
    file?: string;
    line?: number;
    column?: number;
    end_line?: number;
    end_column?: number;
};

export type Problem = {
    type: string;
    title: string;
    status: number;
    code: string;
    detail?: string;
    parameter?: string;
    help?: string;
    findings?: Finding[];
    diagnostics?: Diagnostic[];
};

export type Health = {
    status: string;
    version: string;
    head: { seq: number; hash: string };
    warehouse: { seq: number; behind: number; problem?: string };
};

/* ---- model ---- */

export type Person = { name: string; label: string; email?: string; role?: string; team?: string; manager?: string; active: boolean };

export type FieldType =
    | "text" | "integer" | "number" | "boolean" | "money" | "date" | "instant" | "enum" | "email" | "phone" | "domain"
    | "url" | "country" | "currency" | "ref" | "utm" | "json";

export type Field = {
    name: string;
    label: string;
    description?: string;
    type: FieldType;
    kind: "plain" | "system" | "stage" | "computed" | "rollup" | "derived";
    required?: boolean;
    personal?: boolean;
    to?: string;
    values?: { name: string; label: string; retired?: boolean }[];
    min?: number | string;
    max?: number | string;
    source?: string;
    stale_after?: string;
    invalid?: string;
    computed?: string;
    rollup?: string;
    at?: string;
};

export type ObjectDef = {
    name: string;
    plural: string;
    label: string;
    description?: string;
    prefix: string;
    kind: "record" | "fact";
    mode: "record" | "overlay";
    builtin?: boolean;
    owner?: string;
    parent?: string;
    title?: string;
    time?: string;
    keys: string[][];
    records: number;
    fields: Field[];
    children: { name: string; object: string; via: string }[];
    processes: string[];
    at?: string;
};

export type Rule = {
    id: string;
    object: string;
    when?: string;
    require: string;
    field?: string;
    message?: string;
    help?: string;
    enforcement: "deny" | "warn" | "audit";
    applies_from?: string;
    owner?: string;
    at?: string;
};

export type Stage = {
    name: string;
    label: string;
    description?: string;
    probability?: number | string;
    forecast?: string;
    outcome: "open" | "won" | "lost";
    advance: string;
    max_age?: string;
    initial?: boolean;
    requires_reason?: boolean;
    enter: Rule[];
    exit: Rule[];
};

export type Process = {
    name: string;
    kind: "pipeline" | "lifecycle";
    label: string;
    description?: string;
    object: string;
    owner: string;
    field: string;
    skip: string;
    back: string;
    stages: Stage[];
    at?: string;
};

export type Shape = "number" | "money" | "text";

export type Metric = {
    name: string;
    label: string;
    description?: string;
    kind: string;
    shape: Shape;
    unit?: string;
    owner: string;
    object?: string;
    grain?: string;
    dimensions: { name: string; label: string }[];
    inputs: string[];
    expr?: string;
    where?: string;
    aggregate?: string;
    value?: string;
    time?: string;
    so_what?: string;
    target?: Target;
    benchmark?: Benchmark;
    definition: string;
    at?: string;
};

export type DashboardEntry = {
    name: string; label: string; description?: string; audience: string; refresh?: string; owner: string; tiles: number; at?: string;
};
export type MatrixCell = { pillar: string; side: string; owner?: string; artefacts: string[]; feeds?: string; review_by?: string };
export type Definition = { kind: string; name: string; owner?: string; object?: string; at?: string };

export type Model = {
    version: number;
    digest: string;
    company: { name: string; currency: string; timezone: string; fiscal_year_starts: string };
    people: Person[];
    objects: ObjectDef[];
    rules: Rule[];
    processes: Process[];
    metrics: Metric[];
    dashboards: DashboardEntry[];
    cells: MatrixCell[];
    definitions: Definition[];
};

export type ModelVersion = { version: number; seq: number; recorded_at: string; digest: string; actor: string; changes?: string[] };
export type ModelHistory = { versions: ModelVersion[]; cursor?: string };

/* ---- records ---- */

export type RecordRow = { id: string; version: number; title: string; fields: { [name: string]: Cell | undefined } };
export type RecordPage = { records: RecordRow[]; cursor?: string; total: number };
export type Visit = { process: string; stage: string; entered_at: string; left_at?: string };
export type RecordAnswer = {
    id: string;
    object: string;
    version: number;
    title: string;
    deleted?: boolean;
    created_at: string;
    updated_at: string;
    as_of?: string;
    known?: string;
    fields: { [name: string]: Cell | undefined };
    visits: Visit[];
    children: { name: string; object: string; count: number }[];
};
export type HistoryEvent = {
    seq: number;
    recorded_at: string;
    effective_at: string;
    kind: string;
    actor: { kind: string; name: string };
    cause?: number;
    reason?: string;
    batch?: string;
    model_version: number;
    retracted_by?: number;
    changes: { field: string; old: Cell | null; new: Cell | null }[];
};
export type HistoryPage = { events: HistoryEvent[]; cursor?: string };

/* ---- metrics ---- */

export type Target = { at_least?: string; at_most?: string; state?: "met" | "missed" };
export type Benchmark = { low: string; high: string; source?: string; state?: "below" | "within" | "above" };
export type Compared = { value: number | string | null; text?: string; reason?: string; because?: string; change?: string };
export type Figure = {
    value: number | string | null;
    text?: string;
    reason?: string;
    because?: string;
    records: number;
    compare?: Compared;
};
export type Bucket = { label: string; from: string; to: string };
export type GroupKey = { value: string; label: string } | null;
export type AnswerRow = Figure & { bucket?: Bucket; group: { [dimension: string]: GroupKey | undefined } };
export type Exclusion = { metric: string; reason: string; text: string; records: number };
export type Lineage = { seq: number; model_version: number; now: string; rates?: string };

export type Answer = {
    metric: string;
    label: string;
    kind: string;
    shape: Shape;
    unit?: string;
    owner: string;
    so_what?: string;
    definition: string;
    population?: string;
    target?: Target;
    benchmark?: Benchmark;
    window?: { from: string; to: string; zone: string };
    grain?: string;
    as_of?: string;
    known?: string;
    where?: string;
    columns: { name: string; label: string }[];
    rows: AnswerRow[];
    total?: Figure;
    excluded: Exclusion[];
    lineage: Lineage;
    warnings: string[];
};

export type ExplainPart = {
    metric: string;
    label: string;
    depth: number;
    shape: Shape;
    unit?: string;
    expr?: string;
    definition: string;
    owner: string;
    figure: Figure;
    leaf: boolean;
    object?: string;
    population?: string;
    excluded: Exclusion[];
    records?: { id: string; title: string; value?: string; second?: string }[];
    total?: number;
    cursor?: string;
    sql?: string;
    at?: string;
};
export type Explanation = { answer: Answer; parts: ExplainPart[] };

/** The parameters of a metric, under the names of the API. */
export type MetricParams = {
    by?: string[];
    grain?: string;
    from?: string;
    to?: string;
    window?: string;
    where?: string;
    as_of?: string;
    known?: string;
    compare?: string;
    group?: string[];
    bucket?: string;
};

export type Funnel = {
    process: string;
    label: string;
    owner: string;
    window: { from: string; to: string; zone?: string };
    stages: { stage: string; label: string; records: number; share?: string; of_first?: string }[];
    excluded: Exclusion[];
    lineage?: Lineage;
};
export type WorkRow = { record: RecordRow; findings?: Finding[]; about?: { object: string; id: string; title: string } };
export type WorkSlice = {
    object: string; label: string; where?: string; sort?: string; columns: string[]; total: number; more?: boolean; unknown?: number;
    records: WorkRow[];
};
export type Work = { slices: WorkSlice[]; held?: QuarantinedRow[]; total: number };
export type TileAnswer = {
    tile: { kind: string; target: string; label: string };
    query?: MetricParams;
    answer?: Answer;
    funnel?: Funnel;
    work?: Work;
    problem?: Problem;
};
export type Dashboard = {
    name: string; label: string; description?: string; audience: string; refresh?: string; owner: string; at?: string;
    tiles: TileAnswer[];
};

/* ---- imports, quarantine, audit ---- */

export type QuarantinedRow = {
    id: string | number; batch?: string; row: number; object: string; source: string; text: string;
    cells?: { [header: string]: string }; findings: Finding[]; at: string;
};
export type ImportReport = {
    id?: string;
    object: string;
    source: string;
    name: string;
    bytes: number;
    digest?: string;
    map?: string;
    state: "running" | "done" | "stopped" | "undone";
    dry_run: boolean;
    actor: string;
    started_at: string;
    ended_at?: string;
    rows: number;
    created: number;
    updated: number;
    unchanged: number;
    merged: number;
    quarantined: number;
    blank: number;
    law: boolean;
    reasons: { code: string; field?: string; message: string; rows: number }[];
    unmapped: string[];
    examples?: QuarantinedRow[];
};
export type ImportList = { imports: ImportReport[]; cursor?: string };
export type Proposal = {
    object: string;
    encoding: string;
    delimiter?: string;
    rows: number;
    columns: {
        header: string; field?: string; type?: string; confidence: "sure" | "likely" | "none"; because?: string; samples: string[];
    }[];
    yaml: string;
};
export type Maps = { maps: { name: string; object: string; source?: string }[] };
export type Quarantine = { rows: QuarantinedRow[]; cursor?: string; total: number };

export type AuditRule = {
    id: string;
    kind: "field" | "rule" | "gate";
    process?: string;
    stage?: string;
    object: string;
    enforcement: "deny" | "warn" | "audit";
    message?: string;
    require: string;
    owner?: string;
    broken: number;
    checked: number;
    first: { id: string; title: string }[];
    at?: string;
};
export type Audit = { as_of_seq: number; records: number; rules: AuditRule[] };
