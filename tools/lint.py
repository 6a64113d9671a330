#!/usr/bin/env python3
"""Every check on the form of the code, each one line: lint.py [check...]. Exit code 1 when one fails.

clang-tidy's verdicts are remembered by the digest of the preprocessed file, outside the tree, so that only what changed is read again.
"""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("YARD_CACHE", Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelyard"))
BIN = ROOT / ".deps/python/bin"

CheckResult = tuple[bool, str]


def run(*command: str, cwd: Path = ROOT) -> CheckResult:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=cwd)
    return done.returncode == 0, done.stdout + done.stderr


def tracked(*suffixes: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return [name for name in listed.splitlines() if name.endswith(suffixes) and (ROOT / name).exists()]


def clang_format() -> CheckResult:
    return run("clang-format-19", "--dry-run", "--Werror", *tracked(".h", ".cc"))


def layers() -> CheckResult:
    return run(sys.executable, "tools/check_layers.py")


def headers() -> CheckResult:
    return run("ninja", "-C", "build/dev", "yard_headers")


def ruff_check() -> CheckResult:
    return run(str(BIN / "ruff"), "check", ".")


def ruff_format() -> CheckResult:
    return run(str(BIN / "ruff"), "format", "--check", ".")


def page_types() -> CheckResult:
    return run("npm", "run", "--silent", "typecheck", cwd=ROOT / "ui")


def page_style() -> CheckResult:
    return run("npm", "run", "--silent", "lint", cwd=ROOT / "ui")


def tidy_one(entry: dict) -> CheckResult:
    """One source file, or the remembered verdict on the same preprocessed text."""
    arguments = [argument for argument in shlex.split(entry["command"]) if argument]
    compiler = next(index for index, argument in enumerate(arguments) if argument.endswith(("c++", "g++", "clang++-19")))
    flags = [argument for argument in arguments[compiler + 1 :] if not argument.startswith(("-gsplit", "-M", "-fuse"))]
    output = flags.index("-o")
    preprocess = ["g++", "-E", "-P", *flags[:output], *flags[output + 2 :]]
    preprocess = [argument for index, argument in enumerate(preprocess) if not (argument.endswith((".d", ".o")) and index > 0)]
    text = subprocess.run(preprocess, capture_output=True, cwd=entry["directory"]).stdout
    key = hashlib.sha256(text + (ROOT / ".clang-tidy").read_bytes()).hexdigest()
    verdict = CACHE / "tidy" / key
    if text and verdict.exists():
        return True, ""
    passed, output_text = run("clang-tidy-19", "--quiet", "-p", "build/dev", entry["file"])
    if passed and text:
        verdict.parent.mkdir(parents=True, exist_ok=True)
        verdict.touch()
    return passed, output_text


def clang_tidy() -> CheckResult:
    database = json.loads((ROOT / "build/dev/compile_commands.json").read_text())
    entries = [e for e in database if e["file"].startswith(str(ROOT / "src")) and not e["file"].endswith(("_test.cc", "_bench.cc"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(tidy_one, entries))
    return all(passed for passed, _ in results), "\n".join(text for passed, text in results if not passed)


CHECKS: dict[str, Callable[[], CheckResult]] = {
    "clang-format": clang_format,
    "layers": layers,
    "headers": headers,
    "clang-tidy": clang_tidy,
    "ruff check": ruff_check,
    "ruff format": ruff_format,
}
if (ROOT / "ui/package.json").exists():
    CHECKS |= {"tsc": page_types, "eslint": page_style}


def main() -> int:
    wanted = sys.argv[1:] or list(CHECKS)
    failed = 0
    for name in wanted:
        passed, output = CHECKS[name]()
        print(f"{'✓' if passed else '✗'} {name}", flush=True)
        if not passed:
            failed += 1
            print(output[-6000:], file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
