/* What somebody was told: why, since when, and where it leads. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { post } from "../api/client";
import { noticesQuery, peopleQuery, send } from "../api/queries";
import type { NoticesRead, RecordRow } from "../gen/api";
import { Badge, Card, Empty, Loading, PageHead } from "../parts/basics";
import * as format from "../parts/format";
import { Icon } from "../parts/Icon";
import { namedPeople, PersonSelect } from "../parts/PersonSelect";
import { ProblemBox, problemOf } from "../parts/Problem";
import { announce } from "../state/announce";
import { focusOn } from "../state/focus";
import { useModel } from "../state/model";
import { usePersonOf } from "../state/person";
import { words } from "../state/readable";
import { NoticeChoices } from "./NoticeChoices";

const route = getRouteApi("/notifications");

const text = (row: RecordRow, field: string): string => row.fields[field]?.text ?? "";
/** "handoffs.mql_to_sales" as "MQL to sales". */
const why = (definition: string): string => (/^[a-z0-9_]+\.[a-z0-9_ ]+$/i.test(definition) ? words(definition.split(".")[1]!.replaceAll(" ", "_")) : definition);

function Target({ row, children, onOpen }: { row: RecordRow; children: string; onOpen: () => void }) {
    const found = /^\/records\/([a-z0-9_]+)\/([a-z0-9]+_[0-9A-Z]+)$/.exec(text(row, "link"));
    return found ? <Link to="/records/$object/$id" params={{ object: found[1]!, id: found[2]! }} onClick={onOpen}>{children}</Link> : <>{children}</>;
}

function Notice({ row, pending, onRead }: { row: RecordRow; pending: boolean; onRead: () => void }) {
    const { object, zone } = useModel();
    const about = object("notification")?.fields.find((one) => one.type === "ref" && !object(one.to ?? "")?.builtin && row.fields[one.name]);
    const unread = row.fields["state"]?.value === "unread", at = text(row, "at");
    return (
        <li className="notice-row" data-unread={unread} id={`notice-${row.id}`} tabIndex={-1}>
            <span className="notice-mark" aria-hidden="true" />
            <div>
                <p className={unread ? "strong" : ""}>{unread ? <span className="visually-hidden">Unread: </span> : null}<Target row={row} onOpen={() => { if (unread) onRead(); }}>{text(row, "text") || words(text(row, "kind"))}</Target></p>
                <p className="tiny muted">{at ? <time dateTime={at}>{format.instant(at, zone)}</time> : null}{about ? <> · {row.fields[about.name]?.text}</> : null} · {words(text(row, "kind"))}{text(row, "why") ? <> · because of {why(text(row, "why"))}</> : null}</p>
            </div>
            {unread ? <button type="button" className="button ghost" disabled={pending} onClick={onRead} aria-label={`Mark as read: ${text(row, "text")}`}><Icon name="check" /> Read</button> : null}
        </li>
    );
}

export function NotificationsPage() {
    const search = route.useSearch(), navigate = useNavigate({ from: "/notifications" }), queries = useQueryClient();
    const person = usePersonOf(search.person), all = search.show === "all";
    const told = useModel().object("notification") !== undefined;
    const { data: rows } = useQuery(peopleQuery);
    const people = useMemo(() => namedPeople(rows?.records ?? []), [rows]);
    const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({ ...noticesQuery(person, !all), enabled: told && person !== "" });
    const list = data?.pages.flatMap((page) => page.records) ?? [], total = data?.pages[0]?.total ?? 0;
    const fresh = () => queries.invalidateQueries({ queryKey: ["records", "notification"] });
    const one = useMutation({
        mutationFn: (row: RecordRow) => send("notification", { id: row.id, fields: { state: "read" }, as: person }),
        onSuccess: (_, row) => {
            const at = list.findIndex((other) => other.id === row.id), next = list[at + 1] ?? list[at - 1];
            focusOn(all ? `notice-${row.id}` : next ? `notice-${next.id}` : "notices");
            announce("Marked as read.");
            void fresh();
        },
    });
    const every = useMutation({
        mutationFn: () => post<NoticesRead>("/notifications/read", { as: person }),
        onSuccess: ({ read }) => { focusOn("notices"); announce(`${format.count(read, "notification", "notifications")} marked as read.`); void fresh(); },
    });
    const failed = error ?? one.error ?? every.error;
    const set = (more: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...more }) });
    return (
        <>
            <title>Notifications · Revos</title>
            <PageHead title="Notifications" aside={<>
                <PersonSelect label="Of" people={people} value={person} onChange={(name) => set({ person: name || undefined })} />
                <div className="segmented" role="group" aria-label="Which"><button type="button" aria-pressed={!all} onClick={() => set({ show: undefined })}>Unread</button><button type="button" aria-pressed={all} onClick={() => set({ show: "all" })}>All</button></div>
                <button type="button" className="button" disabled={!person || every.isPending || (!all && total === 0)} onClick={() => every.mutate()}><Icon name="check" /> Mark all read</button>
            </>} />
            {failed ? <ProblemBox problem={problemOf(failed)} retry={() => { one.reset(); every.reset(); void refetch(); }} /> : null}
            {!told ? <Empty title="Nobody is told anything"><p>The live model has no process: no handoff, deadline, task or rule that tells somebody.</p></Empty> : !person ? <Empty title="Whose notifications?"><p>Nobody signs in here yet. Choose a person above: it stays in the address.</p></Empty> : data ? (
                <section className="card flush" aria-labelledby="notices">
                    <header className="card-head"><h2 id="notices" tabIndex={-1}>{all ? "All" : "Unread"} <Badge>{format.number(total)}</Badge></h2></header>
                    {list.length ? <ul className="notice-list">{list.map((row) => <Notice key={row.id} row={row} pending={one.isPending && one.variables?.id === row.id} onRead={() => one.mutate(row)} />)}</ul> : <p className="nothing"><Icon name="check" /> <span>{all ? "Nothing was told yet." : "Everything is read."}</span></p>}
                    {hasNextPage ? <p className="pad"><button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>Older ones</button></p> : null}
                </section>
            ) : failed ? null : <Card><Loading lines={6} height={28} /></Card>}
            {told && person ? <div className="below"><NoticeChoices key={person} person={person} /></div> : null}
        </>
    );
}
