import type { Measure, PaneArm, PaneSummary } from "../api/monitors";
import { counted, formatNumber } from "../format";

export interface Sentence {
  tone: "good" | "bad" | "warn" | "plain";
  title: string;
  text: string;
}

/** The features of a pane that drifted; the predictions are told apart from the inputs. */
export function driftedInputs(pane: PaneSummary): string[] {
  return pane.drifted_features.filter((feature) => feature !== "prediction");
}

export function inputSentence(pane: PaneSummary, features: number): Sentence {
  if (pane.status === "no_baseline") return { tone: "warn", title: "No baseline", text: "The model has no training data to compare with. Log it as an input of the run, or set a baseline." };
  if (pane.status === "insufficient_data") return { tone: "plain", title: "Too little data", text: `${counted(pane.rows, "row")} in ${pane.id} are too few to judge.` };
  if (pane.status === "open") return { tone: "plain", title: "Still open", text: `${pane.id} is judged when it has ended.` };
  const drifted = driftedInputs(pane);
  if (drifted.length === 0) return { tone: "good", title: "Inputs are stable", text: `No feature of ${pane.id} moved away from the training data.` };
  const of = features > 0 ? ` of ${features}` : "";
  return { tone: "bad", title: "Inputs drift", text: `${drifted.length}${of} features of ${pane.id} moved away from the training data: ${drifted.join(", ")}.` };
}

function withInterval(measure: Measure): string {
  return `${formatNumber(measure.value)} (${formatNumber(measure.lower)} to ${formatNumber(measure.upper)})`;
}

type Quality = { name: string; of: (arm: PaneArm) => Measure | null | undefined; sign: 1 | -1 };

const qualities: Quality[] = [
  { name: "AUC", of: (arm) => arm.auc, sign: 1 },
  { name: "accuracy", of: (arm) => arm.accuracy, sign: 1 },
  { name: "mean absolute error", of: (arm) => arm.mean_absolute_error, sign: -1 },
];

function mainArm(pane: PaneSummary): PaneArm | undefined {
  return pane.arms.toSorted((a, b) => b.rows - a.rows)[0];
}

function measured(pane: PaneSummary, quality: Quality): { arm: PaneArm; measure: Measure } | undefined {
  const arm = mainArm(pane);
  const measure = arm && quality.of(arm);
  return arm && measure ? { arm, measure } : undefined;
}

/** Worse only when the intervals do not touch: the pane's best is below what the first pane's worst was. */
function isWorse(first: Measure, now: Measure, sign: 1 | -1): boolean {
  return sign === 1 ? now.upper < first.lower : now.lower > first.upper;
}

/** How the arm with most traffic does in this pane, next to the first pane with labels. */
export function qualitySentence(panes: PaneSummary[], pane: PaneSummary): Sentence {
  for (const quality of qualities) {
    const now = measured(pane, quality);
    if (!now) continue;
    const first = panes.find((one) => measured(one, quality) !== undefined) ?? pane;
    const start = measured(first, quality) ?? now;
    const here = `${quality.name} of ${now.arm.arm} (version ${now.arm.version}) is ${withInterval(now.measure)} in ${pane.id}`;
    if (first.id === pane.id) return { tone: "plain", title: "Quality is measured", text: `${here}, the first pane with labels.` };
    const other = start.arm.version === now.arm.version ? "" : ` with version ${start.arm.version}`;
    const before = `${withInterval(start.measure)} in ${first.id}${other}`;
    if (isWorse(start.measure, now.measure, quality.sign)) return { tone: "bad", title: "The model got worse", text: `${here}; it was ${before}.` };
    return { tone: "good", title: "The model stays good", text: `${here}; it was ${before}.` };
  }
  return { tone: "plain", title: "Quality is not known yet", text: `No labels have arrived for ${pane.id}. Whether drift harms the model shows when they do.` };
}
