import { defineConfig, type ReporterDescription } from "@playwright/test";

const report = process.env.YARD_TEST_REPORT;
const reporters: ReporterDescription[] = [["list"]];
if (report) reporters.push(["junit", { outputFile: report }]);

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // One server with its data serves all tests of a worker; they run one after the other.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: reporters,
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.YARD_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
    },
  },
});
