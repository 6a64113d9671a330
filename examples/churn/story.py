"""The life of a churn model on real purchases, told in fifteen lines with the numbers that were measured.

python -m examples.churn.story --modelyard build/release/bin/modelyard [--once]

Training uses the official mlflow client and knows the server only by its URL. Everything else is `modelyard` commands and HTTP.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import requests
from scipy import stats

from examples.churn import data
from examples.churn.server import Server, predictions_of_serve

ROOT = Path(__file__).resolve().parent.parent.parent
BATCH = 2000
ALWAYS_DRIFTING = {"tenure_days", "recency_days"}
NEVER_DRIFTING = {"avg_order_value", "last_order_value"}


class Webhook:
    """Receives alerts as a chat or pager would."""

    def __init__(self):
        self.alerts: list[dict] = []
        received = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                received.extend(body["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts"


class SteadyTraffic(threading.Thread):
    """One customer after the other, without a pause, while versions move: every answer that is not a prediction is a failure."""

    def __init__(self, url: str, rows: list[dict]):
        super().__init__(daemon=True)
        self.url, self.rows = url, rows
        self.requests = 0
        self.failures: list[str] = []
        self.versions: list[str] = []
        self.ending = threading.Event()

    def run(self) -> None:
        session = requests.Session()
        while not self.ending.is_set():
            row = self.rows[self.requests % len(self.rows)]
            self.requests += 1
            try:
                answer = session.post(self.url, json=row, timeout=10)
                if answer.status_code == 200:
                    self.versions.append(answer.json()["version"])
                else:
                    self.failures.append(f"{answer.status_code} {answer.text[:200]}")
            except requests.RequestException as error:
                self.failures.append(str(error))

    def await_version(self, version: str, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if version in self.versions[-50:]:
                return
            time.sleep(0.01)
        raise AssertionError(f"version {version} never answered; the last were {self.versions[-5:]}")

    def await_answers(self, count: int, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while len(self.versions) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.versions) >= count, f"{len(self.versions)} answers in {seconds} s"

    def end(self) -> None:
        self.ending.set()
        self.join(15)


class Story:
    def __init__(self, binary: Path, folder: Path):
        self.server = Server(binary, folder)
        self.webhook = Webhook()
        self.purchases = data.load_purchases()
        self.training = None
        self.runs: list[dict] = []
        self.models: dict[str, object] = {}
        self.sent: dict[str, pd.DataFrame] = {}  # cut -> customer, request_id, arm, version, prediction

    # The steps, in order. Each returns the line that tells it and raises AssertionError when it did not hold.

    def start(self) -> str:
        milliseconds = self.server.start()
        return f"server up at {self.server.url} in {milliseconds:.0f} ms, {self.server.resident_mib():.0f} MiB resident"

    def train(self) -> str:
        begin = time.monotonic()
        self.runs = self._train()
        scores = ", ".join(f"{run['kind']} {run['roc_auc']:.3f}" for run in self.runs)
        return f"trained on {data.TRAINING_CUT} with the official mlflow client in {time.monotonic() - begin:.0f} s: AUC {scores}"

    def register(self) -> str:
        rows = {row["version"]: row for row in self.server.json("model", "show", "churn")["model_versions"]}
        assert set(rows) == {"1", "2"}, f"versions {sorted(rows)}"
        assert rows["1"]["aliases"] == ["champion"] and rows["2"]["aliases"] == ["challenger"], rows
        kinds = {run.get("alias"): run["kind"] for run in self.runs}
        self._serve()
        return (
            f"registered: version 1 {kinds['champion']} = champion (90 % of traffic), version 2 {kinds['challenger']} = challenger (10 %)"
        )

    def compare(self) -> str:
        """Each of the three files, read natively, against the library that wrote it."""
        import mlflow

        mlflow.set_tracking_uri(self.server.url)
        frame = data.features_at(self.purchases, data.REPLAY_CUTS[0])
        told = []
        for run in self.runs:
            flavor = mlflow.xgboost if run["kind"] == "xgboost" else mlflow.sklearn
            model = flavor.load_model(run["model_uri"])
            self.models[run.get("version", "")] = model
            folder = mlflow.artifacts.download_artifacts(run["model_uri"])
            ours = np.array(predictions_of_serve(self.server.binary, folder, frame, "predict_proba"))
            theirs = np.asarray(model.predict_proba(frame), dtype=np.float64)
            gap = float(np.max(np.abs(ours - theirs)))
            exact = run["kind"] != "logistic_regression"
            assert ours.shape == theirs.shape and gap <= (0 if exact else 1e-12), f"{run['kind']}: largest difference {gap}"
            told.append(f"{run['kind']} {'bit-equal' if gap == 0 else f'within {gap:.0e}'}")
        return f"without Python, {len(frame):,} predict_proba rows each: {', '.join(told)}"

    def replay(self, cut: str) -> str:
        frame = data.features_at(self.purchases, cut)
        self.sent[cut] = self._predict_all(frame, cut)
        self._post_labels_due(cut)
        self.server.command("monitor", "close", "churn")
        pane = self.server.get(f"/api/v1/monitors/churn/panes/{cut[:7]}")
        self._check_statistics(pane, frame)
        drifted = {feature["name"] for feature in pane["features"] if feature["verdict"] == "drift"}
        assert drifted >= ALWAYS_DRIFTING, f"{cut}: {drifted}"
        assert not drifted & NEVER_DRIFTING, f"{cut}: {drifted}"
        sizes = {feature["name"]: feature["ks"]["statistic"] for feature in pane["features"]}
        share = float(np.mean(self.sent[cut]["arm"] == "challenger"))
        assert abs(share - 0.1) < 0.01, f"{cut}: challenger took {share:.3f}"
        names = ", ".join(f"{name} {sizes[name]:.2f}" for name in sorted(drifted, key=sizes.get, reverse=True))
        return f"{cut[:7]}: {len(frame):,} predictions, challenger {share:.1%}; drift (KS): {names}"

    def judge(self) -> str:
        """All labels are in: the models stayed good although their inputs moved."""
        for cut in data.REPLAY_CUTS:
            self._post_labels(cut)
        self.server.command("monitor", "close", "churn", "--until", "1998-04-01")
        panes = self.server.get("/api/v1/monitors/churn")["panes"]
        curve = []
        for pane in panes:
            for arm in pane["arms"]:
                assert arm["labelled"] == arm["rows"], f"{pane['id']} {arm['arm']}: {arm['labelled']} of {arm['rows']} labelled"
                assert 0.77 < arm["auc"]["value"] < 0.86, f"{pane['id']} {arm['arm']}: AUC {arm['auc']}"
                assert arm["auc"]["lower"] < arm["auc"]["value"] < arm["auc"]["upper"]
                if arm["arm"] == "champion":
                    curve.append(f"{arm['auc']['value']:.3f}")
        largest = max(self._largest_effects())
        assert largest < 0.03, f"a value that never drifts reached KS {largest}"
        assert len(curve) == len(data.REPLAY_CUTS), f"{len(curve)} months are judged"
        return (
            f"labels in, 90 days later: champion AUC {' '.join(curve)}: inputs drift, the model stays good; "
            f"order values never drift (KS ≤ {largest:.3f})"
        )

    def alert(self) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not self.webhook.alerts:
            time.sleep(0.05)
        assert self.webhook.alerts, "no alert reached the webhook"
        features = sorted({alert["labels"].get("feature", "") for alert in self.webhook.alerts if alert["status"] == "firing"} - {""})
        assert set(features) >= ALWAYS_DRIFTING, f"alerts for {features}"
        metrics = requests.get(self.server.url + "/metrics", timeout=10).text
        gauge = [
            line for line in metrics.splitlines() if line.startswith("yard_feature_drift_detected{") and 'feature="tenure_days"' in line
        ]
        assert gauge and gauge[0].endswith(" 1"), f"/metrics says {gauge}"
        return f"alerts reached the webhook for {', '.join(features)}, and /metrics says the same"

    def break_it(self) -> str:
        import mlflow

        broken = self._train("--broken")
        self.broken_version = broken["version"] if isinstance(broken["version"], str) else str(broken["version"])
        frame = data.features_at(self.purchases, data.LAST_CUT)
        self.traffic = SteadyTraffic(f"{self.server.url}/predict/churn", self._steady_rows(frame))
        self.traffic.start()
        self.traffic.await_answers(300)  # of version 1, to compare with
        mlflow.set_tracking_uri(self.server.url)
        mlflow.MlflowClient().set_registered_model_alias("churn", "champion", self.broken_version)
        self.traffic.await_version(self.broken_version)
        half = frame.iloc[: len(frame) // 2]
        self.sent[data.LAST_CUT] = self._predict_all(half, data.LAST_CUT)
        difference = self._arm_of_last_pane("champion", self.broken_version)["against_reference"]
        assert difference["verdict"] == "drift", f"its predictions look like the champion's: {difference}"
        self._post_labels(data.LAST_CUT)
        broken_arm = self._arm_of_last_pane("champion", self.broken_version)
        challenger = self._arm_of_last_pane("challenger", "2")
        assert broken_arm["auc"]["upper"] < challenger["auc"]["lower"], (broken_arm, challenger)
        assert broken_arm["auc"]["value"] < 0.56, broken_arm
        return (
            f"broken version {self.broken_version} took the alias: its predictions differ at once (KS {difference['effect']:.2f} to version 1), "
            f"and with labels its AUC is {broken_arm['auc']['value']:.2f} against the challenger's {challenger['auc']['value']:.2f}"
        )

    def roll_back(self) -> str:
        begin = time.monotonic()
        done = self.server.json("endpoint", "rollback", "churn", "--arm", "champion")
        milliseconds = (time.monotonic() - begin) * 1000
        assert (done["from"], done["to"]) == (self.broken_version, "1"), done
        self.traffic.await_version("1")
        self.traffic.end()
        assert not self.traffic.failures, self.traffic.failures[:3]
        champion = next(row for row in self.server.json("model", "show", "churn")["model_versions"] if "champion" in row.get("aliases", []))
        assert champion["version"] == "1", champion
        return f"rolled back to version 1 in {milliseconds:.0f} ms: {self.traffic.requests:,} requests in between, none failed"

    def show(self) -> str:
        page = requests.get(self.server.url + "/", timeout=10)
        assert page.status_code == 200 and "<html" in page.text.lower(), f"the page answered {page.status_code}"
        return f"look at it: {self.server.url}/endpoints/churn"

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        months = [(f"replay {cut[:7]}", lambda cut=cut: self.replay(cut)) for cut in data.REPLAY_CUTS]
        return [
            ("start", self.start),
            ("train", self.train),
            ("register", self.register),
            ("compare", self.compare),
            *months,
            ("judge", self.judge),
            ("alert", self.alert),
            ("broken version", self.break_it),
            ("rollback", self.roll_back),
            ("page", self.show),
        ]

    # What the steps are made of.

    def _train(self, *options: str):
        command = [sys.executable, "-W", "ignore", "-m", "examples.churn.train", "--tracking-uri", self.server.url, *options]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, f"training failed:\n{done.stderr[-3000:]}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def _serve(self) -> None:
        arms = ["champion=models:/churn@champion:90", "challenger=models:/churn@challenger:10"]
        self.server.command("endpoint", "create", "churn", *[text for arm in arms for text in ("--arm", arm)])
        self.server.command("monitor", "set", "churn", "--window", "month", "--webhook", self.webhook.url)

    def _predict_all(self, frame: pd.DataFrame, cut: str) -> pd.DataFrame:
        """Predicts every customer through the endpoint and checks each answer against the model's own library."""
        session = requests.Session()
        answers = []
        rows = [{"features": values, "key": key, "timestamp": data.event_time_ms(cut)} for key, values in self._feature_maps(frame)]
        for begin in range(0, len(rows), BATCH):
            answer = session.post(f"{self.server.url}/predict/churn", json={"rows": rows[begin : begin + BATCH]}, timeout=120)
            assert answer.status_code == 200, f"{answer.status_code}: {answer.text[:300]}"
            answers += answer.json()["predictions"]
        sent = pd.DataFrame(answers, index=frame.index)
        for version, part in sent.groupby("version"):
            if version in {str(known) for known in self.models if known}:
                model = self.models.get(version) or self.models[int(version)]
                assert (model.predict(frame.loc[part.index]) == part["prediction"]).all(), f"{cut} version {version}: labels differ"
        return sent

    @staticmethod
    def _feature_maps(frame: pd.DataFrame):
        for key, row in zip(frame.index, frame.to_dict("records"), strict=True):
            yield key, {name: (None if value != value else value) for name, value in row.items()}

    def _steady_rows(self, frame: pd.DataFrame) -> list[dict]:
        # Only customers of the champion: every version that answers them is the champion's.
        champions = self.sent[data.REPLAY_CUTS[0]].query("arm == 'champion'").index[:200]
        moment = data.event_time_ms(data.LAST_CUT)
        return [{"features": values, "key": key, "timestamp": moment} for key, values in self._feature_maps(frame.loc[champions])]

    def _post_labels_due(self, cut: str) -> None:
        today = pd.Timestamp(cut)
        for earlier in data.REPLAY_CUTS:
            if earlier in self.sent and pd.Timestamp(earlier) + pd.Timedelta(days=data.HORIZON_DAYS) <= today:
                self._post_labels(earlier)

    def _post_labels(self, cut: str) -> None:
        sent = self.sent[cut]
        labels = data.labels_at(self.purchases, cut, sent.index)
        body = {"labels": [{"request_id": request, "label": int(label)} for request, label in zip(sent["request_id"], labels, strict=True)]}
        answer = requests.post(f"{self.server.url}/api/v1/endpoints/churn/labels", json=body, timeout=120)
        assert answer.status_code == 200, answer.text[:300]
        assert answer.json()["accepted"] == len(sent), answer.json()

    def _check_statistics(self, pane: dict, frame: pd.DataFrame) -> None:
        """D and p of every feature equal scipy's."""
        if self.training is None:
            from examples.churn.train import make_split

            self.training = make_split().train
        for feature in pane["features"]:
            reference, current = self.training[feature["name"]].dropna(), frame[feature["name"]].dropna()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = stats.ks_2samp(reference, current)
            assert abs(feature["ks"]["statistic"] - expected.statistic) < 1e-12, (feature, expected)
            close = abs(feature["ks"]["p_value"] - expected.pvalue) <= 1e-9 * expected.pvalue + 1e-300
            assert close, f"{pane['id']} {feature['name']}: p {feature['ks']['p_value']} against scipy's {expected.pvalue}"
            assert abs(feature["missing_share"] - frame[feature["name"]].isna().mean()) < 1e-12

    def _arm_of_last_pane(self, arm: str, version: str) -> dict:
        self.server.command("monitor", "close", "churn", "--until", "1998-05-01")
        arms = self.server.get("/api/v1/monitors/churn/panes/1998-04")["arms"]
        return next(found for found in arms if (found["arm"], found["version"]) == (arm, version))

    def _largest_effects(self) -> list[float]:
        effects = []
        for cut in data.REPLAY_CUTS:
            pane = self.server.get(f"/api/v1/monitors/churn/panes/{cut[:7]}")
            effects += [feature["ks"]["statistic"] for feature in pane["features"] if feature["name"] in NEVER_DRIFTING]
        return effects


def write_junit(path: Path, results: list[tuple[str, float, str | None]]) -> None:
    cases = []
    for name, seconds, problem in results:
        failure = f"<failure message={quoteattr(problem)}/>" if problem else ""
        cases.append(f'<testcase classname="story" name={quoteattr(name)} time="{seconds:.3f}">{failure}</testcase>')
    path.write_text(f'<?xml version="1.0"?><testsuites><testsuite name="story">{"".join(cases)}</testsuite></testsuites>\n')


def tell(story: Story) -> list[tuple[str, float, str | None]]:
    """Runs the steps; after the first that does not hold the rest is not tried and counts as failed."""
    results: list[tuple[str, float, str | None]] = []
    broken = False
    for name, step in story.steps():
        begin = time.monotonic()
        if broken:
            results.append((name, 0, "not tried: an earlier step failed"))
            continue
        try:
            print(f"✓ {step()}", flush=True)
            results.append((name, time.monotonic() - begin, None))
        except Exception as error:  # whatever went wrong, the step did not hold
            print(f"✗ {name}: {type(error).__name__}: {error}", flush=True)
            results.append((name, time.monotonic() - begin, str(error) or type(error).__name__))
            broken = True
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelyard", type=Path, required=True, help="the program")
    parser.add_argument("--data", type=Path, default=ROOT / "build/demo-data", help="data folder; emptied first")
    parser.add_argument("--once", action="store_true", help="end after the story instead of serving until Ctrl-C")
    parser.add_argument("--junit", type=Path, help="write the steps as test cases into this file")
    arguments = parser.parse_args()
    story = Story(arguments.modelyard.resolve(), arguments.data.resolve())
    try:
        results = tell(story)
        if arguments.junit:
            write_junit(arguments.junit, results)
        held = all(problem is None for _, _, problem in results)
        if held and not arguments.once:
            print("serving until Ctrl-C", flush=True)
            story.server.process.wait()
        return 0 if held else 1
    except KeyboardInterrupt:
        return 0
    finally:
        if story.server.process and story.server.process.poll() is None:
            story.server.stop()


if __name__ == "__main__":
    sys.exit(main())
