"""Golden values of ggml's quantised types: a small GGUF with one tensor of each, and its floats.

Every tensor is `[2, 512]`. Its blocks are random bits, so that each bit pattern of the packed values
occurs, with scales drawn as ordinary half-precision numbers. The expected floats are those of
gguf-py's `dequantize`, which the Java code must equal bit by bit.

Writes `types.gguf` and `expected.safetensors` (the same names, float32).

Usage:
    golden_quantization.py [--out DIR]
"""

import argparse
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
SHAPE = (2, 512)

# type -> where in a block the half-precision scales and offsets lie
SCALES = {
    Type.Q4_0: [0],
    Type.Q4_1: [0, 2],
    Type.Q5_0: [0],
    Type.Q5_1: [0, 2],
    Type.Q8_0: [0],
    Type.Q4_K: [0, 2],
    Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
}


def random_blocks(kind: Type, random: np.random.Generator) -> np.ndarray:
    """Returns the bytes of a tensor of `SHAPE`, `[rows, bytes of a row]`."""
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (SHAPE[0] * SHAPE[1] // elements, size), dtype=np.uint8)
    for at in SCALES[kind]:
        scales = random.normal(0, 0.05, (len(blocks), 1)).astype(np.float16)
        blocks[:, at : at + 2] = scales.view(np.uint8)
    return blocks.reshape(SHAPE[0], -1)


def tensors(random: np.random.Generator) -> dict[Type, np.ndarray]:
    values = random.normal(0, 1, SHAPE).astype(np.float32)
    # Zeros, the largest numbers and a subnormal of half precision, and a power of two.
    values[0, :6] = [0.0, -0.0, 65504.0, -65504.0, 6e-8, 2.0**-14]
    plain = {Type.F32: values, Type.F16: values.astype(np.float16)}
    plain[Type.BF16] = gguf.quantize(values, Type.BF16)
    return plain | {kind: random_blocks(kind, random) for kind in SCALES}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "quantization")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    writer = gguf.GGUFWriter(out / "types.gguf", "llama")
    expected = {}
    for kind, data in tensors(np.random.default_rng(42)).items():
        writer.add_tensor(kind.name, data, raw_dtype=kind)
        expected[kind.name] = np.ascontiguousarray(gguf.dequantize(data, kind)).reshape(SHAPE)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file(expected, out / "expected.safetensors")
    (out / "expected.safetensors").chmod(0o644)
    print(f"{len(expected)} types in {out}")


if __name__ == "__main__":
    main()
