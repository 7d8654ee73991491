"""Golden values of ggml's quantised types: a small GGUF with one tensor of each, and its floats; and
a GGUF with metadata of each kind and tensors of each type that Alidade writes.

Every tensor is `[2, 512]`. Its blocks are random bits, so that each bit pattern of the packed values
occurs, with scales drawn as ordinary half-precision numbers. The expected floats are those of
gguf-py's `dequantize`, which the Java code must equal bit by bit.

Writes `types.gguf` and `expected.safetensors` (the same names, float32), and `written.gguf` with the
floats that it was made from in `written.safetensors`: the Java code must write the same bytes.

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


def write_all_kinds(out: Path, random: np.random.Generator) -> None:
    """`written.gguf` and `written.safetensors`."""
    values = random.normal(0, 1, (3, 96)).astype(np.float32)
    # A block of zeros, one of negative zeros and tiny values, ties, and a half too small to be one.
    values[0, :32] = 0
    values[0, 32:64] = np.float32(-1e-9)
    values[1, :4] = [127.0, 0.5, -0.5, 2.5]
    values[2, 0] = 6e-9
    vector = random.normal(0, 1, 5).astype(np.float32)
    writer = gguf.GGUFWriter(out / "written.gguf", "llama")
    writer.add_uint32("a.number", 4096)
    writer.add_float32("a.real", 1e-5)
    writer.add_bool("a.flag", True)
    writer.add_string("a.text", "größe")
    writer.add_array("some.texts", ["a", "", "Ġb"])
    writer.add_array("some.numbers", [1, -3])
    writer.add_array("some.reals", [0.5, -1e30])
    writer.add_tensor("half", values.astype(np.float16))
    writer.add_tensor("vector", vector)
    writer.add_tensor("eight", gguf.quantize(values, Type.Q8_0), raw_dtype=Type.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file({"matrix": values, "vector": vector}, out / "written.safetensors")
    (out / "written.safetensors").chmod(0o644)


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
    write_all_kinds(out, np.random.default_rng(43))
    print(f"{len(expected)} types in {out}")


if __name__ == "__main__":
    main()
