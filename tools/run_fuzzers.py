#!/usr/bin/env python3
"""Runs libFuzzer targets on their corpora: run_fuzzers.py [target] [seconds].

The corpus that grows is kept outside the tree, in the cache folder; the seeds in tests/fuzz/corpus/<target>/ are read and never written.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build/asan/tests/fuzz"
CACHE = Path(os.environ.get("YARD_CACHE", Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelyard"))


@dataclass
class FuzzResult:
    target: str
    passed: bool
    executions: int
    output: str


def targets() -> list[str]:
    return sorted(source.stem for source in (ROOT / "tests/fuzz").glob("*_fuzz.cc"))


def run_target(target: str, seconds: int) -> FuzzResult:
    corpus = CACHE / "fuzz" / target
    corpus.mkdir(parents=True, exist_ok=True)
    findings = ROOT / "build/fuzz-findings"
    findings.mkdir(parents=True, exist_ok=True)
    seeds = ROOT / "tests/fuzz/corpus" / target
    command = [str(BUILT / target), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=65536", "-verbosity=1"]
    command += [f"-artifact_prefix={findings}/{target}-", "-print_final_stats=1", str(corpus)] + ([str(seeds)] if seeds.is_dir() else [])
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=ROOT)
    executions = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    return FuzzResult(target, done.returncode == 0, int(executions.group(1)) if executions else 0, done.stderr)


def main() -> int:
    wanted = [argument for argument in sys.argv[1:] if not argument.isdigit()] or targets()
    seconds = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 60)
    unknown = sorted(set(wanted) - set(targets()))
    if unknown:
        print(f"no such target: {', '.join(unknown)}; there are {', '.join(targets())}", file=sys.stderr)
        return 2
    failed = 0
    for target in wanted:
        result = run_target(target, seconds)
        print(f"{'✓' if result.passed else '✗'} {target}: {result.executions} executions in {seconds} s", flush=True)
        if not result.passed:
            failed += 1
            print(result.output[-4000:], file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
