"""Closed-loop load from wrk: one Lua script a request shape, so that every request is new to the server."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass
class Load:
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    errors: int

    def cell(self) -> str:
        errors = f", {self.errors} errors" if self.errors else ""
        return f"{self.requests_per_second:,.0f}/s, p50 {self.p50_ms:.2f} ms, p99 {self.p99_ms:.1f} ms{errors}"


def run_wrk(url: str, script: str, connections: int, seconds: int) -> Load:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "load.lua"
        path.write_text(script)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", "-s", str(path), url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return parse(text)


def parse(text: str) -> Load:
    def percentile(name: str) -> float:
        found = re.search(rf"^\s+{name}%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.MULTILINE)
        return float(found.group(1)) * UNITS[found.group(2)] if found else float("nan")

    rate = re.search(r"^Requests/sec:\s+([\d.]+)", text, re.MULTILINE)
    errors = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    for kinds in re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text):
        errors += sum(int(number) for number in kinds)
    return Load(float(rate.group(1)), percentile("50"), percentile("99"), errors)
