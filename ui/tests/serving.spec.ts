import { call, expect, rowsPerDay, test } from "./server";

test("the endpoint shows its arm and the latest predictions", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/endpoints/shop`);
  const arms = shown.getByRole("region", { name: "Arms" });
  await expect(arms.getByText("serving")).toBeVisible();
  await expect(arms.getByRole("link", { name: "shop version 1" })).toBeVisible();
  const predictions = shown.getByRole("region", { name: "Latest predictions" });
  await expect(predictions.getByText(`customer-${rowsPerDay - 1}`)).toBeVisible();
  await expect(predictions.getByText("2026-01-06").first()).toBeVisible();
  await expect(shown.getByRole("img", { name: "Latency" })).toBeVisible();
});

test("the drift page says what moved, and how the model does", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/endpoints/shop/drift`);
  await expect(shown.getByRole("heading", { name: "Inputs drift" })).toBeVisible();
  await expect(shown.getByText(/1 of 2 features of 2026-01-06 moved away/)).toBeVisible();
  await shown.getByRole("button", { name: /^age in 2026-01-06: drift/ }).click();
  await expect(shown).toHaveURL(/feature=age/);
  await expect(shown.getByRole("region", { name: "age" }).getByText("Kolmogorov–Smirnov")).toBeVisible();
  await expect(shown.getByRole("button", { name: /^income in 2026-01-06: stable/ })).toBeVisible();
  await shown.reload();
  await expect(shown.getByRole("region", { name: "age" })).toBeVisible();
});

test("a pane without drift says so", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/endpoints/shop/drift?pane=2026-01-05`);
  await expect(shown.getByRole("heading", { name: "Inputs are stable" })).toBeVisible();
  await expect(shown.getByRole("heading", { name: "Quality is measured" })).toBeVisible();
});

test("the alert of the drift is listed", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/endpoints/shop/drift`);
  const alert = shown.getByRole("region", { name: "Alerts" }).getByRole("row").filter({ hasText: "age" });
  await expect(alert).toContainText("firing");
  await expect(alert).toContainText("no webhook set");
});

test("an arm is rolled back from the page, after a question", async ({ shown, yard }) => {
  await call("POST", `${yard.api}/api/2.0/mlflow/registered-models/alias`, { name: "shop", alias: "champion", version: "2" });
  await shown.goto(`${yard.page}/endpoints/shop`);
  const arms = shown.getByRole("region", { name: "Arms" });
  await expect(arms.getByRole("link", { name: "shop version 2" })).toBeVisible();
  await arms.getByRole("button", { name: "Roll back to 1" }).click();
  await shown.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await expect(arms.getByRole("link", { name: "shop version 1" })).toBeVisible();
  await expect(shown.getByRole("region", { name: "History" }).getByText("rolled back")).toBeVisible();
});
