import { expect, test, watched } from "./server";

function ground(page: import("@playwright/test").Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

test("colours follow the system until somebody chooses, and the choice is remembered", async ({ shown, yard }) => {
  await shown.emulateMedia({ colorScheme: "dark" });
  await shown.goto(yard.page);
  const dark = await ground(shown);
  await shown.getByRole("radio", { name: "Light" }).click();
  const light = await ground(shown);
  expect(light).not.toBe(dark);
  await shown.reload();
  expect(await ground(shown)).toBe(light);
  await shown.getByRole("radio", { name: "As the system" }).click();
  expect(await ground(shown)).toBe(dark);
});

test("every page renders without a complaint", async ({ shown, yard }) => {
  const run = yard.filled.runs[0]?.run_id;
  const paths = ["/", "/experiments", `/runs/${run}`, `/runs/${run}?tab=charts&log=true`, "/compare", "/models", "/models/shop", "/endpoints", "/endpoints/shop", "/endpoints/shop/drift"];
  for (const path of paths) {
    await shown.goto(yard.page + path);
    await expect(shown.getByRole("heading", { level: 1 })).toBeVisible();
  }
});

test("the page is live", async ({ shown, yard }) => {
  await shown.goto(yard.page);
  await expect(shown.getByText("Live", { exact: true })).toBeVisible();
});

test("the keyboard alone reaches the content and the navigation", async ({ shown, yard }) => {
  await shown.goto(yard.page);
  await expect(shown.getByRole("heading", { name: "Overview" })).toBeVisible();
  await shown.keyboard.press("Tab");
  await expect(shown.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await shown.keyboard.press("Tab");
  await shown.keyboard.press("Tab");
  await expect(shown.getByRole("link", { name: "Experiments", exact: true })).toBeFocused();
  await shown.keyboard.press("Enter");
  await expect(shown.getByRole("heading", { name: "All experiments" })).toBeVisible();
});

test("the page works under a strict content security policy", async ({ shown, yard }) => {
  const policy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'";
  await shown.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.continue();
    const answer = await route.fetch();
    return route.fulfill({ response: answer, headers: { ...answer.headers(), "content-security-policy": policy } });
  });
  await shown.goto(`${yard.page}/experiments/${yard.filled.experiment}`);
  await shown.getByRole("button", { name: /Columns/ }).click();
  await expect(shown.getByLabel("Find a column")).toBeVisible();
  await shown.goto(`${yard.page}/models/shop`);
  await shown.getByRole("button", { name: "Set an alias on version 1" }).click();
  await expect(shown.getByRole("dialog")).toBeVisible();
  await shown.goto(`${yard.page}/endpoints/shop/drift?feature=age`);
  await expect(shown.getByRole("region", { name: "age" })).toBeVisible();
});

test("an unknown address is answered with a page that says so", async ({ shown, yard }) => {
  await shown.goto(`${yard.page}/no/such/page`);
  await expect(shown.getByRole("heading", { name: "There is no such page" })).toBeVisible();
});

test("a run that does not exist is told apart from a failure", async ({ page, yard }) => {
  await page.goto(`${yard.page}/runs/${"0".repeat(32)}`);
  await expect(page.getByRole("alert")).toContainText("Not found");
});

test("an empty server shows the first steps with its own address", async ({ page, emptyYard }) => {
  await watched(page, emptyYard, async () => {
    await page.goto(emptyYard.page);
    await expect(page.getByText(`mlflow.set_tracking_uri("${emptyYard.page}")`)).toBeVisible();
    for (const path of ["/experiments/0", "/models", "/endpoints"]) {
      await page.goto(emptyYard.page + path);
      await expect(page.getByRole("heading", { name: /^No .* yet$/ })).toBeVisible();
    }
  });
});
