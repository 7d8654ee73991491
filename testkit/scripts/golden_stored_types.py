"""Golden states of the tiny models of `golden_families.py` with weights stored in fewer bits.

Written are

    states.safetensors  of every decoder CASE, at each text's last token, each text alone:
                        `CASE.upcast`   `[texts, hidden]` (F32): weights rounded to bfloat16, then
                                        computed in float32
                        `CASE.bfloat16` `[texts, hidden]` (F32): the same file computed in bfloat16
                        and, of llama-default, `mixed.upcast`: weights number 0, 3, 6, ... of the
                        file kept, 1, 4, 7, ... rounded to float16, 2, 5, 8, ... to bfloat16
    sharded/            llama-default's weights in bfloat16 with a language-modelling head, in
                        shards, as `save_pretrained` of a `LlamaForCausalLM` writes them

Every model is loaded by transformers from a checkpoint on disk.

Usage:
    golden_stored_types.py [--out DIR]
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

from golden_families import CASES, RESOURCES, states, write_tensors

FAMILIES = RESOURCES / "families"
MIXED = "llama-default"
TYPES = (torch.float32, torch.float16, torch.bfloat16)


def checkpoint(name: str, folder: Path, dtypes: tuple[torch.dtype, ...]) -> None:
    weights = load_file(FAMILIES / name / "model.safetensors")
    rounded = {n: weights[n].to(dtypes[i % len(dtypes)]) for i, n in enumerate(sorted(weights))}
    save_file(rounded, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((FAMILIES / name / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config))


@torch.no_grad()
def last_states(name: str, folder: Path, dtype: torch.dtype) -> torch.Tensor:
    model_class = getattr(transformers, CASES[name].family + "Model")
    model = model_class.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()
    assert all(weight.dtype == dtype for weight in model.parameters())
    texts = json.loads((FAMILIES / name / "golden.json").read_text())["ids"]
    return torch.stack([state[-1].float() for state in states(model, texts)])


def all_states() -> dict[str, torch.Tensor]:
    tensors = {}
    for name, case in CASES.items():
        if case.maps:
            with tempfile.TemporaryDirectory() as temp:
                checkpoint(name, Path(temp), (torch.bfloat16,))
                tensors[f"{name}.upcast"] = last_states(name, Path(temp), torch.float32)
                tensors[f"{name}.bfloat16"] = last_states(name, Path(temp), torch.bfloat16)
            cosine = torch.cosine_similarity(
                tensors[f"{name}.upcast"], tensors[f"{name}.bfloat16"]
            )
            print(name, f"smallest cosine {cosine.min():.6f}")
    with tempfile.TemporaryDirectory() as temp:
        checkpoint(MIXED, Path(temp), TYPES)
        tensors["mixed.upcast"] = last_states(MIXED, Path(temp), torch.float32)
    return tensors


def write_sharded(folder: Path) -> None:
    config = transformers.LlamaConfig.from_pretrained(FAMILIES / MIXED)
    model = transformers.LlamaForCausalLM(config)
    model.model.load_state_dict(load_file(FAMILIES / MIXED / "model.safetensors"))
    torch.nn.init.zeros_(model.lm_head.weight)
    model.to(torch.bfloat16).save_pretrained(folder, max_shard_size="24KB")
    (folder / "generation_config.json").unlink(missing_ok=True)
    for file in folder.iterdir():
        file.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "stored-types")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_tensors(all_states(), arguments.out / "states.safetensors")
    write_sharded(arguments.out / "sharded")


if __name__ == "__main__":
    main()
