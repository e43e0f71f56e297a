/* Draws a picture with ECharts as SVG. This module and ECharts are loaded when the first chart is shown. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import type { Answer, AnswerRow } from "../../gen/api";
import { useScheme } from "../../state/theme";
import { figure, axis, unitWord } from "../format";
import type { Picture } from "./shape";

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, SVGRenderer]);

/** Colours as the page shows them now: a probe resolves light-dark() and var(). */
function palette(within: HTMLElement): (token: string) => string {
    const probe = document.createElement("span");
    probe.hidden = true;
    within.append(probe);
    const colours = new Map<string, string>();
    for (const token of ["text-2", "text-3", "line", "surface", "good", "raised", ...Array.from({ length: 8 }, (_, i) => `chart-${i + 1}`)]) {
        probe.style.color = `var(--${token})`;
        colours.set(token, getComputedStyle(probe).color);
    }
    probe.remove();
    return (token) => colours.get(token) ?? "gray";
}

/** Built from nodes: markup with style attributes would be against the content security policy. */
function tooltip(answer: Answer, title: string, lines: { colour: string; name: string; row: AnswerRow | undefined }[]): HTMLElement {
    const box = document.createElement("div");
    box.className = "chart-tip";
    const head = document.createElement("strong");
    head.textContent = title;
    box.append(head);
    for (const line of lines) {
        const item = document.createElement("div"), mark = document.createElement("i"), name = document.createElement("span"), value = document.createElement("b");
        mark.style.background = line.colour;
        name.textContent = line.name;
        value.textContent = line.row ? `${figure(line.row, answer.shape, answer.unit)} ${unitWord(answer.shape, answer.unit)}` : "–";
        item.append(mark, name, value);
        box.append(item);
    }
    return box;
}

type Params = { seriesIndex: number; dataIndex: number };

function option(answer: Answer, picture: Picture, colour: (token: string) => string, fontFamily: string, animate: boolean): EChartsCoreOption {
    const bars = picture.kind === "bars", many = picture.series.length > 1;
    // Counts are whole: no half a deal on the axis.
    const whole = answer.shape === "number" && answer.unit !== "%" && picture.series.every((one) => one.points.every((point) => point?.value === null || point?.value === undefined || Number.isInteger(point.value)));
    const series = (i: number) => colour(`chart-${(i % 8) + 1}`);
    const category = {
        type: "category", data: picture.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
        axisLabel: { color: colour("text-2"), fontSize: 11, hideOverlap: true, ...(bars ? { width: 124, overflow: "truncate" } : {}) }, ...(bars ? { inverse: true } : { boundaryGap: picture.kind === "stack" }),
    };
    const value = {
        type: "value", splitNumber: 4, ...(whole ? { minInterval: 1 } : {}), splitLine: { lineStyle: { color: colour("line") } },
        axisLabel: { color: colour("text-3"), fontSize: 11, hideOverlap: true, formatter: (n: number) => axis(n, answer.shape, answer.unit) },
        ...(picture.kind === "line" && answer.unit === "%" ? { scale: true } : {}),
    };
    const bound = answer.target?.at_least ?? answer.target?.at_most;
    const target = bound !== undefined && answer.kind !== "simple" ? {
        markLine: { silent: true, symbol: "none", animation: false, data: [bars ? { xAxis: Number(bound) } : { yAxis: Number(bound) }], lineStyle: { color: colour("good"), type: "dashed", width: 1.25 }, label: { show: true, formatter: "target", color: colour("good"), fontSize: 10, position: bars ? "start" : "insideStartTop" } },
    } : {};
    return {
        animation: animate, animationDuration: 350, textStyle: { fontFamily },
        grid: { left: 4, right: 14, top: bars && bound ? 20 : 14, bottom: 4, containLabel: true },
        tooltip: {
            trigger: "axis", confine: true, transitionDuration: animate ? 0.2 : 0, backgroundColor: colour("surface"), borderColor: colour("line"), padding: 0, axisPointer: { type: bars || picture.kind === "stack" ? "shadow" : "line", lineStyle: { color: colour("text-3") }, shadowStyle: { color: colour("raised"), opacity: 0.6 } },
            formatter: (found: Params[]) => tooltip(answer, picture.categories[found[0]?.dataIndex ?? 0] ?? "", found.map((one) => ({
                colour: series(one.seriesIndex), name: many ? (picture.series[one.seriesIndex]?.name ?? "") : answer.label, row: picture.series[one.seriesIndex]?.points[one.dataIndex]?.row,
            }))),
        },
        xAxis: bars ? value : category, yAxis: bars ? category : value,
        series: picture.series.map((one, i) => ({
            name: one.name, data: one.points.map((point) => point?.value ?? null), itemStyle: { color: series(i) }, ...(i === 0 ? target : {}),
            ...(picture.kind === "line"
                ? { type: "line", showSymbol: one.points.length <= 2, symbolSize: 7, lineStyle: { width: 2.25, color: series(i) }, ...(many ? {} : { areaStyle: { color: series(i), opacity: 0.09 } }) }
                : { type: "bar", barMaxWidth: bars ? 22 : 44, ...(picture.kind === "stack" ? { stack: "all" } : { itemStyle: { color: series(i), borderRadius: [0, 4, 4, 0] } }) }),
        })),
    };
}

export default function Canvas({ answer, picture, onOpen }: { answer: Answer; picture: Picture; onOpen: (row: AnswerRow) => void }) {
    const box = useRef<HTMLDivElement>(null), open = useRef(onOpen);
    open.current = onOpen;
    const scheme = useScheme();
    useEffect(() => {
        const element = box.current!;
        const chart = init(element, null, { renderer: "svg" });
        const animate = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        chart.setOption(option(answer, picture, palette(element), getComputedStyle(element).fontFamily, animate));
        // A press anywhere in a category opens its figure, not only one that hits the line.
        chart.on("click", (event) => {
            const row = picture.series[event.seriesIndex ?? 0]?.points[event.dataIndex]?.row;
            if (row) open.current(row);
        });
        const sizes = new ResizeObserver(() => chart.resize());
        sizes.observe(element);
        return () => { sizes.disconnect(); chart.dispose(); };
    }, [answer, picture, scheme]);
    return <div ref={box} className="chart-canvas" />;
}
