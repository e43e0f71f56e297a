/* My work: everything that waits for one person, most urgent first, answered on the spot and with the keyboard. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { peopleQuery, send, workQuery } from "../api/queries";
import type { PersonWork, Problem, WaitingItem, WaitingSection, WorkAction } from "../gen/api";
import type { Answers } from "../parts/ActionForm";
import { Badge, Card, Empty, Loading, PageHead } from "../parts/basics";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { namedPeople, PersonSelect, type Named } from "../parts/PersonSelect";
import { ProblemBox, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { focusIsLost, focusOn } from "../state/focus";
import { useKeys } from "../state/keys";
import { usePersonOf } from "../state/person";
import { ACTIONS, keyOf, nameOf, WorkItem, type ActionName } from "./WorkItem";

const route = getRouteApi("/work");

type Section = { id: WaitingSection["section"]; title: string; lead?: string };
const SECTIONS: Section[] = [
    { id: "offers", title: "Offers" },
    { id: "approvals", title: "Approvals" },
    { id: "waivers", title: "Waivers" },
    { id: "tasks", title: "Tasks" },
    { id: "deadlines", title: "Deadlines", lead: "They are met on the record itself: a touch, a move, an answer." },
    { id: "queues", title: "To take", lead: "They belong to whoever takes them." },
];
const BANDS: { id: WaitingItem["band"]; title: string }[] = [
    { id: "overdue", title: "Overdue" }, { id: "today", title: "Today" }, { id: "later", title: "Later" }, { id: "never", title: "Without a deadline" },
];

type Acting = { item: WaitingItem; action: WorkAction; answers: Answers };

/** Where the focus goes when an item has left: to the one after it, else before it, else to the head of its section. */
function placeAfter(work: PersonWork | undefined, item: WaitingItem): string {
    const sections = work?.sections.filter((one) => one.items.some((other) => keyOf(other) === keyOf(item))) ?? [];
    const all = [...document.querySelectorAll<HTMLElement>("[data-item]")], at = all.findIndex((one) => one.dataset["item"] === keyOf(item));
    const section = all[at]?.closest("section"), near = [all[at + 1], all[at - 1]].find((one) => one && one.closest("section") === section);
    return near?.id ?? `work-${sections[0]?.section ?? "offers"}`;
}

function without(work: PersonWork, key: string): PersonWork {
    return {
        ...work,
        sections: work.sections.map((one) => (one.items.some((item) => keyOf(item) === key) ? { ...one, total: one.total - 1, items: one.items.filter((item) => keyOf(item) !== key) } : one)),
    };
}

/** Sends what was answered; the item leaves, the next one gets the focus, and it is said. */
function useActing(person: string) {
    const queries = useQueryClient();
    const [open, setOpen] = useState<{ key: string; action: WorkAction } | undefined>();
    const [problem, setProblem] = useState<{ key: string; problem: Problem } | undefined>();
    const key = workQuery(person).queryKey;
    const { mutate, isPending, variables } = useMutation({
        mutationFn: ({ action, answers }: Acting) => send(action.object, {
            ...(action.id ? { id: action.id } : {}), ...(action.version === undefined ? {} : { version: action.version }),
            fields: { ...action.fields, ...answers }, ...(person ? { as: person } : {}),
        }),
        onSuccess: (verdict, { item, action }) => {
            focusOn(placeAfter(queries.getQueryData(key), item));
            queries.setQueryData(key, (before) => before && without(before, keyOf(item)));
            setOpen(undefined);
            setProblem(undefined);
            const followed = verdict.followed?.length ?? 0;
            announce(`${ACTIONS[action.action].done}: ${nameOf(item)}.${followed ? ` ${format.count(followed, "change", "changes")} followed.` : ""}`);
            void queries.invalidateQueries();
        },
        onError: (error, { item }) => {
            const of = problemOf(error);
            if (of.status === 409 || focusIsLost()) focusOn(`item-${keyOf(item)}`);
            setProblem({ key: keyOf(item), problem: of });
            if (of.status === 409) {
                setOpen(undefined);
                void queries.invalidateQueries({ queryKey: key });
            }
        },
    });
    const show = useCallback((item: WaitingItem, action: WorkAction | undefined) => {
        setOpen(action ? { key: keyOf(item), action } : undefined);
        setProblem(undefined);
        if (!action) focusOn(`item-${keyOf(item)}`);
    }, []);
    const act = useCallback((item: WaitingItem, action: WorkAction, answers: Answers) => mutate({ item, action, answers }), [mutate]);
    const of = (item: WaitingItem) => ({
        open: open?.key === keyOf(item) ? open.action : undefined,
        problem: problem?.key === keyOf(item) ? problem.problem : undefined,
        pending: isPending && variables !== undefined && keyOf(variables.item) === keyOf(item),
        onOpen: (action: WorkAction | undefined) => show(item, action),
        onAct: (action: WorkAction, answers: Answers) => act(item, action, answers),
    });
    return { of, show, act };
}

const items = () => [...document.querySelectorAll<HTMLElement>("[data-item]")];
const current = () => document.activeElement?.closest<HTMLElement>("[data-item]") ?? null;

function step(by: number): void {
    const all = items(), here = current(), at = here ? all.indexOf(here) : -1;
    const next = here ? all[at + by] : all[by > 0 ? 0 : all.length - 1];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
}

/** J and K go through the items; a letter does what an item offers. */
function useWorkKeys(work: PersonWork | undefined, start: (item: WaitingItem, name: ActionName) => void): void {
    const latest = useRef({ work, start });
    latest.current = { work, start };
    useKeys(useMemo(() => {
        const press = (letter: string) => () => {
            const key = current()?.dataset["item"], item = latest.current.work?.sections.flatMap((one) => one.items).find((one) => keyOf(one) === key);
            const action = item?.actions.find((one) => ACTIONS[one.action].key === letter);
            if (item && action) latest.current.start(item, action.action);
        };
        const letters = [...new Set(Object.values(ACTIONS).map((one) => one.key))];
        return { j: () => step(1), k: () => step(-1), e: () => current()?.querySelector<HTMLElement>(".item-title a")?.click(), ...Object.fromEntries(letters.map((letter) => [letter, press(letter)])) };
    }, []));
}

function Items({ list, person, acting }: { list: WaitingItem[]; person: string; acting: ReturnType<typeof useActing> }) {
    return <ul className="items">{list.map((item) => <WorkItem key={keyOf(item)} item={item} person={person} {...acting.of(item)} />)}</ul>;
}

function More({ of }: { of: WaitingSection }) {
    const hidden = of.total - of.items.length;
    return hidden > 0 ? <p className="small pad"><Link className="more" to="/records/$object" params={{ object: of.object }} search={{ where: of.where, sort: of.sort }}>All {format.number(of.total)}</Link></p> : null;
}

function SectionCard({ section, parts, person, acting }: { section: Section; parts: WaitingSection[]; person: string; acting: ReturnType<typeof useActing> }) {
    const list = parts.flatMap((one) => one.items), total = parts.reduce((sum, one) => sum + one.total, 0);
    const bands = section.id === "tasks" ? BANDS.map((band) => ({ ...band, list: list.filter((one) => one.band === band.id) })).filter((band) => band.list.length) : [];
    return (
        <section className="card flush work-section" aria-labelledby={`work-${section.id}`}>
            <header className="card-head"><h2 id={`work-${section.id}`} tabIndex={-1}>{section.title} <Badge>{format.number(total)}</Badge></h2>{section.lead && list.length ? <span className="small muted">{section.lead}</span> : null}</header>
            {list.length === 0 ? <p className="nothing"><Icon name="check" /> <span>Nothing waits here any more.</span></p> : null}
            {bands.length
                ? bands.map((band) => <div key={band.id} className="band" data-band={band.id}><p className="band-title">{band.title} <span className="muted">{format.number(band.list.length)}</span></p><Items list={band.list} person={person} acting={acting} /></div>)
                : list.length ? <Items list={list} person={person} acting={acting} /> : null}
            {parts.map((one) => <More key={`${one.object}.${one.where}`} of={one} />)}
        </section>
    );
}

/** How much waits, as links to the sections. */
function Summary({ work }: { work: PersonWork }) {
    const of = (id: Section["id"]) => work.sections.filter((one) => one.section === id);
    return (
        <nav className="work-summary" aria-label="Sections">
            <ul>
                {SECTIONS.map((section) => {
                    const parts = of(section.id), total = parts.reduce((sum, one) => sum + one.total, 0), late = parts.flatMap((one) => one.items).filter((one) => one.band === "overdue").length;
                    return (
                        <li key={section.id}>
                            {total === 0 ? <span data-none="true"><strong>0</strong> {section.title}</span> : <a href={`#work-${section.id}`} onClick={(event) => { event.preventDefault(); focusOn(`work-${section.id}`); document.getElementById(`work-${section.id}`)?.scrollIntoView({ block: "start" }); }}>
                                <strong>{format.number(total)}</strong> <span>{section.title}</span>{late ? <> <Badge tone="bad">{format.number(late)} overdue</Badge></> : null}
                            </a>}
                        </li>
                    );
                })}
            </ul>
        </nav>
    );
}

function ChooseWho({ people, choose }: { people: Named[]; choose: (name: string) => void }) {
    return (
        <Card title="Whose work?" id="who">
            <p className="soft">Nobody signs in here yet. Choose who you are: it stays in the address, and what you do is done in that name.</p>
            <ul className="who">{people.map((one) => <li key={one.id}><button type="button" className="button" onClick={() => choose(one.id)}><Icon name="person" /> {one.label}{one.hint ? <span className="muted tiny">{one.hint}</span> : null}</button></li>)}</ul>
        </Card>
    );
}

export function WorkPage() {
    const search = route.useSearch(), navigate = useNavigate({ from: "/work" });
    const person = usePersonOf(search.person), { data: rows } = useQuery(peopleQuery);
    const people = useMemo(() => namedPeople(rows?.records ?? []), [rows]);
    const { data, error, refetch } = useQuery({ ...workQuery(person), enabled: person !== "" });
    const acting = useActing(person), shown = useRef(new Set<string>());
    const choose = (name: string) => void navigate({ search: { person: name || undefined } });
    useWorkKeys(data, (item, name) => {
        const action = item.actions.find((one) => one.action === name);
        if (action) { if (action.asks.length) acting.show(item, action); else acting.act(item, action, {}); }
    });
    // A link to this page without a person is about the one who acts.
    useEffect(() => { if (person && !search.person) void navigate({ search: { person }, replace: true }); }, [person, search.person, navigate]);
    return (
        <>
            <title>My work · Revos</title>
            <PageHead
                title="My work"
                lead={person ? <p>What waits for {people.find((one) => one.id === person)?.label ?? person}, and what may be taken. <kbd>J</kbd> <kbd>K</kbd> go through it, <kbd>?</kbd> shows the other keys.</p> : undefined}
                aside={people.length ? <PersonSelect label="Acting as" people={people} value={person} onChange={choose} /> : null}
            />
            {!person && rows ? <ChooseWho people={people} choose={choose} /> : null}
            {error ? <ProblemBox problem={problemOf(error)} retry={() => void refetch()} /> : null}
            {data && person ? (
                <div className="work-page">
                    <Summary work={data} />
                    {SECTIONS.map((section) => {
                        const parts = data.sections.filter((one) => one.section === section.id), waits = parts.some((one) => one.total > 0);
                        // What was emptied here stays, so that the focus has a place.
                        if (waits) shown.current.add(`${person}.${section.id}`);
                        return waits || shown.current.has(`${person}.${section.id}`) ? <SectionCard key={section.id} section={section} parts={parts} person={person} acting={acting} /> : null;
                    })}
                    {data.sections.every((one) => one.total === 0) ? <Empty title="Nothing waits"><p>No offer, decision, task or deadline is open, and every queue is empty. What comes next appears here by itself.</p></Empty> : null}
                </div>
            ) : error || (rows && !person) ? null : <Card><Loading lines={6} height={28} /></Card>}
        </>
    );
}
