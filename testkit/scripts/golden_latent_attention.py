"""Golden latent attention: values and gradients of NV-Embed's pooling layer, in float64.

The layer is written here from the paper (arXiv 2405.17428, section 3.1) with the residuals, norms,
biases and names of the modelling code that NV-Embed-v1 and -v2 publish, which the paper leaves out:

    o = h + attention(norm(h) Wq; norm(latents) Wkv) Wo      no biases, no mask
    y = o + (a * gelu(b)) W2 + b2,   [a, b] = norm(o) W1 + b1

    embedding(text) = mean of y over the text's tokens

`layer.safetensors` has one layer with random weights: weights and `states` `[rows, hidden]` (drawn
as float32, stored so), and in F64 `pooled` `[texts, hidden]`, and `grad.…` of weights and states for
the scalar `sum(pooled * direction)`. `layer.json` has sizes and the texts' lengths.

`step.safetensors` has a training step: the model, adapter and batch of `golden_training_step.py`,
with the layer between the states and the mean, its weights `sin(1²), sin(2²), …` over the square
root of the number of columns. `step.json` has the loss; the gradients are those of every adapter's `A` and
of the layer's smaller weights.

Gradients are checked against central differences before anything is written.

Usage:
    golden_latent_attention.py [--out DIR]
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

import golden_training_step as step
from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
LAYER = {"hidden": 8, "latents": 5, "heads": 2, "head_dim": 3}
STEP = {"hidden": 48, "latents": 7, "heads": 2, "head_dim": 5}
LENGTHS = (3, 1, 6)
SMALL = 600  # values a gradient of the step may have to be stored


class Attention(nn.Module):
    def __init__(self, hidden: int, heads: int, head_dim: int) -> None:
        super().__init__()
        self.heads, width = heads, heads * head_dim
        self.to_q = nn.Linear(hidden, width, bias=False)
        self.to_kv = nn.Linear(hidden, 2 * width, bias=False)
        self.to_out = nn.Linear(width, hidden, bias=False)

    def forward(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        def split(x: torch.Tensor) -> torch.Tensor:
            return x.unflatten(-1, (self.heads, -1)).transpose(0, 1)

        query, (key, value) = split(self.to_q(rows)), map(split, self.to_kv(latents).chunk(2, -1))
        weights = torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, dim=-1)
        return self.to_out((weights @ value).transpose(0, 1).flatten(1))


class GatedGelu(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        value, gate = x.chunk(2, dim=-1)
        return value * nn.functional.gelu(gate)


class Block(nn.Module):
    """A norm before a function, and one for the function's context where it has one."""

    def __init__(self, hidden: int, fn: nn.Module, context: bool) -> None:
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(hidden), fn
        if context:
            self.norm_context = nn.LayerNorm(hidden)


class MultiLayer(nn.Module):
    """A feed-forward part four times as wide, under the published name `net`."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(hidden, 8 * hidden), GatedGelu(), nn.Linear(4 * hidden, hidden)
        )


class LatentAttention(nn.Module):
    def __init__(self, hidden: int, latents: int, heads: int, head_dim: int) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.empty(latents, hidden))
        self.cross_attend_blocks = nn.ModuleList(
            [
                Block(hidden, Attention(hidden, heads, head_dim), context=True),
                Block(hidden, MultiLayer(hidden), context=False),
            ]
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        cross, feed = self.cross_attend_blocks
        rows = rows + cross.fn(cross.norm(rows), cross.norm_context(self.latents))
        return rows + feed.fn.net(feed.norm(rows))


def central_differences(
    named: dict[str, torch.Tensor], value: Callable[[], torch.Tensor], distance: float = 1e-6
) -> float:
    """The largest difference of two entries of every gradient, relative to its largest.

    Gradients that are much smaller than the others are held against a thousandth of the largest,
    since differences of the value have an error of their own.
    """
    worst, least = 0.0, max(weight.grad.abs().max().item() for weight in named.values()) / 1000
    for weight in named.values():
        for entry in (0, weight.numel() // 2):
            values = []
            for sign in (1, -1):
                with torch.no_grad():
                    weight.view(-1)[entry] += sign * distance
                    values.append(value().item())
                    weight.view(-1)[entry] -= sign * distance
            estimate = (values[0] - values[1]) / (2 * distance)
            difference = abs(estimate - weight.grad.view(-1)[entry].item())
            worst = max(worst, difference / max(weight.grad.abs().max().item(), least))
    return worst


def write(out: Path, name: str, tensors: dict[str, torch.Tensor], description: dict) -> None:
    out.mkdir(parents=True, exist_ok=True)
    save_file({n: t.detach().contiguous() for n, t in tensors.items()}, out / f"{name}.safetensors")
    (out / f"{name}.safetensors").chmod(0o644)
    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers", "peft"),
    } | description
    (out / f"{name}.json").write_text(json.dumps(description, indent=2) + "\n")


def layer(out: Path) -> None:
    generator = torch.Generator().manual_seed(7)
    module = LatentAttention(**LAYER)
    for name, weight in module.named_parameters():
        draw = torch.randn(weight.shape, generator=generator)
        scale = 0.2 if weight.dim() == 1 else weight.shape[1] ** -0.5
        weight.data = (1 if "norm" in name and name.endswith("weight") else 0) + scale * draw
    states = torch.randn(sum(LENGTHS), LAYER["hidden"], generator=generator)
    direction = torch.randn(len(LENGTHS), LAYER["hidden"], generator=generator)
    stored = {n: w.detach().clone() for n, w in module.named_parameters()}
    stored |= {"states": states, "direction": direction}
    module, states = module.double(), states.double().requires_grad_()

    def pooled() -> torch.Tensor:
        return torch.stack([text.mean(0) for text in module(states).split(LENGTHS)])

    def value() -> torch.Tensor:
        return (pooled() * direction.double()).sum()

    value().backward()
    named = dict(module.named_parameters()) | {"states": states}
    finite = central_differences(named, value)
    assert finite < 1e-7, finite
    gradients = {f"grad.{n}": w.grad for n, w in named.items()}
    write(out, "layer", stored | {"pooled": pooled()} | gradients, LAYER | {"lengths": LENGTHS})
    print(f"layer against central differences {finite:.1e}")


def training_step(out: Path) -> None:
    generator = torch.Generator().manual_seed(step.SEED)
    model = step.with_lora(step.tiny_llama(generator), generator)
    batch = step.draw_batch(generator)
    module = LatentAttention(**STEP).double()
    for weight in module.parameters():
        count = torch.arange(1, weight.numel() + 1, dtype=torch.float64)
        weight.data = (count.square().sin() * weight.shape[-1] ** -0.5).view(weight.shape)

    def embed(llama: nn.Module, texts: list[list[int]]) -> torch.Tensor:
        states = [llama(input_ids=torch.tensor([ids])).last_hidden_state[0] for ids in texts]
        return nn.functional.normalize(torch.stack([module(s).mean(0) for s in states]), dim=-1)

    def value() -> torch.Tensor:
        return step.info_nce(model, batch, embed)[0]

    loss = value()
    loss.backward()
    adapters = step.lora_parameters(model)
    finite = central_differences(dict(module.named_parameters()) | adapters, value)
    assert finite < 1e-7, finite
    gradients = {f"grad.{n}": w.grad for n, w in adapters.items() if n.endswith(".A")}
    small = {n: w.grad for n, w in module.named_parameters() if w.numel() <= SMALL}
    gradients |= {f"grad.{n}": gradient for n, gradient in small.items()}
    write(out, "step", gradients, STEP | {"loss": loss.item()})
    print(f"step's loss {loss.item():.12f}, against central differences {finite:.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "latent-attention")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    layer(arguments.out)
    training_step(arguments.out)


if __name__ == "__main__":
    main()
