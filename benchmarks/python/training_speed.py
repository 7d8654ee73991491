"""Speed of LoRA training with sentence-transformers and PEFT on triplets, fp32, on the CPU.

SentenceTransformerTrainer with MultipleNegativesRankingLoss (scale 50, so temperature 0.02) and
LoRA r 16, alpha 32, dropout 0 on all seven linear maps. The first steps are not timed. Prints one
JSON line: non-padding and padded tokens per second, peak resident memory, the losses.

With `--cpu-minutes` it trains until the process has used so much processor time since the first
step began, epoch after epoch; with `--out` it writes the merged model.

Usage:
    training_speed.py --backbone DIR --data triplets.jsonl [--batch 32] [--steps 4] [--threads 2]
                      [--cpu-minutes 10] [--out DIR]

The data is JSONL of {"query", "positive", "negative"} or {"query", "positive", "negatives": [...]}.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from transformers import AutoModel, PrinterCallback, TrainerCallback

from embedder import (
    Stopwatch,
    load_embedder,
    load_tokenizer,
    peak_memory_gigabytes,
    prompt,
    read_jsonl,
    write_sentence_transformers_files,
)

LINEAR_MAPS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class StepClock(TrainerCallback):
    """Times the steps after the first few, forward to optimizer, and keeps all losses logged."""

    def __init__(self, untimed: int) -> None:
        self.untimed = untimed
        self.watch = Stopwatch()
        self.losses: list[float] = []

    def on_step_begin(self, args, state, control, **kwargs) -> None:
        if state.global_step >= self.untimed:
            self.watch.__enter__()

    def on_step_end(self, args, state, control, **kwargs) -> None:
        # The trainer has already counted the step that ends here.
        if state.global_step > self.untimed:
            self.watch.__exit__()

    def on_log(self, args, state, control, logs=None, **kwargs) -> None:
        if logs and "loss" in logs:
            self.losses.append(float(logs["loss"]))


class ProcessorTime(TrainerCallback):
    """Stops training after so many seconds of this process's processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.started = 0.0

    def on_train_begin(self, args, state, control, **kwargs) -> None:
        self.started = time.process_time()

    def on_step_end(self, args, state, control, **kwargs) -> None:
        control.should_training_stop |= time.process_time() - self.started >= self.seconds


class CountingCollator:
    """Passes batches on and records how many of their tokens are real and how many there are."""

    def __init__(self, collator) -> None:
        self.collator = collator
        self.real: list[int] = []
        self.padded: list[int] = []

    def __call__(self, features: list[dict]) -> dict:
        batch = self.collator(features)
        masks = [value for key, value in batch.items() if key.endswith("attention_mask")]
        self.real.append(sum(int(mask.sum()) for mask in masks))
        self.padded.append(sum(mask.numel() for mask in masks))
        return batch

    def __getattr__(self, name: str):
        return getattr(self.collator, name)


def triplets(path: Path, count: int | None) -> Dataset:
    """The first so many rows, or all."""
    rows = {"query": [], "positive": [], "negative": []}
    for record in read_jsonl(path):
        negative = record["negative"] if "negative" in record else record["negatives"][0]
        for column, text in zip(rows, (record["query"], record["positive"], negative)):
            rows[column].append(text)
        if len(rows["query"]) == count:
            return Dataset.from_dict(rows)
    if count is None:
        return Dataset.from_dict(rows)
    raise SystemExit(f"{path}: {len(rows['query'])} triplets, but the run needs {count}")


def add_lora(model: SentenceTransformer, seed: int) -> None:
    torch.manual_seed(seed)
    model.add_adapter(
        LoraConfig(
            r=16,
            lora_alpha=32,
            lora_dropout=0.0,
            target_modules=LINEAR_MAPS,
            task_type="FEATURE_EXTRACTION",
        )
    )


def save_merged(model: SentenceTransformer, arguments: argparse.Namespace) -> None:
    """Writes the backbone with the adapter added to its weights."""
    adapted = model[0].auto_model
    for module in adapted.modules():
        if hasattr(module, "lora_A") and hasattr(module, "merge"):
            module.merge()
    weights = {
        name.replace(".base_layer", ""): value
        for name, value in adapted.state_dict().items()
        if "lora_" not in name
    }
    merged = AutoModel.from_pretrained(arguments.backbone, dtype=torch.float32)
    merged.load_state_dict(weights)
    merged.save_pretrained(arguments.out)
    load_tokenizer(arguments.backbone).save_pretrained(arguments.out)
    write_sentence_transformers_files(
        arguments.out,
        merged.config.hidden_size,
        arguments.max_tokens,
        {"query": prompt(arguments.instruction)},
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--instruction", default="Retrieve semantically similar text.")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=4, help="timed steps")
    parser.add_argument("--warmup-steps", type=int, default=1, help="steps before the timed ones")
    parser.add_argument("--max-tokens", type=int, default=512)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--cpu-minutes", type=float, help="in place of steps")
    parser.add_argument("--out", type=Path, help="folder for the merged model")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    endless = arguments.cpu_minutes is not None
    steps = 1_000_000 if endless else arguments.warmup_steps + arguments.steps
    model = load_embedder(arguments.backbone, arguments.max_tokens)
    add_lora(model, arguments.seed)
    clock = StepClock(arguments.warmup_steps)
    with tempfile.TemporaryDirectory() as output:
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(
                output_dir=output,
                max_steps=steps,
                per_device_train_batch_size=arguments.batch,
                learning_rate=arguments.learning_rate,
                lr_scheduler_type="constant",
                weight_decay=0.1,
                prompts={"query": prompt(arguments.instruction)},
                logging_steps=1,
                save_strategy="no",
                report_to="none",
                use_cpu=True,
                disable_tqdm=True,
                seed=arguments.seed,
            ),
            train_dataset=triplets(
                arguments.data, None if endless else steps * arguments.batch
            ),
            loss=MultipleNegativesRankingLoss(model, scale=50.0),
            callbacks=[clock],
        )
        trainer.remove_callback(PrinterCallback)
        if endless:
            trainer.add_callback(ProcessorTime(60 * arguments.cpu_minutes))
        trainer.data_collator = counts = CountingCollator(trainer.data_collator)
        trainer.train()

    if arguments.out:
        save_merged(model, arguments)
    done = len(clock.losses)
    timed = slice(arguments.warmup_steps, done)
    seconds = clock.watch.seconds
    print(
        json.dumps(
            {
                "work": f"train {arguments.data.name}",
                "batch": arguments.batch,
                "timed_steps": done - arguments.warmup_steps,
                "threads": arguments.threads,
                "real_tokens": sum(counts.real[timed]),
                "padded_tokens": sum(counts.padded[timed]),
                "seconds": round(seconds, 2),
                "real_tokens_per_second": round(sum(counts.real[timed]) / seconds, 1),
                "padded_tokens_per_second": round(sum(counts.padded[timed]) / seconds, 1),
                "others_busy": clock.watch.others_busy,
                "peak_memory_gb": peak_memory_gigabytes(),
                "losses": clock.losses,
            }
        )
    )


if __name__ == "__main__":
    main()
