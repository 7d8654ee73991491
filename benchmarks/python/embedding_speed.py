"""Speed of embedding with sentence-transformers, fp32, on the CPU.

Three works: `sts`, the sentences of STSBenchmark test, and `banking`, the texts of Banking77 test,
each behind an instruction; `scifact`, SciFact documents (title and text), at most 512 tokens. Each
runs in a process of its own, so that its peak memory is its own, after one untimed batch. Prints a
JSON line per work. Real tokens are those that are not padding, the instruction's and EOS counted
for every text.

Usage:
    embedding_speed.py --model DIR --data DIR [--work sts|banking|scifact] [--limit N]

`--model` is a sentence-transformers folder, or a backbone by reference_backbone.py (EOS pooling);
`--data` the unpacked development data.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from embedder import Stopwatch, load_embedder, peak_memory_gigabytes, prompt, read_jsonl

SIMILARITY = "Retrieve semantically similar text."
# Longer than the evaluation's own: 24 tokens in the template, a usual length of instructions.
BANKING = (
    "Given a message to an online bank, retrieve messages of other customers with the same intent"
)
WORKS = ("sts", "banking", "scifact")
DEFAULT_LIMITS = {"sts": None, "banking": None, "scifact": 400}


def texts_of(work: str, data: Path) -> tuple[list[str], str, int]:
    """Returns the texts, the prompt before each, and the most tokens of one."""
    if work == "sts":
        pairs = list(read_jsonl(data / "sts/stsbenchmark_test.jsonl"))
        texts = [pair[side] for pair in pairs for side in ("sentence1", "sentence2")]
        return texts, prompt(SIMILARITY), 512
    if work == "banking":
        rows = read_jsonl(data / "classification/banking77/test.jsonl")
        return [row["text"] for row in rows], prompt(BANKING), 512
    documents = read_jsonl(data / "retrieval/scifact/corpus.jsonl")
    return [f"{d['title']} {d['text']}".strip() for d in documents], "", 512


def padded_tokens(lengths: list[int], batch: int) -> int:
    """Tokens with padding when, as sentence-transformers does, the longest texts go first."""
    ordered = sorted(lengths, reverse=True)
    return sum(len(ordered[i : i + batch]) * ordered[i] for i in range(0, len(ordered), batch))


def measure(arguments: argparse.Namespace, work: str) -> dict:
    import torch

    torch.set_num_threads(arguments.threads)
    texts, before, max_tokens = texts_of(work, arguments.data)
    limit = arguments.limit or DEFAULT_LIMITS[work]
    texts = texts[:limit]
    model = load_embedder(arguments.model, max_tokens)
    lengths = [
        len(ids)
        for ids in model.tokenizer(
            [before + text for text in texts], truncation=True, max_length=max_tokens
        )["input_ids"]
    ]
    options = {"prompt": before, "batch_size": arguments.batch, "show_progress_bar": False}
    model.encode(texts[: arguments.batch], **options)
    with Stopwatch() as watch:
        model.encode(texts, **options)
    seconds = watch.seconds
    padded = padded_tokens(lengths, arguments.batch)
    return {
        "work": work,
        "texts": len(texts),
        "batch": arguments.batch,
        "threads": arguments.threads,
        "prompt_tokens": len(model.tokenizer(before)["input_ids"]) - 1,
        "real_tokens": sum(lengths),
        "padded_tokens": padded,
        "seconds": round(seconds, 2),
        "real_tokens_per_second": round(sum(lengths) / seconds, 1),
        "padded_tokens_per_second": round(padded / seconds, 1),
        "others_busy": watch.others_busy,
        "peak_memory_gb": peak_memory_gigabytes(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", choices=WORKS, help="one work only; default all, one by one")
    parser.add_argument("--limit", type=int, help="first N texts (default: all; scifact 400)")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.work:
        print(json.dumps(measure(arguments, arguments.work)), flush=True)
        return
    for work in WORKS:
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--work", work], check=True)


if __name__ == "__main__":
    main()
