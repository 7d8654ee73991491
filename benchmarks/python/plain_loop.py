"""A plain PyTorch, transformers and PEFT training loop: what an engineer would write by hand.

It trains with the quickstart's recipe, so that its steps, losses and speed stand beside Alidade's.

    e(text) = last layer's hidden state at EOS, L2-normalised
    loss    = mean_i cross_entropy(e(q_i) . [e(p_1..b); e(n_1..)] / tau, target i)

* LoRA r 16, alpha 32, dropout 0 on all seven linear maps; AdamW, weight decay 0.1.
* The learning rate of step s of S (from 0) with W warm-up steps is the peak times (s + 1) / W
  during the warm-up and (S - s) / (S - W) after it, so no step has rate 0.
* Texts are cut at max-tokens, query template and EOS counted; EOS is kept.
* Kinds `sts` and `bitext` carry the instruction on both sides; an example without negatives
  contributes its positive only; a candidate with the same text as a row's positive is masked.
* Right padding, the queries in one forward pass and the documents in another.

Usage:
    plain_loop.py --backbone DIR --data train.jsonl [--batches batches.jsonl] --out DIR

The data is JSONL of {"id", "kind", "instruction", "query", "positive", "negatives"}; id, kind,
instruction and negatives may be missing. Without `--batches` it is taken in file order. `--batches`
has a line per step: a list of ids, or an object with the list under "ids", so that two tools can
see the same batches. Of an example's negatives the first `--negatives` are used.

Writes OUT/model (merged, sentence-transformers layout), OUT/adapter (PEFT, naming the backbone
folder) and OUT/log.jsonl; prints a JSON line per step and one at the end.
"""

import argparse
import json
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModel, PreTrainedTokenizerBase

from embedder import (
    QUERY_TEMPLATE,
    Stopwatch,
    load_tokenizer,
    peak_memory_gigabytes,
    prompt,
    read_jsonl,
    write_sentence_transformers_files,
)

LINEAR_MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SYMMETRIC_KINDS = {"sts", "bitext"}


def batches(arguments: argparse.Namespace) -> Iterator[list[dict]]:
    """Yields one list of examples per step."""
    examples = list(read_jsonl(arguments.data))
    if arguments.batches is None:
        for start in range(0, len(examples) - arguments.batch + 1, arguments.batch):
            yield examples[start : start + arguments.batch]
        return
    by_id = {example["id"]: example for example in examples}
    for number, line in enumerate(read_jsonl(arguments.batches), 1):
        ids = line["ids"] if isinstance(line, dict) else line
        unknown = [id for id in ids if id not in by_id]
        if unknown:
            raise SystemExit(f"{arguments.batches}:{number}: no example {unknown[0]} in the data")
        yield [by_id[id] for id in ids]


class Texts:
    """The texts of a batch as the model reads them."""

    def __init__(self, batch: list[dict], negatives: int) -> None:
        def render(example: dict, text: str) -> str:
            instruction = example.get("instruction")
            if not instruction:
                return text
            return QUERY_TEMPLATE.format(instruction=instruction, text=text)

        def document(example: dict, text: str) -> str:
            return render(example, text) if example.get("kind") in SYMMETRIC_KINDS else text

        self.queries = [render(example, example["query"]) for example in batch]
        self.documents = [document(example, example["positive"]) for example in batch]
        for example in batch:
            mined = (example.get("negatives") or [])[:negatives]
            self.documents += [document(example, text) for text in mined]

    def false_negatives(self) -> torch.Tensor:
        """`[queries, documents]`, true where another candidate has the row's positive text."""
        mask = torch.zeros(len(self.queries), len(self.documents), dtype=torch.bool)
        for row in range(len(self.queries)):
            for column, text in enumerate(self.documents):
                mask[row, column] = column != row and text == self.documents[row]
        return mask


class Embedder:
    """Embeds a list of texts in one padded forward pass and counts its tokens."""

    def __init__(
        self, model: nn.Module, tokenizer: PreTrainedTokenizerBase, max_tokens: int
    ) -> None:
        self.model, self.tokenizer, self.max_tokens = model, tokenizer, max_tokens
        self.real_tokens = self.padded_tokens = 0

    def __call__(self, texts: list[str]) -> torch.Tensor:
        inputs = self.tokenizer(
            texts,
            truncation=True,
            max_length=self.max_tokens,
            padding=True,
            return_tensors="pt",
            return_token_type_ids=False,
        )
        mask = inputs["attention_mask"]
        self.real_tokens += int(mask.sum())
        self.padded_tokens += mask.numel()
        hidden = self.model(**inputs, use_cache=False).last_hidden_state
        return nn.functional.normalize(hidden[torch.arange(len(texts)), mask.sum(1) - 1], dim=-1)


def info_nce(embed: Embedder, texts: Texts, tau: float) -> torch.Tensor:
    logits = embed(texts.queries) @ embed(texts.documents).T / tau
    logits = logits.masked_fill(texts.false_negatives(), float("-inf"))
    return nn.functional.cross_entropy(logits, torch.arange(len(texts.queries)))


def rate_factor(step: int, steps: int, warmup_steps: int) -> float:
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return (steps - step) / (steps - warmup_steps)


def save(model: nn.Module, arguments: argparse.Namespace) -> None:
    # Read anew: one that was used for batches would save its padding and truncation with it.
    tokenizer = load_tokenizer(arguments.backbone)
    hidden, prompts = model.config.hidden_size, {}
    if arguments.default_instruction:
        prompts["query"] = prompt(arguments.default_instruction)
    for name in ("adapter", "model"):
        folder = arguments.out / name
        shutil.rmtree(folder, ignore_errors=True)
        if name == "model":
            model = model.merge_and_unload()
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        write_sentence_transformers_files(folder, hidden, arguments.max_tokens, prompts)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbone", type=Path, required=True, help="Hugging Face folder")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--batches", type=Path, help="ids of each step's examples")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="default: as many as there are batches")
    parser.add_argument("--batch", type=int, default=8, help="examples a step, without --batches")
    parser.add_argument("--negatives", type=int, default=1, help="hard negatives an example")
    parser.add_argument("--max-tokens", type=int, default=48)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--warmup-share", type=float, default=0.08)
    parser.add_argument("--weight-decay", type=float, default=0.1)
    parser.add_argument("--max-grad-norm", type=float, default=0.0, help="0: no clipping")
    parser.add_argument("--temperature", type=float, default=0.02)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--alpha", type=int, default=32)
    parser.add_argument("--default-instruction", help="prompt named `query` in the saved model")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=42, help="of the LoRA initialisation")
    parser.add_argument(
        "--initial-adapter", type=Path, help="safetensors under PEFT's names to start from"
    )
    parser.add_argument("--untimed-steps", type=int, default=1, help="left out of the speed")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)

    steps = list(islice(batches(arguments), arguments.steps))
    if not steps or (arguments.steps and len(steps) < arguments.steps):
        parser.error(f"the data gives {len(steps)} batches, fewer than asked for")
    tokenizer = load_tokenizer(arguments.backbone)
    backbone = AutoModel.from_pretrained(arguments.backbone, dtype=torch.float32)
    lora = LoraConfig(
        r=arguments.rank,
        lora_alpha=arguments.alpha,
        lora_dropout=0.0,
        target_modules=LINEAR_MAPS,
        task_type="FEATURE_EXTRACTION",
    )
    model = get_peft_model(backbone, lora).train()
    if arguments.initial_adapter:
        loaded = set_peft_model_state_dict(model, load_file(arguments.initial_adapter))
        if loaded.unexpected_keys:
            parser.error(f"{arguments.initial_adapter}: no module for {loaded.unexpected_keys[0]}")
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=arguments.learning_rate, weight_decay=arguments.weight_decay
    )
    warmup_steps = round(arguments.warmup_share * len(steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: rate_factor(min(step, len(steps) - 1), len(steps), warmup_steps)
    )

    arguments.out.mkdir(parents=True, exist_ok=True)
    embed = Embedder(model, tokenizer, arguments.max_tokens)
    timed, timed_real, timed_padded = Stopwatch(), 0, 0
    with (arguments.out / "log.jsonl").open("w") as log:
        for number, batch in enumerate(steps):
            embed.real_tokens = embed.padded_tokens = 0
            watch = timed if number >= arguments.untimed_steps else Stopwatch()
            before, rate = watch.seconds, schedule.get_last_lr()[0]
            with watch:
                loss = info_nce(embed, Texts(batch, arguments.negatives), arguments.temperature)
                optimizer.zero_grad()
                loss.backward()
                if arguments.max_grad_norm > 0:
                    nn.utils.clip_grad_norm_(trained, arguments.max_grad_norm)
                optimizer.step()
                schedule.step()
            if watch is timed:
                timed_real += embed.real_tokens
                timed_padded += embed.padded_tokens
            line = json.dumps(
                {
                    "step": number + 1,
                    "loss": loss.item(),
                    "learning_rate": rate,
                    "real_tokens": embed.real_tokens,
                    "padded_tokens": embed.padded_tokens,
                    "seconds": round(watch.seconds - before, 3),
                }
            )
            print(line, flush=True)
            log.write(line + "\n")

    peak = peak_memory_gigabytes()
    save(model, arguments)
    summary = {"steps": len(steps), "threads": arguments.threads, "peak_memory_gb": peak}
    if timed.seconds:
        summary |= {
            "real_tokens": timed_real,
            "padded_tokens": timed_padded,
            "seconds": round(timed.seconds, 2),
            "real_tokens_per_second": round(timed_real / timed.seconds, 1),
            "padded_tokens_per_second": round(timed_padded / timed.seconds, 1),
            "others_busy": timed.others_busy,
        }
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
