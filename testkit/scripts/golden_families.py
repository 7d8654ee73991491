"""Golden states and LoRA gradients of tiny random models of many families, from transformers.

Each case is a folder:

    config.json         as `config.save_pretrained` writes it
    model.safetensors   the bare model's own state_dict, float32
    golden.json         the texts' token ids, the LoRA settings, what the case is about
    states.safetensors  `states.I` `[tokens, hidden]` (F32): the last hidden state of text I, run
                        alone, unpadded, without LoRA, in float32 with eager attention; it is
                        checked that an encoder gives the same in a padded batch

`states.safetensors` also holds `lora.MAP.A|B` and `cotangent.I` `[hidden]` (F32, exact: they were
drawn as float32) and `grad.MAP.A|B` (F64), the gradient of

    sum_I <cotangent.I, pool(last hidden state of text I)>

where pool takes the last token, or what golden.json calls `pooling`, with LoRA on every linear map
of every layer, `W x + b + alpha / rank * B A x`, A, B nonzero.
It is computed in float64 throughout: transformers computes RMSNorm, the rotary angles and the
softmax of the attention in float32, so these are replaced here. The rotary frequencies are written
down once more, and compared with transformers' own. The gradients are checked against central
differences, and the float64 states against the float32 ones, before anything is written.

Usage:
    golden_families.py [--out DIR] [CASE ...]
"""

import argparse
import contextlib
import copy
import json
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch import nn
from transformers.models.modernbert import modeling_modernbert

from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
SEED = 20240601
PREFIX_TOKENS = 5  # shared by all texts that are longer
FIRST_ID = 3  # below it stand the special tokens
LORA = {"rank": 4, "alpha": 8}
FUSED_MAPS = ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")
LINEAR_MAPS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")

LENGTHS = (1, 9, 40)
LENGTHS_AROUND_16 = (1, 9, 16, 17, 40)  # for frequencies that depend on the text's length

BERT_MAPS = (
    "query",
    "key",
    "value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
MODERN_BERT_MAPS = ("attn.Wqkv", "attn.Wo", "mlp.Wi", "mlp.Wo")

ENCODER = {
    "vocab_size": 48,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 48,
}
ROBERTA = ENCODER | {"max_position_embeddings": 50, "layer_norm_eps": 1e-5, "type_vocab_size": 1}
MODERN_BERT = ENCODER | {
    "local_attention": 6,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "cls_token_id": 1,
    "sep_token_id": 2,
}
DECODER = {
    "vocab_size": 80,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 64,
    "num_key_value_heads": 2,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
# Narrower, since their heads together are wider than the hidden state.
QWEN3 = DECODER | {"hidden_size": 24, "intermediate_size": 32, "head_dim": 16}
GEMMA3 = QWEN3 | {"num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 3}
THETA = {"rope_theta": 10000.0}
# Of the four frequencies one is kept, one is divided by the factor, and two lie in between.
YARN = {
    "rope_type": "yarn",
    "rope_theta": 100.0,
    "factor": 4.0,
    "beta_slow": 0.1,
    "original_max_position_embeddings": 16,
}
LONGROPE = THETA | {
    "rope_type": "longrope",
    "short_factor": [1.0, 1.1, 1.25, 1.4],
    "long_factor": [1.0, 1.7, 3.2, 4.6],
    "original_max_position_embeddings": 16,
}


@dataclass(frozen=True)
class Case:
    family: str  # the class without its `Model` or `Config`
    settings: dict
    notes: str
    lengths: tuple[int, ...] = LENGTHS
    maps: tuple[str, ...] = LINEAR_MAPS
    pooling: str = "last"
    padded_sides: tuple[str, ...] = ()  # a batch padded there gives the same states
    padding_inside: bool = False  # the longest text spells the padding token

    def model(self) -> nn.Module:
        config_class = getattr(transformers, self.family + "Config")
        model_class = getattr(transformers, self.family + "Model")
        head = {"architectures": [model_class.__name__], "dtype": "float32"}
        config = config_class(**copy.deepcopy(self.settings), **head)
        config._attn_implementation = "eager"
        return model_class(config).float().eval()


def llama(notes: str, lengths: tuple[int, ...] = LENGTHS, **settings) -> Case:
    return Case("Llama", DECODER | settings, notes, lengths)


def llama_rope(notes: str, lengths: tuple[int, ...] = LENGTHS, **rope) -> Case:
    return llama(notes, lengths, rope_parameters=THETA | rope)


def phi3(notes: str, lengths: tuple[int, ...] = LENGTHS, **settings) -> Case:
    return Case("Phi3", DECODER | settings, notes, lengths, FUSED_MAPS)


def bert(family: str, notes: str, pooling: str, settings: dict, **more) -> Case:
    """BERT counts padding on the left as positions; RoBERTa does not."""
    return Case(family, settings, notes, maps=BERT_MAPS, pooling=pooling, **more)


def modern_bert(notes: str, pooling: str, **settings) -> Case:
    return Case(
        "ModernBert",
        MODERN_BERT | settings,
        notes,
        maps=MODERN_BERT_MAPS,
        pooling=pooling,
        padded_sides=("right", "left"),
    )


CASES = {
    "llama-default": llama("Plain."),
    "llama-attention-bias": llama(
        "Biases on all seven linear maps.", attention_bias=True, mlp_bias=True
    ),
    "llama-rope-linear": llama_rope("Frequencies / factor.", rope_type="linear", factor=2.5),
    "llama-rope-dynamic": llama(
        "NTK: the base grows with each text longer than max_position_embeddings.",
        LENGTHS_AROUND_16,
        max_position_embeddings=16,
        rope_parameters=THETA | {"rope_type": "dynamic", "factor": 2.0},
    ),
    "llama-rope-llama3": llama_rope(
        "One frequency kept, one in between, two divided by the factor.",
        rope_type="llama3",
        factor=8.0,
        low_freq_factor=0.2,
        high_freq_factor=2.0,
        original_max_position_embeddings=16,
    ),
    "llama-rope-yarn": llama_rope(
        "Default betas, truncation and attention factor.",
        rope_type="yarn",
        factor=4.0,
        original_max_position_embeddings=16,
    ),
    "llama-rope-yarn-attention": llama_rope(
        "Given attention factor; the ramp has values between 0 and 1.",
        **YARN | {"attention_factor": 0.9},
    ),
    "llama-rope-yarn-mscale": llama_rope(
        "Attention factor from mscale and mscale_all_dim; the ramp's ends are not truncated.",
        **YARN | {"mscale": 1.2, "mscale_all_dim": 0.7, "truncate": False},
    ),
    "mistral-window": Case(
        "Mistral", DECODER | {"sliding_window": 6}, "Every layer has the window."
    ),
    "qwen2": Case("Qwen2", DECODER, "Biases on q, k and v without any setting; no window."),
    "qwen2-window": Case(
        "Qwen2",
        DECODER | {"use_sliding_window": True, "max_window_layers": 1, "sliding_window": 6},
        "The window starts at layer max_window_layers.",
    ),
    "qwen3": Case("Qwen3", QWEN3, "Norms of the heads of q and k; wide heads."),
    "smollm3": Case(
        "SmolLM3",
        DECODER | {"no_rope_layer_interval": 2, "no_rope_layers": [0, 1]},
        "no_rope_layers 0 means no RoPE; the list, not the interval, decides.",
    ),
    "gemma": Case("Gemma", DECODER | {"head_dim": 8}, "Scaled embeddings, norms 1 + w, GeGLU."),
    "gemma2": Case(
        "Gemma2",
        DECODER
        | {
            "head_dim": 8,
            "query_pre_attn_scalar": 12,
            "sliding_window": 6,
            "attn_logit_softcapping": 2.0,
        },
        "Sliding, full; a soft cap low enough to be felt.",
    ),
    "gemma3-bidirectional": Case(
        "Gemma3Text",
        GEMMA3
        | {
            "query_pre_attn_scalar": 12,
            "sliding_window": 10,
            "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
            "use_bidirectional_attention": True,
        },
        "Tokens see those behind them too; a window of 10 reaches 5 to each side.",
    ),
    "gemma3": Case(
        "Gemma3Text",
        GEMMA3
        | {
            "query_pre_attn_scalar": 10,
            "sliding_window": 6,
            "sliding_window_pattern": 3,
            "rope_parameters": {
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                "full_attention": {
                    "rope_type": "linear",
                    "factor": 8.0,
                    "rope_theta": 1000000.0,
                },
            },
        },
        "Sliding, sliding, full; each kind has its own rotary base, the full one scaling too.",
    ),
    "phi3": phi3("Fused maps; every layer has the window.", sliding_window=6),
    "phi3-partial-rotary": phi3(
        "Half of each head is rotated.",
        rope_parameters=THETA | {"rope_type": "default", "partial_rotary_factor": 0.5},
    ),
    "phi3-longrope": phi3(
        "Long factors for texts of more than 16 tokens, the attention factor for all.",
        LENGTHS_AROUND_16,
        original_max_position_embeddings=16,
        rope_parameters=LONGROPE,
    ),
    "bert": bert(
        "Bert", "Post-norm, learned positions.", "mean", ENCODER, padded_sides=("right",)
    ),
    "roberta": bert(
        "Roberta",
        "Positions start at padding_idx + 1; a padding token in a text has none.",
        "cls",
        ROBERTA,
        padding_inside=True,
    ),
    "xlm-roberta": bert(
        "XLMRoberta",
        "Positions start at padding_idx + 1; tanh form of GELU.",
        "mean",
        ROBERTA | {"hidden_act": "gelu_new"},
        padded_sides=("right", "left"),
    ),
    "modernbert": modern_bert(
        "Full, sliding, full: |i - j| <= local_attention / 2, each kind with its own rotary base.",
        "mean",
        num_hidden_layers=3,
        global_attn_every_n_layers=2,
    ),
    "modernbert-biases": modern_bert(
        "Biases on all linear maps and norms.",
        "last",
        global_attn_every_n_layers=2,
        attention_bias=True,
        mlp_bias=True,
        norm_bias=True,
    ),
}


# --- Rotary frequencies, in float64 -------------------------------------------------------------


def default_frequencies(base: float, dims: int) -> torch.Tensor:
    return base ** (-torch.arange(0, dims, 2, dtype=torch.float64) / dims)


def dynamic_frequencies(rope: dict, dims: int, length: int, maximum: int) -> torch.Tensor:
    stretch = rope["factor"] * max(length, maximum) / maximum - (rope["factor"] - 1)
    return default_frequencies(rope["rope_theta"] * stretch ** (dims / (dims - 2)), dims)


def llama3_frequencies(rope: dict, dims: int) -> torch.Tensor:
    frequencies = default_frequencies(rope["rope_theta"], dims)
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    rotations = rope["original_max_position_embeddings"] * frequencies / (2 * math.pi)
    kept = ((rotations - low) / (high - low)).clamp(0, 1)
    return frequencies * ((1 - kept) / rope["factor"] + kept)


def yarn_frequencies(rope: dict, dims: int) -> torch.Tensor:
    base, original = rope["rope_theta"], rope["original_max_position_embeddings"]

    def dimension(rotations: float) -> float:
        return dims * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(base))

    low, high = dimension(rope.get("beta_fast") or 32), dimension(rope.get("beta_slow") or 1)
    if rope.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, dims - 1)
    high += 0.001 if low == high else 0
    ramp = ((torch.arange(dims // 2, dtype=torch.float64) - low) / (high - low)).clamp(0, 1)
    return default_frequencies(base, dims) * (ramp / rope["factor"] + 1 - ramp)


def yarn_attention_factor(rope: dict) -> float:
    def magnitude(scale: float = 1) -> float:
        return 1.0 if rope["factor"] <= 1 else 0.1 * scale * math.log(rope["factor"]) + 1

    if rope.get("attention_factor") is not None:
        return rope["attention_factor"]
    if rope.get("mscale") and rope.get("mscale_all_dim"):
        return magnitude(rope["mscale"]) / magnitude(rope["mscale_all_dim"])
    return magnitude()


def longrope_frequencies(rope: dict, dims: int, length: int) -> torch.Tensor:
    long = length > rope["original_max_position_embeddings"]
    divisors = torch.tensor(rope["long_factor" if long else "short_factor"], dtype=torch.float64)
    return default_frequencies(rope["rope_theta"], dims) / divisors


def longrope_attention_factor(rope: dict, maximum: int) -> float:
    original = rope["original_max_position_embeddings"]
    factor = rope.get("factor") or maximum / original
    if rope.get("attention_factor") is not None:
        return rope["attention_factor"]
    return 1.0 if factor <= 1 else math.sqrt(1 + math.log(factor) / math.log(original))


def rotary(config, layer_type: str | None, length: int) -> tuple[torch.Tensor, float]:
    """The frequencies and the attention factor for a text of this length in such a layer."""
    rope = config.rope_parameters[layer_type] if layer_type else config.rope_parameters
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    dims = int(head * rope.get("partial_rotary_factor", 1.0))
    maximum = config.max_position_embeddings
    base = rope["rope_theta"]
    match rope["rope_type"]:
        case "default":
            return default_frequencies(base, dims), 1.0
        case "linear":
            return default_frequencies(base, dims) / rope["factor"], 1.0
        case "dynamic":
            return dynamic_frequencies(rope, dims, length, maximum), 1.0
        case "llama3":
            return llama3_frequencies(rope, dims), 1.0
        case "yarn":
            return yarn_frequencies(rope, dims), yarn_attention_factor(rope)
        case "longrope":
            factor = longrope_attention_factor(rope, maximum)
            return longrope_frequencies(rope, dims, length), factor
    raise ValueError(rope["rope_type"])


class Float64Rotary(nn.Module):
    """cos and sin of position * frequency, each angle twice (halves, not pairs), times the factor.

    They are compared with those of the module that this one replaces, at its own precision.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.config, self.original = module.config, module
        self.compared = set()

    def forward(
        self, x: torch.Tensor, position_ids: torch.Tensor, layer_type: str | None = None
    ) -> tuple:
        length = int(position_ids.max()) + 1
        frequencies, factor = rotary(self.config, layer_type, length)
        angles = position_ids[..., None].double() * frequencies
        angles = torch.cat([angles, angles], dim=-1)
        result = angles.cos() * factor, angles.sin() * factor
        if (length, layer_type) not in self.compared:
            self.compared.add((length, layer_type))
            kind = (layer_type,) if layer_type else ()
            fresh = copy.deepcopy(self.original)  # dynamic frequencies depend on earlier texts
            for found, expected in zip(result, fresh(x, position_ids, *kind), strict=True):
                torch.testing.assert_close(found, expected.double(), rtol=0, atol=1e-5)
        return result


# --- The rest of the arithmetic, in float64 -----------------------------------------------------


class Float64RmsNorm(nn.Module):
    """`w * x / sqrt(mean(x^2) + eps)`, without the round trip through float32."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.weight = norm.weight
        self.offset = neutral_weight(norm) == 0
        self.epsilon = norm.eps if hasattr(norm, "eps") else norm.variance_epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weight = 1 + self.weight if self.offset else self.weight
        return weight * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)


def neutral_weight(norm: nn.Module) -> float:
    """The weight that scales nothing: 0 for Gemma's norms, which multiply by 1 + weight, else 1."""
    return 0.0 if type(norm).__name__.startswith("Gemma") else 1.0


def is_rms_norm(module: nn.Module) -> bool:
    return type(module).__name__.endswith("RMSNorm")


def is_norm(module: nn.Module) -> bool:
    return is_rms_norm(module) or isinstance(module, nn.LayerNorm)


def as_float64(model: nn.Module) -> nn.Module:
    """A copy that computes in float64 inside of `float64_functions`."""
    model = copy.deepcopy(model)
    rotary_module = getattr(model, "rotary_emb", None)
    if rotary_module is not None:
        model.rotary_emb = Float64Rotary(rotary_module)
    model = model.double()
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if is_rms_norm(child):
                setattr(module, name, Float64RmsNorm(child))
        if hasattr(module, "scalar_embed_scale"):
            module.embed_scale = torch.tensor(module.scalar_embed_scale, dtype=torch.float64)
    return model


@contextlib.contextmanager
def float64_functions() -> Iterator[None]:
    """Takes no notice of `dtype=torch.float32`, which eager attention gives to softmax, and rotates
    ModernBERT's heads without the round trip through float32."""
    original: Callable = nn.functional.softmax
    original_rotation: Callable = modeling_modernbert.apply_rotary_pos_emb

    def softmax(x: torch.Tensor, dim: int, dtype: torch.dtype | None = None) -> torch.Tensor:
        assert x.dtype == torch.float64, x.dtype
        return original(x, dim=dim)

    def rotation(q, k, cos, sin, unsqueeze_dim: int) -> tuple:
        cos, sin = cos.unsqueeze(unsqueeze_dim), sin.unsqueeze(unsqueeze_dim)
        assert q.dtype == cos.dtype == torch.float64, (q.dtype, cos.dtype)
        half = modeling_modernbert.rotate_half
        return q * cos + half(q) * sin, k * cos + half(k) * sin

    nn.functional.softmax = softmax
    modeling_modernbert.apply_rotary_pos_emb = rotation
    try:
        yield
    finally:
        nn.functional.softmax = original
        modeling_modernbert.apply_rotary_pos_emb = original_rotation


# --- Drawing ------------------------------------------------------------------------------------


def draw_weights(model: nn.Module, generator: torch.Generator) -> None:
    for module in model.modules():
        for name, weight in module.named_parameters(recurse=False):
            draw = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
            if is_norm(module) and name == "weight":
                weight.data = neutral_weight(module) + 0.1 * draw
            elif name == "bias":
                weight.data = 0.1 * draw
            elif hasattr(module, "scalar_embed_scale"):  # Gemma multiplies by sqrt(hidden)
                weight.data = draw * weight.shape[1] ** -0.5
            elif isinstance(module, nn.Embedding):
                weight.data = draw
            else:
                assert isinstance(module, nn.Linear), module
                weight.data = draw * weight.shape[1] ** -0.5


def draw_texts(case: Case, generator: torch.Generator) -> list[list[int]]:
    def ids(count: int) -> list[int]:
        return torch.randint(FIRST_ID, vocabulary, (count,), generator=generator).tolist()

    vocabulary = case.settings["vocab_size"]
    prefix = ids(PREFIX_TOKENS)
    texts = [
        prefix + ids(n - PREFIX_TOKENS) if n > PREFIX_TOKENS else ids(n) for n in case.lengths
    ]
    if case.padding_inside:
        padding = getattr(transformers, case.family + "Config")().pad_token_id
        texts[-1][PREFIX_TOKENS + 2] = padding
    return texts


def with_lora(model: nn.Module, case: Case, generator: torch.Generator) -> nn.Module:
    config = LoraConfig(
        r=LORA["rank"],
        lora_alpha=LORA["alpha"],
        lora_dropout=0.0,
        target_modules=list(case.maps),
        task_type="FEATURE_EXTRACTION",
    )
    adapted = get_peft_model(model, config).eval()
    for weight in lora_parameters(adapted).values():
        draw = torch.randn(weight.shape, generator=generator, dtype=torch.float32)
        weight.data = (draw * 0.5 * weight.shape[1] ** -0.5).double()
    assert len(lora_parameters(adapted)) == 2 * len(case.maps) * model.config.num_hidden_layers
    assert all(p.dtype == torch.float64 for p in adapted.parameters())
    return adapted


def lora_parameters(adapted: nn.Module) -> dict[str, nn.Parameter]:
    """`layers.0.self_attn.q_proj.A` and so on -> parameter, in the model's order."""
    parameters = {}
    for name, weight in adapted.named_parameters():
        if weight.requires_grad:
            path = name.removeprefix("base_model.model.").removesuffix(".default.weight")
            parameters[path.replace(".lora_", ".")] = weight
    return parameters


# --- States and gradients -----------------------------------------------------------------------


def last_hidden_state(model: nn.Module, ids: list[int]) -> torch.Tensor:
    options = {"use_cache": False} if hasattr(model.config, "num_key_value_heads") else {}
    return model(input_ids=torch.tensor([ids]), **options).last_hidden_state[0]


@torch.no_grad()
def states(model: nn.Module, texts: list[list[int]]) -> list[torch.Tensor]:
    """Each text by a fresh copy, since dynamic frequencies depend on the texts before."""
    return [last_hidden_state(copy.deepcopy(model), ids) for ids in texts]


@torch.no_grad()
def check_padded(
    model: nn.Module, texts: list[list[int]], single: list[torch.Tensor], side: str
) -> None:
    """That a batch padded on this side gives each text the states it has alone."""
    longest = max(len(ids) for ids in texts)
    padding = model.config.pad_token_id
    rows, masks = [], []
    for ids in texts:
        fill, mask = [padding] * (longest - len(ids)), [1] * len(ids)
        none = [0] * len(fill)
        rows.append(ids + fill if side == "right" else fill + ids)
        masks.append(mask + none if side == "right" else none + mask)
    mask = torch.tensor(masks)
    states = model(input_ids=torch.tensor(rows), attention_mask=mask).last_hidden_state
    for found, kept, expected in zip(states, mask.bool(), single, strict=True):
        torch.testing.assert_close(found[kept], expected, rtol=0, atol=1e-5)


def pooled(states: torch.Tensor, pooling: str) -> torch.Tensor:
    return {"last": lambda: states[-1], "cls": lambda: states[0], "mean": lambda: states.mean(0)}[
        pooling
    ]()


def scalar(
    model: nn.Module, texts: list[list[int]], cotangents: list[torch.Tensor], pooling: str
) -> torch.Tensor:
    pairs = zip(texts, cotangents, strict=True)
    return sum(c @ pooled(last_hidden_state(model, ids), pooling) for ids, c in pairs)


@torch.no_grad()
def largest_difference_to_central_differences(
    model: nn.Module,
    gradients: dict[str, torch.Tensor],
    evaluate: Callable[[nn.Module], torch.Tensor],
    step: float = 1e-5,
) -> float:
    """Checks two entries of every LoRA matrix, relative to the largest gradient of that matrix."""
    worst = 0.0
    for name, weight in lora_parameters(model).items():
        for entry in (0, weight.numel() // 2):
            values = []
            for sign in (1, -1):
                weight.view(-1)[entry] += sign * step
                values.append(evaluate(model).item())
                weight.view(-1)[entry] -= sign * step
            estimate = (values[0] - values[1]) / (2 * step)
            difference = abs(estimate - gradients[name].view(-1)[entry].item())
            worst = max(worst, difference / gradients[name].abs().max().item())
    return worst


def gradient_tensors(
    case: Case, model: nn.Module, texts: list[list[int]], generator: torch.Generator
) -> tuple[dict[str, torch.Tensor], dict]:
    """`lora.`, `cotangent.` and `grad.`, and what golden.json says of them."""
    adapted = with_lora(model, case, generator)
    hidden = model.config.hidden_size
    drawn = [torch.randn(hidden, generator=generator, dtype=torch.float32) for _ in texts]
    cotangents = [c.double() for c in drawn]

    def evaluate(m: nn.Module) -> torch.Tensor:
        return scalar(m, texts, cotangents, case.pooling)

    value = evaluate(adapted)
    value.backward()
    gradients = {n: w.grad.clone() for n, w in lora_parameters(adapted).items()}
    finite = largest_difference_to_central_differences(adapted, gradients, evaluate)
    assert finite < 1e-6, finite

    lora = lora_parameters(adapted)
    tensors = {f"lora.{n}": w.detach().float() for n, w in lora.items()}
    tensors |= {f"cotangent.{i}": c for i, c in enumerate(drawn)}
    tensors |= {f"grad.{n}": g for n, g in gradients.items()}
    description = {
        "lora": LORA | {"dropout": 0.0, "scaling": LORA["alpha"] / LORA["rank"]},
        "gradient_texts": list(range(len(texts))),
        "scalar": value.item(),
        "largest_relative_difference_to_central_differences": float(f"{finite:.2g}"),
    }
    if case.pooling != "last":
        description["pooling"] = case.pooling
    return tensors, description


# --- Writing ------------------------------------------------------------------------------------


def write_case(name: str, folder: Path) -> int:
    """Returns the bytes written."""
    case = CASES[name]
    generator = torch.Generator().manual_seed(SEED + zlib.crc32(name.encode()))
    model = case.model()
    draw_weights(model, generator)
    texts = draw_texts(case, generator)
    single = states(model, texts)
    for side in case.padded_sides:
        check_padded(model, texts, single, side)
    tensors = {f"states.{i}": state for i, state in enumerate(single)}
    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "transformers", "peft"),
        "notes": case.notes,
        "arithmetic": "states in float32; scalar and gradients in float64 throughout",
        "ids": texts,
    }
    with float64_functions():
        double_model = as_float64(model)
        for found, expected in zip(states(double_model, texts), single, strict=True):
            torch.testing.assert_close(found, expected.double(), rtol=0, atol=1e-4)
        more, about = gradient_tensors(case, double_model, texts, generator)
        tensors |= more
        description |= about

    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    write_tensors(model.state_dict(), folder / "model.safetensors")
    write_tensors(tensors, folder / "states.safetensors")
    write_json(description, folder / "golden.json")
    return sum(file.stat().st_size for file in folder.iterdir())


def write_tensors(tensors: dict[str, torch.Tensor], file: Path) -> None:
    contiguous = {n: t.detach().contiguous() for n, t in tensors.items()}
    save_file(contiguous, file, metadata={"format": "pt"})
    file.chmod(0o644)


def write_json(description: dict, file: Path) -> None:
    """With each text's ids on one line."""
    text = json.dumps(description, indent=2) + "\n"
    for row in sorted(description["ids"], key=len, reverse=True):
        text = text.replace(json.dumps(row, indent=2).replace("\n", "\n    "), json.dumps(row))
    assert json.loads(text) == description
    file.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="default: all")
    parser.add_argument("--out", type=Path, default=RESOURCES / "families")
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
