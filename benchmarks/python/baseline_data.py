"""Lays development data out as the recipes of the baselines read it.

`texts.jsonl` ({text}: every sentence of the NLI triplets once), `nli.jsonl` ({sentence1, sentence2,
label}: their entailed and contradicted pairs), `triplets.jsonl` ({query, positive, negative}),
`documents.jsonl` ({text}: SciFact's abstracts) and `pairs.jsonl` ({sentence1, sentence2, score}:
STSBenchmark's training part).

Usage:
    baseline_data.py --data DIR --out DIR
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from embedder import read_jsonl


def write(path: Path, rows: Iterable[dict]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    data, out = arguments.data, arguments.out
    out.mkdir(parents=True, exist_ok=True)

    triplets = [
        {"query": row["query"], "positive": row["positive"], "negative": row["negatives"][0]}
        for row in read_jsonl(data / "training/en_xnli_dev_triplets.jsonl")
    ]
    write(out / "triplets.jsonl", triplets)
    sentences = dict.fromkeys(text for row in triplets for text in row.values())
    write(out / "texts.jsonl", ({"text": text} for text in sentences))
    pairs = (
        {"sentence1": row["query"], "sentence2": row[side], "label": label}
        for row in triplets
        for side, label in (("positive", "entailment"), ("negative", "contradiction"))
    )
    write(out / "nli.jsonl", pairs)
    documents = read_jsonl(data / "retrieval/scifact/corpus.jsonl")
    write(out / "documents.jsonl", ({"text": row["text"]} for row in documents))
    write(out / "pairs.jsonl", read_jsonl(data / "sts/stsbenchmark_train.jsonl"))


if __name__ == "__main__":
    main()
