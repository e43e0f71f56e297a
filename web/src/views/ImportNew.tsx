/* Upload → mapping proposal → dry run of the whole file → run. Nothing is kept before the last step. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { postFile } from "../api/client";
import { mapsQuery } from "../api/queries";
import type { ImportReport, Proposal } from "../gen/api";
import { Badge, Card, PageHead, type Tone } from "../parts/basics";
import * as format from "../parts/format";
import { Findings, ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { useModel } from "../state/model";
import { ReportBody } from "./Import";

const route = getRouteApi("/imports/new");
const LOOK = 1 << 20;
const CONFIDENCE: Record<string, Tone> = { sure: "good", likely: "warn", none: "plain" };

function Mapping({ proposal, chosen, choose }: { proposal: Proposal; chosen: Record<string, string>; choose: (header: string, field: string) => void }) {
    const { object } = useModel();
    const fields = (object(proposal.object)?.fields ?? []).filter((one) => one.kind === "plain" || one.kind === "stage").map((one) => ({ id: one.name, label: one.label, hint: one.type }));
    return (
        <div className="scroll-x" tabIndex={0} role="group" aria-label="Mapping">
            <table className="table roomy">
                <caption className="visually-hidden">Columns of the file and the fields they fill</caption>
                <thead><tr><th scope="col">Column</th><th scope="col">Fills</th><th scope="col">How sure</th><th scope="col">First values</th></tr></thead>
                <tbody>
                    {proposal.columns.map((one) => (
                        <tr key={one.header}>
                            <th scope="row">{one.header}</th>
                            <td className="map-field"><Select label={`Field for ${one.header}`} hideLabel value={chosen[one.header] ?? one.field ?? ""} choices={[{ id: "", label: "Leave out" }, ...fields]} onChange={(field) => choose(one.header, field)} /></td>
                            <td>{one.header in chosen ? <Badge tone="accent">your choice</Badge> : <Badge tone={CONFIDENCE[one.confidence] ?? "plain"}>{one.confidence}</Badge>}<div className="tiny muted">{one.header in chosen ? "" : one.because}</div></td>
                            <td className="soft">{one.samples.filter(Boolean).join(" · ") || <span className="muted">empty</span>}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function ImportNewPage() {
    const search = route.useSearch(), navigate = useNavigate({ from: "/imports/new" }), queries = useQueryClient();
    const { model, object: find, person } = useModel();
    const objects = model.objects.filter((one) => !one.builtin).map((one) => ({ id: one.name, label: one.label }));
    const object = search.object ?? objects[0]?.id ?? "";
    const [file, setFile] = useState<File | null>(null);
    const [map, setMap] = useState("");
    const [chosen, setChosen] = useState<Record<string, string>>({});
    const maps = useQuery(mapsQuery);
    const propose = useMutation({ mutationFn: (of: File) => postFile<Proposal>("/imports/propose", { object, name: of.name }, of.slice(0, LOOK)) });
    const run = useMutation({
        mutationFn: ({ of, dry }: { of: File; dry: boolean }) => postFile<ImportReport>("/imports", {
            object, name: of.name, map: map || undefined, dry_run: dry ? 1 : undefined, column: Object.entries(chosen).map(([header, field]) => `${header}=${field}`),
        }, of),
        onSuccess: (report) => {
            if (report.dry_run || !report.id) return;
            void queries.invalidateQueries();
            void navigate({ to: "/imports/$id", params: { id: report.id } });
        },
    });
    const restart = () => { propose.reset(); run.reset(); setChosen({}); };
    const take = (of: File | null) => { restart(); setFile(of); if (of) propose.mutate(of); };
    const dry = run.data?.dry_run ? run.data : undefined;
    const fitting = (maps.data?.maps ?? []).filter((one) => one.object === object).map((one) => ({ id: one.name, label: one.name }));
    return (
        <>
            <title>New import · Revos</title>
            <PageHead title="New import" lead="The dry run goes through the whole file with every rule and keeps nothing." />
            <ol className="stack steps">
                <li>
                    <Card title="1. File" id="step-file">
                        <div className="controls">
                            <Select label="Into" value={object} choices={objects} onChange={(id) => { restart(); setFile(null); void navigate({ search: { object: id }, replace: true }); }} />
                            <label className="field grow"><span className="label">CSV or JSON Lines</span><input key={object} className="input file" type="file" accept=".csv,.tsv,.txt,.jsonl,.ndjson" onChange={(event) => take(event.target.files?.[0] ?? null)} /></label>
                            {fitting.length ? <Select label="Mapping" value={map} choices={[{ id: "", label: "Proposed" }, ...fitting]} onChange={(id) => { setMap(id); run.reset(); }} /> : null}
                        </div>
                        {propose.error ? <ProblemBox problem={problemOf(propose.error)} level={3} /> : null}
                    </Card>
                </li>
                {file && propose.data ? (
                    <li>
                        <Card title="2. Mapping" id="step-map" flush aside={<span className="tiny muted">{format.count(propose.data.rows, "row", "rows")} seen · {propose.data.encoding}{propose.data.delimiter ? <> · separated by <code>{propose.data.delimiter === "\t" ? "tab" : propose.data.delimiter}</code></> : null}</span>}>
                            {map ? <p className="pad soft">The mapping <code>{map}</code> of the workspace is used.</p> : <Mapping proposal={propose.data} chosen={chosen} choose={(header, field) => { setChosen({ ...chosen, [header]: field }); run.reset(); }} />}
                            <div className="table-foot row between">
                                <details><summary>As a mapping file</summary><pre className="code" tabIndex={0}>{propose.data.yaml}</pre></details>
                                <button type="button" className="button primary" disabled={run.isPending} onClick={() => run.mutate({ of: file, dry: true })}>{run.isPending && run.variables.dry ? "Reading the file…" : "Dry run"}</button>
                            </div>
                        </Card>
                    </li>
                ) : null}
                {run.error ? <li><ProblemBox problem={problemOf(run.error)} /></li> : null}
                {file && dry ? (
                    <li>
                        <h2 className="group-title">3. Dry run</h2>
                        <ReportBody of={dry} />
                        {dry.examples?.length ? (
                            <div className="gap-top"><Card title="First rows that would be quarantined" id="examples">
                                <ul className="stack">{dry.examples.slice(0, 5).map((one) => <li key={one.row}><p className="mono tiny soft wrap">row {one.row}: {one.text}</p><Findings of={one.findings} person={person} /></li>)}</ul>
                            </Card></div>
                        ) : null}
                        <div className="row gap-top">
                            <button type="button" className="button primary" disabled={run.isPending} onClick={() => run.mutate({ of: file, dry: false })}>Import {format.count(dry.rows, "row", "rows")} into {find(object)?.label.toLowerCase()}</button>
                            <span className="small muted">{run.isPending && !run.variables.dry ? <>It is under way: <Link to="/imports" className="inline-link">Imports</Link> shows how far, and stops it.</> : "Can be undone as one, from its report."}</span>
                        </div>
                    </li>
                ) : null}
            </ol>
        </>
    );
}
