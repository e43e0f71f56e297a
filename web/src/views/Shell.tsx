/* What surrounds every page: navigation, crumbs, palette, keys, the state of the ledger. */
import { useQuery, useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState, type ErrorComponentProps } from "@tanstack/react-router";
import { lazy, Suspense, useLayoutEffect, useMemo, useRef, useState } from "react";
import { healthQuery, modelQuery, unreadQuery } from "../api/queries";
import { Loading, PageHead } from "../parts/basics";
import { OutcomeContext } from "../parts/CellValue";
import { number, sentence } from "../parts/format";
import { Icon, type IconName } from "../parts/Icon";
import type { KeyLine } from "../parts/KeysHelp";
import type { PaletteSection } from "../parts/Palette";
import { ProblemBox, problemOf } from "../parts/Problem";
import { useAnnounced } from "../state/announce";
import { useKeys } from "../state/keys";
import { indexOf, type Index } from "../state/model";
import { usePerson } from "../state/person";
import { setTheme, useTheme, type Theme } from "../state/theme";

const KeysHelp = lazy(() => import("../parts/KeysHelp").then((part) => ({ default: part.KeysHelp })));
const Palette = lazy(() => import("../parts/Palette").then((part) => ({ default: part.Palette })));

const PLACES = [
    { to: "/work", label: "My work", icon: "inbox", key: "w" },
    { to: "/notifications", label: "Notifications", icon: "bell", key: "n" },
    { to: "/people", label: "People", icon: "person", key: "p" },
    { to: "/", label: "Dashboards", icon: "dashboard", key: "d" },
    { to: "/metrics", label: "Metrics", icon: "metric", key: "m" },
    { to: "/records", label: "Records", icon: "records", key: "r" },
    { to: "/imports", label: "Imports", icon: "imports", key: "i" },
    { to: "/model", label: "Model", icon: "model", key: "o" },
    { to: "/audit", label: "Audit", icon: "audit", key: "a" },
] as const satisfies readonly { to: string; label: string; icon: IconName; key: string }[];

const KEYS: KeyLine[] = [
    { keys: ["Ctrl", "K"], does: "Go to a metric, dashboard, object or record" },
    { keys: ["?"], does: "These keys" },
    ...PLACES.map((place) => ({ keys: ["g", place.key], does: place.label })),
    { keys: ["e"], does: "Edit the record" },
    { keys: ["Esc"], does: "Close what is open" },
];

/** Keys of My work, for the item with the focus. */
const WORK_KEYS: KeyLine[] = [
    { keys: ["j"], does: "Next item" }, { keys: ["k"], does: "Item before" }, { keys: ["e"], does: "Open it" },
    { keys: ["a"], does: "Accept, approve" }, { keys: ["r"], does: "Return, refuse" }, { keys: ["d"], does: "Done" },
    { keys: ["s"], does: "Skip" }, { keys: ["t"], does: "Take" }, { keys: ["x"], does: "Reroute" },
];

function Unread({ index }: { index: Index | undefined }) {
    const person = usePerson(), told = index?.object("notification") !== undefined;
    const { data } = useQuery({ ...unreadQuery(person), enabled: told && person !== "" });
    return data?.total ? <span className="count" title={`${data.total} unread`}>{number(data.total)}<span className="visually-hidden"> unread</span></span> : null;
}

/** Says what just happened; the same words twice are said twice. */
function Announcer() {
    const { text, nth } = useAnnounced();
    return <div className="visually-hidden" role="status" aria-live="polite">{text ? <span key={nth}>{text}</span> : null}</div>;
}

function ThemeSwitch() {
    const theme = useTheme();
    const choices: { id: Theme; label: string; icon: IconName }[] = [
        { id: "light", label: "Light", icon: "sun" }, { id: "system", label: "As the system", icon: "system" }, { id: "dark", label: "Dark", icon: "moon" },
    ];
    return (
        <div className="segmented" role="group" aria-label="Colour scheme">
            {choices.map((one) => (
                <button key={one.id} type="button" aria-pressed={theme === one.id} aria-label={one.label} title={one.label} onClick={() => setTheme(one.id)}>
                    <Icon name={one.icon} />
                </button>
            ))}
        </div>
    );
}

function LedgerState() {
    const { data, isError } = useQuery(healthQuery);
    if (isError) return <span className="row"><span className="dot bad" aria-hidden="true" /> Server does not answer</span>;
    if (!data) return <span>…</span>;
    const { behind, problem } = data.warehouse;
    return (
        <span className="row" title={`Ledger hash ${data.head.hash}`}>
            <span className={`dot ${problem ? "bad" : behind > 0 ? "warn" : "good"}`} aria-hidden="true" />
            <span>Event {number(data.head.seq)}{problem ? ` · ${problem}` : behind > 0 ? ` · metrics ${number(behind)} behind` : ""}</span>
        </span>
    );
}

/** Pages that stand elsewhere in the URL than in the navigation. */
const HOMES: Record<string, string> = { dashboards: "/", quarantine: "/imports" };

function belongs(path: string, place: string): boolean {
    const room = path.split("/")[1] ?? "";
    return (HOMES[room] ?? `/${room}`) === place;
}

function Side({ index, open, help }: { index: Index | undefined; open: boolean; help: () => void }) {
    const path = useRouterState({ select: (state) => state.location.pathname });
    return (
        <aside className="side" data-open={open} id="navigation" aria-label="Workspace">
            <Link to="/" className="brand">
                <img src="/favicon.svg" alt="" />
                <span>Revos<small>{index?.model.company.name ?? "\u00a0"}</small></span>
            </Link>
            <nav className="nav" aria-label="Main">
                <ul>
                    {PLACES.map((place) => (
                        <li key={place.to}>
                            <Link to={place.to} activeOptions={{ exact: true }} {...(belongs(path, place.to) ? { "data-status": "active" } : {})}><Icon name={place.icon} />{place.label}{place.to === "/notifications" ? <Unread index={index} /> : null}</Link>
                            {place.to === "/records" && path.startsWith("/records") && index ? (
                                <ul className="sub">
                                    {index.model.objects.filter((one) => !one.builtin && one.kind === "record").map((one) => (
                                        <li key={one.name}>
                                            <Link to="/records/$object" params={{ object: one.name }}>{sentence(one.plural)}<span className="count">{number(one.records)}</span></Link>
                                        </li>
                                    ))}
                                </ul>
                            ) : null}
                        </li>
                    ))}
                </ul>
            </nav>
            <div className="side-foot">
                <LedgerState />
                <div className="row">
                    <ThemeSwitch />
                    <button type="button" className="button ghost icon" aria-label="Keys" title="Keys (?)" onClick={help}><Icon name="keyboard" /></button>
                </div>
            </div>
        </aside>
    );
}

const ROOMS: Record<string, string> = {
    work: "My work", people: "People", notifications: "Notifications", dashboards: "Dashboards", metrics: "Metrics", records: "Records", imports: "Imports", quarantine: "Quarantine", model: "Model", audit: "Audit",
    objects: "Objects", pipelines: "Pipelines", rules: "Rules", matrix: "Nine cells", history: "Versions", new: "New import",
};

/** The last part of a path as its page names it. */
function crumbLabel(parts: string[], i: number, index: Index | undefined): string {
    const part = decodeURIComponent(parts[i] ?? "");
    if (i > 0 && parts[0] === "metrics") return index?.metric(part)?.label ?? part;
    if (i > 0 && parts[0] === "dashboards") return index?.model.dashboards.find((one) => one.name === part)?.label ?? part;
    if (i === 2 && parts[0] === "records" && part === "new") return "New";
    if (i === 1 && parts[0] === "records") return sentence(index?.object(part)?.plural ?? part);
    if (i === 2 && parts[0] === "model") return index?.object(part)?.label ?? part;
    return ROOMS[part] ?? part;
}

function Crumbs({ index }: { index: Index | undefined }) {
    const path = useRouterState({ select: (state) => state.location.pathname });
    const parts = path.split("/").filter(Boolean);
    if (!parts.length) return <span className="crumbs">Dashboards</span>;
    return (
        <nav className="crumbs" aria-label="Breadcrumb">
            <ol>
                {parts.map((part, i) => {
                    const label = crumbLabel(parts, i, index), last = i === parts.length - 1;
                    const to = part === "dashboards" ? "/" : i === 1 && parts[0] === "model" && part === "objects" ? "/model" : "/" + parts.slice(0, i + 1).join("/");
                    return <li key={to}>{last ? <span aria-current="page">{label}</span> : <Link to={to}>{label}</Link>}</li>;
                })}
            </ol>
        </nav>
    );
}

function paletteSections(index: Index | undefined): PaletteSection[] {
    const pages = { title: "Pages", items: PLACES.map((place) => ({ id: place.to, label: place.label })) };
    if (!index) return [pages];
    const { model } = index;
    return [
        { title: "Metrics", items: model.metrics.map((one) => ({ id: `/metrics/${one.name}`, label: one.label, hint: one.name })) },
        { title: "Dashboards", items: model.dashboards.map((one) => ({ id: `/dashboards/${one.name}`, label: one.label, hint: one.audience })) },
        { title: "Records", items: model.objects.filter((one) => one.kind === "record").map((one) => ({ id: `/records/${one.name}`, label: sentence(one.plural), hint: one.name })) },
        { title: "Definitions", items: model.objects.map((one) => ({ id: `/model/objects/${one.name}`, label: `${one.label}: fields and rules`, hint: one.name })) },
        pages,
    ];
}

const unknownOutcome = () => undefined;

export function Shell() {
    const { data } = useQuery(modelQuery);
    const index = data ? indexOf(data) : undefined;
    const navigate = useNavigate();
    const path = useRouterState({ select: (state) => state.location.pathname });
    const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
    const [menu, setMenu] = useState(false);
    const main = useRef<HTMLElement>(null), shown = useRef(path);

    useLayoutEffect(() => {
        if (shown.current === path) return;
        shown.current = path;
        setMenu(false);
        main.current?.focus({ preventScroll: true });
    }, [path]);

    useKeys(useMemo(() => ({
        "mod+k": () => setOverlay("palette"),
        "?": () => setOverlay("keys"),
        Escape: () => setMenu(false),
        ...Object.fromEntries(PLACES.map((place) => [`g ${place.key}`, () => void navigate({ to: place.to })])),
    }), [navigate]));

    const sections = useMemo(() => paletteSections(index), [index]);
    const record = (text: string) => {
        const object = /^[a-z]+_[0-9A-Za-z]{6,}$/.test(text) ? index?.objectOfId(text) : undefined;
        return object ? { id: `/records/${object.name}/${text}`, label: `Open ${object.label.toLowerCase()} ${text}` } : undefined;
    };

    return (
        <div className="shell">
            <a className="skip" href="#main">Skip to the page</a>
            <Side index={index} open={menu} help={() => setOverlay("keys")} />
            <div className="main">
                <header className="top">
                    <button type="button" className="button icon menu-button" aria-label="Menu" aria-expanded={menu} aria-controls="navigation" onClick={() => setMenu(!menu)}><Icon name="menu" /></button>
                    <Crumbs index={index} />
                    <button type="button" className="button search-button" onClick={() => setOverlay("palette")}>
                        <span className="row"><Icon name="search" /> Go to…</span>
                        <span aria-hidden="true"><kbd>Ctrl</kbd> <kbd>K</kbd></span>
                    </button>
                </header>
                <main className="page" id="main" ref={main} tabIndex={-1}>
                    <OutcomeContext value={index?.outcome ?? unknownOutcome}>
                        <Suspense fallback={<Loading lines={6} height={28} />}><Outlet /></Suspense>
                    </OutcomeContext>
                </main>
            </div>
            <Announcer />
            <Suspense fallback={null}>
                {overlay === "palette" ? <Palette close={() => setOverlay(null)} sections={sections} record={record} choose={(to) => void navigate({ to })} /> : null}
                {overlay === "keys" ? <KeysHelp close={() => setOverlay(null)} lines={path === "/work" ? [...WORK_KEYS, ...KEYS] : KEYS} /> : null}
            </Suspense>
        </div>
    );
}

export function NotFound() {
    return (
        <>
            <title>Not found · Revos</title>
            <PageHead title="There is no such page" lead={<p>The address may be old. <Link to="/" className="inline-link">Dashboards</Link> is a good place to start again, and <kbd>Ctrl</kbd> <kbd>K</kbd> finds everything by name.</p>} />
        </>
    );
}

export function PageFailed({ error, reset }: ErrorComponentProps) {
    const queries = useQueryErrorResetBoundary();
    return (
        <>
            <PageHead title="This page cannot be shown" />
            <ProblemBox problem={problemOf(error)} retry={() => { queries.reset(); reset(); }} />
        </>
    );
}
