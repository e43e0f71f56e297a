import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { dashboardQuery } from "../api/queries";
import type { Answer, AnswerRow, TileAnswer } from "../gen/api";
import { Badge, Owner, PageHead, Skeleton } from "../parts/basics";
import { Chart, ViewSwitch } from "../parts/chart/Chart";
import { Change, FigureText, Judgement } from "../parts/Figure";
import * as format from "../parts/format";
import { FunnelPart } from "../parts/Funnel";
import { Icon } from "../parts/Icon";
import { ProblemBox, problemOf } from "../parts/Problem";
import { Select } from "../parts/Select";
import { WINDOWS, withValue } from "../parts/windows";
import { openSearch, type MetricSearch } from "../state/metric";
import { useModel } from "../state/model";
import { readableDashboard } from "../state/readable";
import { WorkTile } from "./WorkTile";

const route = getRouteApi("/dashboards/$name");

/** Whether an answer is one figure or a picture. */
const isNumber = (tile: TileAnswer) => tile.answer !== undefined && tile.answer.rows.length <= 1;

function TileFoot({ answer }: { answer: Answer }) {
    const { person, zone } = useModel();
    return (
        <footer className="tile-foot">
            <Owner label={person(answer.owner)} />
            <span className="tiny muted" title={`Ledger event ${answer.lineage.seq}, model version ${answer.lineage.model_version}`}>
                {answer.window ? format.span(answer.window.from, answer.window.to) : `as of ${format.instant(answer.lineage.now, zone)}`}
            </span>
        </footer>
    );
}

function NumberTile({ tile, answer }: { tile: TileAnswer; answer: Answer }) {
    const figure = answer.total ?? answer.rows[0] ?? { value: null, records: 0 };
    const kind = { shape: answer.shape, unit: answer.unit };
    const search = tile.query ?? {};
    return (
        <section className="card tile number-tile" aria-label={tile.tile.label}>
            <h2 className="tile-title"><Link to="/metrics/$name" params={{ name: answer.metric }} search={search}>{tile.tile.label}</Link></h2>
            <div>
                <Link className="big" to="/metrics/$name" params={{ name: answer.metric }} search={openSearch(search)}>
                    <FigureText of={figure} kind={kind} precision="short" /><span className="visually-hidden">, {tile.tile.label}: open</span>
                </Link>
                {figure.compare ? (
                    <p className="row tiny muted">
                        <Change of={figure.compare} target={answer.target} />
                        {figure.compare.value === null ? "no value before" : <>from {format.figure(figure.compare, answer.shape, answer.unit, "short")}</>}
                    </p>
                ) : null}
                {figure.value === null ? <p className="small soft">{figure.because ?? format.words(figure.reason ?? "no value")}</p> : null}
            </div>
            <Judgement target={answer.target} benchmark={answer.benchmark} kind={kind} />
            {answer.so_what && answer.target?.state !== "met" ? <p className="so-what small">{answer.so_what}</p> : null}
            <TileFoot answer={answer} />
        </section>
    );
}

function ChartTile({ tile, answer, table, onTable }: { tile: TileAnswer; answer: Answer; table: boolean; onTable: (table: boolean) => void }) {
    const navigate = useNavigate();
    const search = tile.query ?? {};
    const to = (row: AnswerRow | undefined): MetricSearch => openSearch(search, row, answer);
    return (
        <section className="card tile" aria-label={tile.tile.label}>
            <header className="card-head">
                <h2 className="tile-title"><Link to="/metrics/$name" params={{ name: answer.metric }} search={search}>{tile.tile.label}</Link></h2>
                <ViewSwitch table={table} onChange={onTable} of={tile.tile.label} />
            </header>
            <Chart
                answer={answer} label={tile.tile.label} table={table}
                open={(row, label, children): ReactNode => <Link className="cell" to="/metrics/$name" params={{ name: answer.metric }} search={to(row)}>{children}<span className="visually-hidden">, {label}: open</span></Link>}
                onOpen={(row) => void navigate({ to: "/metrics/$name", params: { name: answer.metric }, search: to(row) })}
            />
            <TileFoot answer={answer} />
        </section>
    );
}

function Tile({ tile, table, onTable, whose }: { tile: TileAnswer; table: boolean; onTable: (table: boolean) => void; whose: string | undefined }) {
    const { person } = useModel();
    if (tile.work) return <WorkTile tile={tile.tile} work={tile.work} person={whose} />;
    if (tile.answer) return isNumber(tile) ? <NumberTile tile={tile} answer={tile.answer} /> : <ChartTile tile={tile} answer={tile.answer} table={table} onTable={onTable} />;
    return (
        <section className="card tile" aria-label={tile.tile.label}>
            <h2 className="tile-title">{tile.tile.label}</h2>
            {tile.funnel ? (
                <>
                    <FunnelPart funnel={tile.funnel} />
                    <footer className="tile-foot"><Owner label={person(tile.funnel.owner)} /><span className="tiny muted">{tile.funnel.window ? format.span(tile.funnel.window.from, tile.funnel.window.to) : "all time"}</span></footer>
                </>
            ) : tile.problem ? <ProblemBox problem={tile.problem} level={3} /> : null}
        </section>
    );
}

export function DashboardPage() {
    const { name } = route.useParams(), search = route.useSearch(), navigate = useNavigate({ from: "/dashboards/$name" });
    const index = useModel(), { model, person, zone } = index;
    const { table, ...params } = search;
    const { data: raw, error, refetch, isPlaceholderData } = useQuery(dashboardQuery(name, params));
    const data = useMemo(() => (raw ? readableDashboard(raw, index.dimension, (metric) => index.metric(metric)?.label) : undefined), [raw, index]);
    const known = model.dashboards.find((one) => one.name === name);
    const set = (more: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...more }) });
    const numbers = data?.tiles.filter(isNumber) ?? [], rest = data?.tiles.filter((one) => !isNumber(one)) ?? [];
    const read = data?.tiles.find((one) => one.answer)?.answer?.lineage;
    const shown = new Set(table);
    const works = data?.tiles.some((one) => one.tile.kind === "list" || one.tile.kind === "queue") ?? false;
    const people = model.people.filter((one) => one.active).map((one) => ({ id: one.name, label: one.label }));
    const tile = (one: TileAnswer, i: number) => {
        const key = `${one.tile.target}.${i}`;
        return <Tile key={key} tile={one} table={shown.has(key)} whose={search.person} onTable={(on) => set({ table: on ? [...shown, key] : [...shown].filter((other) => other !== key) })} />;
    };
    return (
        <>
            <title>{`${known?.label ?? name} · Revos`}</title>
            <PageHead
                title={known?.label ?? name}
                lead={<>{known?.description ? <p>{known.description}</p> : null}{known ? <div className="row head-facts"><Owner label={person(known.owner)} /><Badge>{known.audience}</Badge>{known.at ? <span className="tiny muted mono">{known.at}</span> : null}{read ? <span className="tiny muted"><Icon name="clock" /> read at event {format.number(read.seq)}, {format.instant(read.now, zone)}</span> : null}</div> : null}</>}
                aside={
                    <>
                        {works ? <Select label="Whose" value={search.person ?? ""} choices={withValue([{ id: "", label: "Everyone's" }, ...people], search.person ?? "")} onChange={(whose) => set({ person: whose || undefined })} /> : null}
                        <Select label="Window" value={search.window ?? ""} choices={withValue([{ id: "", label: "As each tile says" }, ...WINDOWS], search.window ?? "")} onChange={(window) => set({ window: window || undefined })} />
                        <label className="field"><span className="label">As of</span><input className="input" type="date" value={search.as_of ?? ""} onChange={(event) => set({ as_of: event.target.value || undefined })} /></label>
                    </>
                }
            />
            {search.as_of ? <p className="notice"><Icon name="clock" /> True on {format.date(search.as_of)}, as known now.</p> : null}
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {!data && !error ? (
                <div role="status">
                    <span className="visually-hidden">Loading</span>
                    <div className="numbers">{Array.from({ length: 4 }, (_, i) => <div key={i} className="card tile number-tile"><Skeleton height={18} width="50%" /><Skeleton height={44} width="70%" /><Skeleton height={60} /></div>)}</div>
                    <div className="tiles">{Array.from({ length: 2 }, (_, i) => <div key={i} className="card tile"><Skeleton height={18} width="40%" /><Skeleton height={236} /></div>)}</div>
                </div>
            ) : null}
            {data ? (
                <div aria-busy={isPlaceholderData} data-stale={isPlaceholderData}>
                    {numbers.length ? <div className="numbers" data-count={numbers.length}>{numbers.map(tile)}</div> : null}
                    <div className="tiles">{rest.map((one, i) => tile(one, numbers.length + i))}</div>
                </div>
            ) : null}
        </>
    );
}
