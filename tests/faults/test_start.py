"""What stands in the way of a start is said, and nothing is damaged by it."""

import json
import os
import socket
import subprocess

import pytest
import requests

from tests.modelyard_server import BINARY, ModelyardServer


def up(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(BINARY), "up", *options], capture_output=True, text=True, timeout=30)


def test_a_taken_port_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = up("--data", str(tmp_path / "data"), "--port", str(port))
    assert done.returncode == 1
    assert str(port) in done.stderr


def test_a_folder_in_use_names_the_process_that_has_it(server):
    done = up("--data", str(server.data), "--port", "0")
    assert done.returncode == 1
    assert str(server.process.pid) in done.stderr
    assert server.url in done.stderr
    assert requests.get(f"{server.url}/health", timeout=5).text == "OK"


def test_a_folder_of_a_newer_version_is_left_alone(server):
    server.stop()
    (server.data / "FORMAT").write_text(json.dumps({"format": 999, "written_by": "9.0.0"}))
    before = {path.name: path.stat().st_mtime_ns for path in server.data.iterdir() if path.is_file() and path.suffix == ".db"}
    done = up("--data", str(server.data), "--port", "0")
    assert done.returncode == 1
    assert "newer" in done.stderr
    assert {name: (server.data / name).stat().st_mtime_ns for name in before} == before


def test_a_missing_parent_and_a_file_in_the_way_are_told_apart(tmp_path):
    missing = up("--data", str(tmp_path / "none" / "data"), "--port", "0")
    (tmp_path / "file").write_text("x")
    in_the_way = up("--data", str(tmp_path / "file"), "--port", "0")
    assert missing.returncode != 0 and in_the_way.returncode != 0
    assert missing.stderr != in_the_way.stderr


def test_listening_to_strangers_must_be_said_aloud(tmp_path):
    done = up("--data", str(tmp_path / "data"), "--port", "0", "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "--allow-unauthenticated" in done.stderr
    assert not (tmp_path / "data").exists()


def test_sigterm_ends_with_zero_and_takes_the_address_away(server):
    assert server.stop() == 0
    assert not (server.data / "server.json").exists()
    log = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert [line["message"] for line in log][0] == "ready"


def test_search_columns_that_are_lost_are_made_again(server):
    from mlflow import MlflowClient

    client = MlflowClient(server.url)
    for value in range(20):
        client.log_metric(client.create_run("0").info.run_id, "m", value)
    server.stop()
    for path in server.data.glob("search.db*"):
        path.unlink()
    server.start()
    best = MlflowClient(server.url).search_runs(["0"], order_by=["metrics.m DESC"], max_results=1)
    assert best[0].data.metrics["m"] == 19


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_refuses_writes_and_loses_nothing(tmp_path):
    """On a disk of 24 MB: what was acknowledged stays, what was not is refused with 503, and space brings it back."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True).returncode != 0:
        pytest.skip("this machine does not allow mounting")
    try:
        server = ModelyardServer(disk / "data")
        server.log = tmp_path / "server.log"
        server.start()
        run = requests.post(f"{server.url}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}, timeout=10).json()["run"]["info"][
            "run_id"
        ]
        filler = disk / "filler"
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass
        acknowledged, refused = [], 0
        for step in range(400):
            body = {"run_id": run, "key": f"k{step}", "value": "v" * 5000}
            answer = requests.post(f"{server.url}/api/2.0/mlflow/runs/log-parameter", json=body, timeout=30)
            if answer.status_code == 200:
                acknowledged.append(f"k{step}")
            else:
                assert answer.status_code == 503, answer.text
                assert "Retry-After" in answer.headers
                refused += 1
        assert refused > 0
        filler.unlink()
        answer = requests.post(
            f"{server.url}/api/2.0/mlflow/runs/log-parameter", json={"run_id": run, "key": "after", "value": "1"}, timeout=30
        )
        assert answer.status_code == 200, answer.text
        server.kill()
        server.start()
        found = requests.get(f"{server.url}/api/2.0/mlflow/runs/get", params={"run_id": run}, timeout=10).json()["run"]["data"]["params"]
        assert {param["key"] for param in found} >= {*acknowledged, "after"}
        server.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
