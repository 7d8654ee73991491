"""Runs `alidade mine --server` against a real embedding server, llama.cpp's own, on this machine.

The server is asked in both of its protocols, its own, which Alidade finds by itself, and OpenAI's. Checked
is that the documents in audit.jsonl, their order and their scores are those of the cosines of vectors that
the same server gives here. A server's vectors depend a little on what they are computed with, so that
cosines may differ by the tolerance, and documents whose cosines differ by less may change places.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    embedding_server_check.py --alidade LAUNCHER --model FILE.gguf --work DIR [--tolerance 1e-4]
"""

import argparse
import shutil
import sys
from itertools import groupby
from pathlib import Path

import numpy as np
import xllamacpp

import llama_server
from alidade_folder import run
from interop_check import Checks
from mining_texts import audited, pairs, write_rows

PAIRS = 30
NEGATIVES = 4
QUERY_TEMPLATE = "query: {text}"
DOCUMENT_PREFIX = "passage: "


def vectors(server: xllamacpp.Server, texts: list[str]) -> np.ndarray:
    """One text at a time, normalised."""
    answers = [llama_server.post(server, "/v1/embeddings", {"input": [text]}) for text in texts]
    found = np.asarray([answer["data"][0]["embedding"] for answer in answers], dtype=np.float64)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def check(checks: Checks, name: str, folder: Path, cosines: dict[str, dict[str, float]]) -> None:
    """Compares the audit with the cosine of each query with each document."""
    differences, misplaced, count = [], 0, 0
    for _, group in groupby(audited(folder), key=lambda pair: pair[0]["id"]):
        group = list(group)
        query = cosines[group[0][1]["query"]]
        positive = group[0][1]["positive"]
        ranked = [row["text"] for row, _ in group if row["rank"] > 0]
        found = [query[text] for text in ranked]
        others = [cosine for text, cosine in query.items() if text not in ranked and text != positive]
        best_behind = [max([*found[i + 1 :], *others]) for i in range(len(found))]
        misplaced += sum(b > f + checks.tolerance for f, b in zip(found, best_behind, strict=True))
        differences += [abs(row["score"] - query[row["text"]]) for row, _ in group]
        differences += [abs(row["positive_score"] - query[positive]) for row, _ in group]
        count += len(ranked)
    worst = max(differences, default=np.nan)
    # Written so that a NaN fails.
    detail = f"largest difference {worst:.1e} of {len(differences)}, allowed {checks.tolerance:.0e}"
    checks.report(f"{name}, scores", bool(worst <= checks.tolerance), detail)
    passed = misplaced == 0 and count >= PAIRS * NEGATIVES
    checks.report(f"{name}, ranks", passed, f"{count} documents, {misplaced} in the wrong place")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    examples = pairs(PAIRS)
    data = write_rows(args.work / "pairs.jsonl", examples)
    pooling = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(llama_server.embedding_settings(args.model, pooling))

    queries = [example["query"] for example in examples]
    documents = [example["positive"] for example in examples]
    table = (
        vectors(server, [QUERY_TEMPLATE.replace("{text}", query) for query in queries])
        @ vectors(server, [DOCUMENT_PREFIX + document for document in documents]).T
    )
    cosines = {
        query: dict(zip(documents, row, strict=True))
        for query, row in zip(queries, table.tolist(), strict=True)
    }
    checks = Checks(args.tolerance)
    for api in ("auto", "openai"):
        out = args.work / api
        command = ["--server", server.listening_address, "--api", api, "--data", data, "--out", out]
        command += ["--query-template", QUERY_TEMPLATE, "--document-prefix", DOCUMENT_PREFIX]
        command += ["--max-share", 0, "--negatives", NEGATIVES]
        run(args.alidade, "mine", *command)
        check(checks, f"--api {api}", out, cosines)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
