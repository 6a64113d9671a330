"""The servers that are compared, each started on a free port and an empty store."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("YARD_BINARY", ROOT / "build/release/bin/modelyard"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    def __init__(self, command: list[str], url: str, health: str, environment: dict[str, str] | None = None, cwd: Path | None = None):
        self.url = url
        tools = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # mlflow starts uvicorn by its bare name
        environment = {"PATH": tools, **(environment or {})}
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
            cwd=cwd,
            start_new_session=True,
        )
        self._await(url + health)
        self.start_ms = (time.perf_counter() - begin) * 1000

    def _await(self, url: str) -> None:
        deadline = time.monotonic() + 120
        session = requests.Session()
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}")
            try:
                if session.get(url, timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                time.sleep(0.001)
        raise RuntimeError(f"nothing at {url}")

    def processes(self) -> list[int]:
        """This process and everything below it."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += children.get(pid, [])
        return found

    def memory_mib(self) -> dict[str, float]:
        totals = {"VmRSS": 0.0, "RssAnon": 0.0}
        for pid in self.processes():
            try:
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    name = line.split(":", 1)[0]
                    if name in totals:
                        totals[name] += int(line.split()[1]) / 1024
            except OSError:
                continue
        return totals

    def stop(self) -> None:
        with_group = os.getpgid(self.process.pid)
        os.killpg(with_group, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(with_group, signal.SIGKILL)


@contextmanager
def modelyard(*options: str):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [str(BINARY), "up", "--data", f"{folder}/data", "--port", str(port), *options]
        server = Running(command, f"http://127.0.0.1:{port}", "/health")
        server.folder = Path(folder) / "data"
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def mlflow_server(workers: int | None = None):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--port", str(port)]
        command += ["--artifacts-destination", f"{folder}/artifacts"] + (["--workers", str(workers)] if workers else [])
        server = Running(command, f"http://127.0.0.1:{port}", "/health", {"MLFLOW_DISABLE_TELEMETRY": "true"}, Path(folder))
        try:
            yield server
        finally:
            server.stop()
