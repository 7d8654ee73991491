"""Checks the published layout of e5-mistral-7b-instruct, with its real tokenizer, in `alidade embed`.

The tokenizer is Mistral 7B's own `tokenizer.model`, which the package mistral-common carries; as
`tokenizer.json` it is laid down as published, adding `<s>` before texts and nothing behind them, while
vectors are read at `</s>`. The weights are small and random. The model is written in the layout of the
published repository, once with either tokenizer file, and `alidade embed` must give what its model card
computes with transformers: ids cut to one less than the maximum, `</s>` appended, the last state of unit
length.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    e5_mistral_check.py --alidade LAUNCHER --texts FILE.json --work DIR
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
from importlib import resources
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoTokenizer, MistralConfig, MistralModel
from transformers.tokenization_utils_sentencepiece import SentencePieceBackend

from alidade_folder import embed, write_folder, write_json
from interop_check import Checks

BEGIN, END = 1, 2
MAX_TOKENS = 64
TOKENIZER_SHA256 = "dadfd56d766715c61d2ef780a525ab43b8e6da4de6865bda3d95fdef5e134055"
QUERY_PROMPT = (
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
)
TOKENIZER_CONFIG = {
    "add_bos_token": True,
    "add_eos_token": True,
    "bos_token": "<s>",
    "eos_token": "</s>",
    "legacy": True,
    "model_max_length": 1000000000000000019884624838656,
    "pad_token": "</s>",
    "tokenizer_class": "LlamaTokenizer",
    "unk_token": "<unk>",
}


def write_model(folder: Path) -> MistralModel:
    torch.manual_seed(1)
    config = MistralConfig(
        vocab_size=32000,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32768,
        sliding_window=4096,
        initializer_range=0.3,
    )
    model = MistralModel(config).eval()
    write_folder(folder, model, "lasttoken", MAX_TOKENS)
    write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"web_search_query": QUERY_PROMPT}, "default_prompt_name": None},
    )
    write_json(folder / "tokenizer_config.json", TOKENIZER_CONFIG)
    return model


def published_json(model_file: Path, work: Path) -> str:
    """transformers' conversion, with the normalizer and the post-processor of the published file."""
    work.mkdir(parents=True)
    shutil.copy(model_file, work / "tokenizer.model")
    write_json(work / "tokenizer_config.json", TOKENIZER_CONFIG)
    AutoTokenizer.from_pretrained(work).save_pretrained(work / "converted")
    tokenizer = json.loads((work / "converted/tokenizer.json").read_text())
    tokenizer["pre_tokenizer"] = None
    tokenizer["normalizer"] = {
        "type": "Sequence",
        "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ],
    }
    tokenizer["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [
            {"SpecialToken": {"id": "<s>", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}},
        ],
        "pair": [],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [BEGIN], "tokens": ["<s>"]}},
    }
    return json.dumps(tokenizer, ensure_ascii=False)


def card_vectors(model: MistralModel, ids: list[list[int]]) -> np.ndarray:
    rows = []
    for text in ids:
        text = text[: MAX_TOKENS - 1] + [END]
        with torch.no_grad():
            state = model(torch.tensor([text])).last_hidden_state[0, -1]
        rows.append(torch.nn.functional.normalize(state, dim=0).numpy())
    return np.asarray(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    texts = json.loads(arguments.texts.read_text())
    checks = Checks(tolerance=1e-5)

    file = Path(str(resources.files("mistral_common") / "data/tokenizer.model.v1"))
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    checks.report("Mistral 7B's tokenizer.model", found == TOKENIZER_SHA256, found[:16])
    # SentencePiece itself, and special tokens where a text spells them out.
    pieces = SentencePieceBackend(
        vocab_file=str(file), unk_token="<unk>", bos_token="<s>", eos_token="</s>"
    )
    published = published_json(file, arguments.work / "tokenizer")
    fast = Tokenizer.from_str(published)
    folders = {
        "tokenizer.json": (published.encode(), lambda text: fast.encode(text).ids),
        "tokenizer.model": (
            file.read_bytes(),
            lambda text: [BEGIN, *pieces.encode(text, add_special_tokens=False)],
        ),
    }
    for name, (content, encode) in folders.items():
        folder = arguments.work / name
        model = write_model(folder)
        (folder / name).write_bytes(content)
        for prompt in (False, True):
            before = QUERY_PROMPT if prompt else ""
            expected = card_vectors(model, [encode(before + text) for text in texts])
            options = ["--prompt", "web_search_query"] if prompt else []
            vectors = embed(arguments.alidade, folder, texts, *options)
            kind = "queries" if prompt else "documents"
            checks.same(f"e5-mistral's layout with {name}, {kind}", vectors, expected)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
