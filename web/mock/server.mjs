// server.mjs - a stand-in for `revos serve` that answers as docs/api.md says, over a made-up company.
//
// In:    node web/mock/server.mjs [--port N] [--root FOLDER]   (FOLDER: a built interface to serve, by default web/dist)
// Out:   the API and the interface on 127.0.0.1, with the headers of the contract; prints its address once it listens.
// Never: keeps anything: what it is told is gone when it ends. Only for `npm run dev` and the browser tests.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { answer, dashboard, explain, Refused } from "./answers.mjs";
import { headSeq } from "./data.mjs";
import { model, versions } from "./model.mjs";
import { here, work } from "./process.mjs";
import { audit, children, command, convert, form, gate, history, imports, propose, quarantined, readNotices, record, records, row, runImport, scoreOf, stopImport, undoImport } from "./records.mjs";

const METRIC = ["by", "grain", "from", "to", "window", "where", "as_of", "known", "compare", "group", "bucket"];
const PAGE = ["limit", "cursor"];
const LIST = ["where", "sort", "fields", "ids", ...PAGE];
const REPEATED = new Set(["by", "group", "column"]);

/* method, path with captures, parameters allowed, answer(captures, parameters, body) */
const ROUTES = [
    ["GET", /^\/health$/, [], () => ({ status: "ok", version: "0.1.0", head: { seq: headSeq, hash: "b2:41f09e77" }, warehouse: { seq: headSeq, behind: 0 } })],
    ["GET", /^\/model$/, [], () => model],
    ["GET", /^\/model\/history$/, PAGE, () => ({ versions })],
    ["GET", /^\/objects\/([^/]+)\/records$/, LIST, ([object], params) => records(object, params)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)$/, ["as_of", "known"], ([object, id], params) => record(object, id, params)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)\/history$/, PAGE, ([object, id], params) => history(object, id, params)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)\/children\/([^/]+)$/, LIST, ([object, id, name], params) => children(object, id, name, params)],
    ["POST", /^\/objects\/([^/]+)\/records$/, [], ([object], _, body) => command(object, body)],
    ["GET", /^\/objects\/([^/]+)\/form$/, [], ([object]) => form(object)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)\/form$/, [], ([object, id]) => form(object, id)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)\/gates\/([^/]+)$/, [], ([object, id, stage]) => gate(object, id, stage)],
    ["GET", /^\/objects\/([^/]+)\/records\/([^/]+)\/scores\/([^/]+)$/, [], ([object, id, score]) => scoreOf(object, id, score)],
    ["POST", /^\/objects\/([^/]+)\/records\/([^/]+)\/convert$/, [], ([object, id], _, body) => convert(object, id, body)],
    ["GET", /^\/people$/, [], () => here(row)],
    ["GET", /^\/work$/, ["person"], (_, params) => work(params, row)],
    ["POST", /^\/notifications\/read$/, [], (_, params, body) => readNotices(body)],
    ["POST", /^\/imports\/([^/]+)\/stop$/, [], ([id]) => stopImport(id)],
    ["POST", /^\/imports\/([^/]+)\/undo$/, [], ([id]) => undoImport(id)],
    ["GET", /^\/metrics$/, [], () => ({ metrics: model.metrics })],
    ["GET", /^\/metrics\/([^/]+)$/, [...METRIC, "format"], ([name], params) => answer(name, params)],
    ["GET", /^\/metrics\/([^/]+)\/explain$/, [...METRIC.filter((one) => one !== "by" && one !== "grain"), "part", ...PAGE], ([name], params) => explain(name, params)],
    ["GET", /^\/dashboards\/([^/]+)$/, ["from", "to", "window", "as_of", "known", "person"], ([name], params) => dashboard(name, params)],
    ["GET", /^\/imports$/, PAGE, () => ({ imports })],
    ["GET", /^\/imports\/([^/]+)$/, [], ([id]) => imports.find((one) => one.id === id) ?? refuse(404, "not_found", `There is no import '${id}'`)],
    ["POST", /^\/imports\/propose$/, ["object", "name"], (_, params, body) => propose(params.object, body)],
    ["POST", /^\/imports$/, ["object", "name", "map", "column", "dry_run"], (_, params, body) => runImport(params, body)],
    ["GET", /^\/maps$/, [], () => ({ maps: [{ name: "crm_opportunity", object: "opportunity", source: "crm" }, { name: "crm_account", object: "account", source: "crm" }] })],
    ["GET", /^\/quarantine$/, ["batch", "object", "code", "format", ...PAGE], (_, params) => quarantined(params)],
    ["GET", /^\/audit$/, [], () => audit()],
];

function refuse(status, code, title, more) {
    throw new Refused(status, code, title, more);
}

function parameters(search, allowed) {
    const out = {};
    for (const [name, value] of search) {
        if (!allowed.includes(name)) refuse(400, "bad_parameter", `Unknown parameter '${name}'`, { parameter: name, help: `Known here: ${allowed.join(", ") || "none"}.` });
        if (REPEATED.has(name)) (out[name] ??= []).push(value);
        else out[name] = value;
    }
    return out;
}

function csv(found) {
    const rows = found.rows.map((row) => [row.bucket?.label ?? "", ...found.columns.map((one) => row.group[one.name]?.label ?? ""), row.text ?? ""]);
    return [["bucket", ...found.columns.map((one) => one.name), found.metric], ...rows].map((row) => row.join(",")).join("\n") + "\n";
}

const HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
};

function api(request, url, body, response) {
    const send = (status, content, type) => response.writeHead(status, { ...HEADERS, "Content-Type": type, "Cache-Control": "no-store" }).end(content);
    try {
        const path = url.pathname.slice("/api/v1".length);
        for (const [method, pattern, allowed, handle] of ROUTES) {
            const match = method === request.method && pattern.exec(path);
            if (!match) continue;
            const params = parameters(url.searchParams, allowed), found = handle(match.slice(1).map(decodeURIComponent), params, body);
            return params.format === "csv" && found.columns ? send(200, csv(found), "text/csv; charset=utf-8") : send(200, JSON.stringify(found), "application/json");
        }
        refuse(404, "not_found", `There is nothing at ${url.pathname}`);
    } catch (error) {
        if (!(error instanceof Refused)) throw error;
        send(error.problem.status, JSON.stringify(error.problem), "application/problem+json");
    }
}

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
function file(root, url, response) {
    let path = join(root, normalize(url.pathname));
    if (!path.startsWith(root) || !existsSync(path) || !statSync(path).isFile()) {
        if (url.pathname.startsWith("/assets/")) return response.writeHead(404, HEADERS).end();
        path = join(root, "index.html");
    }
    response.writeHead(200, { ...HEADERS, "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
    createReadStream(path).pipe(response);
}

/** Starts to listen; gives the server and its address. Port 0 takes a free one. */
export function startMock({ port = 0, root = fileURLToPath(new URL("../dist", import.meta.url)) } = {}) {
    const server = createServer((request, response) => {
        const url = new URL(request.url, "http://127.0.0.1"), chunks = [];
        request.on("data", (chunk) => chunks.push(chunk));
        request.on("end", () => (url.pathname.startsWith("/api/") ? api(request, url, Buffer.concat(chunks).toString("utf8"), response) : file(root, url, response)));
    });
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const option = (name, other) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : other);
    const root = option("--root");
    const { url } = await startMock({ port: Number(option("--port", 7878)), ...(root ? { root } : {}) });
    console.log(url);
}
