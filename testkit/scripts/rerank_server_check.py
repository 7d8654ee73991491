"""Runs `alidade mine --rerank` against a real reranking server, llama.cpp's own, on this machine.

The reranker is a tiny BERT with random weights, whose words are those of the texts: a folder that
sentence-transformers' CrossEncoder reads, and the same weights as a GGUF file. Checked are

* the scores: those in audit.jsonl, of documents and of positives, are CrossEncoder's;
* the limits: what is left out is what they say, by CrossEncoder's scores.

llama.cpp reads both texts of a pair as the first (token type 0), so that the model has the same vector
for either type.

Prints a line per check; the exit code is 1 if one failed.

Usage:
    rerank_server_check.py --alidade LAUNCHER --work DIR
"""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import gguf
import numpy as np
import torch
import xllamacpp
from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

import llama_server
from alidade_folder import run
from golden_gguf_encoder import SPECIAL, add_metadata, add_vocabulary
from interop_check import Checks
from mining_texts import WORDS, audited, pairs, write_rows

PAIRS = 24
TOLERANCE = 1e-3
MARGIN = 0.05
SHARE = 0.8
MAX_SCORE = 0


def tokenizer() -> Tokenizer:
    special = list(SPECIAL.values())
    vocabulary = {token: i for i, token in enumerate([*special, *WORDS])}
    result = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL["unknown"]))
    result.add_special_tokens(special)
    result.normalizer = normalizers.BertNormalizer()
    result.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(SPECIAL[name], vocabulary[SPECIAL[name]]) for name in ("cls", "seperator")]
    result.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    return result


def write_cross_encoder(folder: Path) -> BertForSequenceClassification:
    words = tokenizer()
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=64,
        num_labels=1,
        hidden_act="gelu_new",  # as llama.cpp computes BERT's
        initializer_range=0.12,
    )
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        types = model.bert.embeddings.token_type_embeddings.weight
        types[1] = types[0]
        model.classifier.bias.fill_(-0.2)  # scores of either sign
    model.save_pretrained(folder)
    names = {"unknown": "unk", "seperator": "sep", "padding": "pad"}
    special = {f"{names.get(key, key)}_token": token for key, token in SPECIAL.items()}
    PreTrainedTokenizerFast(tokenizer_object=words, **special).save_pretrained(folder)
    return model


def stored_name(name: str, names: gguf.TensorNameMap) -> str:
    """llama.cpp has BERT's pooler as the first layer of a reranker's head."""
    for prefix, head in (("bert.pooler.dense", "cls"), ("classifier", "cls.output")):
        if name.startswith(prefix):
            return name.replace(prefix, head)
    return names.get_name(name.removeprefix("bert."), try_suffixes=(".weight", ".bias"))


def write_gguf(file: Path, model: BertForSequenceClassification) -> None:
    config = model.config.to_dict()
    vocabulary = tokenizer().get_vocab()
    writer = gguf.GGUFWriter(file, "bert")
    add_metadata(writer, config, gguf.PoolingType.RANK)
    add_vocabulary(writer, vocabulary, config["vocab_size"])
    writer.add_bos_token_id(vocabulary[SPECIAL["cls"]])
    writer.add_eos_token_id(vocabulary[SPECIAL["seperator"]])
    # [CLS] query [SEP] document [SEP]
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_sep_token(False)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
    for name, weight in model.state_dict().items():
        if not name.endswith("position_ids"):
            writer.add_tensor(stored_name(name, names), weight.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def start_server(model: Path) -> xllamacpp.Server:
    settings = llama_server.embedding_settings(
        model, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK
    )
    # Its own attention holds keys and values in half precision.
    settings.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return xllamacpp.Server(settings)


def check(
    checks: Checks,
    name: str,
    folder: Path,
    scores: Callable[[str, list[str]], np.ndarray],
    limit: Callable[[float], float],
) -> None:
    """Compares the rows that the reranker was asked about with its scores; `limit` is the highest that
    is no answer, by the score of the positive."""
    asked = [(row, example) for row, example in audited(folder) if "check_score" in row]
    differences, refused, wrong = [], 0, []
    for row, example in asked:
        score, positive = scores(example["query"], [row["text"], example["positive"]])
        said = float(row["check_reason"].rsplit(" ", 1)[1])
        differences += [abs(row["check_score"] - score), abs(said - positive)]
        refused += row["verdict"] == "failed-check"
        over = score - limit(positive)
        if abs(over) > TOLERANCE and (over > 0) != (row["verdict"] == "failed-check"):
            wrong.append(row)
    worst = max(differences, default=np.nan)
    # Written so that a NaN fails.
    detail = f"largest difference {worst:.1e} of {len(differences)}, allowed {TOLERANCE:.0e}"
    checks.report(f"{name}, scores", bool(worst <= TOLERANCE), detail)
    passed = not wrong and 0 < refused < len(asked)
    detail = f"{refused} of {len(asked)} texts refused, {len(wrong)} verdicts against the limit"
    checks.report(f"{name}, limits", passed, detail)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alidade", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    data = write_rows(args.work / "pairs.jsonl", pairs(PAIRS))
    folder, file = args.work / "cross-encoder", args.work / "cross-encoder.gguf"
    write_gguf(file, write_cross_encoder(folder))
    server = start_server(file)
    reranker = CrossEncoder(str(folder), activation_fn=torch.nn.Identity(), device="cpu")

    def scores(query: str, texts: list[str]) -> np.ndarray:
        return reranker.predict([(query, text) for text in texts], show_progress_bar=False)

    def below(positive: float) -> float:
        return positive * SHARE if positive > 0 else positive

    limits = {
        "margin": (["--rerank-max-share", 0, "--rerank-margin", MARGIN], lambda p: p - MARGIN),
        "share": (["--rerank-max-share", SHARE], below),
        "highest score": (
            ["--rerank-max-share", 0, "--rerank-max-score", MAX_SCORE],
            lambda _: MAX_SCORE,
        ),
    }
    checks = Checks(TOLERANCE)
    for name, (options, limit) in limits.items():
        out = args.work / name.replace(" ", "-")
        common = ["--model", "bm25", "--data", data, "--max-share", 0, "--negatives", 2, "--out", out]
        run(args.alidade, "mine", *common, "--rerank", server.listening_address, *options)
        check(checks, name, out, scores, limit)
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
