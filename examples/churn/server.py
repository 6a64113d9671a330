"""Starts the program for the story, on port 5000 or the next free one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import requests


def first_free_port(start: int = 5000) -> int:
    for port in range(start, start + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue  # somebody answers there
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port from {start} on")


class Server:
    """One `modelyard up` (or `modelyard serve`) and the commands that talk to it."""

    def __init__(self, binary: Path, data: Path):
        self.binary = binary
        self.data = data
        self.url = ""
        self.process: subprocess.Popen | None = None

    def start(self) -> float:
        """Returns the milliseconds from start to the first answer, on an empty data folder."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        port = first_free_port()
        self.url = f"http://127.0.0.1:{port}"
        begin = time.perf_counter()
        log = (self.data.parent / "demo-server.log").open("wb")
        self.process = subprocess.Popen(
            [str(self.binary), "up", "--data", str(self.data), "--port", str(port)], stdout=log, stderr=log, start_new_session=True
        )
        await_answer(self.url + "/health", self.process)
        return (time.perf_counter() - begin) * 1000

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def command(self, *arguments: str) -> str:
        """Runs `modelyard ...` against this server and returns what it printed; a failure raises with its words."""
        environment = {**os.environ, "MODELYARD_URL": self.url, "NO_COLOR": "1"}
        done = subprocess.run([str(self.binary), *arguments], capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise AssertionError(f"modelyard {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments: str):
        return json.loads(self.command(*arguments, "--json"))

    def get(self, path: str):
        answer = requests.get(self.url + path, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def await_answer(url: str, process: subprocess.Popen, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    session = requests.Session()
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}")
        try:
            session.get(url, timeout=2)
            return
        except requests.ConnectionError:
            time.sleep(0.001)
    raise AssertionError(f"nothing answered at {url}")


def predictions_of_serve(binary: Path, folder: str, frame, method: str) -> list:
    """What `modelyard serve FOLDER` answers for every row, over HTTP."""
    port = first_free_port(8080)
    process = subprocess.Popen([str(binary), "serve", folder, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        await_answer(url + "/ping", process)
        body = json.dumps(
            {
                "dataframe_split": json.loads(frame.to_json(orient="split", index=False, double_precision=15)),
                "params": {"predict_method": method},
            }
        )
        answer = requests.post(url + "/invocations", data=body, headers={"Content-Type": "application/json"}, timeout=60)
        if answer.status_code != 200:
            raise AssertionError(f"serve answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()["predictions"]
    finally:
        process.terminate()
        process.wait(20)
