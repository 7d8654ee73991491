"""Golden encoder folders for the ONNX export: tiny random BERT, RoBERTa and ModernBERT models.

Each case is a folder as `SentenceTransformer.save_pretrained` writes it, weights in float32, and

    golden.json         texts with their token ids, uncut, and the vectors that `encode` gives for each
                        text alone: `vector` bare, `query` and `document` behind the case's prompts
    states.safetensors  `states.I` `[tokens, hidden]`: the last hidden state of text I, run alone

Usage:
    golden_encoder_folders.py [--out DIR] [CASE ...]
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
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
HIDDEN = 24
SHAPE = {
    "vocab_size": 40,
    "hidden_size": HIDDEN,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 100,
}
BERT = SHAPE | {"pad_token_id": 0}
# A padding id that is neither 0 nor 1, so that positions that start elsewhere are seen.
ROBERTA = SHAPE | {"pad_token_id": 3, "bos_token_id": 1, "eos_token_id": 2, "type_vocab_size": 1}
MODERN = SHAPE | {
    "num_hidden_layers": 3,
    "num_attention_heads": 3,
    "pad_token_id": 0,
    "cls_token_id": 1,
    "bos_token_id": 1,
    "sep_token_id": 2,
    "eos_token_id": 2,
    "local_attention": 8,
    "global_attn_every_n_layers": 2,
}


@dataclass(frozen=True)
class Case:
    config: transformers.PretrainedConfig
    pooling: str = "mean"
    dense: int = 0
    normalize: bool = True
    truncate_dim: int | None = None
    prompts: dict = field(default_factory=dict)


CASES = {
    "bert": Case(transformers.BertConfig(**BERT)),
    "bert-head": Case(
        transformers.BertConfig(**BERT | {"num_hidden_layers": 1, "hidden_act": "gelu_new"}),
        pooling="cls",
        dense=16,
        truncate_dim=8,
        normalize=False,
        prompts={"query": "find ", "document": "text "},
    ),
    "bert-max": Case(
        transformers.BertConfig(**BERT | {"num_hidden_layers": 1, "hidden_act": "relu"}),
        pooling="max",
    ),
    "roberta": Case(transformers.RobertaConfig(**ROBERTA), pooling="lasttoken"),
    "xlm-roberta": Case(
        transformers.XLMRobertaConfig(**ROBERTA | {"hidden_act": "silu"}), pooling="weightedmean"
    ),
    "modernbert": Case(transformers.ModernBertConfig(**MODERN), pooling="cls"),
    "modernbert-biases": Case(
        transformers.ModernBertConfig(
            **MODERN,
            norm_bias=True,
            attention_bias=True,
            mlp_bias=True,
            layer_types=["sliding_attention", "full_attention", "sliding_attention"],
            hidden_activation="gelu_pytorch_tanh",
        ),
        pooling="mean_sqrt_len_tokens",
    ),
}


def tokenizer(padding_id: int) -> transformers.PreTrainedTokenizerFast:
    """Characters between `[CLS]` and `[SEP]`."""
    specials = ["[PAD]", "[CLS]", "[SEP]"] if padding_id == 0 else ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    tokens = specials + [" "] + [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens += [] if padding_id else ["[UNK]"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    backend = Tokenizer(tokenizer_models.BPE(vocabulary, [], unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend,
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
        padding_side="right",
        model_max_length=64,
    )


def transformer_folder(case: Case, folder: Path) -> Path:
    torch.manual_seed(11)
    model = transformers.AutoModel.from_config(case.config, attn_implementation="eager").eval()
    with torch.no_grad():
        # Wide enough that each weight is seen in the vectors.
        for name, weight in model.named_parameters():
            norm = "norm" in name.lower() and name.endswith("weight")
            weight.normal_(1 if norm else 0, 0.3)
    model.save_pretrained(folder)
    tokenizer(case.config.pad_token_id).save_pretrained(folder)
    return folder


def sentence_transformer(case: Case, folder: Path) -> SentenceTransformer:
    transformer = models.Transformer(str(transformer_folder(case, folder)), max_seq_length=64)
    modules = [transformer, models.Pooling(HIDDEN, pooling_mode=case.pooling)]
    if case.dense:
        torch.manual_seed(12)
        modules.append(models.Dense(HIDDEN, case.dense, activation_function=torch.nn.Tanh()))
    if case.normalize:
        modules.append(models.Normalize())
    return SentenceTransformer(
        modules=modules, truncate_dim=case.truncate_dim, prompts=case.prompts, device="cpu"
    )


def write_case(name: str, out: Path) -> None:
    case = CASES[name]
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        model = sentence_transformer(case, Path(scratch)).eval()
        model.save_pretrained(str(out))
    model = SentenceTransformer(str(out), device="cpu")
    encoder = transformers.AutoModel.from_pretrained(out, attn_implementation="eager").eval()
    golden = {"made_by": Path(__file__).name, "texts": []}
    states = {}
    for index, text in enumerate(TEXTS):
        inputs = model.tokenizer([text], return_tensors="pt")
        with torch.no_grad():
            ids, mask = inputs["input_ids"], inputs["attention_mask"]
            hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state[0]
        states[f"states.{index}"] = hidden.contiguous()
        vector = model.encode([text], prompt="")[0].astype(float).tolist()
        case_json = {"text": text, "ids": ids[0].tolist(), "vector": vector}
        for kind, prompt in case.prompts.items():
            case_json[kind] = model.encode([text], prompt=prompt)[0].astype(float).tolist()
        golden["texts"].append(case_json)
    save_file(states, out / "states.safetensors")
    (out / "README.md").unlink(missing_ok=True)
    (out / "golden.json").write_text(json.dumps(golden) + "\n")
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
    parser.add_argument("--out", type=Path, default=RESOURCES / "encoder-folders")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name in arguments.cases or CASES:
        write_case(name, arguments.out / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
