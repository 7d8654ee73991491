"""Golden sentence-transformers folders: tiny models with tokenizers, as that library saves them.

Each case is a folder that `SentenceTransformer.save_pretrained` wrote, with `golden.json`: texts and
the vectors that `encode` gives for them, each text alone; for a case with prompts also those of
`encode_query`, `encode_document` and `encode` with each prompt by name. `legacy` is the same model
with the file names and keys of versions 2 to 5.3. The transformer is the case of
`golden_families.py` that `golden.json` calls `family`; encoders have as many positions as
`max_seq_length`, so that one of the texts is cut.

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
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
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
LETTERS = [chr(code) for code in range(ord("a"), ord("z") + 1)]


@dataclass(frozen=True)
class Case:
    pooling: str | tuple[str, ...]
    dense: int = 0  # outputs of a Dense layer with tanh, then one without bias and activation
    activations: tuple[str, ...] = ()  # of further Dense layers, as torch calls them
    normalize: bool = True
    truncate_dim: int | None = None
    legacy: bool = False
    include_prompt: bool = True
    prompts: dict[str, str] = field(default_factory=dict)
    default_prompt: str | None = None
    family: str = "qwen3"
    max_seq_length: int = 64


CASES = {
    "last-token": Case("lasttoken"),
    "mean": Case("mean"),
    "cls": Case("cls", normalize=False),
    "max": Case("max"),
    "weighted-mean": Case("weightedmean"),
    "mean-sqrt": Case("mean_sqrt_len_tokens", normalize=False),
    "dense": Case("mean", dense=16),
    "activations": Case(
        "mean",
        activations=("ReLU", "GELU", "SiLU", "Sigmoid"),
        family="bert",
        max_seq_length=48,
    ),
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
    "bert-mean": Case("mean", family="bert", max_seq_length=48),
    "roberta-cls": Case("cls", family="roberta", max_seq_length=48, legacy=True),
    "xlm-roberta-mean": Case("mean", family="xlm-roberta", max_seq_length=48),
    "modernbert-cls": Case("cls", family="modernbert", max_seq_length=48),
}


def characters() -> transformers.PreTrainedTokenizerFast:
    """Characters, with `<e>` behind every text."""
    vocabulary = {piece: index for index, piece in enumerate(["<e>", "<u>", " ", *LETTERS])}
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


def fast(backend: Tokenizer, **special: str) -> transformers.PreTrainedTokenizerFast:
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend, padding_side="right", model_max_length=48, **special
    )


def word_pieces() -> transformers.PreTrainedTokenizerFast:
    """As BERT's: `[CLS] … [SEP]`, lower case; words with a rare letter inside are unknown."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS]
    pieces += ["##" + letter for letter in "acdeghilmnorstuw"]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    backend = Tokenizer(tokenizer_models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return fast(
        backend,
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        mask_token="[MASK]",
    )


ROBERTA_SPECIAL = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
}


def byte_pairs() -> transformers.PreTrainedTokenizerFast:
    """As RoBERTa's: `<s> … </s>`, byte-level pairs."""
    merges = [("s", "m"), ("t", "h"), ("th", "e"), ("\u0120", "the")]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u0120", *LETTERS]
    vocabulary = {piece: index for index, piece in enumerate(pieces + ["".join(m) for m in merges])}
    backend = Tokenizer(tokenizer_models.BPE(vocabulary, merges, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return fast(backend, **ROBERTA_SPECIAL)


def unigrams() -> transformers.PreTrainedTokenizerFast:
    """As XLM-RoBERTa's: `<s> … </s>`, pieces with scores."""
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0)]
    pieces += [(letter, -5.0 - index / 10) for index, letter in enumerate(LETTERS)]
    pieces += [("\u2581the", -3.0), ("oat", -4.0), ("re", -6.0)]
    backend = Tokenizer(tokenizer_models.Unigram(pieces, unk_id=3))
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return fast(backend, **ROBERTA_SPECIAL)


TOKENIZERS = {
    "qwen3": characters,
    "bert": word_pieces,
    "roberta": byte_pairs,
    "xlm-roberta": unigrams,
    "modernbert": word_pieces,
}


def transformer_folder(case: Case, folder: Path) -> Path:
    shutil.copy(RESOURCES / "families" / case.family / "config.json", folder)
    shutil.copy(RESOURCES / "families" / case.family / "model.safetensors", folder)
    TOKENIZERS[case.family]().save_pretrained(folder)
    return folder


def sentence_transformer(case: Case, folder: Path) -> SentenceTransformer:
    torch.manual_seed(7)
    files = transformer_folder(case, folder)
    transformer = models.Transformer(str(files), max_seq_length=case.max_seq_length)
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
    for name in case.activations:
        function = getattr(torch.nn, name)()
        modules.append(models.Dense(HIDDEN, HIDDEN, activation_function=function))
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
    limits = {"max_seq_length": case.max_seq_length, "do_lower_case": False}
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
    if case.family != "qwen3":
        expected["family"] = case.family
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
