"""Golden gradients of full fine-tuning, of LoRA on some maps and of bfloat16, from PyTorch.

`llama.safetensors` and `bert.safetensors` are one InfoNCE batch through a tiny seeded model whose
every weight is trained, in plain PyTorch and transformers (the batch, the loss and the float64
arithmetic are those of `golden_training_step.py`; BERT's vectors are means of states):

    NAME            weights under the bare model's names (F32, exact: they were drawn as float32)
    grad.NAME       gradient of the loss (F64), checked against central differences
    after3.NAME     weights after three steps of torch.optim.AdamW on that batch (F64), with weight
                    decay on the weights of nn.Linear only: not on biases, norms and embeddings
    autocast.NAME   gradient in float32 under torch.autocast("cpu", torch.bfloat16) (F32)

and of the Llama `lora.NAME`, `lora-grad.NAME`: PEFT's gradient of the same loss with LoRA on some of
the linear maps, its factor alpha / sqrt(rank) (F64).

`families.json` has for every case of `golden_families.py` the gradient of that script's scalar with
respect to all weights, in float64: for each its norm, and its product with sin(1), sin(2), … in the
order of the file.

nn.Embedding gives the row of its padding token no gradient; here it does, as to any other.

Usage:
    golden_tuning.py [--out DIR]
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel

import golden_families as families
from golden_training_step import ADAMW, ADAMW_STEPS, TAU, lora_parameters
from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
SEED = 20261122
VOCABULARY = 40
PREFIX_TOKENS = 5
QUERY_TOKENS = (9, 14, 6)
POSITIVE_TOKENS = (8, 3, 12)
NEGATIVE_TOKENS = (4, 13, 7)
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 32,
}
LORA = {"r": 3, "lora_alpha": 6, "use_rslora": True, "target_modules": ["q_proj", "v_proj", "up_proj"]}

Embed = Callable[[torch.Tensor], torch.Tensor]


def tiny_llama() -> nn.Module:
    return LlamaModel(
        LlamaConfig(
            **SIZES,
            num_key_value_heads=1,
            attention_bias=True,
            mlp_bias=True,
            rms_norm_eps=1e-5,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
            use_cache=False,
            attn_implementation="eager",
        )
    )


def tiny_bert() -> nn.Module:
    config = BertConfig(
        **SIZES, hidden_dropout_prob=0, attention_probs_dropout_prob=0, attn_implementation="eager"
    )
    return BertModel(config, add_pooling_layer=False)


def without_padding(model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.padding_idx = None
    return model


def draw_batch(generator: torch.Generator) -> dict[str, list[list[int]]]:
    def ids(count: int) -> list[int]:
        return torch.randint(3, VOCABULARY, (count,), generator=generator).tolist()

    prefix = ids(PREFIX_TOKENS)
    return {
        "query": [prefix + ids(n - PREFIX_TOKENS) for n in QUERY_TOKENS],
        "positive": [ids(n) for n in POSITIVE_TOKENS],
        "negative": [ids(n) for n in NEGATIVE_TOKENS],
    }


def info_nce(model: nn.Module, batch: dict, pool: Embed) -> torch.Tensor:
    def vectors(texts: list[list[int]]) -> torch.Tensor:
        rows = [pool(model(input_ids=torch.tensor([ids])).last_hidden_state[0]) for ids in texts]
        return nn.functional.normalize(torch.stack(rows).to(rows[0].dtype), dim=-1)

    candidates = torch.cat([vectors(batch["positive"]), vectors(batch["negative"])])
    logits = vectors(batch["query"]) @ candidates.T / TAU
    return nn.functional.cross_entropy(logits, torch.arange(len(logits)))


def largest_difference_to_central_differences(
    parameters: dict[str, nn.Parameter],
    gradients: dict[str, torch.Tensor],
    loss: Callable[[], torch.Tensor],
    step: float = 1e-6,
) -> float:
    """Checks the entry of every weight that has the largest gradient."""
    worst = 0.0
    for name, weight in parameters.items():
        entry = int(gradients[name].abs().argmax())
        values = []
        for sign in (1, -1):
            with torch.no_grad():
                weight.view(-1)[entry] += sign * step
                values.append(loss().item())
                weight.view(-1)[entry] -= sign * step
        expected = gradients[name].view(-1)[entry].item()
        # The key's biases shift all scores of a query alike, so that their gradient is zero.
        largest = max(abs(expected), 1e-3)
        worst = max(worst, abs((values[0] - values[1]) / (2 * step) - expected) / largest)
    return worst


def gradients_of(loss: torch.Tensor, parameters: dict[str, nn.Parameter]) -> dict:
    found = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    pairs = zip(parameters.items(), found, strict=True)
    return {name: torch.zeros_like(w) if g is None else g for (name, w), g in pairs}


def adamw(model: nn.Module) -> torch.optim.AdamW:
    linear = {id(m.weight) for m in model.modules() if isinstance(m, nn.Linear)}
    decayed = [w for w in model.parameters() if id(w) in linear]
    others = [w for w in model.parameters() if id(w) not in linear]
    groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, **ADAMW, foreach=False)


def with_lora(model: nn.Module, generator: torch.Generator) -> nn.Module:
    adapted = get_peft_model(model, LoraConfig(**LORA, task_type="FEATURE_EXTRACTION"))
    for weight in lora_parameters(adapted).values():
        draw = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
        weight.data = draw * 0.5 * weight.shape[1] ** -0.5
    return adapted


def step(kind: str, out: Path) -> dict:
    """Writes a model's file; returns what `batch.json` says of it."""
    generator = torch.Generator().manual_seed(SEED)
    single = without_padding(tiny_llama() if kind == "llama" else tiny_bert()).eval()
    families.draw_weights(single, generator)
    pool: Embed = (lambda states: states[-1]) if kind == "llama" else (lambda s: s.mean(0))
    batch = draw_batch(generator)
    tensors = {name: w.detach().clone() for name, w in single.named_parameters()}

    with torch.autocast("cpu", torch.bfloat16):
        rounded = info_nce(single, batch, pool)
    of_autocast = gradients_of(rounded, dict(single.named_parameters()))
    tensors |= {f"autocast.{n}": g for n, g in of_autocast.items()}

    with families.float64_functions():
        model = families.as_float64(single)
        parameters = dict(model.named_parameters())
        loss = info_nce(model, batch, pool)
        gradients = gradients_of(loss, parameters)
        finite = largest_difference_to_central_differences(
            parameters, gradients, lambda: info_nce(model, batch, pool)
        )
        assert finite < 1e-5, finite
        tensors |= {f"grad.{n}": g for n, g in gradients.items()}

        if kind == "llama":
            adapted = with_lora(families.as_float64(single), generator)
            lora = lora_parameters(adapted)
            tensors |= {f"lora.{n}": w.detach().clone() for n, w in lora.items()}
            of_lora = gradients_of(info_nce(adapted, batch, pool), lora)
            tensors |= {f"lora-grad.{n}": g for n, g in of_lora.items()}

        optimizer = adamw(model)
        for _ in range(ADAMW_STEPS):
            optimizer.zero_grad()
            info_nce(model, batch, pool).backward()
            optimizer.step()
        tensors |= {f"after3.{n}": w.detach() for n, w in parameters.items()}

    file = out / f"{kind}.safetensors"
    save_file({n: t.contiguous() for n, t in tensors.items()}, file)
    file.chmod(0o644)
    exact, approximate = (torch.cat([g[n].double().flatten() for n in gradients]) for g in (gradients, of_autocast))
    error = ((exact - approximate).norm() / exact.norm()).item()
    print(f"{kind}: loss {loss.item():.12f}, {file.stat().st_size} bytes")
    print(f"  against central differences {finite:.1e}, autocast against float64 {error:.1e}")
    return {
        "config": json.loads(single.config.to_json_string()),
        "ids": batch,
        "loss": loss.item(),
        "autocast_loss": rounded.item(),
        "autocast_relative_error": float(f"{error:.2g}"),
    }


def of_family(name: str, case: families.Case) -> dict[str, list[float]]:
    folder = RESOURCES / "families" / name
    golden = json.loads((folder / "golden.json").read_text())
    stored = load_file(folder / "states.safetensors")
    model = without_padding(case.model())
    model.load_state_dict(load_file(folder / "model.safetensors"))
    cotangents = [stored[f"cotangent.{i}"].double() for i in range(len(golden["ids"]))]
    with families.float64_functions():
        exact = families.as_float64(model)
        parameters = {
            n: w for n, w in exact.named_parameters() if not n.startswith("pooler.")
        }
        value = families.scalar(exact, golden["ids"], cotangents, case.pooling)
        gradients = gradients_of(value, parameters)
    result = {}
    for weight, gradient in gradients.items():
        probe = torch.arange(1, gradient.numel() + 1, dtype=torch.float64).sin()
        result[weight] = [gradient.norm().item(), (gradient.flatten() @ probe).item()]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "tuning")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers", "peft"),
        "temperature": TAU,
        "adamw": ADAMW | {"steps": ADAMW_STEPS},
        "lora": LORA,
        "llama": step("llama", out),
        "bert": step("bert", out),
    }
    (out / "batch.json").write_text(json.dumps(description, indent=1) + "\n")
    gradients = {name: of_family(name, case) for name, case in families.CASES.items()}
    lines = [f"{json.dumps(n)}: {json.dumps(g)}" for n, g in gradients.items()]
    (out / "families.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
