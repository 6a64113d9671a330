"""What a benchmark returns, and the page that keeps it."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Section:
    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        lines = [f"## {self.title}", "", "| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        lines += ["", *[f"{note}" for note in self.notes], ""]
        return "\n".join(lines)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def flush_microseconds(folder: Path) -> float:
    """The median time of writing 4 KiB over a file and waiting for the disk."""
    path = folder / "flush-probe"
    times = []
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, b"\0" * 65536, 0)
        os.fsync(handle)
        for index in range(200):
            begin = time.perf_counter()
            os.pwrite(handle, bytes([index % 256]) * 4096, 0)
            os.fdatasync(handle)
            times.append((time.perf_counter() - begin) * 1e6)
    finally:
        os.close(handle)
        path.unlink()
    return statistics.median(times)


def document(sections: list[Section]) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    head = [
        "# Measured side by side",
        "",
        f"`./yard bench` on {today}: {os.cpu_count()} cores of {processor()}, {platform.system()} {platform.release()}, "
        "load generator and servers on the same cores. "
        f"Flushing 4 KiB to this disk takes {flush_microseconds(Path(__file__).parent):.0f} µs. "
        "Absolute figures are this machine's; compare within one table.",
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(section.text() for section in sections)
