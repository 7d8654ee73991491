"""Trains with `alidade train --mlflow` against a real MLflow server on this machine.

The server listens on a free port of the loopback interface and keeps what it is sent in a database in the
work folder. A small run is killed once the server has some of its steps, and continued by the same command.
Checked is what MLflow's own client then says of it:

* one run, which is finished, with the recipe as parameters and the hashes of its inputs as tags;
* one loss for each step, and that of log.jsonl.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    mlflow_check.py --alidade LAUNCHER --recipe FILE --work DIR [--steps 48] [--set KEY=VALUE ...]
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow import MlflowClient

EXPERIMENT = "interop"
CHECKPOINT_STEPS = 7
PATIENCE_SECONDS = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait(condition, process: subprocess.Popen, what: str) -> None:
    """Until the condition holds; ends this process if the other one ends before, or takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"{what}: it ended with {process.poll()}, or took too long")
        time.sleep(0.2)


@contextmanager
def mlflow_server(work: Path) -> Iterator[str]:
    """The address of a server that ends with the context, with the workers that it starts."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{work / 'mlflow.db'}"]
    command += ["--artifacts-destination", str(work / "artifacts")]
    with (work / "server.log").open("w") as log:
        # In a session of its own, so that its workers can be ended with it.
        server = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, cwd=work, start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait(lambda: answers(url), server, f"mlflow server, see {log.name}")
            yield url
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def train(args: argparse.Namespace, url: str) -> subprocess.Popen:
    settings = [
        f"steps={args.steps}",
        f"checkpoint={{every_steps: {CHECKPOINT_STEPS}, keep: 2}}",
        "batch={examples: 4, hard_negatives: 0}",
        "max_tokens=32",
        *args.set,
    ]
    command = [args.alidade.resolve(), "train", "--recipe", args.recipe, "--out", args.work / "run"]
    for setting in settings:
        command += ["--set", setting]
    with (args.work / "train.log").open("a") as log:
        return subprocess.Popen(
            [*command, "--mlflow", EXPERIMENT],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"MLFLOW_TRACKING_URI": url},
        )


def runs(client: MlflowClient) -> list:
    experiment = client.get_experiment_by_name(EXPERIMENT)
    return client.search_runs([experiment.experiment_id]) if experiment else []


def losses(client: MlflowClient) -> list[tuple[int, float]]:
    """Step and value of each loss that the server has, of all runs."""
    history = [each for run in runs(client) for each in client.get_metric_history(run.info.run_id, "loss")]
    return sorted((each.step, each.value) for each in history)


def logged(folder: Path) -> list[tuple[int, float]]:
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [(line["step"], line["loss"]) for line in map(json.loads, lines)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--set", action="append", default=[], help="as for alidade train")
    args = parser.parse_args()
    args.work = args.work.resolve()
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    failed = False

    def report(name: str, passed: bool, detail: str) -> None:
        nonlocal failed
        failed |= not passed
        print(f"{'ok    ' if passed else 'FAILED'} {name}: {detail}", flush=True)

    with mlflow_server(args.work) as url:
        client = MlflowClient(tracking_uri=url)
        killed = train(args, url)
        try:
            wait(lambda: losses(client), killed, f"alidade train, see {args.work / 'train.log'}")
        finally:
            killed.kill()
            killed.wait()
        at, begun = len(losses(client)), [run.info.status for run in runs(client)]
        passed = 0 < at < args.steps and begun == ["RUNNING"]
        report("killed midway", passed, f"{at} of {args.steps} losses at the server, {begun}")

        ended = train(args, url).wait()
        found, expected = losses(client), logged(args.work / "run")
        every = [step for step, _ in expected] == list(range(1, args.steps + 1))
        detail = f"exit code {ended}; {len(found)} losses, {len(set(found) & set(expected))} as logged"
        report("one loss a step, that of the log", ended == 0 and every and found == expected, detail)

        sent = runs(client)
        status = [run.info.status for run in sent]
        report("one run, and finished", status == ["FINISHED"], f"{status}")
        data = sent[0].data
        passed = data.params.get("steps") == str(args.steps) and "sha256.data.0" in data.tags
        detail = f"{len(data.params)} parameters, {len(data.tags)} tags, {len(data.metrics)} metrics"
        report("recipe and inputs", passed, detail)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
