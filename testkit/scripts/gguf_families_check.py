"""Exports a tiny random model of every decoder family to GGUF and compares what llama.cpp makes of it.

The models are those of golden_gguf.py, with a vocabulary of single bytes, as sentence-transformers
folders. `alidade export` writes the GGUF file; llama.cpp, and `alidade embed` on that file, must give
the vectors that transformers gives for the folder. Gemma's embedding model is pooled by mean, all
others at their last token.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    gguf_families_check.py --alidade LAUNCHER --work DIR [CASE ...]
"""

import argparse
import os
import shutil
import sys
import zlib
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModel

from alidade_folder import embed, run, write_folder, write_json
from golden_families import SEED, draw_weights
from golden_gguf import CASES, round_matrices
from gguf_check import least_cosine, llama_cpp_vectors
from interop_check import Checks

SPECIAL = ["<pad>", "<s>", "</s>"]
MAX_TOKENS = 60
LEAST_COSINE = 0.9999
# All longer than 16 tokens: below it llama.cpp takes longrope's factors for long texts, as said by
# `alidade export`, and transformers those for short ones.
TEXTS = [
    "The small boats come home.",
    "Where do they go when it is cold?",
    "größere Häuser am Fluss",
    "def area(width, height): return width * height  # units",
    "12345678901234567890",
    "  spaces   and\nlines\n\n",
    "a text that is cut, since it is longer than the sixty tokens that these models read",
]


def tokenizer() -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(SPECIAL + letters)}
    result = Tokenizer(models.BPE(vocabulary, []))
    result.add_special_tokens(SPECIAL)
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.decoder = decoders.ByteLevel()
    result.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair=None, special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return result


def build(name: str, folder: Path) -> None:
    case = CASES[name].model
    case.settings["vocab_size"] = len(SPECIAL) + 256
    if name == "phi3":  # llama.cpp has no windows there, so that exports of such models are refused
        case.settings["sliding_window"] = None
    model = case.model()
    draw_weights(model, torch.Generator().manual_seed(SEED + zlib.crc32(name.encode())))
    round_matrices(model)
    write_folder(folder, model, pooling(name), MAX_TOKENS)
    tokenizer().save(str(folder / "tokenizer.json"))
    write_json(
        folder / "tokenizer_config.json",
        {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"},
    )


def pooling(name: str) -> str:
    return "mean_tokens" if name == "gemma-embedding" else "lasttoken"


@torch.no_grad()
def reference(name: str, folder: Path) -> np.ndarray:
    model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    rows = []
    for text in TEXTS:
        ids = tokenizer().encode(text).ids
        ids = ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]
        states = model(torch.tensor([ids])).last_hidden_state[0]
        pooled = states.mean(dim=0) if pooling(name) == "mean_tokens" else states[-1]
        rows.append(torch.nn.functional.normalize(pooled, dim=0).numpy())
    return np.asarray(rows)


def check(checks: Checks, name: str, launcher: Path, work: Path) -> None:
    # llama.cpp expects Phi 3's own special tokens of a model that has "phi3" in its name.
    folder = work / name.replace("phi3", "phi")
    file = folder.with_suffix(".gguf")
    build(name, folder)
    expected = reference(name, folder)
    run(launcher, "export", "--model", folder, "--format", "gguf", "--type", "f16", "--out", file)
    # llama.cpp does not cut texts.
    short = [i for i, text in enumerate(TEXTS) if len(text.encode()) + 2 <= MAX_TOKENS]
    tools = {
        "llama.cpp": (llama_cpp_vectors(file, [TEXTS[i] for i in short]), expected[short]),
        "alidade": (embed(launcher, file, TEXTS, "--max-tokens", str(MAX_TOKENS)), expected),
    }
    for tool, (found, wanted) in tools.items():
        cosine = least_cosine(found, wanted)
        # Written so that a NaN fails.
        detail = f"least cosine {cosine:.6f} of {len(found)} texts, allowed {LEAST_COSINE}"
        checks.report(f"{name} as GGUF, {tool}", bool(cosine >= LEAST_COSINE), detail)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    transformers.logging.set_verbosity_error()
    checks = Checks(tolerance=0)
    for name in arguments.cases or CASES:
        check(checks, name, arguments.alidade, arguments.work)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
