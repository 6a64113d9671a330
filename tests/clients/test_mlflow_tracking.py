"""Experiments, runs, params, metrics and tags with the real client."""

import math
import time

import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException


def run_of(client, experiment, **options):
    return client.create_run(experiment, **options).info.run_id


def now():
    return int(time.time() * 1000)


def test_the_default_experiment_exists_from_the_start(client):
    assert client.get_experiment("0").name == "Default"


def test_set_experiment_creates_once_and_finds_again(mlflow, request):
    first = mlflow.set_experiment(request.node.name)
    second = mlflow.set_experiment(request.node.name)
    assert first.experiment_id == second.experiment_id
    assert first.artifact_location == f"mlflow-artifacts:/{first.experiment_id}"


def test_an_experiment_is_renamed_deleted_and_restored(client, experiment):
    client.rename_experiment(experiment, f"renamed-{experiment}")
    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    client.restore_experiment(experiment)
    restored = client.get_experiment(experiment)
    assert (restored.name, restored.lifecycle_stage) == (f"renamed-{experiment}", "active")


def test_a_name_is_taken_even_by_a_deleted_experiment(client, experiment):
    name = client.get_experiment(experiment).name
    client.delete_experiment(experiment)
    with pytest.raises(MlflowException) as refused:
        client.create_experiment(name)
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_experiment_tags_are_set_and_deleted(client, experiment):
    client.set_experiment_tag(experiment, "owner", "alice")
    assert client.get_experiment(experiment).tags["owner"] == "alice"
    client.delete_experiment_tag(experiment, "owner")
    assert "owner" not in client.get_experiment(experiment).tags


def test_a_run_keeps_what_was_logged(mlflow, client, experiment):
    with mlflow.start_run(experiment_id=experiment, run_name="r1", tags={"team": "a"}, description="d") as active:
        mlflow.log_param("lr", 0.01)
        mlflow.log_params({"depth": 3, "unicode": 'Ünïcode ☃ "q"'})
        mlflow.log_metric("loss", 0.5, step=0)
        mlflow.log_metrics({"loss": 0.3, "acc": 0.9}, step=2)
        mlflow.set_tag("k", "v")
    run = client.get_run(active.info.run_id)
    assert run.data.params == {"lr": "0.01", "depth": "3", "unicode": 'Ünïcode ☃ "q"'}
    assert run.data.metrics == {"loss": 0.3, "acc": 0.9}
    assert run.data.tags["team"] == "a" and run.data.tags["k"] == "v"
    assert run.data.tags["mlflow.runName"] == run.info.run_name == "r1"
    assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time


def test_a_run_without_a_name_gets_a_readable_one(client, experiment):
    run = client.create_run(experiment)
    assert len(run.info.run_name.split("-")) == 3


def test_a_failed_run_says_so(mlflow, client, experiment):
    with pytest.raises(ZeroDivisionError), mlflow.start_run(experiment_id=experiment) as active:
        1 / 0
    assert client.get_run(active.info.run_id).info.status == "FAILED"


def test_a_finished_run_is_resumed(mlflow, client, experiment):
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run() as active:
        mlflow.log_metric("m", 1)
    with mlflow.start_run(run_id=active.info.run_id):
        mlflow.log_metric("m", 2, step=1)
    run = client.get_run(active.info.run_id)
    assert run.info.status == "FINISHED" and run.data.metrics["m"] == 2


def test_nested_runs_name_their_parent(mlflow, client, experiment):
    with mlflow.start_run(experiment_id=experiment) as parent, mlflow.start_run(experiment_id=experiment, nested=True) as child:
        pass
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert client.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id


def test_a_param_may_be_repeated_but_not_changed(client, experiment):
    run = run_of(client, experiment)
    client.log_param(run, "p", "1")
    client.log_param(run, "p", "1")
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(run, "p", "2")
    assert client.get_run(run).data.params == {"p": "1"}


def test_a_batch_with_a_changed_param_is_not_stored_in_part(client, experiment):
    run = run_of(client, experiment)
    client.log_param(run, "p", "1")
    with pytest.raises(MlflowException):
        client.log_batch(run, metrics=[Metric("m", 1, 1, 0)], params=[Param("q", "1"), Param("p", "2")], tags=[RunTag("t", "v")])
    data = client.get_run(run).data
    assert data.params == {"p": "1"} and data.metrics == {} and "t" not in data.tags


@pytest.mark.parametrize("value", [math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 0.1, 1e-300])
def test_special_numbers_come_back_to_the_bit(client, experiment, value):
    run = run_of(client, experiment)
    client.log_metric(run, "m", value)
    stored = client.get_metric_history(run, "m")[0].value
    assert (stored, math.copysign(1, stored)) == (value, math.copysign(1, value))


def test_nan_is_an_ordinary_value(client, experiment):
    run = run_of(client, experiment)
    for _ in range(2):
        client.log_metric(run, "m", math.nan, timestamp=7, step=1)
    history = client.get_metric_history(run, "m")
    assert len(history) == 1 and math.isnan(history[0].value)
    assert math.isnan(client.get_run(run).data.metrics["m"])


def test_an_exact_repeat_is_kept_once(client, experiment):
    run = run_of(client, experiment)
    for _ in range(3):
        client.log_metric(run, "m", 0.5, timestamp=1000, step=3)
    assert len(client.get_metric_history(run, "m")) == 1


def test_the_latest_metric_is_the_one_of_the_highest_step(client, experiment):
    run = run_of(client, experiment)
    client.log_metric(run, "m", 2.0, timestamp=2, step=5)
    client.log_metric(run, "m", 1.0, timestamp=9, step=1)
    assert client.get_run(run).data.metrics["m"] == 2.0


def test_history_is_complete_and_in_order_of_time(client, experiment):
    run = run_of(client, experiment)
    for start in range(0, 3000, 1000):
        client.log_batch(run, metrics=[Metric("m", i / 3, 10_000 - i, i) for i in range(start, start + 1000)])
    history = client.get_metric_history(run, "m")
    assert [m.timestamp for m in history] == list(range(7001, 10_001))
    assert {m.step: m.value for m in history} == {i: i / 3 for i in range(3000)}


def test_large_calls_are_split_by_the_client_and_kept_whole(mlflow, client, experiment):
    with mlflow.start_run(experiment_id=experiment) as active:
        mlflow.log_params({f"p{i}": i for i in range(250)})
        mlflow.log_metrics({f"m{i}": i for i in range(2500)})
    data = client.get_run(active.info.run_id).data
    assert len(data.params) == 250 and len(data.metrics) == 2500 and data.metrics["m2499"] == 2499


def test_long_values_are_cut(client, experiment):
    run = run_of(client, experiment)
    client.log_param(run, "p", "x" * 7000)
    client.set_tag(run, "t", "y" * 9000)
    data = client.get_run(run).data
    assert data.params["p"] == "x" * 6000 and data.tags["t"] == "y" * 8000


def test_tags_are_replaced_and_deleted(client, experiment):
    run = run_of(client, experiment)
    client.set_tag(run, "t", "1")
    client.set_tag(run, "t", "2")
    assert client.get_run(run).data.tags["t"] == "2"
    client.delete_tag(run, "t")
    with pytest.raises(MlflowException) as absent:
        client.delete_tag(run, "t")
    assert absent.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_the_name_of_a_run_and_its_tag_are_one(client, experiment):
    run = run_of(client, experiment, run_name="one")
    client.set_tag(run, "mlflow.runName", "two")
    assert client.get_run(run).info.run_name == "two"
    client.update_run(run, name="three")
    assert client.get_run(run).data.tags["mlflow.runName"] == "three"


def test_a_deleted_run_is_read_but_not_written(client, experiment):
    run = run_of(client, experiment)
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    with pytest.raises(MlflowException, match="must be in the 'active' state"):
        client.log_metric(run, "m", 1)
    client.restore_run(run)
    client.log_metric(run, "m", 1)


def test_datasets_and_their_contexts_are_kept(mlflow, client, experiment):
    import pandas

    frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
    dataset = mlflow.data.from_pandas(frame, name="numbers")
    with mlflow.start_run(experiment_id=experiment) as active:
        mlflow.log_input(dataset, context="training", tags={"t": "v"})
        mlflow.log_input(dataset, context="training")
    inputs = client.get_run(active.info.run_id).inputs.dataset_inputs
    assert [i.dataset.name for i in inputs] == ["numbers"]
    assert {t.key: t.value for t in inputs[0].tags} == {"mlflow.data.context": "training", "t": "v"}


def test_asynchronous_logging_loses_nothing(mlflow, client, experiment):
    with mlflow.start_run(experiment_id=experiment) as active:
        operations = [mlflow.log_metric("m", i, step=i, synchronous=False) for i in range(200)]
        for operation in operations:
            operation.wait()
    assert len(client.get_metric_history(active.info.run_id, "m")) == 200
    assert client.get_run(active.info.run_id).data.metrics["m"] == 199


def test_metrics_survive_kill_nine(server):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=server.url)
    run = client.create_run("0").info.run_id
    for step in range(100):
        client.log_metric(run, "loss", 1 / (step + 1), step=step)
    server.kill()
    server.start()
    client = MlflowClient(tracking_uri=server.url)
    assert sorted(m.step for m in client.get_metric_history(run, "loss")) == list(range(100))


def test_the_server_speaks_of_itself(shared_server):
    import requests

    assert requests.get(f"{shared_server.url}/health").text == "OK"
    assert requests.get(f"{shared_server.url}/version").text == "3.17.2"
    for prefix in ("api", "ajax-api"):
        info = requests.get(f"{shared_server.url}/{prefix}/3.0/mlflow/server-info").json()
        assert info["multipart_uploads_enabled"] is False and info["multipart_downloads_enabled"] is False
        assert info["workspaces_enabled"] is False and info["store_type"] == "SqlStore"


def test_charts_get_both_ends_of_a_series(client, experiment, shared_server):
    import requests

    run = run_of(client, experiment)
    client.log_batch(run, metrics=[Metric("m", i, i, i) for i in range(1000)])
    query = {"run_ids": run, "metric_key": "m", "max_results": 50}
    answer = requests.get(f"{shared_server.url}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", params=query).json()
    steps = [m["step"] for m in answer["metrics"]]
    assert steps == sorted(steps) and steps[0] == 0 and steps[-1] == 999 and len(steps) <= 50
    assert {m["run_id"] for m in answer["metrics"]} == {run}


def test_datasets_of_an_experiment_are_listed(mlflow, client, experiment, shared_server):
    import pandas
    import requests

    with mlflow.start_run(experiment_id=experiment):
        mlflow.log_input(mlflow.data.from_pandas(pandas.DataFrame({"a": [1]}), name="numbers"), context="eval")
    answer = requests.post(
        f"{shared_server.url}/ajax-api/2.0/mlflow/experiments/search-datasets", json={"experiment_ids": [experiment]}
    ).json()
    summary = answer["dataset_summaries"][0]
    assert (summary["name"], summary["context"], summary["experiment_id"]) == ("numbers", "eval", experiment)
