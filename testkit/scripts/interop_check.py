"""Loads an exported model with the Python tools its users have and compares the vectors.

* `--merged`: a sentence-transformers folder with merged weights, loaded by SentenceTransformer.
* `--adapter` with `--base`: a PEFT adapter folder, loaded by PEFT onto transformers' AutoModel, and
  again by SentenceTransformer from a copy whose `base_model_name_or_path` names `--base`. The bare
  base must give other vectors: an adapter whose tensors nobody read would pass otherwise.
* `--golden`: a JSON list, or an object with the list under `texts` or `cases`, of
  `{"text", "instruction" (or null), "vector"}`; without an instruction the text is taken as it
  stands, `embedding` may be said for `vector`, and the object may give its own `template` with
  `{instruction}` and `{text}`.

Every model embeds the texts alone and, by sentence-transformers, in one padded batch. Prints a line
per check; the exit code is 1 if one failed.

Usage:
    interop_check.py --golden FILE [--merged DIR] [--adapter DIR --base DIR] [--tolerance 1e-4]
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from peft import PeftModel
from safetensors import safe_open
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, AutoTokenizer

QUERY_TEMPLATE = "Instruct: {instruction}\nQuery: {text}"


class Checks:
    def __init__(self, tolerance: float) -> None:
        self.tolerance, self.failed = tolerance, False

    def report(self, name: str, passed: bool, detail: str) -> None:
        self.failed |= not passed
        print(f"{'ok    ' if passed else 'FAILED'} {name}: {detail}", flush=True)

    def same(self, name: str, found: np.ndarray, expected: np.ndarray) -> None:
        if found.shape != expected.shape:
            self.report(name, False, f"shape {found.shape}, expected {expected.shape}")
            return
        difference = np.abs(found - expected).max(axis=1)
        worst = int(difference.argmax())
        # Written so that a NaN fails.
        passed = bool(difference[worst] <= self.tolerance)
        detail = f"largest difference {difference[worst]:.2e} (text {worst})"
        self.report(name, passed, f"{detail}, allowed {self.tolerance:.0e}")


def read_golden(path: Path) -> tuple[list[str], np.ndarray]:
    """Returns the texts as the model reads them and their vectors `[texts, hidden]`."""
    golden = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(golden, list):
        golden = {"texts": golden}
    cases = golden.get("texts") or golden.get("cases")
    if not cases:
        raise SystemExit(f"{path}: neither `texts` nor `cases` holds anything")
    template = golden.get("template") or QUERY_TEMPLATE
    texts, vectors = [], []
    for case in cases:
        instruction, text = case.get("instruction"), case["text"]
        if instruction:
            # Not str.format: a template may come with other braces.
            text = template.replace("{instruction}", instruction).replace("{text}", text)
        texts.append(text)
        vectors.append(case["vector"] if "vector" in case else case["embedding"])
    return texts, np.asarray(vectors, dtype=np.float32)


def check_sentence_transformers(
    checks: Checks, name: str, folder: Path, texts: list[str], expected: np.ndarray
) -> None:
    model = SentenceTransformer(str(folder), device="cpu").float()
    tokenizer = model.tokenizer
    unterminated = [
        number
        for number, text in enumerate(texts)
        if model.preprocess([text])["input_ids"][0, -1] != tokenizer.eos_token_id
    ]
    checks.report(
        f"{name}, EOS last", not unterminated, f"{len(texts)} texts, without EOS: {unterminated}"
    )
    options = {"prompt": "", "show_progress_bar": False}
    alone = np.stack([model.encode([text], **options)[0] for text in texts])
    checks.same(f"{name}, alone", alone, expected)
    together = model.encode(texts, batch_size=len(texts), **options)
    checks.same(f"{name}, one batch", together, expected)


def read_pooling(folder: Path) -> Callable[[torch.Tensor], torch.Tensor]:
    """From the states of a text's tokens to its vector, as the pooling module says."""
    config = json.loads((folder / "1_Pooling/config.json").read_text())
    (mode,) = [k for k, on in config.items() if k.startswith("pooling_mode_") and on]
    return {
        "lasttoken": lambda states: states[-1],
        "mean_tokens": lambda states: states.mean(0),
        "cls_token": lambda states: states[0],
    }[mode.removeprefix("pooling_mode_")]


def vectors(
    model: torch.nn.Module,
    tokenizer,
    texts: list[str],
    max_tokens: int,
    pool: Callable[[torch.Tensor], torch.Tensor],
) -> np.ndarray:
    rows = []
    for text in texts:
        inputs = tokenizer(text, truncation=True, max_length=max_tokens, return_tensors="pt")
        with torch.no_grad():
            pooled = pool(model(input_ids=inputs["input_ids"]).last_hidden_state[0])
        rows.append(torch.nn.functional.normalize(pooled, dim=0).numpy())
    return np.stack(rows)


def check_adapter(
    checks: Checks, adapter: Path, base: Path, texts: list[str], expected: np.ndarray
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(adapter)
    limits = adapter / "sentence_bert_config.json"
    max_tokens = tokenizer.model_max_length
    if limits.exists():
        max_tokens = json.loads(limits.read_text()).get("max_seq_length", max_tokens)
    model = AutoModel.from_pretrained(base, dtype=torch.float32).eval()
    pool = read_pooling(adapter)
    plain = vectors(model, tokenizer, texts, max_tokens, pool)
    model = PeftModel.from_pretrained(model, adapter).eval()

    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        stored = {name: file.get_tensor(name) for name in file.keys()}
    loaded = {
        name.replace(".default.weight", ".weight"): weight
        for name, weight in model.named_parameters()
        if ".lora_" in name
    }
    unread = [
        name
        for name in stored.keys() | loaded.keys()
        if name not in stored
        or name not in loaded
        or not torch.equal(stored[name].float(), loaded[name].float())
    ]
    checks.report(
        "PEFT, tensors", not unread, f"{len(stored)} stored, not loaded as stored: {unread[:3]}"
    )
    with_adapter = vectors(model, tokenizer, texts, max_tokens, pool)
    checks.same("PEFT, alone", with_adapter, expected)
    moved = float(np.abs(plain - with_adapter).max())
    checks.report("PEFT, other than the base", moved > 1e-3, f"largest difference {moved:.2e}")

    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / "adapter"
        shutil.copytree(adapter, copy)
        config = json.loads((copy / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = str(base.resolve())
        (copy / "adapter_config.json").write_text(json.dumps(config))
        check_sentence_transformers(
            checks, "sentence-transformers with adapter", copy, texts, expected
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--golden", type=Path, required=True)
    parser.add_argument("--merged", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--base", type=Path, help="the adapter's backbone, a Hugging Face folder")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()
    if not (arguments.merged or arguments.adapter):
        parser.error("nothing to check: give --merged, --adapter or both")
    if arguments.adapter and not arguments.base:
        parser.error("--adapter needs --base")

    texts, expected = read_golden(arguments.golden)
    checks = Checks(arguments.tolerance)
    norms = np.linalg.norm(expected, axis=1)
    checks.report(
        "golden, unit length", bool(np.abs(norms - 1).max() < 1e-4), f"{len(texts)} vectors"
    )
    if arguments.merged:
        check_sentence_transformers(
            checks, "sentence-transformers, merged", arguments.merged, texts, expected
        )
    if arguments.adapter:
        check_adapter(checks, arguments.adapter, arguments.base, texts, expected)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
