/* Names in words. Where a definition has no label the server repeats its name; people are shown words instead of an identifier.
 * Only labels of definitions are touched, never data. */
import type { Answer, Dashboard, Explanation, Field, Funnel, Model, Process } from "../gen/api";

const ACRONYMS = new Set(["acv", "ae", "arr", "cac", "cpl", "crm", "csm", "grr", "icp", "id", "ltv", "mql", "mrr", "nps", "nrr", "ote", "p1", "roi", "sal", "sdr", "sla", "smb", "sql", "url", "utm"]);

/** "account.segment" as "Segment", "product.name" as "Product", "won_value" as "Won value", "mrr" as "MRR". */
export function words(name: string): string {
    const path = name.split("."), last = path.at(-1) ?? name;
    const text = (last === "name" ? (path.at(-2) ?? last) : last).split("_").map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word)).join(" ");
    return text.charAt(0).toUpperCase() + text.slice(1);
}

export const label = (given: string | undefined, name: string): string => (!given || given === name ? words(name) : given);

/** A definition in words begins like a sentence; arithmetic stays as it was written. */
const sentence = (definition: string, expr: string | undefined): string => (definition === expr ? definition : definition.charAt(0).toUpperCase() + definition.slice(1));
const ARITHMETIC = new Set(["derived", "ratio"]);

const named = <T extends { name: string; label: string }>(one: T): T => ({ ...one, label: label(one.label, one.name) });
const readableField = (field: Field): Field => ({ ...named(field), ...(field.values ? { values: field.values.map(named) } : {}) });
const readableProcess = (process: Process): Process => ({ ...named(process), stages: process.stages.map(named) });

export function readableModel(model: Model): Model {
    return {
        ...model,
        // What the company wrote comes before what is there anyway.
        objects: model.objects.map((one) => ({ ...named(one), fields: one.fields.map(readableField) })).sort((a, b) => Number(a.builtin ?? false) - Number(b.builtin ?? false)),
        processes: model.processes.map(readableProcess),
        metrics: model.metrics.map((one) => ({ ...named(one), definition: sentence(one.definition, one.expr), dimensions: one.dimensions.map(named) })),
        dashboards: model.dashboards.map(named),
    };
}

/** The field that a dimension of a metric ends at; undefined when the model does not say. */
export type DimensionField = (metric: string, dimension: string) => Field | undefined;

export function readableAnswer(answer: Answer, fieldOf: DimensionField): Answer {
    const values = new Map(answer.columns.map((column) => [column.name, new Map(fieldOf(answer.metric, column.name)?.values?.map((one) => [one.name, one.label]))]));
    return {
        ...answer,
        label: label(answer.label, answer.metric),
        definition: sentence(answer.definition, ARITHMETIC.has(answer.kind) ? answer.definition : undefined),
        columns: answer.columns.map(named),
        rows: answer.rows.map((row) => ({
            ...row,
            group: Object.fromEntries(Object.entries(row.group).map(([name, key]) => [name, key ? { ...key, label: values.get(name)?.get(key.value) ?? key.label } : key])),
        })),
    };
}

/** Amounts of a metric are in the company's currency, whether or not a part repeats it. */
export function readableExplanation(explanation: Explanation, fieldOf: DimensionField, currency: string): Explanation {
    return {
        answer: readableAnswer(explanation.answer, fieldOf),
        parts: explanation.parts.map((part) => ({ ...part, ...(part.shape === "money" ? { unit: part.unit ?? currency } : {}), label: label(part.label, part.metric), definition: sentence(part.definition, part.expr) })),
    };
}

const readableFunnel = (funnel: Funnel): Funnel => ({ ...funnel, label: label(funnel.label, funnel.process), stages: funnel.stages.map((one) => ({ ...one, label: label(one.label, one.stage) })) });

export function readableDashboard(dashboard: Dashboard, fieldOf: DimensionField, metricLabel: (name: string) => string | undefined): Dashboard {
    return {
        ...named(dashboard),
        tiles: dashboard.tiles.map((one) => ({
            ...one,
            tile: { ...one.tile, label: one.tile.label === one.tile.target ? (metricLabel(one.tile.target) ?? words(one.tile.target)) : one.tile.label },
            ...(one.answer ? { answer: readableAnswer(one.answer, fieldOf) } : {}),
            ...(one.funnel ? { funnel: readableFunnel(one.funnel) } : {}),
        })),
    };
}
