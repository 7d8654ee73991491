"""Lays the development data out as task folders for `alidade evaluate` and DevelopmentScores.

`stsb-dev`, `stsb-test` (instruction on both sides), `xquad-en` (the first 300 queries, instruction
on the queries only) and `banking77` (instruction on every text), each with a `task.yaml`.

Usage:
    development_tasks.py --data DIR --out DIR
"""

import argparse
import json
from pathlib import Path

QUERIES = 300
SIMILARITY = "Retrieve semantically similar text."
QUESTION = "Given a question, retrieve Wikipedia passages that answer the question"
BANKING = "Given a online banking query, find the corresponding intents"


def settings(folder: Path, kind: str, instruction: str, symmetric: bool, metric: str) -> None:
    folder.joinpath("task.yaml").write_text(
        f"type: {kind}\ninstruction: {json.dumps(instruction)}\n"
        f"symmetric: {str(symmetric).lower()}\nmetric: {metric}\nlanguage: en\n",
        encoding="utf-8",
    )


def sts(data: Path, out: Path, split: str) -> None:
    folder = out / f"stsb-{split}"
    folder.mkdir(parents=True, exist_ok=True)
    text = (data / f"sts/stsbenchmark_{split}.jsonl").read_text(encoding="utf-8")
    (folder / "test.jsonl").write_text(text, encoding="utf-8")
    settings(folder, "sts", SIMILARITY, True, "cosine_spearman")


def xquad(data: Path, out: Path) -> None:
    source, folder = data / "retrieval/xquad_en", out / "xquad-en"
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    corpus = (source / "corpus.jsonl").read_text(encoding="utf-8")
    (folder / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    lines = (source / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:QUERIES]
    (folder / "queries.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    kept = {json.loads(line)["_id"] for line in lines}
    qrels = next((source / "qrels").glob("*.tsv")).read_text(encoding="utf-8").splitlines()
    judged = [row for row in qrels[1:] if row.split("\t")[0] in kept]
    (folder / "qrels/test.tsv").write_text("\n".join([qrels[0], *judged]) + "\n", encoding="utf-8")
    settings(folder, "retrieval", QUESTION, False, "ndcg_at_10")


def banking77(data: Path, out: Path) -> None:
    folder = out / "banking77"
    folder.mkdir(parents=True, exist_ok=True)
    for split in ("train", "test"):
        text = (data / f"classification/banking77/{split}.jsonl").read_text(encoding="utf-8")
        (folder / f"{split}.jsonl").write_text(text, encoding="utf-8")
    settings(folder, "classification", BANKING, True, "accuracy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    for split in ("dev", "test"):
        sts(arguments.data, arguments.out, split)
    xquad(arguments.data, arguments.out)
    banking77(arguments.data, arguments.out)


if __name__ == "__main__":
    main()
