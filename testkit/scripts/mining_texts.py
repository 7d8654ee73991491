"""Pairs for `alidade mine` that share many words, so that every teacher finds near ones; and what it wrote."""

import json
import random
from pathlib import Path

WORDS = (
    "boat river winter bridge harbour sail captain storm island lantern rope anchor market fisher"
    " stone tower morning bread garden horse road mountain letter ship song window wheel cloud"
).split()
SEED = 7


def pairs(count: int) -> list[dict]:
    """Examples whose positive has all words of the query."""
    draw = random.Random(SEED)
    result = []
    for _ in range(count):
        words = draw.sample(WORDS, 8)
        result.append({"query": " ".join(words[:3]), "positive": " ".join(sorted(words))})
    return result


def write_rows(file: Path, rows: list[dict]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def rows(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def audited(folder: Path) -> list[tuple[dict, dict]]:
    """Each row of the audit with its example."""
    examples = {example["id"]: example for example in rows(folder / "train.jsonl")}
    return [(row, examples[row["id"]]) for row in rows(folder / "audit.jsonl")]
