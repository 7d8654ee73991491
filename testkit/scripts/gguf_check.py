"""Opens exported GGUF files with the tools that read them and compares the vectors.

* gguf-py's reader: pooling, end token, a vector read at its end.
* transformers, `gguf_file=`: the weights. Token ids are those of `--tokenizer`, since transformers
  makes another tokenizer of some GGUF files than the published one.
* llama.cpp, through xllamacpp: all of it, from the bare text to the vector.

`--golden` is as for interop_check.py. Prints a line per check; the exit code is 1 if one failed.

Usage:
    gguf_check.py --golden FILE --tokenizer DIR FILE.gguf:LEAST_COSINE ...
"""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import gguf
import numpy as np
import torch
import xllamacpp
from transformers import AutoModel, AutoTokenizer

from interop_check import Checks, read_golden, read_pooling, vectors

LAST_TOKEN = 3


def least_cosine(found: np.ndarray, expected: np.ndarray) -> float:
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    return float(((found * expected).sum(axis=1) / lengths).min())


def check_metadata(checks: Checks, file: Path) -> None:
    fields = gguf.GGUFReader(file).fields
    architecture = fields["general.architecture"].contents()
    pooling = fields[f"{architecture}.pooling_type"].contents()
    ends = fields["tokenizer.ggml.add_eos_token"].contents()
    checks.report(
        f"{file.name}, gguf-py", pooling == LAST_TOKEN and ends, f"pooling {pooling}, end {ends}"
    )


def transformers_vectors(file: Path, tokenizer_folder: Path, texts: list[str]) -> np.ndarray:
    tokenizer = AutoTokenizer.from_pretrained(tokenizer_folder)
    model = AutoModel.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    pool = read_pooling(tokenizer_folder)
    return vectors(model.eval(), tokenizer, texts, tokenizer.model_max_length, pool)


def llama_cpp_vectors(file: Path, texts: list[str]) -> np.ndarray:
    settings = xllamacpp.CommonParams()
    settings.model.path = str(file)
    settings.embedding = True
    settings.warmup = False
    settings.n_parallel = 1
    settings.verbosity = 0
    settings.n_ctx = settings.n_batch = settings.n_ubatch = 2048
    server = xllamacpp.Server(settings)
    rows = []
    for text in texts:
        answer = server.handle_embeddings({"input": text, "model": file.name})
        answer = json.loads(answer) if isinstance(answer, str) else answer
        rows.append(answer["data"][0]["embedding"])
    return np.asarray(rows, dtype=np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--golden", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("files", nargs="+", metavar="FILE.gguf:LEAST_COSINE")
    arguments = parser.parse_args()

    texts, expected = read_golden(arguments.golden)
    checks = Checks(tolerance=0)
    for argument in arguments.files:
        name, least = argument.rsplit(":", 1)
        file = Path(name).resolve()
        check_metadata(checks, file)
        for tool, vectors in (
            ("transformers", transformers_vectors(file, arguments.tokenizer, texts)),
            ("llama.cpp", llama_cpp_vectors(file, texts)),
        ):
            cosine = least_cosine(vectors, expected)
            # Written so that a NaN fails.
            passed = bool(cosine >= float(least))
            detail = f"least cosine {cosine:.6f} of {len(texts)} texts, allowed {least}"
            checks.report(f"{file.name}, {tool}", passed, detail)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
