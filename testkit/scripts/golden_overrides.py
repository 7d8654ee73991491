"""Golden states of the tiny models of `golden_families.py` with attention changed on loading.

Written are `overrides.json`, a list of cases, each with the name of the model, what is changed and
what transformers calls it, and `states.safetensors`: `states.I` `[texts, hidden]` (F32), the last
hidden state of each text of case I at its last token, each text alone.

Usage:
    golden_overrides.py [--out DIR]
"""

import argparse
import copy
import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file

from golden_families import CASES, RESOURCES, states, write_tensors

FAMILIES = RESOURCES / "families"


def gemma3_base(config, base: float) -> None:
    config.rope_parameters["full_attention"]["rope_theta"] = base


def shared_base(config, base: float) -> None:
    config.rope_parameters["rope_theta"] = base


def bidirectional(config, on: bool) -> None:
    config.is_causal = not on


def window(config, width: int) -> None:
    config.sliding_window = width


KEYS = {"bidirectional": bidirectional, "window": window, "rope_base": shared_base}
OVERRIDES = [
    ("llama-default", {"bidirectional": True}),
    ("mistral-window", {"bidirectional": True}),
    ("qwen2-window", {"bidirectional": True}),
    ("smollm3", {"bidirectional": True}),
    ("gemma2", {"bidirectional": True}),
    ("gemma3", {"bidirectional": True}),
    ("phi3", {"bidirectional": True}),
    ("mistral-window", {"window": 3}),
    ("mistral-window", {"window": 20, "bidirectional": True}),
    ("gemma3", {"window": 3}),
    ("mistral-window", {"rope_base": 500.0}),
    ("llama-rope-dynamic", {"rope_base": 500.0}),
    ("gemma3", {"rope_base": 500.0}),
    ("phi3-longrope", {"rope_base": 500.0}),
]


def changed_model(name: str, overrides: dict) -> torch.nn.Module:
    config = copy.deepcopy(CASES[name].model().config)
    for key, value in overrides.items():
        change = gemma3_base if name == "gemma3" and key == "rope_base" else KEYS[key]
        change(config, value)
    config._attn_implementation = "eager"
    model = getattr(transformers, CASES[name].family + "Model")(config)
    model.load_state_dict(load_file(FAMILIES / name / "model.safetensors"))
    return model.float().eval()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "overrides")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    arguments.out.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for i, (name, overrides) in enumerate(OVERRIDES):
        texts = json.loads((FAMILIES / name / "golden.json").read_text())["ids"]
        changed = torch.stack([s[-1] for s in states(changed_model(name, overrides), texts)])
        plain = torch.stack([s[-1] for s in states(changed_model(name, {}), texts)])
        difference = (changed - plain).abs().max().item()
        assert difference > 0.01, (name, overrides, difference)
        print(name, overrides, f"changes states by {difference:.2f}")
        tensors[f"states.{i}"] = changed
    write_tensors(tensors, arguments.out / "states.safetensors")
    cases = [{"model": name} | overrides for name, overrides in OVERRIDES]
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    (arguments.out / "overrides.json").write_text(f"[\n  {lines}\n]\n")


if __name__ == "__main__":
    main()
