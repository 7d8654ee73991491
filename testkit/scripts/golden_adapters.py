"""Golden PEFT adapters over tiny models, in the forms that people publish.

Each case is a folder with the files that `save_pretrained` writes (`adapter_config.json`,
`adapter_model.safetensors`) and `states.safetensors`: the last hidden state of each text of the
base's `golden.json` at its last token, `states` `[texts, hidden]` (F32), each text alone. The base
is a case of `golden_families.py` beside it, named in `base.txt`.

Usage:
    golden_adapters.py [--out DIR] [CASE ...]
"""

import argparse
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
LINEAR_MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

BERT_MAPS = [
    "query",
    "key",
    "value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
]


@dataclass(frozen=True)
class Case:
    base: str = "llama-default"
    model: str = "LlamaModel"
    settings: dict = field(default_factory=dict)


CASES = {
    "plain": Case(),
    "causal": Case(model="LlamaForCausalLM"),
    "rslora": Case(settings={"use_rslora": True}),
    "dora": Case(settings={"use_dora": True}),
    "patterns": Case(
        settings={
            "rank_pattern": {"q_proj": 2, "layers.1.mlp.down_proj": 3},
            "alpha_pattern": {"v_proj": 16, "down_proj": 5},
        }
    ),
    "saved-whole": Case(settings={"modules_to_save": ["embed_tokens"]}),
    "phi3": Case(
        "phi3",
        "Phi3Model",
        {"target_modules": ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]},
    ),
    "bert": Case("bert", "BertModel", {"target_modules": BERT_MAPS}),
    "bert-classifier": Case(
        "bert", "BertForSequenceClassification", {"target_modules": ["query", "value"]}
    ),
    "modernbert": Case("modernbert", "ModernBertModel", {"target_modules": ["Wqkv", "Wo", "Wi"]}),
}


def bare(model: nn.Module) -> nn.Module:
    """The model without its head."""
    return getattr(model, model.base_model_prefix, model)


def base_model(case: Case, families: Path) -> nn.Module:
    folder = families / case.base
    model_class = getattr(transformers, case.model)
    config = model_class.config_class.from_pretrained(folder)
    config._attn_implementation = "eager"
    model = model_class(config)
    weights = load_file(folder / "model.safetensors")
    bare(model).load_state_dict(weights, strict=True)
    return model.float().eval()


def adapted(case: Case, name: str, families: Path) -> nn.Module:
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    settings = {"r": 4, "lora_alpha": 8, "target_modules": LINEAR_MAPS} | case.settings
    model = get_peft_model(base_model(case, families), LoraConfig(lora_dropout=0.0, **settings))
    for weight in model.parameters():
        if weight.requires_grad:
            draw = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1:  # DoRA's magnitudes start at the rows' norms
                weight.data = weight.data * (1 + 0.2 * draw)
            else:
                weight.data = draw * 0.5 * weight.shape[1] ** -0.5
    return model.eval()


def last_states(model: nn.Module, texts: list[list[int]]) -> torch.Tensor:
    inner = bare(model.get_base_model())
    with torch.no_grad():
        rows = [inner(input_ids=torch.tensor([ids])).last_hidden_state[0, -1] for ids in texts]
    return torch.stack(rows)


def write_case(name: str, out: Path, families: Path) -> None:
    case = CASES[name]
    model = adapted(case, name, families)
    texts = json.loads((families / case.base / "golden.json").read_text())["ids"]
    states = last_states(model, texts)
    model.save_pretrained(out)
    (out / "README.md").unlink(missing_ok=True)
    description = json.loads((out / "adapter_config.json").read_text())
    description["base_model_name_or_path"] = "tiny/" + case.base
    (out / "adapter_config.json").write_text(json.dumps(description, indent=2) + "\n")
    (out / "base.txt").write_text(case.base + "\n")
    save_file({"states": states.contiguous()}, out / "states.safetensors")
    for file in out.iterdir():
        file.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--out", type=Path, default=RESOURCES / "adapters")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name in arguments.cases or CASES:
        write_case(name, arguments.out / name, RESOURCES / "families")
        print(name, flush=True)


if __name__ == "__main__":
    main()
