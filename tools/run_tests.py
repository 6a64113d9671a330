#!/usr/bin/env python3
"""Runs every suite, or the named ones, and ends with `N passed, M failed`. Exit code 1 when something failed or nothing ran.

A suite that cannot start counts as one failure. The details of a failure are printed as they happen and kept in build/test-results/.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
RESULTS = ROOT / "build/test-results"
FUZZ_SECONDS = int(os.environ.get("YARD_FUZZ_SECONDS", "10"))

from tools import lint, run_fuzzers  # noqa: E402


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures


def broken(name: str, output: str) -> Outcome:
    print(output[-6000:], file=sys.stderr, flush=True)
    return Outcome(failed=1, failures=[name])


def from_junit(path: Path) -> Outcome:
    """Counts the cases of a JUnit file, as GoogleTest, pytest and Playwright write it."""
    outcome = Outcome()
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
            outcome.failures.append(name)
        elif case.find("skipped") is not None or case.get("result") == "skipped":
            outcome.skipped += 1
        else:
            outcome.passed += 1
    return outcome


def run_with_report(name: str, command: list[str], report: Path, environment: dict[str, str] | None = None, cwd: Path = ROOT) -> Outcome:
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(environment or {})}, capture_output=True, text=True, errors="replace")
    (RESULTS / f"{report.stem}.log").write_text(done.stdout + done.stderr)
    if not report.exists():
        return broken(name, done.stdout + done.stderr)
    outcome = from_junit(report)
    if done.returncode != 0 and outcome.failed == 0:  # a crash after the last test, or a leak report
        outcome.add(broken(f"{name} ended with {done.returncode}", done.stdout + done.stderr))
    elif outcome.failed:
        print((done.stdout + done.stderr)[-8000:], file=sys.stderr, flush=True)
    return outcome


def unit_tests(preset: str, environment: dict[str, str] | None = None, only: tuple[str, ...] = ()) -> Outcome:
    outcome = Outcome()
    binaries = sorted(path for path in (ROOT / f"build/{preset}/src").rglob("*_test") if path.is_file() and os.access(path, os.X_OK))
    for binary in binaries:
        if only and binary.name not in only:
            continue
        report = RESULTS / f"{preset}-{binary.name}.xml"
        command = [str(binary), f"--gtest_output=xml:{report}", "--gtest_brief=1"]
        outcome.add(run_with_report(f"{preset} {binary.name}", command, report, environment))
    return outcome


def build(preset: str, *targets: str) -> Outcome | None:
    """The failure when the preset does not build."""
    done = subprocess.run([str(ROOT / "yard"), "build", preset, *targets], cwd=ROOT, capture_output=True, text=True, errors="replace")
    return broken(f"build {preset}", done.stdout + done.stderr) if done.returncode else None


def unit() -> Outcome:
    return unit_tests("release")


# The rooms that read bytes from outside.
PARSING_TESTS = tuple(
    f"yard_{room}_test"
    for room in ("base", "net", "storage", "inference", "tracking", "registry", "serving", "protocols_mlflow", "protocols_scoring")
)


def address_sanitizer() -> Outcome:
    failure = build("asan", *PARSING_TESTS)
    if failure:
        return failure
    return unit_tests("asan", {"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}, PARSING_TESTS)


# The rooms whose objects are shared by threads.
THREADED_TESTS = ("yard_base_test", "yard_net_test", "yard_storage_test", "yard_tracking_test", "yard_serving_test")


def thread_sanitizer() -> Outcome:
    failure = build("tsan", *THREADED_TESTS)
    if failure:
        return failure
    return unit_tests("tsan", {"TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}, THREADED_TESTS)


def fuzz() -> Outcome:
    failure = build("asan", "fuzzers")
    if failure:
        return failure
    outcome = Outcome()
    for target in run_fuzzers.targets():
        result = run_fuzzers.run_target(target, FUZZ_SECONDS)
        outcome.add(Outcome(passed=1) if result.passed else broken(f"fuzz {target}", result.output))
    return outcome


def pytest_suite(name: str, folder: str) -> Outcome:
    report = RESULTS / f"{name}.xml"
    return run_with_report(name, [sys.executable, "-m", "pytest", folder, f"--junitxml={report}", "--durations=10"], report)


def clients() -> Outcome:
    return pytest_suite("clients", "tests/clients")


def faults() -> Outcome:
    return pytest_suite("faults", "tests/faults")


def browser() -> Outcome:
    report = RESULTS / "browser.xml"
    environment = {"YARD_TEST_REPORT": str(report), "YARD_PYTHON": sys.executable}
    return run_with_report("browser", ["npm", "test"], report, environment, cwd=ROOT / "ui")


def story() -> Outcome:
    """The whole example on the full data; each step is one test."""
    report = RESULTS / "story.xml"
    command = [sys.executable, "-m", "examples.churn.story", "--once", "--modelyard", "build/release/bin/modelyard", "--junit", str(report)]
    return run_with_report("story", command, report)


def form() -> Outcome:
    failure = build("dev", "yard_headers")
    if failure:
        return failure
    outcome = Outcome()
    for name, check in lint.CHECKS.items():
        passed, output = check()
        outcome.add(Outcome(passed=1) if passed else broken(f"lint {name}", output))
    return outcome


SUITES: dict[str, Callable[[], Outcome]] = {
    "unit": unit,
    "clients": clients,
    "faults": faults,
    "story": story,
    "browser": browser,
    "lint": form,
    "asan": address_sanitizer,
    "tsan": thread_sanitizer,
    "fuzz": fuzz,
}


def main() -> int:
    wanted = sys.argv[1:] or list(SUITES)
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        print(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    total = Outcome()
    for name in wanted:
        start = time.monotonic()
        print(f"… {name}", flush=True)
        outcome = SUITES[name]()
        mark = "✗" if outcome.failed else "✓"
        skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
        print(f"{mark} {name}: {outcome.passed} passed, {outcome.failed} failed{skipped} ({time.monotonic() - start:.0f} s)", flush=True)
        total.add(outcome)
    for failure in total.failures:
        print(f"failed: {failure}")
    if total.skipped:
        print(f"skipped: {total.skipped} (each says why in build/test-results)")
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
