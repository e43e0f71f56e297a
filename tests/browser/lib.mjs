// lib.mjs - what the browser tests share: TAP, a server, Chromium, and what may never happen on a page.
//
// In:    REVOS_URL, a running `revos serve` over a workspace with data; without it the mock of web/mock is started, or, when the
//        tests ask for it, REVOS (build/revos) over a simulated company of its own. CHROMIUM, the browser's path (/usr/bin/chromium).
//        SLOW, how many times slower the pages run than the machine: whatever a test expects must come true then too.
// Out:   TAP on stdout.
// Never: waits for a length of time where there is a condition; leaves a process behind.
import { createRequire } from "node:module";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const web = new URL("../../web/", import.meta.url);
const require = createRequire(new URL("package.json", web));
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/* The longest that anything may take to come, in ms; the pause before it is looked at again; the frames in which a page stands still. */
const MOST = 60000, PAUSE = 20, STILL = 2;

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

/** Waits until `get()` gives `wanted`: for what follows another sign of the same thing. It fails once the time for it is over. */
export async function becomes(get, wanted, name) {
    const until = Date.now() + MOST;
    let got = await get();
    while (got !== wanted && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        got = await get();
    }
    return is(got, wanted, name);
}

const revos = process.env.REVOS ?? "build/revos";
function sure(...words) {
    const done = spawnSync(revos, words, { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`revos ${words.join(" ")} ended with ${done.status}: ${done.stderr}`);
}

/** Serves what `prepare` put into a workspace of the program under test. */
async function serve(prepare) {
    const folder = mkdtempSync(join(tmpdir(), "revos-browser-")), workspace = join(folder, "w");
    prepare(workspace);
    const process_ = spawn(revos, ["-C", workspace, "--json", "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = new Promise((resolve) => process_.on("exit", (status, signal) => resolve(signal ?? status)));
    const first = await new Promise((resolve) => process_.stdout.once("data", resolve));
    const url = `http://127.0.0.1:${JSON.parse(String(first)).port}`;
    return { url, close: async () => {
        process_.kill("SIGTERM");
        const status = await ended;
        ok(status === 0, "the server ends well", String(status));
        rmSync(folder, { recursive: true });
    } };
}

/** A company of the template saas, simulated. */
async function serveCompany() {
    const server = await serve((workspace) => {
        sure("init", workspace, "--template", "saas");
        sure("-C", workspace, "simulate", "--seed", "7", "--accounts", "60", "--months", "12");
    });
    await stir(server.url);
    for (let state = { behind: 1 }; state.behind || state.problem;) state = (await ask(server.url, "/health")).warehouse;
    return server;
}

/** A model of the test's own, without a record. */
const serveModel = (model) => serve((workspace) => {
    sure("init", workspace, "--template", "minimal");
    for (const name of readdirSync(workspace)) if (name.endsWith(".yaml")) rmSync(join(workspace, name));
    writeFileSync(join(workspace, "revos.yaml"), model);
    sure("-C", workspace, "apply", "--yes");
});

/** What a process shows: an offer that lacks what must travel, an approval, a waiver, a lead in a queue, people told of it all. */
export async function stir(url) {
    const put = (object, fields, more) => tell(url, object, fields, more);
    const where = encodeURIComponent("opportunity.stage in ['discovery', 'proposal', 'negotiation'] && !has(opportunity.discount)");
    const { records: deals } = await ask(url, `/objects/opportunity/records?where=${where}&limit=2`);
    await put("opportunity", { discount: 0.3 }, { id: deals[0].id, as: "sam" });
    await put("waiver", { rule: "PROP-2", reason: "The CEO decides alone", opportunity: deals[0].id }, { as: "sam" });
    await put("meeting", { opportunity: deals[1].id, starts_at: new Date(Date.now() + 100 * 86400000).toISOString(), status: "booked" });
    const lead = await put("lead", { email: "nobody.knows@queue.example" });
    await put("assignment", { route: "inbound", lead: lead.id });
    return { deal: deals[0].id, meeting: deals[1].id, lead: lead.id };
}

async function serveMock() {
    const { server, url } = await (await import(new URL("mock/server.mjs", web))).startMock();
    return { url, close: () => { server.closeAllConnections(); server.close(); } };
}

/** Runs `tests(context)` and prints the plan; a test that breaks off is one failure. `company`, `model` (its text): over a real server,
 *  the latter always over one of its own. */
export async function run(tests, { company = false, model = "" } = {}) {
    const missing = !existsSync(new URL("dist/index.html", web)) && !process.env.REVOS_URL ? "web/dist is not built: script/build"
        : !existsSync(new URL("node_modules/playwright-core", web)) ? "web/node_modules is not installed: script/build" : "";
    if (missing) {
        console.log(`1..0 # SKIP ${missing}`);
        return;
    }
    const server = model ? await serveModel(model) : process.env.REVOS_URL ? null : await (company ? serveCompany() : serveMock());
    const base = server?.url ?? process.env.REVOS_URL;
    const browser = await require("playwright-core").chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
    try {
        await tests({ base, browser, api: (path) => ask(base, path), put: (object, fields, more) => tell(base, object, fields, more), mock: server !== null });
    } catch (error) {
        ok(false, "the tests ran to their end", error.stack);
    } finally {
        await browser.close();
        await server?.close();
    }
    console.log(`1..${points}`);
    process.exitCode = failures ? 1 : 0;
}

/** A command that has to be accepted; its verdict. */
async function tell(base, object, fields, more = {}) {
    const response = await fetch(`${base}/api/v1/objects/${object}/records`, { method: "POST", body: JSON.stringify({ fields, ...more }) });
    const verdict = await response.json();
    if (!response.ok) throw new Error(`${object} was refused: ${JSON.stringify(verdict.findings ?? verdict)}`);
    return verdict;
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
    if (process.env.SLOW) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: Number(process.env.SLOW) });
    await page.addInitScript(countAsked);
    page.faults = [];
    page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") page.faults.push(message.text()); });
    page.on("pageerror", (error) => page.faults.push(error.stack ?? String(error)));
    page.on("request", (request) => { if (!request.url().startsWith(base) && !request.url().startsWith("blob:")) page.faults.push(`asked ${request.url()}`); });
    page.setDefaultTimeout(MOST);
    page.visit = async (path) => {
        await page.goto(base + path);
        await settled(page);
    };
    return page;
}

/** From the next visit on the page keeps what it announces, and what had the focus at that moment: by id, else by its words. */
export async function listen(page) {
    await page.addInitScript(() => {
        globalThis.heard = [];
        let before = null;
        new MutationObserver(() => {
            const said = document.querySelector("[aria-live=polite]")?.firstElementChild ?? null;
            if (said === before) return;
            before = said;
            if (said) globalThis.heard.push({ text: said.textContent, focus: document.activeElement?.id || document.activeElement?.textContent });
        }).observe(document, { childList: true, subtree: true });
    });
}

/** Waits until something that begins with `text` was announced; gives what had the focus when it was. */
export async function heard(page, text) {
    const one = await page.waitForFunction((wanted) => globalThis.heard.find((other) => other.text.startsWith(wanted)), text);
    return (await one.jsonValue()).focus;
}

/* Runs in the page, before its own scripts: how many answers are on their way to it. */
function countAsked() {
    const ask = globalThis.fetch;
    globalThis.asked = 0;
    globalThis.fetch = async (...what) => {
        globalThis.asked++;
        try {
            const response = await ask(...what);
            await response.clone().arrayBuffer();
            return response;
        } finally {
            globalThis.asked--;
        }
    };
}

/** Waits until the page shows its answers: a heading, no skeleton, every chart drawn, nothing asked for; and that in `STILL` frames one
 *  after the other, since what an answer brings may ask for more. */
export async function settled(page) {
    await page.locator("h1, .empty h2, .problem h2").first().waitFor();
    await page.waitForFunction((still) => {
        const there = globalThis.asked === 0 && !document.querySelector("[role=status] .skeleton, .skeleton, [data-stale=true]") && [...document.querySelectorAll(".chart-canvas")].every((chart) => chart.querySelector("svg path"));
        globalThis.stood = there ? (globalThis.stood ?? 0) + 1 : 0;
        return globalThis.stood > still;
    }, STILL);
    await page.evaluate(() => { globalThis.stood = 0; });
}

/** Chooses in the field with the focus, by what is typed: once that alone is offered, since every letter is a question of its own and the
 *  answers to the first ones offer more. */
export async function pick(page, typed, name) {
    await page.keyboard.type(typed);
    await page.waitForFunction((wanted) => { const all = document.querySelectorAll("[role=option]"); return all.length === 1 && all[0].textContent.includes(wanted); }, name);
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-activedescendant"));
    await page.keyboard.press("Enter");
}

/** Waits until the focus is in the dialog that opened: a key pressed before goes elsewhere. */
export async function inDialog(page) {
    await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]"));
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
        ["model", "/model"], ["pipelines", "/model/pipelines"], ["rules", "/model/rules"], ["nine cells", "/model/matrix"], ["versions", "/model/history"], ["people", "/people"], ["days away", "/people?absent=sam"], ["whose work", "/work"], ["nothing", "/nowhere"], ["unknown metric", "/metrics/no_such_metric"]];
    for (const one of model.people.filter((person) => person.name === "sam" || person.name === "ben")) out.push([`work of ${one.name}`, `/work?person=${one.name}`]);
    out.push(["notifications", "/notifications?person=sam"], ["all notifications", "/notifications?person=sam&show=all"]);
    for (const one of model.dashboards) out.push([`dashboard ${one.name}`, `/dashboards/${one.name}`]);
    // Two metrics, one of them with many groups.
    const cut = model.metrics.filter((metric) => metric.dimensions.length);
    for (const one of new Set([cut[0], cut.find((metric) => metric.name === "leads_created") ?? cut[1]])) {
        const by = `by=${encodeURIComponent(one.dimensions[0].name)}`;
        out.push([`metric ${one.name}`, `/metrics/${one.name}`], [`metric ${one.name} by group`, `/metrics/${one.name}?${by}`], [`metric ${one.name} by group and time`, `/metrics/${one.name}?${by}&grain=quarter&window=last_4_quarters`], [`explain ${one.name}`, `/metrics/${one.name}?open=figure`]);
    }
    const staged = model.objects.filter((one) => one.processes.length && one.records);
    for (const one of staged.length ? staged : model.objects.filter((other) => other.records && other.kind === "record").slice(0, 1)) {
        const { records } = await api(`/objects/${one.name}/records?limit=1`);
        out.push([`records of ${one.name}`, `/records/${one.name}`], [`fields of ${one.name}`, `/model/objects/${one.name}`], [`a record of ${one.name}`, `/records/${one.name}/${records[0].id}`]);
    }
    const open = model.objects.find((one) => one.processes.length && one.records) ?? model.objects[0];
    out.push([`new ${open.name}`, `/records/${open.name}/new`]);
    const { imports } = await api("/imports");
    if (imports[0]) out.push(["import", `/imports/${imports[0].id}`]);
    const running = imports.find((one) => one.state === "running");
    if (running) out.push(["import under way", `/imports/${running.id}`]);
    return out;
}

/** Every page in these looks: nothing that axe objects to, no error, no message of the security policy, no request to elsewhere, no
 *  sideways scrolling, nothing to press that is too small. */
export async function everyPage(context, looks) {
    const all = await pages(context.api);
    for (const [look, options] of looks) {
        const page = await open(context, options), width = page.viewportSize().width;
        for (const [name, path] of all) {
            page.faults.length = 0;
            await page.visit(path);
            const found = [...(await violations(page)), ...(await tooSmall(page))];
            ok(found.length === 0, `${name}, ${look}: nobody is kept out`, ...found);
            // A refusal that the page is there to show is a message of the browser too.
            const faults = page.faults.filter((one) => !/status of 4\d\d/.test(one));
            ok(faults.length === 0, `${name}, ${look}: nothing goes wrong`, ...faults);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            ok(wide <= width, `${name}, ${look}: fits`, `the page is ${wide} px wide, and scrolls within ${width}`, ...(wide > width ? await widest(page, width) : []));
        }
        await page.context().close();
    }
}

/** What can be pressed and is below 24 px either way, but for links within a line of text (WCAG 2.2, 2.5.8). */
async function tooSmall(page) {
    return page.evaluate(() => {
        const inText = (link) => link.matches("p a, li a, dd a, td a, th a, .lead a") && getComputedStyle(link).display === "inline" && [...link.parentElement.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.textContent.trim());
        return [...document.querySelectorAll("a[href], button, input, select, summary")].filter((one) => {
            const box = one.getBoundingClientRect(), style = getComputedStyle(one);
            if (!box.width || !box.height || style.visibility === "hidden" || one.tabIndex < 0 || one.closest("[aria-hidden=true], .visually-hidden, .skip, svg")) return false;
            if (one.matches(".visually-hidden, .skip, input[type=checkbox], input[type=file]")) return false;
            return (box.height < 23.5 || box.width < 23.5) && !inText(one);
        }).slice(0, 6).map((one) => { const box = one.getBoundingClientRect(); return `too small to press (${Math.round(box.width)} × ${Math.round(box.height)}): ${one.outerHTML.slice(0, 140)}`; });
    });
}

async function widest(page, width) {
    return page.evaluate((most) => [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > most + 1 && !one.closest(".scroll-x, .record-scroll, pre")).slice(0, 5).map((one) => `${one.tagName} ${one.className} reaches ${Math.round(one.getBoundingClientRect().right)}`), width);
}
