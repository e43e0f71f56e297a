/* Every question the interface asks, as options of TanStack Query. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, post, type Params } from "./client";
import type {
    Answer, Audit, Command, Dashboard, Explanation, Form, GateWhy, Health, HistoryPage, ImportList, ImportReport, Maps, MetricQuery, Model, ModelHistory,
    People, PersonWork, Quarantine, RecordAnswer, RecordPage, ScoreWhy, Verdict,
} from "../gen/api";

const path = (...parts: string[]) => "/" + parts.map(encodeURIComponent).join("/");

export const healthQuery = queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => get<Health>("/health", {}, signal),
    refetchInterval: 15_000,
});

export const modelQuery = queryOptions({
    queryKey: ["model"],
    queryFn: ({ signal }) => get<Model>("/model", {}, signal),
    staleTime: 60_000,
});

export const modelHistoryQuery = queryOptions({
    queryKey: ["model", "history"],
    queryFn: ({ signal }) => get<ModelHistory>("/model/history", {}, signal),
});

export const dashboardQuery = (name: string, params: Params) =>
    queryOptions({
        queryKey: ["dashboard", name, params],
        queryFn: ({ signal }) => get<Dashboard>(path("dashboards", name), params, signal),
        placeholderData: keepPreviousData,
    });

export const metricQuery = (name: string, params: MetricQuery) =>
    queryOptions<Answer>({
        queryKey: ["metric", name, params],
        queryFn: ({ signal }) => get<Answer>(path("metrics", name), params, signal),
        placeholderData: (previous) => (previous?.metric === name ? previous : undefined),
    });

export const explainQuery = (name: string, params: MetricQuery) =>
    queryOptions({
        queryKey: ["explain", name, params],
        queryFn: ({ signal }) => get<Explanation>(path("metrics", name, "explain"), { ...params, limit: 20 }, signal),
    });

export const explainPageQuery = (name: string, params: MetricQuery, part: number, cursor: string) =>
    queryOptions({
        queryKey: ["explain", name, params, part, cursor],
        queryFn: ({ signal }) => get<Explanation>(path("metrics", name, "explain"), { ...params, part, cursor, limit: 20 }, signal),
    });

export const recordsQuery = (object: string, params: Params) =>
    infiniteQueryOptions({
        queryKey: ["records", object, params],
        queryFn: ({ signal, pageParam }) =>
            get<RecordPage>(path("objects", object, "records"), { ...params, limit: 100, cursor: pageParam }, signal),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.cursor,
        placeholderData: keepPreviousData,
    });

export const childrenQuery = (object: string, id: string, child: string, params: Params = {}) =>
    queryOptions({
        queryKey: ["children", object, id, child, params],
        queryFn: ({ signal }) => get<RecordPage>(path("objects", object, "records", id, "children", child), { limit: 20, ...params }, signal),
    });

/** A few records by what people type into a field that refers to one. */
export const lookupQuery = (object: string, params: Params) =>
    queryOptions({
        queryKey: ["records", object, "lookup", params],
        queryFn: ({ signal }) => get<RecordPage>(path("objects", object, "records"), { ...params, limit: 12 }, signal),
        staleTime: 10_000,
    });

/** Which fields may be filled or changed, and what keeps the others as they are. */
export const formQuery = (object: string, id?: string) =>
    queryOptions({
        queryKey: ["form", object, id ?? ""],
        queryFn: ({ signal }) => get<Form>(id ? path("objects", object, "records", id, "form") : path("objects", object, "form"), {}, signal),
    });

/* ---- the process: what waits, what a gate waits for, what a score is made of ---- */

export const workQuery = (person: string) =>
    queryOptions({
        queryKey: ["work", person],
        queryFn: ({ signal }) => get<PersonWork>("/work", { person }, signal),
        // Deadlines run: what is left is the server's to say.
        refetchInterval: 30_000,
    });

export const peopleQuery = queryOptions({
    queryKey: ["records", "person", "names"],
    queryFn: ({ signal }) => get<RecordPage>("/objects/person/records", { fields: "name,full_name,role,active", sort: "name", limit: 500 }, signal),
    staleTime: 60_000,
});

/** Who is here, where they sit, who is away, what they are expected to bring and what waits for them. */
export const hereQuery = queryOptions({
    queryKey: ["people"],
    queryFn: ({ signal }) => get<People>("/people", {}, signal),
    refetchInterval: 60_000,
});

const noticesOf = (person: string, unread: boolean) => `notification.owner.name == '${person.replace(/[\\']/g, "")}'${unread ? " && notification.state == 'unread'" : ""}`;

/** What somebody was told, newest first. */
export const noticesQuery = (person: string, unread: boolean) => recordsQuery("notification", { where: noticesOf(person, unread), sort: "-at" });

/** How much of it is unread: the number beside the page's name. */
export const unreadQuery = (person: string) =>
    queryOptions({
        queryKey: ["records", "notification", "unread", person],
        queryFn: ({ signal }) => get<RecordPage>("/objects/notification/records", { where: noticesOf(person, true), fields: "at", limit: 1 }, signal),
        refetchInterval: 30_000,
    });

export const gateQuery = (object: string, id: string, stage: string) =>
    queryOptions({
        queryKey: ["gate", object, id, stage],
        queryFn: ({ signal }) => get<GateWhy>(path("objects", object, "records", id, "gates", stage), {}, signal),
    });

export const scoreQuery = (object: string, id: string, score: string) =>
    queryOptions({
        queryKey: ["score", object, id, score],
        queryFn: ({ signal }) => get<ScoreWhy>(path("objects", object, "records", id, "scores", score), {}, signal),
    });

/** What a record becomes; without fields of the last target an optional one is left out. */
export const convert = (object: string, id: string, command: Partial<Command>): Promise<Verdict> => post<Verdict>(path("objects", object, "records", id, "convert"), command);

/** A command: a record created or changed. */
export const send = (object: string, command: Command): Promise<Verdict> => post<Verdict>(path("objects", object, "records"), command);

export const recordQuery = (object: string, id: string, params: Params) =>
    queryOptions<RecordAnswer>({
        queryKey: ["record", object, id, params],
        queryFn: ({ signal }) => get<RecordAnswer>(path("objects", object, "records", id), params, signal),
        placeholderData: (previous) => (previous?.id === id ? previous : undefined),
    });

export const historyQuery = (object: string, id: string) =>
    infiniteQueryOptions({
        queryKey: ["history", object, id],
        queryFn: ({ signal, pageParam }) =>
            get<HistoryPage>(path("objects", object, "records", id, "history"), { limit: 50, cursor: pageParam }, signal),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.cursor,
    });

export const importsQuery = queryOptions({
    queryKey: ["imports"],
    queryFn: ({ signal }) => get<ImportList>("/imports", { limit: 100 }, signal),
    refetchInterval: (query) => (query.state.data?.imports.some((one) => one.state === "running") ? 1500 : false),
});

export const importQuery = (id: string) =>
    queryOptions({
        queryKey: ["import", id],
        queryFn: ({ signal }) => get<ImportReport>(path("imports", id), {}, signal),
        refetchInterval: (query) => (query.state.data?.state === "running" ? 1500 : false),
    });

export const mapsQuery = queryOptions({ queryKey: ["maps"], queryFn: ({ signal }) => get<Maps>("/maps", {}, signal) });

export const quarantineQuery = (params: Params) =>
    infiniteQueryOptions({
        queryKey: ["quarantine", params],
        queryFn: ({ signal, pageParam }) => get<Quarantine>("/quarantine", { ...params, limit: 50, cursor: pageParam }, signal),
        initialPageParam: undefined as string | undefined,
        getNextPageParam: (last) => last.cursor,
        placeholderData: keepPreviousData,
    });

export const auditQuery = queryOptions({ queryKey: ["audit"], queryFn: ({ signal }) => get<Audit>("/audit", {}, signal) });
