"""Artifacts with the real client, and the artifact proxy by HTTP."""

import http.client
import json
import os
import threading
from urllib.parse import urlsplit

import pytest
import requests


@pytest.fixture
def run(client, experiment):
    return client.create_run(experiment).info


@pytest.fixture
def root(shared_server, run):
    """The address of the run's artifacts in the proxy."""
    return f"{shared_server.url}/api/2.0/mlflow-artifacts/artifacts/{run.experiment_id}/{run.run_id}/artifacts"


def test_files_and_folders_come_back_as_they_were(client, run, tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("alpha")
    (tmp_path / "in" / "sub" / "b.bin").write_bytes(os.urandom(3_000_000))
    (tmp_path / "in" / "empty").touch()
    client.log_artifacts(run.run_id, str(tmp_path / "in"), "data")
    out = client.download_artifacts(run.run_id, "data", str(tmp_path))
    for path in ("a.txt", "sub/b.bin", "empty"):
        assert (tmp_path / "in" / path).read_bytes() == open(f"{out}/{path}", "rb").read()


def test_lists_name_sizes_and_folders(client, run, tmp_path):
    client.log_text(run.run_id, "12345", "d/five.txt")
    client.log_text(run.run_id, "", "empty.txt")
    assert {(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run.run_id)} == {("d", True, None), ("empty.txt", False, None)}
    assert [(f.path, f.file_size) for f in client.list_artifacts(run.run_id, "d")] == [("d/five.txt", 5)]
    assert client.list_artifacts(run.run_id, "nope") == []


@pytest.mark.parametrize("name", ["sp ace+pl%us ü.txt", "a=b&c.txt", "quote'd\".txt", "semi;colon.txt", "back\\slash.txt", "名前.txt"])
def test_odd_names_come_back(client, run, tmp_path, name):
    (tmp_path / name).write_text(name)
    client.log_artifact(run.run_id, str(tmp_path / name), "odd")
    assert [f.path for f in client.list_artifacts(run.run_id, "odd")] == [f"odd/{name}"]
    (tmp_path / "out").mkdir()
    assert open(client.download_artifacts(run.run_id, f"odd/{name}", str(tmp_path / "out"))).read() == name


def test_what_the_fluent_api_logs(mlflow, client, experiment):
    numpy = pytest.importorskip("numpy")
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run() as active:
        mlflow.log_dict({"a": 1}, "d.json")
        mlflow.log_text("# note", "n.md")
        mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "t.json")
        mlflow.log_table({"x": [3], "y": ["c"]}, "t.json")
        mlflow.log_image(numpy.zeros((4, 4, 3), dtype="uint8"), "img.png")
        mlflow.log_image(numpy.zeros((4, 4, 3), dtype="uint8"), key="seq", step=1)
    assert mlflow.artifacts.load_dict(f"runs:/{active.info.run_id}/d.json") == {"a": 1}
    assert list(mlflow.load_table("t.json", run_ids=[active.info.run_id])["x"]) == [1, 2, 3]
    assert "img.png" in [f.path for f in client.list_artifacts(active.info.run_id)]


def test_a_figure_is_logged(mlflow, client, experiment):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    with mlflow.start_run(experiment_id=experiment) as active:
        mlflow.log_figure(figure, "figure.png")
    assert [f.path for f in client.list_artifacts(active.info.run_id)] == ["figure.png"]


def test_a_download_can_be_resumed_and_validated(root):
    requests.put(f"{root}/a.txt", data=b"0123456789")
    whole = requests.get(f"{root}/a.txt")
    assert whole.content == b"0123456789"
    assert whole.headers["accept-ranges"] == "bytes" and whole.headers["content-length"] == "10"
    assert whole.headers["content-type"].startswith("text/plain") and whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"].startswith("attachment")
    part = requests.get(f"{root}/a.txt", headers={"Range": "bytes=2-5"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"2345", "bytes 2-5/10")
    assert requests.get(f"{root}/a.txt", headers={"Range": "bytes=-3"}).content == b"789"
    beyond = requests.get(f"{root}/a.txt", headers={"Range": "bytes=50-60"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */10")
    assert requests.get(f"{root}/a.txt", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = requests.head(f"{root}/a.txt")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")


def test_uploads_replace_and_answer_empty(root):
    for content in (b"first", b"second"):
        answer = requests.put(f"{root}/a.txt", data=content)
        assert (answer.status_code, answer.content) == (200, b"")
    assert requests.get(f"{root}/a.txt").content == b"second"


def test_chunked_uploads_are_accepted(root):
    requests.put(f"{root}/chunked.bin", data=iter([b"chunked ", b"body"]))
    requests.put(f"{root}/nothing.bin", data=iter([]))
    assert requests.get(f"{root}/chunked.bin").content == b"chunked body"
    assert requests.get(f"{root}/nothing.bin").content == b""


def test_an_upload_that_stops_leaves_the_old_file(root):
    requests.put(f"{root}/a.txt", data=b"old")
    parts = urlsplit(f"{root}/a.txt")
    connection = http.client.HTTPConnection(parts.netloc)
    connection.putrequest("PUT", parts.path)
    connection.putheader("Content-Length", "1000000")
    connection.endheaders(b"new, but not all")
    connection.close()
    assert requests.get(f"{root}/a.txt").content == b"old"


def test_deleting_is_for_files_and_folders_and_the_absent(root):
    for path in ("d/a", "d/b", "c"):
        requests.put(f"{root}/{path}", data=b"x")
    for path in ("c", "d", "absent"):
        answer = requests.delete(f"{root}/{path}")
        assert (answer.status_code, answer.json()) == (200, {})
    assert requests.get(f"{root}/d/a").status_code == 404


def test_absent_artifacts_and_folders(root):
    absent = requests.get(f"{root}/absent")
    assert (absent.status_code, absent.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    requests.put(f"{root}/d/a", data=b"x")
    folder = requests.get(f"{root}/d")
    assert folder.status_code == 400 and "error_code" not in folder.json()
    assert requests.put(f"{root}/", data=b"x").status_code == 400


def test_artifacts_are_listed_by_run(shared_server, run, root):
    requests.put(f"{root}/d/a.txt", data=b"12345")
    listed = requests.get(f"{shared_server.url}/api/2.0/mlflow/artifacts/list", params={"run_id": run.run_id, "path": "d"}).json()
    assert listed == {"root_uri": run.artifact_uri, "files": [{"path": "d/a.txt", "is_dir": False, "file_size": 5}]}
    assert requests.get(f"{shared_server.url}/get-artifact", params={"run_uuid": run.run_id, "path": "d/a.txt"}).content == b"12345"


def test_the_page_uploads_small_files(shared_server, run):
    url = f"{shared_server.url}/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run.run_id}&path=up.json"
    assert requests.post(url, data=json.dumps({"a": 1})).status_code == 200
    assert requests.get(f"{shared_server.url}/get-artifact", params={"run_id": run.run_id, "path": "up.json"}).json() == {"a": 1}
    assert requests.post(url, data=b"x" * (10 * 1024 * 1024 + 1)).status_code == 413


def test_multipart_says_that_it_is_not_there(shared_server):
    base = f"{shared_server.url}/api/2.0/mlflow-artifacts"
    refused = requests.post(f"{base}/mpu/create/1/x", json={"path": "big", "num_parts": 2})
    assert refused.status_code == 501 and refused.json()["message"].startswith(
        "Multipart upload is not supported for the current artifact repository"
    )
    assert requests.get(f"{base}/presigned/1/x").status_code == 501


def test_parallel_uploads_of_one_path_leave_one_of_them(root):
    contents = [bytes([65 + i]) * 200_000 for i in range(8)]
    threads = [threading.Thread(target=requests.put, args=(f"{root}/same.bin",), kwargs={"data": c}) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert requests.get(f"{root}/same.bin").content in contents
