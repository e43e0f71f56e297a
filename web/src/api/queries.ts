/* Every question the interface asks, as options of TanStack Query. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { get, type Params } from "./client";
import type {
    Answer, Audit, Dashboard, Explanation, Health, HistoryPage, ImportList, ImportReport, Maps, MetricQuery, Model, ModelHistory,
    Quarantine, RecordAnswer, RecordPage,
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

export const childrenQuery = (object: string, id: string, child: string) =>
    queryOptions({
        queryKey: ["children", object, id, child],
        queryFn: ({ signal }) => get<RecordPage>(path("objects", object, "records", id, "children", child), { limit: 20 }, signal),
    });

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
