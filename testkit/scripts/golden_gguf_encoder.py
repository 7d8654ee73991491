"""A GGUF file of the tiny BERT that `golden_sentence_transformers.py` has as `bert-mean`.

`model.gguf` is laid out as llama.cpp's converter does it for `BertModel`: its names of tensors (from
the `gguf` package), no pooler, words with a mark where they begin instead of where they go on. All
values are in F32, so that vectors are those of the folder, which `bert-mean/golden.json` has from
sentence-transformers.

Usage:
    golden_gguf_encoder.py [--out DIR]
"""

import argparse
import json
from pathlib import Path

import gguf
from safetensors.torch import load_file

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
FOLDER = RESOURCES / "sentence-transformers/bert-mean"
WEIGHTS = RESOURCES / "families/bert/model.safetensors"
SPECIAL = {
    "unknown": "[UNK]",
    "seperator": "[SEP]",  # the converter's spelling
    "padding": "[PAD]",
    "cls": "[CLS]",
    "mask": "[MASK]",
}


def add_metadata(
    writer: gguf.GGUFWriter, config: dict, pooling: gguf.PoolingType = gguf.PoolingType.MEAN
) -> None:
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(pooling)
    writer.add_token_type_count(config["type_vocab_size"])


def add_vocabulary(writer: gguf.GGUFWriter, vocabulary: dict[str, int], size: int) -> None:
    special = set(SPECIAL.values())
    tokens = sorted(vocabulary, key=vocabulary.get)

    def marked(token: str) -> str:
        if token in special:
            return token
        return token.removeprefix("##") if token.startswith("##") else "▁" + token

    unused = [f"[PAD{i}]" for i in range(len(tokens), size)]
    kinds = [
        gguf.TokenType.CONTROL if token in special else gguf.TokenType.NORMAL for token in tokens
    ]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([marked(token) for token in tokens] + unused)
    writer.add_token_types(kinds + [gguf.TokenType.UNUSED] * len(unused))
    for key, name in SPECIAL.items():
        writer.add_uint32(f"tokenizer.ggml.{key}_token_id", vocabulary[name])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "gguf/bert")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    config = json.loads((FOLDER / "config.json").read_text())
    tokenizer = json.loads((FOLDER / "tokenizer.json").read_text())
    writer = gguf.GGUFWriter(arguments.out / "model.gguf", "bert")
    add_metadata(writer, config)
    add_vocabulary(writer, tokenizer["model"]["vocab"], config["vocab_size"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
    for name, weight in load_file(WEIGHTS).items():
        if not name.startswith("pooler."):
            stored = names.get_name(name, try_suffixes=(".weight", ".bias"))
            writer.add_tensor(stored, weight.float().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (arguments.out / "model.gguf").chmod(0o644)


if __name__ == "__main__":
    main()
