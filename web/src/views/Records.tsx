import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { formQuery, recordsQuery } from "../api/queries";
import type { Field } from "../gen/api";
import { Card, Empty, Loading, PageHead } from "../parts/basics";
import { count, number, sentence } from "../parts/format";
import { Icon } from "../parts/Icon";
import { Diagnostics, Missing, ProblemBox, problemOf } from "../parts/Problem";
import { RecordTable } from "../parts/RecordTable";
import { useKept } from "../state/kept";
import { useModel } from "../state/model";
import { refLink } from "./links";

const route = getRouteApi("/records/$object");

/** As many fields as a list can show: what people filled first, then owner and time. */
const COLUMNS = 9;
const rank = (field: Field) => (field.kind === "stage" ? 0 : field.kind === "system" ? 3 : field.name === "owner" ? 2 : 1);

function Filter({ value, example, error, onChange }: { value: string; example: string; error: unknown; onChange: (where: string | undefined) => void }) {
    const [draft, setDraft] = useState(value);
    const problem = error ? problemOf(error) : undefined;
    const mine = problem?.parameter === "where" ? problem : undefined;
    return (
        <form className="filters" role="search" aria-label="Filter" onSubmit={(event) => { event.preventDefault(); onChange(draft.trim() || undefined); }}>
            <div className="field grow">
                <label htmlFor="where">Only records for which (CEL)</label>
                <div className="row nowrap">
                    <input id="where" className="input mono" value={draft} placeholder={example} spellCheck={false} autoComplete="off" aria-invalid={mine ? true : undefined} aria-describedby={mine ? "where-error" : undefined} onChange={(event) => setDraft(event.target.value)} />
                    <button type="submit" className="button">Apply</button>
                    {value ? <button type="button" className="button ghost" onClick={() => { setDraft(""); onChange(undefined); }}>Clear</button> : null}
                </div>
                {mine ? <div id="where-error" className="field-error" role="alert">{mine.diagnostics?.length ? <Diagnostics of={mine.diagnostics} source={value} /> : (mine.detail ?? mine.title)}</div> : null}
            </div>
        </form>
    );
}

export function RecordsPage() {
    const { object: name } = route.useParams(), search = route.useSearch(), navigate = useNavigate({ from: "/records/$object" });
    const { object: find, zone } = useModel();
    const object = find(name);
    const columns = useMemo(() => [...(object?.fields ?? [])].filter((one) => one.name !== object?.title && (one.kind !== "system" || one.name === "updated_at") && one.name !== "id")
        .sort((a, b) => rank(a) - rank(b)).slice(0, COLUMNS), [object]);
    const { data: fresh, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } = useInfiniteQuery(recordsQuery(name, { where: search.where, sort: search.sort, fields: columns.map((one) => one.name).join(",") }));
    const { data: form } = useQuery({ ...formQuery(name), enabled: object?.kind === "record" });
    const data = useKept(fresh, name);
    const rows = useMemo(() => data?.pages.flatMap((page) => page.records) ?? [], [data]);
    if (!object) return <Missing title={name} problem={error ? problemOf(error) : { type: "about:blank", title: `There is no object '${name}'`, status: 404, code: "not_found" }} />;
    const set = (more: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...more }) });
    const total = data?.pages[0]?.total ?? 0;
    const failed = error && problemOf(error).parameter !== "where";
    const example = columns.find((one) => one.values)?.values?.[0];
    return (
        <>
            <title>{`${sentence(object.plural)} · Revos`}</title>
            <PageHead
                title={sentence(object.plural)}
                lead={object.description}
                aside={<><Link className="button" to="/model/objects/$name" params={{ name }}>Fields and rules</Link><Link className="button" to="/imports/new" search={{ object: name }}>Import</Link>{form?.by_people ? <Link className="button primary" to="/records/$object/new" params={{ object: name }}><Icon name="plus" /> New</Link> : null}</>}
            />
            {object.records === 0 && !search.where ? (
                <Empty title={`No ${object.label.toLowerCase()} records yet`} command={`revos import ${name} FILE.csv --dry-run`}><p>Create one, or bring them in from a file; the dry run shows what each row would do before anything is kept.</p></Empty>
            ) : (
                <Card flush>
                    <Filter key={search.where ?? ""} value={search.where ?? ""} example={example ? `${name}.${columns.find((one) => one.values)!.name} == '${example.name}'` : `has(${name}.owner)`} error={error} onChange={(where) => set({ where })} />
                    {failed ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
                    {data ? (
                        <div data-stale={isPlaceholderData}>
                            <RecordTable
                                rows={rows} total={total} fields={columns} zone={zone} sort={search.sort} onSort={(sort) => set({ sort })} link={refLink} caption={`${object.label} records`}
                                title={(row) => <Link className="strong" to="/records/$object/$id" params={{ object: name, id: row.id }}>{row.title}</Link>}
                                more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
                            />
                            {rows.length === 0 ? <p className="pad soft">No record meets this condition.</p> : null}
                        </div>
                    ) : error ? null : <div className="pad"><Loading lines={10} /></div>}
                    <p className="table-foot" role="status">{data ? `${number(rows.length)} of ${count(total, "record", "records")} loaded` : "\u00a0"}</p>
                </Card>
            )}
        </>
    );
}
