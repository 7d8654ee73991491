"""Golden sentence-transformers folders: a tiny Qwen3 with tokenizer, as that library saves it.

Each case is a folder that `SentenceTransformer.save_pretrained` wrote, with `golden.json`: texts and
the vectors that `encode` gives for them, each text alone; for a case with prompts also those of
`encode_query`, `encode_document` and `encode` with each prompt by name. `legacy` is the same model with the file
names and keys of versions 2 to 5.3. The transformer is the case `qwen3` of `golden_families.py`.

Usage:
    golden_sentence_transformers.py [--out DIR] [CASE ...]
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers
from sentence_transformers import SentenceTransformer, models
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers import models as tokenizer_models

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
TEXTS = [
    "a",
    "small boats come home",
    "where do the small boats go when the wind comes from the north and it is cold",
    "",
]
LONG_TEXT = "the small boats come home when the wind turns and the long rain is over at last " * 2
HIDDEN = 24


@dataclass(frozen=True)
class Case:
    pooling: str | tuple[str, ...]
    dense: int = 0  # outputs of a Dense layer with tanh, then one without bias and activation
    normalize: bool = True
    truncate_dim: int | None = None
    legacy: bool = False
    include_prompt: bool = True
    prompts: dict[str, str] = field(default_factory=dict)
    default_prompt: str | None = None


CASES = {
    "last-token": Case("lasttoken"),
    "mean": Case("mean"),
    "cls": Case("cls", normalize=False),
    "max": Case("max"),
    "weighted-mean": Case("weightedmean"),
    "mean-sqrt": Case("mean_sqrt_len_tokens", normalize=False),
    "dense": Case("mean", dense=16),
    "truncated": Case("lasttoken", truncate_dim=8),
    "legacy": Case("weightedmean", dense=12, legacy=True),
    "combined": Case(("weightedmean", "cls")),
    "legacy-combined": Case(("cls", "max", "mean"), legacy=True),
    "prompts": Case(
        "lasttoken",
        prompts={"query": "find: ", "document": "text: ", "topic": "about: "},
        default_prompt="topic",
    ),
    "passage": Case("mean", prompts={"query": "query ", "passage": "passage "}),
    "prompt-left-out": Case(
        ("cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"),
        include_prompt=False,
        prompts={"query": "find the boats "},
    ),
}


def tokenizer() -> transformers.PreTrainedTokenizerFast:
    """Characters, with `<e>` behind every text."""
    characters = ["<e>", "<u>", " "] + [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = {character: index for index, character in enumerate(characters)}
    backend = Tokenizer(tokenizer_models.BPE(vocabulary, [], unk_token="<u>"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    backend.post_processor = processors.TemplateProcessing(
        single="$A <e>", pair="$A <e> $B <e>", special_tokens=[("<e>", 0)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token="<e>",
        pad_token="<e>",
        unk_token="<u>",
        padding_side="right",
        model_max_length=64,
    )


def transformer_folder(folder: Path) -> Path:
    shutil.copy(RESOURCES / "families/qwen3/config.json", folder)
    shutil.copy(RESOURCES / "families/qwen3/model.safetensors", folder)
    tokenizer().save_pretrained(folder)
    return folder


def sentence_transformer(case: Case, folder: Path) -> SentenceTransformer:
    torch.manual_seed(7)
    transformer = models.Transformer(str(transformer_folder(folder)), max_seq_length=64)
    pooling = models.Pooling(
        HIDDEN, pooling_mode=case.pooling, include_prompt=case.include_prompt
    )
    modules = [transformer, pooling]
    if case.dense:
        modules.append(models.Dense(HIDDEN, case.dense, activation_function=torch.nn.Tanh()))
        plain = models.Dense(
            case.dense, case.dense, bias=False, activation_function=torch.nn.Identity()
        )
        modules.append(plain)
    if case.normalize:
        modules.append(models.Normalize())
    return SentenceTransformer(
        modules=modules,
        truncate_dim=case.truncate_dim,
        prompts=case.prompts,
        default_prompt_name=case.default_prompt,
        device="cpu",
    )


LEGACY_MODULES = {
    "Transformer": "sentence_transformers.models.Transformer",
    "Pooling": "sentence_transformers.models.Pooling",
    "Dense": "sentence_transformers.models.Dense",
    "Normalize": "sentence_transformers.models.Normalize",
}
LEGACY_POOLING = (
    "cls_token",
    "mean_tokens",
    "max_tokens",
    "mean_sqrt_len_tokens",
    "weightedmean_tokens",
    "lasttoken",
)


def make_legacy(folder: Path, case: Case) -> None:
    """Gives the folder the names and keys of sentence-transformers 2 to 5.3."""
    file = folder / "modules.json"
    modules = json.loads(file.read_text())
    for module in modules:
        module["type"] = LEGACY_MODULES[module["type"].rsplit(".", 1)[1]]
    file.write_text(json.dumps(modules, indent=2) + "\n")
    pooling = {"word_embedding_dimension": HIDDEN}
    names = (case.pooling,) if isinstance(case.pooling, str) else case.pooling
    for mode in LEGACY_POOLING:
        on = any(mode in (name, name + "_token", name + "_tokens") for name in names)
        pooling["pooling_mode_" + mode] = on
    pooling["include_prompt"] = case.include_prompt
    (folder / "1_Pooling/config.json").write_text(json.dumps(pooling, indent=2) + "\n")
    limits = {"max_seq_length": 64, "do_lower_case": False}
    (folder / "sentence_bert_config.json").write_text(json.dumps(limits, indent=2) + "\n")


def each_alone(encode: Callable, texts: list[str], **options: str) -> list[list[float]]:
    return [
        [round(x, 8) for x in encode([text], **options)[0].astype(float).tolist()] for text in texts
    ]


def golden(model: SentenceTransformer, case: Case) -> dict:
    texts = TEXTS + [LONG_TEXT] if case.prompts else TEXTS
    result = {"texts": texts, "vectors": each_alone(model.encode, texts)}
    if case.prompts:
        result["queries"] = each_alone(model.encode_query, texts)
        result["documents"] = each_alone(model.encode_document, texts)
        result["prompts"] = {
            name: each_alone(model.encode, texts, prompt_name=name) for name in case.prompts
        }
    return result


def write_case(name: str, out: Path) -> None:
    case = CASES[name]
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        model = sentence_transformer(case, Path(scratch)).eval()
        model.save_pretrained(str(out))
    if case.legacy:
        make_legacy(out, case)
    model = SentenceTransformer(str(out), device="cpu")
    expected = {"made_by": Path(__file__).name} | golden(model, case)
    (out / "README.md").unlink(missing_ok=True)
    (out / "model.safetensors").unlink()  # the test takes it from the family's golden
    (out / "golden.json").write_text(json.dumps(expected) + "\n")
    files = sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())
    (out / "files.json").write_text(json.dumps(files) + "\n")
    for file in out.rglob("*"):
        if file.is_file():
            file.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--out", type=Path, default=RESOURCES / "sentence-transformers")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name in arguments.cases or CASES:
        write_case(name, arguments.out / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
