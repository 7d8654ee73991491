"""Golden GGUF files of tiny random models of every architecture, with transformers' states.

Each case is a folder:

    model.gguf          metadata and tensors as llama.cpp's converter lays them out: its names (from
                        the `gguf` package), its order of rows, its norms; matrices in F16
    config.json         as `config.save_pretrained` writes it
    states.safetensors  `states.I` `[tokens, hidden]` (F32): the last hidden state of text I, run
                        alone, in float32 with eager attention
    golden.json         the texts' token ids, what the case is about

The matrices are drawn such that half precision holds them, so that only the order of sums differs.
What a GGUF file cannot say has the value that llama.cpp takes, such as Gemma's scale of scores.

Usage:
    golden_gguf.py [--out DIR] [CASE ...]
"""

import argparse
import zlib
from dataclasses import dataclass
from pathlib import Path

import gguf
import torch
import transformers
from torch import nn

from golden_families import (
    DECODER,
    GEMMA3,
    LENGTHS_AROUND_16,
    LONGROPE,
    QWEN3,
    RESOURCES,
    SEED,
    THETA,
    YARN,
    Case,
    default_frequencies,
    draw_texts,
    draw_weights,
    llama3_frequencies,
    longrope_attention_factor,
    states,
    write_json,
    write_tensors,
)
from reference_backbone import library_versions

NARROW = DECODER | {"intermediate_size": 32, "vocab_size": 64, "tie_word_embeddings": True}
# As Llama 3.1 has it, but for the base, with which half of the frequencies change.
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
OTHER_LLAMA3 = LLAMA3 | {"low_freq_factor": 0.2, "original_max_position_embeddings": 16}
GEMMA3_SETTINGS = GEMMA3 | {
    "query_pre_attn_scalar": 16,
    "num_hidden_layers": 7,
    "intermediate_size": 16,
    "vocab_size": 64,
    "sliding_window": 6,
}


@dataclass(frozen=True)
class GgufCase:
    architecture: str
    model: Case


def case(
    architecture: str, family: str, notes: str, settings: dict, lengths: tuple = (1, 9, 30)
) -> GgufCase:
    return GgufCase(architecture, Case(family, settings, notes, lengths))


CASES = {
    "llama": case("llama", "Llama", "Rows of query and key in pairs.", NARROW),
    "llama-bias": case(
        "llama",
        "Llama",
        "Biases, of which those of query and key are in pairs too.",
        NARROW | {"attention_bias": True, "mlp_bias": True},
    ),
    "llama3": case(
        "llama",
        "Llama",
        "A factor for each frequency, from Llama 3's settings.",
        NARROW | {"rope_parameters": LLAMA3, "max_position_embeddings": 16384},
    ),
    "llama-factors": case(
        "llama",
        "Llama",
        "A factor for each frequency, from other settings.",
        NARROW | {"rope_parameters": OTHER_LLAMA3},
    ),
    "llama-linear": case(
        "llama",
        "Llama",
        "Frequencies / factor.",
        NARROW | {"rope_parameters": THETA | {"rope_type": "linear", "factor": 2.5}},
    ),
    "llama-yarn": case(
        "llama",
        "Llama",
        "YaRN with its default betas, all that llama.cpp reads.",
        NARROW | {"rope_parameters": {k: v for k, v in YARN.items() if k != "beta_slow"}},
    ),
    "qwen2": case("qwen2", "Qwen2", "Biases of query, key and value.", NARROW),
    "qwen3": case(
        "qwen3",
        "Qwen3",
        "Norms of heads, wide heads.",
        QWEN3 | {"vocab_size": 64, "tie_word_embeddings": True},
    ),
    "smollm3": case(
        "smollm3",
        "SmolLM3",
        "No positions in every fourth layer.",
        NARROW | {"num_hidden_layers": 4, "intermediate_size": 16},
    ),
    "gemma": case("gemma", "Gemma", "Norms stored whole.", NARROW | {"head_dim": 8}),
    "gemma2": case(
        "gemma2",
        "Gemma2",
        "Soft cap, windows in every other layer.",
        NARROW
        | {
            "head_dim": 8,
            "query_pre_attn_scalar": 8,
            "sliding_window": 6,
            "attn_logit_softcapping": 2.0,
        },
    ),
    "gemma3": case(
        "gemma3",
        "Gemma3Text",
        "Five layers with windows, one without, then again; two bases, the full one scaled.",
        GEMMA3_SETTINGS
        | {
            "rope_parameters": {
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                "full_attention": {
                    "rope_type": "linear",
                    "factor": 8.0,
                    "rope_theta": 1000000.0,
                },
            }
        },
    ),
    "gemma-embedding": case(
        "gemma-embedding",
        "Gemma3Text",
        "Tokens see those behind them too.",
        GEMMA3_SETTINGS | {"use_bidirectional_attention": True, "sliding_window": 10},
    ),
    "phi3": case(
        "phi3",
        "Phi3",
        "Joined maps, windows, half of each head turned.",
        NARROW
        | {
            "sliding_window": 6,
            "original_max_position_embeddings": 64,
            "rope_parameters": THETA | {"rope_type": "default", "partial_rotary_factor": 0.5},
        },
    ),
    "phi3-longrope": case(
        "phi3",
        "Phi3",
        "Factors for texts of up to 16 tokens and for longer ones.",
        NARROW | {"original_max_position_embeddings": 16, "rope_parameters": LONGROPE},
        LENGTHS_AROUND_16,
    ),
}


# --- llama.cpp's layout -------------------------------------------------------------------------


def in_pairs(rows: torch.Tensor, heads: int) -> torch.Tensor:
    """The rows that RoPE turns against each other side by side."""
    return rows.reshape(heads, 2, -1, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def laid_out(architecture: str, name: str, weight: torch.Tensor, config) -> torch.Tensor:
    if architecture in ("llama", "smollm3"):
        if "q_proj" in name:
            weight = in_pairs(weight, config.num_attention_heads)
        if "k_proj" in name:
            weight = in_pairs(weight, config.num_key_value_heads)
    if architecture.startswith("gemma") and name.endswith("norm.weight"):
        weight = weight + 1
    return weight


def full_rope(config) -> dict:
    return config.rope_parameters.get("full_attention", config.rope_parameters)


def add_rope(writer: gguf.GGUFWriter, architecture: str, config, head: int) -> None:
    rope = full_rope(config)
    writer.add_rope_freq_base(rope["rope_theta"])
    original = getattr(config, "original_max_position_embeddings", None)
    match rope["rope_type"]:
        case "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])
        case "yarn":
            writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
            writer.add_rope_scaling_factor(rope["factor"])
            writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        case "llama3":
            factors = default_frequencies(rope["rope_theta"], head) / llama3_frequencies(rope, head)
            writer.add_tensor("rope_freqs.weight", factors.float().numpy())
        case "longrope":
            factor = longrope_attention_factor(rope, config.max_position_embeddings)
            writer.add_rope_scaling_attn_factors(factor)
            for kind in ("long", "short"):
                factors = torch.tensor(rope[f"{kind}_factor"], dtype=torch.float32)
                writer.add_tensor(f"rope_factors_{kind}.weight", factors.numpy())
    if architecture == "phi3":
        writer.add_rope_dimension_count(int(head * rope.get("partial_rotary_factor", 1.0)))
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_sliding_window(config.sliding_window or 0)
    elif architecture in ("llama", "smollm3"):
        writer.add_rope_dimension_count(head)


def add_metadata(writer: gguf.GGUFWriter, architecture: str, config) -> None:
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    if architecture.startswith(("gemma", "qwen3")):
        writer.add_key_length(head)
        writer.add_value_length(head)
    if architecture == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
    if architecture in ("gemma2", "gemma3"):
        writer.add_sliding_window(config.sliding_window)
    if architecture == "gemma-embedding":
        # The library keeps what one side of it reaches; files hold the whole.
        writer.add_sliding_window(CASES[architecture].model.settings["sliding_window"])
    add_rope(writer, architecture, config, head)


def write_gguf(model: nn.Module, architecture: str, file: Path) -> None:
    config = model.config
    writer = gguf.GGUFWriter(file, architecture)
    add_metadata(writer, architecture, config)
    kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
    names = gguf.get_tensor_name_map(kinds[architecture], config.num_hidden_layers)
    for name, weight in model.state_dict().items():
        stored = names.get_name("model." + name, try_suffixes=(".weight", ".bias"))
        values = laid_out(architecture, name, weight, config).numpy()
        writer.add_tensor(stored, values.astype("float16") if values.ndim > 1 else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@torch.no_grad()
def round_matrices(model: nn.Module) -> None:
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.copy_(weight.half().float())


def write_case(name: str, folder: Path) -> int:
    """Returns the bytes written."""
    chosen = CASES[name]
    generator = torch.Generator().manual_seed(SEED + zlib.crc32(name.encode()))
    model = chosen.model.model()
    draw_weights(model, generator)
    round_matrices(model)
    texts = draw_texts(chosen.model, generator)
    tensors = {f"states.{i}": state for i, state in enumerate(states(model, texts))}
    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers", "gguf"),
        "notes": chosen.model.notes,
        "ids": texts,
    }
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    write_gguf(model, chosen.architecture, folder / "model.gguf")
    write_tensors(tensors, folder / "states.safetensors")
    write_json(description, folder / "golden.json")
    return sum(file.stat().st_size for file in folder.iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--out", type=Path, default=RESOURCES / "gguf")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()

    total = 0
    for name in arguments.cases or CASES:
        size = write_case(name, arguments.out / name)
        total += size
        print(f"{name}: {size} bytes", flush=True)
    print(f"together {total} bytes")


if __name__ == "__main__":
    main()
