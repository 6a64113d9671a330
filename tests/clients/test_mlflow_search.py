"""Search of runs, experiments, logged models with the real client."""

import math

import pytest
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException


@pytest.fixture(scope="module")
def data(shared_server):
    """Five runs: loss 0.1 .. 0.4 and NaN, params and tags; and their experiment."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=shared_server.url)
    experiment = client.create_experiment("search-data")
    runs = []
    for i, loss in enumerate([0.1, 0.2, 0.3, 0.4, math.nan]):
        run = client.create_run(experiment, run_name=f"run-{i}", start_time=1000 + i).info.run_id
        client.log_metric(run, "loss", loss)
        client.log_metric(run, "val/acc", 1 - i / 10)
        client.log_param(run, "model", "forest" if i % 2 else "linear")
        client.set_tag(run, "team", "a" if i < 2 else "b")
        runs.append(run)
    client.set_terminated(runs[0])
    client.log_param(runs[4], "only here", "1")
    client.delete_run(client.create_run(experiment, run_name="deleted").info.run_id)
    return experiment, runs


def names(client, experiment, filter_string="", **options):
    return [run.info.run_name for run in client.search_runs([experiment], filter_string, **options)]


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("metrics.loss < 0.25", [1, 0]),
        ("metrics.loss >= 0.3", [3, 2]),
        ("metrics.loss = 0", []),
        ("metrics.`val/acc` > 0.85", [1, 0]),
        ('metrics."val/acc" > 0.85', [1, 0]),
        ("params.model = 'forest'", [3, 1]),
        ("params.model != 'forest'", [4, 2, 0]),
        ("params.model LIKE 'for%'", [3, 1]),
        ("params.model LIKE 'FOR%'", []),
        ("params.model ILIKE 'FOR%'", [3, 1]),
        ("params.nope != '5'", []),
        ("params.`only here` IS NOT NULL", [4]),
        ("params.`only here` is null", [3, 2, 1, 0]),
        ("tags.team = 'a' and params.model = 'linear'", [0]),
        ("tags.mlflow.runName LIKE 'run-_'", [4, 3, 2, 1, 0]),
        ("attributes.status = 'FINISHED'", [0]),
        ("run_name = 'run-3'", [3]),
        ("start_time > 1002", [4, 3]),
        ("metrics.loss < 0.25 OR metrics.loss > 0.35", [3, 1, 0]),
        ("NOT (tags.team = 'a')", [4, 3, 2]),
    ],
)
def test_filters_of_runs(client, data, filter_string, expected):
    assert names(client, data[0], filter_string) == [f"run-{i}" for i in expected]


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        (["metrics.loss"], [0, 1, 2, 3, 4]),
        (["metrics.loss DESC"], [3, 2, 1, 0, 4]),
        (["params.model", "start_time DESC"], [3, 1, 4, 2, 0]),
        (["attributes.start_time ASC"], [0, 1, 2, 3, 4]),
        (["params.`only here` DESC"], [4, 3, 2, 1, 0]),
        ([], [4, 3, 2, 1, 0]),
    ],
)
def test_orders_of_runs(client, data, order_by, expected):
    assert names(client, data[0], order_by=order_by) == [f"run-{i}" for i in expected]


def test_run_ids_are_searched_by_list(client, data):
    experiment, runs = data
    found = names(client, experiment, f"run_id IN ('{runs[0]}', '{runs[3]}')")
    assert found == ["run-3", "run-0"]


def test_pages_join_without_gap_or_repeat(client, data):
    seen, token = [], None
    while True:
        page = client.search_runs([data[0]], order_by=["metrics.loss DESC"], max_results=2, page_token=token)
        seen += [run.info.run_name for run in page]
        token = page.token
        if not token:
            break
    assert seen == ["run-3", "run-2", "run-1", "run-0", "run-4"]


def test_view_types_choose_between_active_and_deleted(client, data):
    assert names(client, data[0], run_view_type=ViewType.DELETED_ONLY) == ["deleted"]
    assert len(names(client, data[0], run_view_type=ViewType.ALL)) == 6


def test_you_read_your_own_writes(client, experiment):
    for i in range(50):
        run = client.create_run(experiment).info.run_id
        client.log_metric(run, "m", i)
        best = client.search_runs([experiment], order_by=["metrics.m DESC"], max_results=1)
        assert best[0].info.run_id == run


@pytest.mark.parametrize(
    "filter_string",
    [
        "metrics.loss >",
        "metrics.loss > 'a'",
        "params.p > 1",
        "nope.x = 1",
        "   ",
        "metrics.loss > 1;",
        "metrics.loss == 1",
        "experiment_id = '1'",
        "tags.t = 5",
    ],
)
def test_bad_filters_are_refused(client, data, filter_string):
    with pytest.raises(MlflowException) as refused:
        client.search_runs([data[0]], filter_string)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("order_by", [["metrics.m NULLS LAST"], [""], ["nope.x"], ["metrics.m", "metrics.m"]])
def test_bad_orders_are_refused(client, data, order_by):
    with pytest.raises(MlflowException) as refused:
        client.search_runs([data[0]], order_by=order_by)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_bad_page_tokens_are_refused(client, data):
    with pytest.raises(MlflowException) as refused:
        client.search_runs([data[0]], page_token="AAAA")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_search_runs_makes_a_table(mlflow, data):
    table = mlflow.search_runs(experiment_names=["search-data"], order_by=["metrics.loss ASC"])
    assert list(table["tags.mlflow.runName"]) == [f"run-{i}" for i in range(5)]
    assert list(table["metrics.loss"][:4]) == [0.1, 0.2, 0.3, 0.4]


def test_experiments_are_searched(client, experiment):
    name = client.get_experiment(experiment).name
    client.set_experiment_tag(experiment, "color", f"blue-{experiment}")
    found = client.search_experiments(filter_string=f"name = '{name}'")
    assert [e.experiment_id for e in found] == [experiment]
    assert [e.experiment_id for e in client.search_experiments(filter_string=f"tags.color = 'blue-{experiment}'")] == [experiment]
    client.delete_experiment(experiment)
    assert not client.search_experiments(filter_string=f"name = '{name}'")
    assert client.search_experiments(view_type=ViewType.DELETED_ONLY, filter_string=f"name = '{name}'")


def test_logged_models_are_searched(mlflow, client, experiment):
    for i in range(3):
        model = client.create_logged_model(experiment, name=f"m{i}", params={"depth": str(i)}, tags={"team": "a"})
        client.finalize_logged_model(model.model_id, "READY")
    found = client.search_logged_models([experiment], "params.depth = '1'")
    assert [m.name for m in found] == ["m1"]
    ordered = client.search_logged_models([experiment], order_by=[{"field_name": "name", "ascending": False}])
    assert [m.name for m in ordered] == ["m2", "m1", "m0"]
