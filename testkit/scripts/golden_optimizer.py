"""Golden optimizer: learning rates of transformers' schedules, clipping and AdamW of torch.

`optimizer.json` has, for each schedule, the learning rates of 40 steps with 8 of warm-up and a peak
of 1; gradients before and after `clip_grad_norm_` at norm 1, which it scales down, and at norm 100,
which it leaves; and two vectors after three steps of AdamW in float64, the second without weight
decay.

Usage:
    golden_optimizer.py [--out DIR]
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import get_scheduler

from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
STEPS, WARMUP = 40, 8
SCHEDULES = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
ADAMW = {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8}
DECAY = 0.1


def learning_rates(name: str) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = get_scheduler(name, optimizer, WARMUP, STEPS)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "optimizer")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(3)

    def draw() -> torch.Tensor:
        return torch.randn(5, generator=generator, dtype=torch.float64)

    first, second = draw().requires_grad_(), draw().requires_grad_()
    result = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers"),
        "steps": STEPS,
        "warmup": WARMUP,
        "schedules": {ours: learning_rates(theirs) for ours, theirs in SCHEDULES.items()},
        "initial": [first.tolist(), second.tolist()],
    }
    gradients = [draw(), draw()]
    result["gradients"] = [gradient.tolist() for gradient in gradients]
    result["clipped"] = {}
    for most in (1.0, 100.0):
        first.grad, second.grad = (gradient.clone() for gradient in gradients)
        norm = torch.nn.utils.clip_grad_norm_([first, second], most)
        result["clipped"][str(most)] = [first.grad.tolist(), second.grad.tolist()]
        result["norm"] = norm.item()
    groups = [
        {"params": [first], "weight_decay": DECAY},
        {"params": [second], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, **ADAMW, foreach=False)
    for step in range(3):
        first.grad, second.grad = (gradient * (1 + step) for gradient in gradients)
        optimizer.step()
    result["after3"] = [first.tolist(), second.tolist()]
    arguments.out.mkdir(parents=True, exist_ok=True)
    file = arguments.out / "optimizer.json"
    file.write_text(json.dumps(result) + "\n")
    file.chmod(0o644)
    print(f"{file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
