import type { PairedHistogram } from "../api/monitors";
import { counted, formatNumber, formatShare } from "../format";

interface Bar {
  label: string;
  /** The width drawn, in the unit of the median bin. */
  width: number;
  baseline: number;
  current: number;
  isApart: boolean;
}

const narrowest = 0.5;
const widest = 3;
/** Rows outside of all ranges are drawn from this share on. */
const leastShown = 0.002;

/** Short signs for the bars that are no range; their words are in the tooltip and the table. */
const signs: Record<string, string> = { below: "<", above: ">", other: "…", missing: "∅" };

function total(histogram: PairedHistogram, side: "baseline" | "current"): number {
  const apart = [histogram.below, histogram.above, histogram.other, histogram.missing];
  const inside = histogram[side].reduce((sum, count) => sum + count, 0);
  return inside + apart.reduce((sum, sides) => sum + (sides?.[side] ?? 0), 0);
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}

/** Widths as drawn: true to the values, but a long tail or a single value stays readable. */
function drawnWidths(edges: number[]): number[] {
  const widths = edges.slice(1).map((edge, index) => edge - (edges[index] ?? edge));
  const unit = median(widths.filter((width) => width > 0)) || 1;
  return widths.map((width) => Math.min(widest, Math.max(narrowest, width / unit)));
}

function insideBars(histogram: PairedHistogram, shareOf: (side: "baseline" | "current", count: number) => number): Bar[] {
  const { edges, categories } = histogram;
  const widths = edges ? drawnWidths(edges) : [];
  return histogram.baseline.map((count, index) => ({
    label: edges ? `${formatNumber(edges[index])} to ${formatNumber(edges[index + 1])}` : (categories?.[index] ?? ""),
    width: widths[index] ?? 1,
    baseline: shareOf("baseline", count),
    current: shareOf("current", histogram.current[index] ?? 0),
    isApart: false,
  }));
}

function barsOf(histogram: PairedHistogram): Bar[] {
  const totals = { baseline: total(histogram, "baseline") || 1, current: total(histogram, "current") || 1 };
  const shareOf = (side: "baseline" | "current", count: number) => count / totals[side];
  const apart = (label: string, sides: { baseline: number; current: number } | undefined): Bar[] => {
    const bar = { label, width: 1.4, baseline: shareOf("baseline", sides?.baseline ?? 0), current: shareOf("current", sides?.current ?? 0), isApart: true };
    return Math.max(bar.baseline, bar.current) < leastShown ? [] : [bar];
  };
  return [
    ...apart("below", histogram.below),
    ...insideBars(histogram, shareOf),
    ...apart("above", histogram.above),
    ...apart("other", histogram.other),
    ...apart("missing", histogram.missing),
  ];
}

interface Placed extends Bar {
  x: number;
  drawn: number;
}

const axisHeight = 16;

function place(bars: Bar[], width: number): Placed[] {
  const gap = 0.6;
  const units = bars.reduce((sum, bar) => sum + bar.width + (bar.isApart ? gap : 0), 0);
  const scale = width / units;
  let x = 0;
  return bars.map((bar, index) => {
    const isAfterInside = bar.isApart && index > 0;
    if (isAfterInside) x += gap * scale;
    const placed = { ...bar, x, drawn: bar.width * scale };
    x += bar.width * scale + (bar.isApart && index === 0 ? gap * scale : 0);
    return placed;
  });
}

interface PairedHistogramProps {
  label: string;
  histogram: PairedHistogram;
  height?: number;
  /** The width of the drawing in the unit of its height; it fills whatever room there is. */
  width?: number;
  color?: number;
  names?: [string, string];
}

/** What stands below the axis: the two ends, and the bars that are no range. */
function Ticks({ bars, histogram }: { bars: Placed[]; histogram: PairedHistogram }) {
  const inside = bars.filter((bar) => !bar.isApart);
  const first = inside[0];
  const last = inside.at(-1);
  const { edges } = histogram;
  const middle = inside[Math.floor(inside.length / 2)];
  return (
    <g className="ticks">
      {edges && first && <text x={first.x}>{formatNumber(edges[0])}</text>}
      {edges && middle && inside.length > 6 && (
        <text x={middle.x} textAnchor="middle">
          {formatNumber(edges[Math.floor(inside.length / 2)])}
        </text>
      )}
      {edges && last && (
        <text x={last.x + last.drawn} textAnchor="end">
          {formatNumber(edges.at(-1))}
        </text>
      )}
      {!edges && inside.length <= 8 && inside.map((bar) => (
        <text key={bar.label} x={bar.x + bar.drawn / 2} textAnchor="middle">
          {bar.label.slice(0, 10)}
        </text>
      ))}
      {bars.filter((bar) => bar.isApart).map((bar) => (
        <text key={bar.label} x={bar.x + bar.drawn / 2} textAnchor="middle">
          {signs[bar.label] ?? bar.label}
        </text>
      ))}
    </g>
  );
}

/** Both distributions over each other; the area of a bar is its share of the rows. */
export function PairedHistogramChart({ label, histogram, height = 96, width = 320, color = 1, names = ["baseline", "current"] }: PairedHistogramProps) {
  const bars = place(barsOf(histogram), width);
  const density = (share: number, bar: Bar) => share / bar.width;
  const highest = Math.max(...bars.flatMap((bar) => [density(bar.baseline, bar), density(bar.current, bar)]), 1e-9);
  const plot = height - axisHeight;
  const tall = (share: number, bar: Bar) => (density(share, bar) / highest) * (plot - 3);
  return (
    <svg className="histogram" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {bars.map((bar) => {
        const now = tall(bar.current, bar);
        const then = tall(bar.baseline, bar);
        return (
          <g key={bar.label + bar.x}>
            <title>{`${bar.label}: ${names[0]} ${formatShare(bar.baseline)}, ${names[1]} ${formatShare(bar.current)}`}</title>
            <rect x={bar.x} y={0} width={bar.drawn} height={plot} className="hit" />
            <rect x={bar.x + 0.4} y={plot - then} width={Math.max(0.5, bar.drawn - 0.8)} height={then} className="bar-baseline" />
            <rect x={bar.x + 0.4} y={plot - now} width={Math.max(0.5, bar.drawn - 0.8)} height={now} className="bar-current" style={{ fill: `var(--series-${color})`, stroke: `var(--series-${color})` }} />
          </g>
        );
      })}
      <line x1={0} x2={width} y1={plot} y2={plot} className="axis" />
      <g transform={`translate(0 ${plot + 12})`}>
        <Ticks bars={bars} histogram={histogram} />
      </g>
    </svg>
  );
}

/** The same numbers as a table, for reading exactly and for screen readers. */
export function PairedHistogramTable({ histogram }: { histogram: PairedHistogram }) {
  const bars = barsOf(histogram);
  return (
    <details className="numbers">
      <summary>{counted(bars.length, "bin")} as numbers</summary>
      <table className="grid-table dense">
        <thead>
          <tr>
            <th>Range</th>
            <th className="number">Baseline</th>
            <th className="number">Current</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar, index) => (
            <tr key={index}>
              <td>{bar.label}</td>
              <td className="number">{formatShare(bar.baseline)}</td>
              <td className="number">{formatShare(bar.current)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
