"""Malformed, wrong and hostile requests: a typed error that names what is wrong; never a 500, never half a write."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
import requests


@pytest.fixture
def api(shared_server):
    def call(method, path, body=None, **options):
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
        return requests.request(method, f"{shared_server.url}/api/2.0/mlflow/{path}", data=data, headers=headers, timeout=30, **options)

    return call


@pytest.fixture
def run(client, experiment):
    return client.create_run(experiment).info


def raw(server, method, target, body=b"", headers=()):
    """Sends the target as it is: no client normalizes it."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in (("Content-Length", str(len(body))), *headers):
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def code(answer):
    return answer.status_code, answer.json().get("error_code")


BAD = (400, "INVALID_PARAMETER_VALUE")
ABSENT = (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"{", b"{" * 10_000, b"[" * 10_000, b"\xff\xfe\x00", b'"text"', b"null", b'{"run_id": "x", ']
)
def test_bodies_that_are_no_json_miss_the_first_parameter(api, body):
    answer = api("POST", "runs/log-metric", body)
    assert code(answer) == BAD and "run_id" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"[1, 2]", b"[]", b"17", b"true"])
def test_json_that_is_no_object_is_refused(api, body):
    assert code(api("POST", "runs/log-metric", body)) == BAD


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_content_types_are_refused(api, content_type):
    assert code(api("POST", "runs/log-metric", {"run_id": "x"}, headers={"Content-Type": content_type or None})) == BAD


@pytest.mark.parametrize(
    "change",
    [{"value": "abc"}, {"value": [1]}, {"value": None}, {"value": {}}, {"timestamp": "soon"}, {"timestamp": -1}, {"timestamp": 1.5}, {"timestamp": None},
     {"step": "x"}, {"step": 1e300}, {"key": None}, {"key": ""}, {"key": 5}, {"key": "../x"}, {"key": "a//b"}, {"key": "/a"}, {"key": "k" * 251}, {"run_id": 5}],
)  # fmt: skip
def test_wrong_metrics_are_refused_and_not_stored(api, client, run, change):
    metric = {"run_id": run.run_id, "key": "m", "value": 1, "timestamp": 1, "step": 0, **change}
    assert code(api("POST", "runs/log-metric", metric)) == BAD
    assert client.get_run(run.run_id).data.metrics == {}


@pytest.mark.parametrize(
    "batch",
    [{"metrics": "x"}, {"metrics": [5]}, {"metrics": [{"key": "b", "value": 1, "timestamp": 1}, {"key": "b", "value": "x", "timestamp": 1}]},
     {"metrics": [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(1001)]}, {"params": [{"key": f"p{i}", "value": "1"} for i in range(101)]},
     {"tags": [{"key": f"t{i}", "value": "1"} for i in range(101)]}, {"params": [{"key": "p", "value": "1"}, {"key": "p", "value": "1"}]},
     {"metrics": [{"key": "ok", "value": 1, "timestamp": 1}], "params": [{"key": "../x", "value": "1"}]}],
)  # fmt: skip
def test_wrong_batches_store_nothing(api, client, run, batch):
    assert code(api("POST", "runs/log-batch", {"run_id": run.run_id, **batch})) == BAD
    data = client.get_run(run.run_id).data
    assert data.metrics == {} and data.params == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "runs/get?run_id=" + "0" * 32, None, ABSENT),
        ("GET", "runs/get?run_id=..%2F..%2Fetc", None, ABSENT),
        ("GET", "runs/get", None, BAD),
        ("POST", "runs/log-metric", {"run_id": "0" * 32, "key": "m", "value": 1, "timestamp": 1}, ABSENT),
        ("POST", "runs/log-batch", {"run_id": "0" * 32, "params": [{"key": "a", "value": "b"}]}, ABSENT),
        ("POST", "runs/log-parameter", {"run_id": "0" * 32, "key": "p", "value": "1"}, ABSENT),
        ("POST", "runs/set-tag", {"run_id": "0" * 32, "key": "p", "value": "1"}, ABSENT),
        ("POST", "runs/update", {"run_id": "0" * 32, "status": "FINISHED"}, ABSENT),
        ("POST", "runs/create", {}, BAD),
        ("POST", "runs/create", {"experiment_id": "999999"}, ABSENT),
        ("POST", "runs/create", {"experiment_id": "abc"}, BAD),
        ("GET", "experiments/get?experiment_id=abc", None, BAD),
        ("GET", "experiments/get?experiment_id=99999999999999999999", None, BAD),
        ("GET", "experiments/get?experiment_id=999999", None, ABSENT),
        ("POST", "experiments/create", {"name": ""}, BAD),
        ("POST", "experiments/create", {"name": "e" * 501}, BAD),
        ("POST", "experiments/search", {}, BAD),
        ("POST", "experiments/search", {"max_results": 50001}, BAD),
        ("POST", "runs/search", {"experiment_ids": ["0"], "max_results": 0}, BAD),
        ("POST", "runs/search", {"experiment_ids": ["0"], "max_results": 50001}, BAD),
        ("GET", "metrics/get-history?run_id=x&metric_key=m&max_results=0", None, BAD),
        ("GET", "metrics/get-history?run_id=x", None, BAD),
        ("GET", "logged-models/m-" + "0" * 32, None, ABSENT),
        ("POST", "logged-models", {"name": "m"}, BAD),
        ("POST", "registered-models/create", {"name": "a/b"}, BAD),
        ("POST", "registered-models/create", {"name": " "}, BAD),
        ("POST", "registered-models/create", {"name": ".."}, BAD),
        ("GET", "registered-models/get?name=absent", None, ABSENT),
        ("GET", "registered-models/search?max_results=1001", None, BAD),
        ("GET", "model-versions/get?name=absent&version=x", None, BAD),
        ("GET", "model-versions/get?name=absent&version=1", None, ABSENT),
    ],
)
def test_typed_errors(api, method, path, body, expected):
    answer = api(method, path, body)
    assert code(answer) == expected
    assert answer.json()["message"]


def test_runs_of_a_deleted_experiment_are_refused(api, client, experiment):
    client.delete_experiment(experiment)
    assert code(api("POST", "runs/create", {"experiment_id": experiment})) == BAD


def test_a_deleted_run_takes_no_write(api, client, run):
    client.delete_run(run.run_id)
    for path, body in [
        ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1}),
        ("runs/log-parameter", {"key": "p", "value": "1"}),
        ("runs/set-tag", {"key": "t", "value": "1"}),
        ("runs/log-batch", {"params": [{"key": "p", "value": "1"}]}),
    ]:
        assert code(api("POST", path, {"run_id": run.run_id, **body})) == BAD, path


TRAVERSALS = [
    "../../x", "%2e%2e/%2e%2e/x", "..%2f..%2fx", "%252e%252e/x", "%25252e%25252e%25252fx", "a/../../x", "a/%2e%2e/%2e%2e/%2e%2e/x", "/etc/passwd",
    "%2fetc%2fpasswd", "%252fetc%252fpasswd", "C:/x", "C%3a/x", "a%23b", "a%2523b", "a%00b", "a%2500b", "..%00/x",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_path_leaves_the_artifact_store(shared_server, method, path):
    status, body = raw(shared_server, method, f"/api/2.0/mlflow-artifacts/artifacts/{path}", b"x" if method == "PUT" else b"")
    assert status == 400, body
    assert b"root:" not in body


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_query_leaves_the_artifact_store(shared_server, run, path):
    for target in (
        f"/api/2.0/mlflow-artifacts/artifacts?path={path}",
        f"/api/2.0/mlflow/artifacts/list?run_id={run.run_id}&path={path}",
        f"/get-artifact?run_id={run.run_id}&path={path}",
        f"/get-artifact?run_uuid={run.run_id}&path={path}",
    ):
        status, body = raw(shared_server, "GET", target)
        assert status == 400, (target, body)
    status, body = raw(shared_server, "POST", f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run.run_id}&path={path}", b"x")
    assert status == 400, body


def test_files_beside_the_store_stay_unread(shared_server, run):
    """The database lies beside the artifacts: no path reaches it, and links are not followed."""
    for path in ("../modelyard.db", "..%2fmodelyard.db", "%2e%2e%2fmodelyard.db"):
        status, _ = raw(shared_server, "GET", f"/api/2.0/mlflow-artifacts/artifacts/{path}")
        assert status == 400
    folder = shared_server.data / "artifacts" / run.experiment_id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "link").symlink_to(shared_server.data / "modelyard.db")
    status, body = raw(shared_server, "GET", f"/api/2.0/mlflow-artifacts/artifacts/{run.experiment_id}/link")
    assert status == 404 and b"SQLite" not in body


@pytest.mark.parametrize(
    "source",
    ["/etc", "file:///etc", "FILE:///etc/passwd", "etc/passwd", "%66ile:///etc", "http://example.com/x", "https://169.254.169.254/latest", "ftp://h/x",
     "hdfs://h/x", "s3://bucket/a/%2e%2e/b", "s3://bucket/a/./b", "s3://bucket/a%00", "s3://bucket/%252e%252e/b", "mlflow-artifacts:/1/other/artifacts/m",
     "mlflow-artifacts://host/1/m", "mlflow-artifacts:/0/%2e%2e/m", "runs:/" + "1" * 32 + "/model", "models:/m", "models://host/m/1",
     "models:/m-" + "0" * 32, "dummy-source", "javascript:alert(1)", ""],
)  # fmt: skip
@pytest.mark.parametrize("with_run", [False, True])
def test_no_version_points_at_foreign_files(api, client, run, source, with_run):
    name = f"sources-{run.run_id}"
    client.create_registered_model(name)
    request = {"name": name, "source": source, **({"run_id": run.run_id} if with_run else {})}
    assert code(api("POST", "model-versions/create", request)) == BAD
    assert client.search_model_versions(f"name = '{name}'") == []


def test_the_prompt_tag_does_not_switch_the_check_off(api, run):
    name = f"prompt-{run.run_id}"
    api("POST", "registered-models/create", {"name": name, "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]})
    request = {"name": name, "source": "file:///etc", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}
    assert code(api("POST", "model-versions/create", request)) == BAD


def test_a_source_of_its_own_run_is_fine(api, client, run):
    name = f"own-{run.run_id}"
    client.create_registered_model(name)
    request = {"name": name, "source": f"{run.artifact_uri}/model", "run_id": run.run_id}
    assert api("POST", "model-versions/create", request).status_code == 200


def test_bodies_over_the_limit_are_refused_before_they_are_read(shared_server):
    connection = http.client.HTTPConnection(urlsplit(shared_server.url).netloc, timeout=30)
    connection.putrequest("POST", "/api/2.0/mlflow/runs/log-batch")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    assert connection.getresponse().status == 413


def test_unknown_routes_are_empty_not_found(shared_server):
    for path in ("/api/2.0/mlflow/nope", "/api/3.0/mlflow/traces", "/api/3.0/mlflow/server-features", "/api/2.0/mlflow/users/current"):
        answer = requests.get(shared_server.url + path)
        assert answer.status_code == 404 and not answer.headers.get("content-type", "").startswith("application/json")


def test_other_methods_are_named(shared_server):
    answer = requests.delete(f"{shared_server.url}/api/2.0/mlflow/runs/create")
    assert answer.status_code == 405 and "POST" in answer.headers["allow"]


def test_pages_of_strangers_are_kept_out(shared_server):
    body = {"experiment_id": "0"}
    url = f"{shared_server.url}/api/2.0/mlflow/runs/create"
    assert requests.post(url, json=body, headers={"Origin": "https://evil.example"}).status_code == 403
    assert (
        requests.get(f"{shared_server.url}/api/2.0/mlflow/experiments/get?experiment_id=0", headers={"Host": "evil.example"}).status_code
        == 403
    )
