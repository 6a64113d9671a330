import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatNumber, formatTime } from "../format";
import { useTheme } from "../theme";

export interface LineSeries {
  label: string;
  x: number[];
  y: (number | null)[];
  /** The number of a series colour, from 1; 0 is the muted colour of a baseline. */
  color: number;
  isDashed?: boolean;
  /** The bounds of a band around the line. */
  lower?: (number | null)[];
  upper?: (number | null)[];
}

interface LineChartProps {
  label: string;
  series: LineSeries[];
  height?: number;
  isLog?: boolean;
  /** "time": x is milliseconds since 1970. */
  x?: "step" | "time";
  xLabels?: string[];
  /** The smallest range of y to show, for series of counts that begin at zero. */
  fromZero?: boolean;
  /** A missing value breaks the line instead of being bridged. */
  hasGaps?: boolean;
}

const seriesColors = 8;

export function colorVariable(color: number): string {
  return color === 0 ? "--baseline" : `--series-${((color - 1) % seriesColors) + 1}`;
}

function cssColor(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function translucent(color: string): string {
  return `color-mix(in srgb, ${color} 18%, transparent)`;
}

/** All series over the union of their x values. */
function aligned(series: LineSeries[]): uPlot.AlignedData {
  const tables = series.map((one): uPlot.AlignedData => {
    const columns: (number | null)[][] = [one.y];
    if (one.lower && one.upper) columns.push(one.upper, one.lower);
    return [one.x, ...columns];
  });
  return tables.length === 0 ? [[]] : uPlot.join(tables, tables.map((table) => table.map(() => 2)));
}

function isAlone(one: LineSeries): boolean {
  return one.y.filter((value) => value !== null).length < 40;
}

function describe(series: LineSeries[], spanGaps: boolean): { lines: uPlot.Series[]; bands: uPlot.Band[]; owners: number[] } {
  const lines: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const owners = [-1];
  series.forEach((one, index) => {
    const stroke = cssColor(colorVariable(one.color));
    lines.push({
      label: one.label,
      stroke,
      width: 1.75,
      spanGaps,
      points: { show: isAlone(one), size: 5, fill: stroke },
      ...(one.isDashed ? { dash: [5, 4] } : {}),
    });
    owners.push(index);
    if (!one.lower || !one.upper) return;
    const edge: uPlot.Series = { label: one.label, stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
    lines.push(edge, { ...edge });
    owners.push(-1, -1);
    bands.push({ series: [lines.length - 2, lines.length - 1], fill: translucent(stroke) });
  });
  return { lines, bands, owners };
}

function xText(props: LineChartProps, x: number): string {
  if (props.xLabels) return props.xLabels[x] ?? "";
  return props.x === "time" ? formatTime(x) : `step ${formatNumber(x)}`;
}

function element(tag: string, className: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Shows the values under the pointer beside it. */
function tip(props: LineChartProps, owners: number[]): uPlot.Plugin {
  const box = element("div", "chart-tip", "");
  box.hidden = true;
  const fill = (plot: uPlot, at: number) => {
    box.replaceChildren(element("div", "faint", xText(props, plot.data[0][at] ?? 0)));
    owners.forEach((owner, index) => {
      const value = plot.data[index]?.[at];
      const one = props.series[owner];
      if (!one || value === null || value === undefined) return;
      const line = element("div", "", "");
      const key = element("span", "key", "");
      key.style.background = `var(${colorVariable(one.color)})`;
      line.append(key, `${one.label} ${formatNumber(value)}`);
      box.append(line);
    });
  };
  const place = (plot: uPlot) => {
    const left = plot.cursor.left ?? -1;
    const at = plot.cursor.idx;
    box.hidden = left < 0 || at === null || at === undefined;
    if (box.hidden) return;
    fill(plot, at as number);
    const isRight = left > plot.over.clientWidth / 2;
    box.style.left = isRight ? "auto" : `${left + 12}px`;
    box.style.right = isRight ? `${plot.over.clientWidth - left + 12}px` : "auto";
    box.style.top = "6px";
  };
  return { hooks: { init: (plot) => plot.over.append(box), setCursor: place } };
}

/** Hours and minutes, with seconds when the ticks are closer than a minute, or days when they are far apart. */
function clockTexts(splits: number[]): string[] {
  const gap = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((split) => (gap < 60_000 ? formatTime(split).slice(11) : gap >= 86_400_000 ? formatTime(split).slice(0, 10) : formatTime(split).slice(11, 16)));
}

function axes(props: LineChartProps): uPlot.Axis[] {
  const ink = cssColor("--ink-faint");
  const grid = { stroke: cssColor("--grid"), width: 1 };
  const shared: uPlot.Axis = { stroke: ink, grid, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  const x: uPlot.Axis = { ...shared, size: 26, gap: 4 };
  if (props.xLabels) {
    const labels = props.xLabels;
    x.splits = () => labels.map((_, index) => index);
    x.values = (_, splits) => splits.map((split) => labels[split] ?? "");
    x.space = 60;
  } else if (props.x === "time") {
    x.values = (_, splits) => clockTexts(splits);
    x.space = 64;
  } else {
    x.values = (_, splits) => splits.map((split) => (Number.isInteger(split) ? formatNumber(split) : ""));
  }
  const y: uPlot.Axis = { ...shared, size: 56, gap: 4, space: 28, values: (_, splits) => splits.map((split) => (split === null ? "" : formatNumber(split))) };
  return [x, y];
}

function yScale(props: LineChartProps): uPlot.Scale {
  if (props.isLog) return { distr: 3 };
  const range = (_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax => {
    if (low === null || high === null) return [0, 1];
    const pad = (high - low || Math.abs(high) || 1) * 0.08;
    return props.fromZero ? [0, high > 0 ? high * 1.1 : 1] : [low - pad, high + pad];
  };
  return { range };
}

function optionsFor(props: LineChartProps, width: number): uPlot.Options {
  const { lines, bands, owners } = describe(props.series, !props.hasGaps);
  const x: uPlot.Scale = { time: props.x === "time" };
  if (props.xLabels) x.range = [-0.3, props.xLabels.length - 0.7];
  return {
    width,
    height: props.height ?? 180,
    ms: 1,
    series: lines,
    bands,
    axes: axes(props),
    scales: { x, y: yScale(props) },
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    padding: [8, 10, 0, 0],
    plugins: [tip(props, owners)],
  };
}

/** What the options depend on: another shape needs another plot, other values do not. */
function shapeOf(props: LineChartProps, theme: string): string {
  const lines = props.series.map((one) => [one.label, one.color, one.lower !== undefined, isAlone(one)]);
  return JSON.stringify([theme, props.height, props.isLog, props.x, props.xLabels, props.fromZero, props.hasGaps, lines]);
}

export function LineChart(props: LineChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  const theme = useTheme();
  const shape = shapeOf(props, theme);

  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = holder.current;
    if (!parent) return undefined;
    const made = new uPlot(optionsFor(latest.current, parent.clientWidth), aligned(latest.current.series), parent);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: latest.current.height ?? 180 }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(aligned(props.series));
  }, [props.series]);

  const points = props.series.reduce((sum, one) => sum + one.y.length, 0);
  return <div ref={holder} className="chart" role="img" aria-label={props.label} data-points={points} style={{ minHeight: props.height ?? 180 }} />;
}

export function Legend({ entries }: { entries: { label: string; color: number }[] }) {
  return (
    <div className="legend">
      {entries.map((entry) => (
        <span key={entry.label}>
          <span className="key" style={{ background: `var(${colorVariable(entry.color)})` }} />
          {entry.label}
        </span>
      ))}
    </div>
  );
}
