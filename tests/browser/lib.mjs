// lib.mjs - what the browser tests share: TAP, a server, Chromium, and what may never happen on a page.
//
// In:    REVOS_URL, a running `revos serve` over a workspace with data; without it the mock of web/mock is started.
//        CHROMIUM, the browser's path (/usr/bin/chromium).
// Out:   TAP on stdout.
// Never: waits for a length of time; leaves a process behind.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";

const web = new URL("../../web/", import.meta.url);
const require = createRequire(new URL("package.json", web));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

let points = 0, failures = 0;
export function ok(holds, name, ...more) {
    points++;
    if (!holds) failures++;
    console.log(`${holds ? "ok" : "not ok"} ${points} - ${name.replaceAll("#", "")}`);
    if (!holds) for (const line of more.flatMap((one) => String(one).split("\n")).slice(0, 40)) console.log(`# ${line}`);
    return holds;
}
export function is(got, wanted, name) {
    return ok(got === wanted, name, `got    ${JSON.stringify(got)}`, `wanted ${JSON.stringify(wanted)}`);
}

/** Runs `tests(context)` and prints the plan; a test that breaks off is one failure. */
export async function run(tests) {
    const missing = !existsSync(new URL("dist/index.html", web)) && !process.env.REVOS_URL ? "web/dist is not built: script/build"
        : !existsSync(new URL("node_modules/playwright-core", web)) ? "web/node_modules is not installed: script/build" : "";
    if (missing) {
        console.log(`1..0 # SKIP ${missing}`);
        return;
    }
    const server = process.env.REVOS_URL ? null : await (await import(new URL("mock/server.mjs", web))).startMock();
    const base = process.env.REVOS_URL ?? server.url;
    const browser = await require("playwright-core").chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
    try {
        await tests({ base, browser, api: (path) => ask(base, path), mock: server !== null });
    } catch (error) {
        ok(false, "the tests ran to their end", error.stack);
    } finally {
        await browser.close();
        server?.server.closeAllConnections();
        server?.server.close();
    }
    console.log(`1..${points}`);
    process.exitCode = failures ? 1 : 0;
}

async function ask(base, path) {
    const response = await fetch(`${base}/api/v1${path}`);
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
}

/** A page that notes everything a page must not do: errors, messages of the security policy, requests to elsewhere. */
export async function open({ browser, base }, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", locale: "en-GB", ...options });
    const page = await context.newPage();
    page.faults = [];
    page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") page.faults.push(message.text()); });
    page.on("pageerror", (error) => page.faults.push(error.stack ?? String(error)));
    page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("blob:")) page.faults.push(`asked ${request.url()}`); });
    page.setDefaultTimeout(15000);
    page.visit = async (path) => {
        await page.goto(base + path);
        await settled(page);
    };
    return page;
}

/** Waits until the page shows its answer: a heading, no skeleton, the chart drawn. */
export async function settled(page) {
    await page.locator("h1, .empty h2, .problem h2").first().waitFor();
    await page.waitForFunction(() => !document.querySelector("[role=status] .skeleton, .skeleton, [data-stale=true]") && [...document.querySelectorAll(".chart-canvas")].every((chart) => chart.querySelector("svg path")));
}

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The violations that axe finds, as lines; none is what we want. */
export async function violations(page) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    return found.violations.flatMap((one) => [`${one.id} (${one.impact}): ${one.help}`, ...one.nodes.slice(0, 3).map((node) => `   ${node.target.join(" ")}: ${node.failureSummary?.split("\n").slice(1, 2).join("").trim()}`)]);
}

/** Every page of the interface over what the server has: name and path. */
export async function pages(api) {
    const model = await api("/model");
    const out = [["dashboards", "/"], ["metrics", "/metrics"], ["objects", "/records"], ["imports", "/imports"], ["new import", "/imports/new"], ["quarantine", "/quarantine"], ["audit", "/audit"],
        ["model", "/model"], ["pipelines", "/model/pipelines"], ["rules", "/model/rules"], ["nine cells", "/model/matrix"], ["versions", "/model/history"], ["nothing", "/nowhere"], ["unknown metric", "/metrics/no_such_metric"]];
    for (const one of model.dashboards) out.push([`dashboard ${one.name}`, `/dashboards/${one.name}`]);
    for (const one of model.metrics.filter((metric) => metric.dimensions.length).slice(0, 2)) {
        const by = `by=${encodeURIComponent(one.dimensions[0].name)}`;
        out.push([`metric ${one.name}`, `/metrics/${one.name}`], [`metric ${one.name} by group`, `/metrics/${one.name}?${by}`], [`metric ${one.name} by group and time`, `/metrics/${one.name}?${by}&grain=quarter&window=last_4_quarters`], [`explain ${one.name}`, `/metrics/${one.name}?open=figure`]);
    }
    const staged = model.objects.find((one) => one.processes.length && one.records) ?? model.objects.find((one) => one.records && one.kind === "record");
    if (staged) {
        const { records } = await api(`/objects/${staged.name}/records?limit=1`);
        out.push([`records of ${staged.name}`, `/records/${staged.name}`], [`fields of ${staged.name}`, `/model/objects/${staged.name}`], [`a record of ${staged.name}`, `/records/${staged.name}/${records[0].id}`]);
    }
    const { imports } = await api("/imports");
    if (imports[0]) out.push(["import", `/imports/${imports[0].id}`]);
    return out;
}

