"""Writes a decoder of any size with random bfloat16 weights, to measure loading and memory.

The default is the shape of e5-mistral-7b-instruct: 7.1 billion weights, 14.2 GB, in the layout that
`save_pretrained` gives to a MistralModel: shards, index, config.json and a tokenizer of single bytes.
Weights are drawn and written a few million at a time, so that memory stays small, and are the same
for the same seed.

Usage:
    random_checkpoint.py --out DIR [--layers 32] [--shard-gb 5] [--seed 1]
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

CHUNK = 1 << 24
CONFIG = {
    "architectures": ["MistralModel"],
    "model_type": "mistral",
    "bos_token_id": 1,
    "eos_token_id": 2,
    "hidden_act": "silu",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "max_position_embeddings": 32768,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "sliding_window": 4096,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "vocab_size": 32000,
}


def shapes(config: dict) -> dict[str, list[int]]:
    hidden, wide = config["hidden_size"], config["intermediate_size"]
    keys = hidden // config["num_attention_heads"] * config["num_key_value_heads"]
    result = {"embed_tokens.weight": [config["vocab_size"], hidden]}
    for layer in range(config["num_hidden_layers"]):
        for name, shape in {
            "input_layernorm": [hidden],
            "mlp.down_proj": [hidden, wide],
            "mlp.gate_proj": [wide, hidden],
            "mlp.up_proj": [wide, hidden],
            "post_attention_layernorm": [hidden],
            "self_attn.k_proj": [keys, hidden],
            "self_attn.o_proj": [hidden, hidden],
            "self_attn.q_proj": [hidden, hidden],
            "self_attn.v_proj": [keys, hidden],
        }.items():
            result[f"layers.{layer}.{name}.weight"] = shape
    return result | {"norm.weight": [hidden]}


def shards(tensors: dict[str, list[int]], limit: float) -> list[list[str]]:
    """Names in order, as many a shard as fit."""
    result, size = [[]], 0
    for name, shape in tensors.items():
        count = 2 * int(np.prod(shape))
        if result[-1] and size + count > limit:
            result.append([])
            size = 0
        result[-1].append(name)
        size += count
    return result


def values(shape: list[int], generator: np.random.Generator) -> Iterator[bytes]:
    """Norms near 1, matrices so that products keep the size of their input."""
    deviation = 0.1 if len(shape) == 1 else shape[1] ** -0.5
    left = int(np.prod(shape))
    while left:
        count = min(left, CHUNK)
        drawn = generator.random(count, dtype=np.float32)
        drawn -= 0.5
        drawn *= deviation * 12**0.5
        if len(shape) == 1:
            drawn += 1
        yield (drawn.view(np.uint32) >> 16).astype("<u2").tobytes()
        left -= count


def write_shard(
    file: Path, names: list[str], tensors: dict[str, list[int]], generator: np.random.Generator
) -> None:
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name in names:
        start, end = end, end + 2 * int(np.prod(tensors[name]))
        header[name] = {"dtype": "BF16", "shape": tensors[name], "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with file.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for name in names:
            for chunk in values(tensors[name], generator):
                out.write(chunk)


def write_tokenizer(folder: Path) -> None:
    special = ["<unk>", "<s>", "</s>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(special + letters)}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.add_special_tokens(special)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair=None, special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=32)
    parser.add_argument("--shard-gb", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    config = CONFIG | {"num_hidden_layers": arguments.layers}
    arguments.out.mkdir(parents=True, exist_ok=True)
    tensors = shapes(config)
    groups = shards(tensors, arguments.shard_gb * 1e9)
    generator = np.random.default_rng(arguments.seed)
    index = {}
    for i, names in enumerate(groups, 1):
        file = f"model-{i:05}-of-{len(groups):05}.safetensors"
        write_shard(arguments.out / file, names, tensors, generator)
        index |= dict.fromkeys(names, file)
        print(file, flush=True)
    total = 2 * sum(int(np.prod(shape)) for shape in tensors.values())
    listing = {"metadata": {"total_size": total}, "weight_map": index}
    (arguments.out / "model.safetensors.index.json").write_text(json.dumps(listing, indent=2))
    (arguments.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    write_tokenizer(arguments.out)
    print(f"{total / 2e9:.2f} billion weights, {total / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
