"""What the scripts here share: loading an EOS-pooled embedder, its folder layout, gauges."""

import json
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import AutoTokenizer, PreTrainedTokenizerBase

QUERY_TEMPLATE = "Instruct: {instruction}\nQuery: {text}"


def prompt(instruction: str) -> str:
    """What stands before the text of a query."""
    return QUERY_TEMPLATE.format(instruction=instruction, text="")


def read_jsonl(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """Loads the tokenizer and refuses one that would not put EOS at the end of a text."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if tokenizer("a")["input_ids"][-1] != tokenizer.eos_token_id:
        raise SystemExit(f"{folder}: the tokenizer does not append EOS; use reference_backbone.py")
    if tokenizer.chat_template is not None:
        raise SystemExit(f"{folder}: has a chat template, which sentence-transformers would apply")
    tokenizer.padding_side = "right"
    return tokenizer


def load_embedder(folder: Path, max_tokens: int) -> SentenceTransformer:
    """Loads a sentence-transformers folder, or a backbone with EOS pooling, in fp32 on the CPU."""
    load_tokenizer(folder)
    if (folder / "modules.json").exists():
        model = SentenceTransformer(str(folder), device="cpu")
    else:
        transformer = Transformer(str(folder), model_kwargs={"dtype": torch.float32})
        pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="lasttoken")
        model = SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")
    model.max_seq_length = max_tokens
    return model.float()


def write_sentence_transformers_files(
    folder: Path, hidden: int, max_tokens: int, prompts: dict[str, str]
) -> None:
    """Adds to a transformers folder what makes it an EOS-pooled, normalising embedder.

    The schema is the one that sentence-transformers 2 to 6 and text-embeddings-inference all read.
    """
    names = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{name}"}
        for i, (path, name) in enumerate(names)
    ]
    modes = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    modes += ("weightedmean_tokens", "lasttoken")
    pooling = {"word_embedding_dimension": hidden}
    pooling |= {f"pooling_mode_{mode}": mode == "lasttoken" for mode in modes}
    pooling |= {"include_prompt": True}
    files = {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": max_tokens, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "default_prompt_name": None,
            "model_type": "SentenceTransformer",
            "prompts": prompts | {"document": ""},
            "similarity_fn_name": "cosine",
        },
    }
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=2) + "\n")
    (folder / "2_Normalize").mkdir(exist_ok=True)


def peak_memory_gigabytes() -> float:
    """Largest resident size of this process so far, in 10^9 bytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 2)


class Stopwatch:
    """Wall-clock seconds of the stretches timed, and how many processors others kept busy then.

    A speed is only worth comparing where `others_busy` is near 0. It is None where the system does
    not tell (`/proc/stat` is Linux).
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._others: float | None = 0.0

    def __enter__(self) -> "Stopwatch":
        self._machine, self._own = _machine_busy_seconds(), time.process_time()
        self._started = time.perf_counter()
        return self

    def __exit__(self, *exception: object) -> None:
        self.seconds += time.perf_counter() - self._started
        machine, own = _machine_busy_seconds(), time.process_time()
        if machine is None or self._machine is None or self._others is None:
            self._others = None
        else:
            self._others += max(0.0, (machine - self._machine) - (own - self._own))

    @property
    def others_busy(self) -> float | None:
        return None if self._others is None else round(self._others / self.seconds, 2)


def _machine_busy_seconds() -> float | None:
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system = (int(field) for field in fields[:3])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")
