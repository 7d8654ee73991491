"""Model folders for `alidade` to read, and the vectors that it gives for them."""

import json
import subprocess
from pathlib import Path

import numpy as np

POOLING_MODES = ("cls_token", "mean_tokens", "max_tokens", "weightedmean_tokens", "lasttoken")


def write_json(file: Path, value: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2))


def write_folder(folder: Path, model, pooling: str, max_tokens: int) -> None:
    """A transformers model in the layout of sentence-transformers up to version 5, no tokenizer yet.

    `pooling` is one of POOLING_MODES.
    """
    assert pooling in POOLING_MODES, pooling
    model.save_pretrained(folder)
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    write_json(
        folder / "modules.json",
        [
            {
                "idx": i,
                "name": str(i),
                "path": path,
                "type": f"sentence_transformers.models.{name}",
            }
            for i, (path, name) in enumerate(modules)
        ],
    )
    modes = {f"pooling_mode_{mode}": mode == pooling for mode in POOLING_MODES}
    write_json(
        folder / "1_Pooling/config.json",
        {"word_embedding_dimension": model.config.hidden_size, "include_prompt": True} | modes,
    )
    write_json(
        folder / "sentence_bert_config.json",
        {"max_seq_length": max_tokens, "do_lower_case": False},
    )


def run(launcher: Path, *arguments: object, stdin: str = "") -> str:
    """What `alidade` prints; ends this process with its message if it fails."""
    command = [str(launcher.resolve()), *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def embed(launcher: Path, model: Path, texts: list[str], *options: str) -> np.ndarray:
    lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(texts))
    printed = run(launcher, "embed", "--model", model, *options, stdin=lines)
    rows = [json.loads(line)["embedding"] for line in printed.splitlines()]
    return np.asarray(rows, dtype=np.float32)
