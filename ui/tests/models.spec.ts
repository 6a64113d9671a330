import { call, expect, test } from "./server";

interface AliasAnswer {
  model_version: { version: string };
}

test("a model shows its versions, source runs and signature", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/models`);
  await shown.getByRole("link", { name: "shop" }).click();
  await expect(shown.getByRole("link", { name: "Version 2" })).toBeVisible();
  await expect(shown.getByRole("link", { name: "model-1.0" })).toBeVisible();
  await expect(shown.getByRole("cell", { name: "income" })).toBeVisible();
});

test("an alias is moved from the page", async ({ shown, yard }) => {
  await call("POST", `${yard.api}/api/2.0/mlflow/registered-models/alias`, { name: "shop", alias: "movable", version: "1" });
  await shown.goto(`${yard.page}/models/shop`);
  await shown.getByRole("button", { name: "Set an alias on version 2" }).click();
  await shown.getByLabel("Alias", { exact: true }).fill("movable");
  await shown.getByRole("button", { name: "Move @movable to version 2" }).click();
  await expect(shown.getByRole("row").filter({ hasText: "Version 2" })).toContainText("@movable");
  const answer = await call<AliasAnswer>("GET", `${yard.api}/api/2.0/mlflow/registered-models/alias?name=shop&alias=movable`);
  expect(answer.model_version.version).toBe("2");
});
