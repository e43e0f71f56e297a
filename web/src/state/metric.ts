/* A question to a metric as it stands in a URL, and the URLs that open figures of its answer. */
import type { Answer, AnswerRow, MetricQuery } from "../gen/api";

export type MetricSearch = MetricQuery & { open?: string };

/** What the metric page asks: everything but the figure that is open. */
export function questionOf({ open: _open, group: _group, bucket: _bucket, ...params }: MetricSearch): MetricQuery {
    return params;
}

/** The same question with the figure of `row` open; without a row, the figure over all. */
export function openSearch(question: MetricQuery, row?: AnswerRow, answer?: Answer): MetricSearch {
    const group = answer?.columns.flatMap((one) => (row && one.name in row.group ? [`${one.name}=${row.group[one.name]?.value ?? ""}`] : []));
    return {
        ...question, open: "figure",
        group: group?.length ? group : undefined,
        bucket: row?.bucket?.label,
    };
}

export function closedSearch(search: MetricSearch): MetricSearch {
    return { ...search, open: undefined, group: undefined, bucket: undefined };
}

/** What explain is asked for the figure that is open: one figure, so neither groups nor buckets nor a comparison. */
export function explainParams({ open: _open, by: _by, grain: _grain, compare: _compare, ...params }: MetricSearch): MetricQuery {
    return params;
}
