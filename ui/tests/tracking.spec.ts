import { call, expect, test } from "./server";

test("the runs table shows what was logged", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  const row = shown.getByRole("row").filter({ hasText: "run-2" });
  await expect(row.getByText("0.2", { exact: true })).toBeVisible();
  await expect(row.getByText("finished")).toBeVisible();
  await expect(row.getByText("lbfgs")).toBeVisible();
});

test("sorting is done by the server and kept in the address", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await shown.getByRole("columnheader", { name: "score" }).getByRole("button").click();
  await expect(shown).toHaveURL(/order=metrics\.score\+DESC|order=metrics\.score%20DESC/);
  const names = shown.getByRole("row").getByRole("link");
  await expect(names.first()).toHaveText("run-3");
  await shown.getByRole("columnheader", { name: "score" }).getByRole("button").click();
  await expect(names.first()).toHaveText("run-1");
  await shown.reload();
  await expect(names.first()).toHaveText("run-1");
  await expect(shown.getByRole("columnheader", { name: "score" })).toHaveAttribute("aria-sort", "ascending");
});

test("a filter narrows the runs and survives a reload", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await shown.getByLabel("Filter runs").fill("metrics.score > 0.15 and params.solver = 'lbfgs'");
  await shown.keyboard.press("Enter");
  await expect(shown.getByRole("status").filter({ hasText: "1 run" })).toBeVisible();
  await shown.reload();
  await expect(shown.getByLabel("Filter runs")).toHaveValue("metrics.score > 0.15 and params.solver = 'lbfgs'");
  await expect(shown.getByRole("link", { name: "run-2" })).toBeVisible();
  await expect(shown.getByRole("link", { name: "run-3" })).toHaveCount(0);
});

test("a filter that the server refuses shows its words", async ({ page, yard }) => {
  await page.goto(`${yard.page}/experiments/${yard.filled.experiment}?filter=metrics.score+is+nice`);
  await expect(page.getByRole("alert")).toContainText("filter");
});

test("columns can be hidden and the address remembers it", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await shown.getByRole("button", { name: /Columns/ }).click();
  await shown.getByRole("checkbox", { name: "solver" }).uncheck();
  await shown.getByRole("checkbox", { name: "team" }).check();
  await shown.keyboard.press("Escape");
  await shown.reload();
  await expect(shown.getByRole("columnheader", { name: "team" })).toBeVisible();
  await expect(shown.getByRole("columnheader", { name: "solver" })).toHaveCount(0);
});

test("selected runs are compared in charts", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await shown.getByLabel("Select run-1").check();
  await shown.getByLabel("Select run-3").check();
  await shown.getByRole("button", { name: /Compare/ }).click();
  await expect(shown.getByRole("heading", { name: "Compare 2 runs" })).toBeVisible();
  await expect(shown.locator('[data-metric="loss"] [data-points="40"]')).toBeVisible();
});

test("a point logged after the page was opened reaches the chart", async ({ shown, yard }) => {
  const run = yard.filled.live;
  await shown.goto(`${yard.page}/runs/${run}?tab=charts`);
  await expect(shown.locator('[data-metric="loss"] [data-points="5"]')).toBeVisible();
  await call("POST", `${yard.api}/api/2.0/mlflow/runs/log-metric`, { run_id: run, key: "loss", value: 0.1, step: 5, timestamp: Date.now() });
  await expect(shown.locator('[data-metric="loss"] [data-points="6"]')).toBeVisible();
});

test("a new run appears in the open table by itself", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await expect(shown.getByRole("link", { name: "run-1" })).toBeVisible();
  await call("POST", `${yard.api}/api/2.0/mlflow/runs/create`, { experiment_id: yard.filled.experiment, run_name: "late-comer", start_time: Date.now() });
  await expect(shown.getByRole("link", { name: "late-comer" })).toBeVisible();
});

test("artifacts are listed and shown", async ({ shown, yard }) => {
  const run = yard.filled.runs[0]?.run_id ?? "";
  await shown.goto(`${yard.page}/runs/${run}?tab=artifacts`);
  await shown.getByRole("button", { name: "files" }).click();
  await shown.getByRole("button", { name: /notes\.txt/ }).click();
  await expect(shown.getByText("The notes of this run.")).toBeVisible();
  await shown.getByRole("button", { name: /numbers\.json/ }).click();
  await expect(shown.getByText('"answer": 42')).toBeVisible();
  await shown.getByRole("button", { name: /table\.csv/ }).click();
  await expect(shown.getByRole("cell", { name: "Berlin, Mitte" })).toBeVisible();
  await shown.getByRole("button", { name: /dot\.png/ }).click();
  await expect(shown.getByRole("img", { name: "files/dot.png" })).toHaveJSProperty("naturalWidth", 1);
  await shown.reload();
  await expect(shown.getByRole("img", { name: "files/dot.png" })).toBeVisible();
});

test("a link as clients of MLflow print it leads to the run", async ({ shown, yard }) => {
  const run = yard.filled.runs[0];
  await shown.goto(`${yard.page}/#/experiments/${yard.filled.experiment}/runs/${run?.run_id}`);
  await expect(shown.getByRole("heading", { name: run?.name ?? "" })).toBeVisible();
});
