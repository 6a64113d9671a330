"""kill -9 during concurrent writes: whatever was acknowledged is there after a restart."""

import threading

import pytest
import requests

WRITERS = 8


class Writer(threading.Thread):
    """Writes to a run of its own until the server is gone, and remembers what was acknowledged."""

    def __init__(self, url: str, run_id: str, artifact_root: str):
        super().__init__()
        self.url, self.run_id, self.artifact_root = url, run_id, artifact_root
        self.steps, self.params, self.tags, self.artifacts, self.batches = [], {}, {}, {}, []
        self.refused = []
        self.warm = threading.Event()

    def run(self):
        session = requests.Session()
        try:
            for i in range(1_000_000):
                self._write(session, i)
                if i >= 5:
                    self.warm.set()
        except requests.exceptions.RequestException:
            return  # the server was killed

    def _post(self, session, call, **body) -> bool:
        answer = session.post(f"{self.url}/api/2.0/mlflow/runs/{call}", json={"run_id": self.run_id, **body}, timeout=30)
        if answer.status_code != 200:
            self.refused.append((call, answer.status_code, answer.text[:200]))
        return answer.status_code == 200

    def _write(self, session, i):
        if self._post(session, "log-metric", key="loss", value=i / 7, timestamp=1000 + i, step=i):
            self.steps.append(i)
        if self._post(session, "log-parameter", key=f"p{i}", value=str(i)):
            self.params[f"p{i}"] = str(i)
        if self._post(session, "set-tag", key="progress", value=str(i)):
            self.tags["progress"] = i
        metrics = [{"key": f"batch{k}", "value": i + k, "timestamp": i, "step": i} for k in range(20)]
        if self._post(session, "log-batch", metrics=metrics, tags=[{"key": "batch", "value": str(i)}]):
            self.batches.append(i)
        content = f"{self.run_id} {i} ".encode() * 500
        answer = session.put(f"{self.artifact_root}/f{i}.txt", data=content, timeout=30)
        if answer.status_code == 200:
            self.artifacts[f"f{i}.txt"] = content


def steps_of(client, run_id, key):
    return {m.step: m.value for m in client.get_metric_history(run_id, key)}


@pytest.mark.parametrize("round_number", range(2))
def test_everything_acknowledged_survives_kill_nine(server, round_number):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=server.url)
    experiment = client.create_experiment("killed")
    writers = []
    for _ in range(WRITERS):
        run_id = client.create_run(experiment).info.run_id
        root = f"{server.url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run_id}/artifacts"
        writers.append(Writer(server.url, run_id, root))
    for writer in writers:
        writer.start()
    for writer in writers:
        assert writer.warm.wait(60)
    server.kill()
    for writer in writers:
        writer.join()

    server.start()
    client = MlflowClient(tracking_uri=server.url)
    for writer in writers:
        assert writer.refused == []
        check(client, server.url, experiment, writer)
    # And the server still takes writes.
    client.log_metric(writers[0].run_id, "after", 1)
    assert client.get_run(writers[0].run_id).data.metrics["after"] == 1


def check(client, url, experiment, writer):
    run = client.get_run(writer.run_id)
    stored = steps_of(client, writer.run_id, "loss")
    assert set(writer.steps) <= set(stored)
    assert all(stored[i] == i / 7 for i in writer.steps)
    assert writer.params.items() <= run.data.params.items()
    assert int(run.data.tags["progress"]) >= writer.tags["progress"]
    assert int(run.data.tags["batch"]) >= max(writer.batches)
    # A batch is whole or not there at all.
    of_batches = [steps_of(client, writer.run_id, f"batch{k}") for k in range(20)]
    assert all(set(of_batches[0]) == set(other) for other in of_batches)
    assert set(writer.batches) <= set(of_batches[0])
    root = f"{url}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{writer.run_id}/artifacts"
    for name, content in writer.artifacts.items():
        assert requests.get(f"{root}/{name}", timeout=30).content == content
