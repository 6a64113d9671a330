import os

import pytest

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

from tests.modelyard_server import ModelyardServer  # noqa: E402


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One server for all tests that neither kill nor configure it."""
    server = ModelyardServer(tmp_path_factory.mktemp("shared") / "data").start()
    yield server
    assert server.stop() == 0, server.log.read_text()[-4000:]


@pytest.fixture
def server(tmp_path):
    """A server of the test's own: it may be killed and restarted."""
    server = ModelyardServer(tmp_path / "data").start()
    yield server
    server.stop()


@pytest.fixture
def mlflow(shared_server, monkeypatch):
    """The mlflow module, pointed at the shared server."""
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", shared_server.url)
    mlflow.set_tracking_uri(shared_server.url)
    mlflow.set_registry_uri(shared_server.url)
    yield mlflow
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture
def client(shared_server):
    """An MlflowClient on the shared server."""
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=shared_server.url, registry_uri=shared_server.url)


@pytest.fixture
def experiment(client, request):
    """The id of an experiment of the test's own."""
    return client.create_experiment(f"{request.node.name}-{os.urandom(4).hex()}")
