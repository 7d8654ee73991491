"""Runs `alidade mine --judge` against a real OpenAI-compatible server, llama.cpp's own, on this machine.

First with a budget for a few calls only, which ends the run, and then with enough. Checked are

* the scores: each text that was judged has one from 1 to 5, or the reason why there is none, and is left
  out from 2 on or without one;
* the ledger: over both runs its tokens are those that the server counts, so that nothing was paid twice;
* the same command again: it asks the server for nothing.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    judge_server_check.py --alidade LAUNCHER --model FILE.gguf --work DIR
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import xllamacpp

import llama_server
from interop_check import Checks
from mining_texts import audited, pairs, rows, write_rows

PAIRS = 8
LAST_RANK = 3
SLOTS = 2
CONTEXT = 2048
ANSWER_FROM = 2
NO_SCORE = ("the judge gave no score", "the judge gave no answer")
A_FEW_CALLS_USD, ENOUGH_USD = 3e-4, 1


def mine(args: argparse.Namespace, address: str, usd: float) -> subprocess.CompletedProcess:
    judge = args.work / "judge.yaml"
    llm = {
        "model": "backbone",
        "base_url": f"{address}/v1",
        "temperature": 1,  # scores of all kinds
        "max_tokens": 120,
        "price": {"input": 0.1, "output": 0.4},
    }
    budget = {"usd": usd, "concurrency": SLOTS}
    judge.write_text(json.dumps({"llms": [llm], "budget": budget, "answer_from": ANSWER_FROM}))
    command = [args.alidade.resolve(), "mine", "--model", "bm25", "--data", args.work / "pairs.jsonl"]
    command += ["--max-share", "0", "--ranks", f"1-{LAST_RANK}", "--judge", judge]
    command += ["--out", args.work / "mined"]
    return subprocess.run(command, capture_output=True, text=True)


def fits(row: dict) -> bool:
    """Whether a row of the audit has a score that its verdict follows from, or says why it has none."""
    score, refused = row["check_score"], row["verdict"] == "failed-check"
    if score in range(1, 6):
        return refused == (score >= ANSWER_FROM)
    return score == 0 and refused and row["check_reason"] in NO_SCORE


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=-1, help="of the server; all by default")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    write_rows(args.work / "pairs.jsonl", pairs(PAIRS))
    checks = Checks(0)
    server = xllamacpp.Server(llama_server.settings(args.model, SLOTS, CONTEXT, args.threads))
    folder = args.work / "mined"

    poor = mine(args, server.listening_address, A_FEW_CALLS_USD)
    if poor.returncode != 1 or "the budget is used up" not in poor.stderr:
        raise SystemExit(f"alidade mine ended with {poor.returncode}: {poor.stderr}")
    paid = len(rows(folder / "ledger.jsonl"))
    checks.report("a small budget", paid > 0, f"ends the run after {paid} calls")

    done = mine(args, server.listening_address, ENOUGH_USD)
    if done.returncode:
        raise SystemExit(f"alidade mine ended with {done.returncode}: {done.stderr}")
    judged = [row for row, _ in audited(folder) if "check_score" in row]
    scores = sorted(row["check_score"] for row in judged)
    passed = bool(judged) and all(map(fits, judged))
    checks.report("scores", passed, f"of {len(judged)} texts: {', '.join(f'{s:g}' for s in scores)}")

    ledger = rows(folder / "ledger.jsonl")
    counted = llama_server.tokens(server)
    said = tuple(sum(call[key] for call in ledger) for key in ("input_tokens", "output_tokens"))
    passed = said == counted and len(ledger) == len(judged) > paid
    detail = f"{said} of {len(ledger)} calls in the ledger, {counted} at the server"
    checks.report("tokens of both runs", passed, detail)

    again = mine(args, server.listening_address, ENOUGH_USD)
    passed = again.stdout == done.stdout and llama_server.tokens(server) == counted
    checks.report("the same command again", passed, "nothing is asked for twice")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
