"""Checks exported ONNX folders with the Python tools their users have.

Each folder has `onnx/model.onnx`, and a folder of its name under `--goldens` has the `golden.json` and
`states.safetensors` of `golden_encoder_folders.py`. The file must pass ONNX's own checker, shape
inference included, and give the golden states and vectors in ONNX Runtime, each text alone and all
in one padded batch.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    onnx_check.py --goldens DIR [--tolerance 1e-5] FOLDER ...
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

from interop_check import Checks

MAX_TOKENS = 64


def padded(texts: list[list[int]], padding: int) -> tuple[np.ndarray, np.ndarray]:
    width = max(map(len, texts))
    ids = np.full((len(texts), width), padding, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return ids, mask


def run(session, texts: list[list[int]], padding: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the states `[texts, tokens, hidden]` and the vectors `[texts, dimensions]`."""
    ids, mask = padded(texts, padding)
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    wanted = {value.name for value in session.get_inputs()}
    outputs = ["last_hidden_state", "sentence_embedding"]
    return tuple(session.run(outputs, {name: feed[name] for name in wanted}))


def check_folder(checks: Checks, folder: Path, goldens: Path) -> None:
    file = folder / "onnx/model.onnx"
    onnx.checker.check_model(str(file), full_check=True)
    checks.report(f"{folder.name}, ONNX's checker", True, f"{file.stat().st_size} bytes")
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    padding = json.loads((folder / "config.json").read_text())["pad_token_id"]
    golden = json.loads((goldens / "golden.json").read_text())["texts"]
    states = load_file(goldens / "states.safetensors")
    expected = np.array([text["vector"] for text in golden], dtype=np.float32)
    whole = [text["ids"] for text in golden]
    # The vectors are those of texts cut to the model's limit, the states those of whole texts.
    cut = [ids if len(ids) <= MAX_TOKENS else ids[: MAX_TOKENS - 1] + ids[-1:] for ids in whole]

    alone = np.concatenate([run(session, [ids], padding)[1] for ids in cut])
    checks.same(f"{folder.name}, alone", alone, expected)
    checks.same(f"{folder.name}, one batch", run(session, cut, padding)[1], expected)
    together = run(session, whole, padding)[0]
    for index, ids in enumerate(whole):
        name = f"{folder.name}, states of text {index}"
        checks.same(name, together[index, : len(ids)], states[f"states.{index}"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--goldens", type=Path, required=True)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()
    checks = Checks(arguments.tolerance)
    for folder in arguments.folders:
        check_folder(checks, folder, arguments.goldens / folder.name)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
