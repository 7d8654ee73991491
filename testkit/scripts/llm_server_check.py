"""Runs `alidade generate` against a real OpenAI-compatible server, llama.cpp's own, on this machine.

xllamacpp carries that server, which turns the JSON Schema of each request into a grammar. It runs in
this process, on a free port of the loopback interface, and ends with it. Checked are

* the data: as many examples as were wanted, of all kinds that the recipe has;
* the ledger: its tokens are those that the server counts, and its cost is theirs;
* the same command again: it asks the server for nothing.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    llm_server_check.py --alidade FILE --model FILE.gguf --recipe FILE --out DIR [--examples 20]
"""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import xllamacpp

import llama_server
from mining_texts import rows

SLOTS = 2
CONTEXT = 4096
INPUT_PRICE, OUTPUT_PRICE = 0.1, 0.4


def generate(server: xllamacpp.Server, args: argparse.Namespace) -> dict:
    values = {
        "examples": args.examples,
        "llms.0.base_url": f"{server.listening_address}/v1",
        "llms.0.price": f"{{input: {INPUT_PRICE}, output: {OUTPUT_PRICE}}}",
        "budget": f"{{usd: 1, concurrency: {SLOTS}}}",
        **dict(value.split("=", 1) for value in args.set),
    }
    command = [args.alidade, "generate", "--recipe", args.recipe, "--out", args.out, "--json"]
    for key, value in values.items():
        command += ["--set", f"{key}={value}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alidade", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--threads", type=int, default=-1, help="of the server; all by default")
    parser.add_argument("--set", action="append", default=[], help="as for alidade generate")
    args = parser.parse_args()
    shutil.rmtree(args.out, ignore_errors=True)
    failed = False

    def report(name: str, passed: bool, detail: str) -> None:
        nonlocal failed
        failed |= not passed
        print(f"{'ok    ' if passed else 'FAILED'} {name}: {detail}", flush=True)

    server = xllamacpp.Server(llama_server.settings(args.model, SLOTS, CONTEXT, args.threads))
    summary = generate(server, args)
    counted = llama_server.tokens(server)

    examples = rows(Path(args.out) / "train.jsonl")
    rejected = rows(Path(args.out) / "rejected.jsonl")
    reasons = ", ".join(f"{count} {reason}" for reason, count in summary["rejected"].items())
    report(
        "examples",
        len(examples) == args.examples and all(one["query"] and one["positive"] for one in examples),
        f"{len(examples)} of {summary['candidates']} candidates; rejected: {reasons or 'none'}",
    )
    accepted = sorted({one["kind"] for one in examples})
    asked = {*accepted, *(one["kind"] for one in rejected)}
    report("kinds asked for", len(asked) == 6, f"{len(asked)}; with examples: {', '.join(accepted)}")

    ledger = rows(Path(args.out) / "ledger.jsonl")
    tokens = tuple(sum(call[key] for call in ledger) for key in ("input_tokens", "output_tokens"))
    report("tokens", tokens == counted, f"{tokens} in the ledger, {counted} at the server")
    cost = (counted[0] * INPUT_PRICE + counted[1] * OUTPUT_PRICE) / 1e6
    spent = sum(call["usd"] for call in ledger)
    report("cost", abs(spent - cost) < 1e-9, f"{spent:.6f} USD in the ledger, {cost:.6f} by the server")

    again = generate(server, args)
    report(
        "the same command again",
        llama_server.tokens(server) == counted and again["candidates"] == summary["candidates"],
        "nothing is asked for twice",
    )
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
