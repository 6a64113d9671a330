"""The commands as a person or a script uses them, against the real server."""

import json
import os
import subprocess

import pytest

from tests.modelyard_server import BINARY

COMMANDS = [
    ["up"],
    ["serve"],
    ["predict"],
    ["inspect"],
    ["experiment", "list"],
    ["run", "list"],
    ["run", "show"],
    ["model", "list"],
    ["model", "show"],
    ["model", "alias"],
    ["endpoint", "list"],
    ["endpoint", "create"],
    ["endpoint", "rollback"],
    ["monitor", "show"],
    ["monitor", "set"],
    ["doctor"],
]


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(BINARY), *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example(command):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout
    assert f"modelyard {' '.join(command)}" in done.stdout


def test_a_wrong_command_line_is_explained_on_stderr():
    done = run("up", "--port", "many")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--port" in done.stderr


def test_no_server_is_told_with_the_remedy():
    done = run("model", "list", "--url", "http://127.0.0.1:9")
    assert done.returncode == 3
    assert "modelyard up" in done.stderr


def test_runs_are_listed_in_the_order_asked_for(shared_server, client, experiment):
    for value in (0.1, 0.9, 0.5):
        run_id = client.create_run(experiment).info.run_id
        client.log_metric(run_id, "auc", value)
    listed = shared_server.command("run", "list", "--experiment", experiment, "--order-by", "metrics.auc DESC", "--json")
    values = [found["data"]["metrics"][0]["value"] for found in json.loads(listed.stdout)["runs"]]
    assert values == [0.9, 0.5, 0.1]
    shown = shared_server.command("run", "list", "--experiment", experiment).stdout
    assert "auc=0.9000" in shown.splitlines()[1] or "auc=0.9" in shown


def test_an_alias_is_moved_by_three_words(shared_server, client):
    name = f"command-line-{os.urandom(4).hex()}"
    client.create_registered_model(name)
    version = client.create_model_version(name, "s3://bucket/model").version
    done = shared_server.command("model", "alias", name, "champion", str(version))
    assert f"{name}@champion is now version {version}" in done.stdout
    assert "champion" in shared_server.command("model", "show", name).stdout


def test_a_missing_run_has_its_own_exit_code(shared_server):
    done = shared_server.command("run", "show", "0" * 32, check=False)
    assert done.returncode == 4
    assert "0" * 32 in done.stderr


def test_a_flag_beats_the_environment_and_that_beats_the_settings_file(tmp_path):
    def listed(*options: str, **environment: str) -> str:
        command = [str(BINARY), "endpoint", "list", *options]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={"PATH": "/usr/bin", **environment}).stderr

    (tmp_path / "modelyard.yaml").write_text("endpoint:\n  list:\n    url: http://127.0.0.1:9\n")
    assert "127.0.0.1:9" in listed()
    assert "127.0.0.1:7" in listed(MODELYARD_URL="http://127.0.0.1:7")
    assert "127.0.0.1:8" in listed("--url", "http://127.0.0.1:8", MODELYARD_URL="http://127.0.0.1:7")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    import mlflow
    from mlflow.models import infer_signature
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    features, labels = load_iris(return_X_y=True, as_frame=True)
    model = RandomForestClassifier(n_estimators=10, random_state=1).fit(features, labels)
    folder = tmp_path_factory.mktemp("model") / "iris"
    mlflow.sklearn.save_model(model, folder, signature=infer_signature(features, labels), serialization_format="cloudpickle")
    return folder, model, features


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_predict_scores_a_table_as_the_library_does(model_folder, tmp_path, suffix):
    import pandas as pd

    folder, model, features = model_folder
    source, target = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    features.to_csv(source, index=False) if suffix == ".csv" else features.to_parquet(source, index=False)
    done = run("predict", str(folder), "--input", str(source), "--output", str(target), "--method", "predict_proba")
    assert done.returncode == 0, done.stderr
    scored = pd.read_csv(target, float_precision="round_trip") if suffix == ".csv" else pd.read_parquet(target)
    ours = scored[[f"probability_{label}" for label in model.classes_]].to_numpy()
    assert (ours == model.predict_proba(features)).all()


def test_predict_names_the_missing_column(model_folder, tmp_path):
    folder, _, features = model_folder
    source = tmp_path / "in.csv"
    features.drop(columns="petal width (cm)").to_csv(source, index=False)
    done = run("predict", str(folder), "--input", str(source), "--output", str(tmp_path / "out.csv"))
    assert done.returncode == 1
    assert "petal width (cm)" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_inspect_lists_every_part(model_folder):
    folder, _, _ = model_folder
    done = run("inspect", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["flavor"] == "sklearn"
    assert document["parts"][0]["class"].endswith("RandomForestClassifier")
    assert all(part["supported"] for part in document["parts"])


def test_inspect_says_which_step_cannot_be_read(tmp_path):
    import cloudpickle
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = Pipeline([("scale", StandardScaler()), ("model", SVC())]).fit([[0.0], [1.0], [2.0]], [0, 1, 1])
    path = tmp_path / "svc.pkl"
    path.write_bytes(cloudpickle.dumps(model))
    done = run("inspect", str(path))
    assert done.returncode != 0
    assert "SVC" in done.stdout + done.stderr
    assert "steps[1]" in done.stdout + done.stderr
