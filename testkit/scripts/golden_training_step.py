"""Golden training step: loss, embeddings and LoRA gradients of one InfoNCE batch, in float64.

A tiny seeded Llama with LoRA on all seven linear maps (A and B both nonzero, dropout 0) sees one
batch of triplets, written in plain PyTorch, transformers and PEFT:

    e(text)  = h_EOS / |h_EOS|,  h = last layer after the final norm, each text alone, unpadded
    logits   = e(q) [e(p); e(n)]^T / tau            [batch, 2 * batch]
    loss     = mean_i cross_entropy(logits_i, target i)

and then three AdamW steps on that same batch. Everything runs in float64: transformers computes
RMSNorm and the rotary angles in float32 whatever the model's type, so both are replaced here.
The gradients are checked against central differences, and the batch run alone against the padded
batch, before anything is written.

Writes `step.safetensors`: base weights under LlamaModel's names (F32, exact: they were drawn as
float32), and in F64 `lora.layers.L.BLOCK.MAP.A|B`, `grad.…`, `after3.…`,
`embeddings.query|positive|negative` `[batch, hidden]`, `logits`; and `batch.json`: configuration,
token ids, losses.

Usage:
    golden_training_step.py [--out DIR]
"""

import argparse
import json
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers import LlamaConfig, LlamaModel
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from reference_backbone import EOS_ID, library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
SEED = 20240101
TAU = 0.02
PREFIX_TOKENS = 5
QUERY_TOKENS = (9, 17, 6)  # with prefix and EOS: the last query is the bare instruction
POSITIVE_TOKENS = (12, 3, 16)
NEGATIVE_TOKENS = (4, 17, 8)
LORA = {"rank": 4, "alpha": 8}
ADAMW = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.1}
ADAMW_STEPS = 3
LINEAR_MAPS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Float64RmsNorm(nn.Module):
    """`w * x / sqrt(mean(x^2) + eps)`, without the round trip through float32."""

    def __init__(self, norm: LlamaRMSNorm) -> None:
        super().__init__()
        self.weight, self.epsilon = norm.weight, norm.variance_epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)


class Float64Rotary(nn.Module):
    """cos and sin of `position * theta^(-2i / headDim)`, each angle twice (halves, not pairs)."""

    def __init__(self, theta: float, head_dim: int) -> None:
        super().__init__()
        exponents = torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim
        self.inverse_frequencies = theta**-exponents

    def forward(self, x: torch.Tensor, position_ids: torch.Tensor) -> tuple:
        angles = position_ids[..., None].double() * self.inverse_frequencies
        angles = torch.cat([angles, angles], dim=-1)
        return angles.cos(), angles.sin()


def tiny_llama(generator: torch.Generator) -> LlamaModel:
    config = LlamaConfig(
        vocab_size=260,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=512,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=EOS_ID,
        pad_token_id=EOS_ID,
        use_cache=False,
    )
    model = LlamaModel(config)
    for name, weight in model.named_parameters():
        draw = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
        if "norm" in name:
            weight.data = 1 + 0.1 * draw
        elif "embed" in name:
            weight.data = draw
        else:
            weight.data = draw * weight.shape[1] ** -0.5
    model = model.double()
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, LlamaRMSNorm):
                setattr(module, name, Float64RmsNorm(child))
    model.rotary_emb = Float64Rotary(10000.0, config.head_dim)
    return model


def with_lora(model: LlamaModel, generator: torch.Generator) -> nn.Module:
    config = LoraConfig(
        r=LORA["rank"],
        lora_alpha=LORA["alpha"],
        lora_dropout=0.0,
        target_modules=list(LINEAR_MAPS),
        task_type="FEATURE_EXTRACTION",
    )
    adapted = get_peft_model(model, config)
    for weight in lora_parameters(adapted).values():
        draw = torch.randn(weight.shape, generator=generator, dtype=torch.float64)
        weight.data = draw * 0.5 * weight.shape[1] ** -0.5
    assert all(p.dtype == torch.float64 for p in adapted.parameters())
    return adapted


def lora_parameters(adapted: nn.Module) -> dict[str, nn.Parameter]:
    """`layers.0.self_attn.q_proj.A` and so on -> parameter, in the model's order."""
    parameters = {}
    for name, weight in adapted.named_parameters():
        if weight.requires_grad:
            path = name.removeprefix("base_model.model.").removesuffix(".default.weight")
            parameters[path.replace(".lora_", ".")] = weight
    return parameters


def draw_batch(generator: torch.Generator) -> dict[str, list[list[int]]]:
    def ids(count: int) -> list[int]:
        return torch.randint(3, 260, (count,), generator=generator).tolist()

    prefix = ids(PREFIX_TOKENS)
    return {
        "query": [prefix + ids(n - PREFIX_TOKENS - 1) + [EOS_ID] for n in QUERY_TOKENS],
        "positive": [ids(n - 1) + [EOS_ID] for n in POSITIVE_TOKENS],
        "negative": [ids(n - 1) + [EOS_ID] for n in NEGATIVE_TOKENS],
    }


def embed_alone(model: nn.Module, texts: list[list[int]]) -> torch.Tensor:
    rows = [model(input_ids=torch.tensor([ids])).last_hidden_state[0, -1] for ids in texts]
    return nn.functional.normalize(torch.stack(rows), dim=-1)


def embed_padded(model: nn.Module, texts: list[list[int]]) -> torch.Tensor:
    width = max(map(len, texts))
    ids = torch.tensor([row + [EOS_ID] * (width - len(row)) for row in texts])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in texts])
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    return nn.functional.normalize(hidden[torch.arange(len(texts)), mask.sum(1) - 1], dim=-1)


def info_nce(model: nn.Module, batch: dict, embed=embed_alone) -> tuple:
    vectors = {role: embed(model, texts) for role, texts in batch.items()}
    candidates = torch.cat([vectors["positive"], vectors["negative"]])
    logits = vectors["query"] @ candidates.T / TAU
    loss = nn.functional.cross_entropy(logits, torch.arange(len(logits)))
    return loss, logits, vectors


def largest_difference_to_central_differences(
    model: nn.Module, batch: dict, gradients: dict[str, torch.Tensor], step: float = 1e-6
) -> float:
    """Checks two entries of every LoRA matrix, relative to the largest gradient of that matrix."""
    worst = 0.0
    for name, weight in lora_parameters(model).items():
        for entry in (0, weight.numel() // 2):
            losses = []
            for sign in (1, -1):
                with torch.no_grad():
                    weight.view(-1)[entry] += sign * step
                    losses.append(info_nce(model, batch)[0].item())
                    weight.view(-1)[entry] -= sign * step
            estimate = (losses[0] - losses[1]) / (2 * step)
            difference = abs(estimate - gradients[name].view(-1)[entry].item())
            worst = max(worst, difference / gradients[name].abs().max().item())
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "tiny-llama-step")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    generator = torch.Generator().manual_seed(SEED)
    base = tiny_llama(generator)
    config = base.config
    weights = {name: w.detach().float() for name, w in base.state_dict().items()}
    model = with_lora(base, generator)
    batch = draw_batch(generator)

    tensors = {f"lora.{n}": w.detach().clone() for n, w in lora_parameters(model).items()}
    loss, logits, vectors = info_nce(model, batch)
    loss.backward()
    gradients = {n: w.grad.clone() for n, w in lora_parameters(model).items()}
    tensors |= {f"grad.{n}": g for n, g in gradients.items()}
    tensors |= {f"embeddings.{role}": v.detach() for role, v in vectors.items()}
    tensors["logits"] = logits.detach()

    with torch.no_grad():
        padding = abs(info_nce(model, batch, embed_padded)[0].item() - loss.item())
    finite = largest_difference_to_central_differences(model, batch, gradients)
    assert padding < 1e-12 and finite < 1e-7, (padding, finite)

    optimizer = torch.optim.AdamW(lora_parameters(model).values(), **ADAMW, foreach=False)
    losses = []
    for _ in range(ADAMW_STEPS):
        optimizer.zero_grad()
        step_loss = info_nce(model, batch)[0]
        step_loss.backward()
        optimizer.step()
        losses.append(step_loss.item())
    tensors |= {f"after3.{n}": w.detach() for n, w in lora_parameters(model).items()}
    with torch.no_grad():
        losses.append(info_nce(model, batch)[0].item())

    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers", "peft"),
        "arithmetic": "float64 throughout, RMSNorm and rotary angles included",
        "config": {
            "vocab_size": config.vocab_size,
            "hidden_size": config.hidden_size,
            "intermediate_size": config.intermediate_size,
            "num_hidden_layers": config.num_hidden_layers,
            "num_attention_heads": config.num_attention_heads,
            "num_key_value_heads": config.num_key_value_heads,
            "head_dim": config.head_dim,
            "max_position_embeddings": config.max_position_embeddings,
            "rms_norm_eps": config.rms_norm_eps,
            "rope_theta": config.rope_parameters["rope_theta"],
            "hidden_act": config.hidden_act,
            "tie_word_embeddings": config.tie_word_embeddings,
            "eos_token_id": EOS_ID,
        },
        "lora": LORA | {"dropout": 0.0, "scaling": LORA["alpha"] / LORA["rank"]},
        "temperature": TAU,
        "prefix_tokens": PREFIX_TOKENS,
        "ids": batch,
        "loss": loss.item(),
        "adamw": ADAMW | {"steps": ADAMW_STEPS},
        "losses_before_each_step_and_after_the_last": losses,
        "largest_relative_difference_to_central_differences": float(f"{finite:.2g}"),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(description, indent=2) + "\n"
    for row in sorted((row for rows in batch.values() for row in rows), key=len, reverse=True):
        text = text.replace(json.dumps(row, indent=2).replace("\n", "\n      "), json.dumps(row))
    assert json.loads(text)["ids"] == batch
    (arguments.out / "batch.json").write_text(text)
    file = arguments.out / "step.safetensors"
    save_file({n: t.contiguous() for n, t in (weights | tensors).items()}, file)
    file.chmod(0o644)
    print(f"loss {loss.item():.12f}, then {losses[1:]}, {file.stat().st_size} bytes")
    print(f"against central differences {finite:.1e}, alone against padded {padding:.1e}")


if __name__ == "__main__":
    main()
