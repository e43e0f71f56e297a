/* The live model, as an index for pages: labels of people, objects, fields, metrics. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { modelQuery } from "../api/queries";
import type { Field, Metric, Model, ObjectDef, Process, Rule, Stage } from "../gen/api";
import { readableModel, type DimensionField } from "./readable";

export type Index = {
    model: Model;
    zone: string;
    object: (name: string) => ObjectDef | undefined;
    field: (object: string, name: string) => Field | undefined;
    metric: (name: string) => Metric | undefined;
    process: (name: string) => Process | undefined;
    /** A rule or a gate's criterion by its id. */
    rule: (id: string) => Rule | undefined;
    /** How a value of a stage field ends its process. */
    outcome: (field: Field, stage: string) => Stage["outcome"] | undefined;
    /** The object whose records a metric counts; of a metric over others, its first input's. */
    objectOfMetric: (metric: string) => string | undefined;
    /** The field that a dimension of a metric ends at. */
    dimension: DimensionField;
    /** A person's name for people; the short name when the model does not know it. */
    person: (name: string) => string;
    /** The object whose ids begin like this one. */
    objectOfId: (id: string) => ObjectDef | undefined;
};

const indexes = new WeakMap<Model, Index>();

function objectOf(index: Index, metric: string): string | undefined {
    const found = index.metric(metric);
    return found?.object ?? found?.inputs.map((input) => objectOf(index, input)).find((object) => object);
}

/** Follows a dimension from a metric's object. */
function dimensionOf(index: Index, metric: string, dimension: string): Field | undefined {
    const from = objectOf(index, metric);
    if (!from) return undefined;
    const steps = dimension.split(".");
    let object: string | undefined = from, field: Field | undefined;
    for (const step of steps[0] === from ? steps.slice(1) : steps) {
        field = object ? index.field(object, step) : undefined;
        object = field?.to;
    }
    return field;
}

export function indexOf(raw: Model): Index {
    let found = indexes.get(raw);
    if (found) return found;
    const model = readableModel(raw);
    const objects = new Map(model.objects.map((one) => [one.name, one]));
    const fields = new Map(model.objects.map((one) => [one.name, new Map(one.fields.map((field) => [field.name, field]))]));
    const metrics = new Map(model.metrics.map((one) => [one.name, one]));
    const processes = new Map(model.processes.map((one) => [one.name, one]));
    const staged = new Map(model.processes.map((one) => [fields.get(one.object)?.get(one.field), one]));
    const rules = new Map([...model.rules, ...model.processes.flatMap((one) => one.stages.flatMap((stage) => [...stage.enter, ...stage.exit]))].map((one) => [one.id, one]));
    const people = new Map(model.people.map((one) => [one.name, one.label]));
    const prefixes = new Map(model.objects.map((one) => [one.prefix, one]));
    found = {
        model,
        zone: model.company.timezone,
        object: (name) => objects.get(name),
        field: (object, name) => fields.get(object)?.get(name),
        metric: (name) => metrics.get(name),
        process: (name) => processes.get(name),
        rule: (id) => rules.get(id),
        outcome: (field, stage) => staged.get(field)?.stages.find((one) => one.name === stage)?.outcome,
        objectOfMetric: () => undefined,
        dimension: () => undefined,
        person: (name) => people.get(name.replace(/^person:/, "")) ?? name.replace(/^person:/, ""),
        objectOfId: (id) => prefixes.get(id.slice(0, id.lastIndexOf("_"))),
    };
    const index = found;
    found.objectOfMetric = (metric) => objectOf(index, metric);
    found.dimension = (metric, dimension) => dimensionOf(index, metric, dimension);
    indexes.set(raw, found);
    return found;
}

/** The model of the workspace; pages stand below a boundary that waits for it. */
export function useModel(): Index {
    return indexOf(useSuspenseQuery(modelQuery).data);
}
