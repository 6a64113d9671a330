"""Starts, kills and restarts the real binary on a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("YARD_BINARY", ROOT / "build/release/bin/modelyard"))


class ModelyardServer:
    """`modelyard up` on 127.0.0.1 and a free port. Not started by the constructor."""

    def __init__(self, data: Path, *options: str, environment: dict[str, str] | None = None):
        self.data = Path(data)
        self.options = options
        self.environment = environment or {}
        self.log = self.data.parent / f"{self.data.name}.log"
        self.process: subprocess.Popen | None = None
        self.url = ""

    def start(self, *, port: int = 0, timeout: float = 20) -> ModelyardServer:
        (self.data / "server.json").unlink(missing_ok=True)
        command = [str(BINARY), "up", "--data", str(self.data), "--port", str(port), *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **self.environment})
        self.url = self._await_address(timeout)
        return self

    def _await_address(self, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
            try:
                address = json.loads((self.data / "server.json").read_text())["address"]
                requests.get(f"{address}/health", timeout=2)
                return address
            except (OSError, ValueError, KeyError):
                time.sleep(0.005)
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    def kill(self) -> None:
        """SIGKILL: nothing is flushed."""
        self.process.kill()
        self.process.wait()

    def stop(self, timeout: float = 20) -> int:
        """SIGTERM, and the exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def command(self, *arguments: str, check: bool = True, **options) -> subprocess.CompletedProcess:
        """Runs `modelyard ...` against this server."""
        environment = {**os.environ, "MODELYARD_URL": self.url, "NO_COLOR": "1"}
        return subprocess.run([str(BINARY), *arguments], check=check, capture_output=True, text=True, env=environment, **options)
