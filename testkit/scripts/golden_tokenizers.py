"""Golden token ids: tiny tokenizers of every kind that models come with, and the ids of texts.

`texts.json` has the texts: ten scripts, emoji, code, spaces, digits, special tokens, nothing. Each
case is a folder with `ids.json`, one list a text without the begin and end tokens, and with the
tokenizer as models publish it:

* `spm-*`: a SentencePiece `tokenizer.model` (`.gz` where its table of characters is large). The ids
  are those of transformers' `SentencePieceBackend`, that is of SentencePiece itself and special
  tokens, and for Gemma and for `legacy: false` those of the classes for these.
* `gguf-*`: the same vocabularies, and byte-level BPE with the pre-tokenizer of a family, as
  llama.cpp's converter lays them down in GGUF. The ids are those of the tokenizer.json that the
  family publishes: its normalizer, its split, its `ignore_merges`.

SentencePiece's own ids are compared too; where they differ, the script says so.

Usage:
    golden_tokenizers.py [--out DIR] [CASE ...]
"""

import argparse
import gzip
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import gguf
import sentencepiece
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, trainers
from tokenizers.models import BPE, WordPiece
from transformers.tokenization_utils_sentencepiece import SentencePieceBackend

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"

SENTENCES = [
    "The small boats come home when the wind turns, and the harbour is quiet again.",
    "Where do the small boats go when it is cold? They stay where they are.",
    "Let's see what they've got: we'll wait, I'm sure it isn't late and he'd agree.",
    "In 2024 about 1234567 people counted 3.14159 of 98765 apples at 10:45.",
    "Die Straße führt über die Brücke; größere Häuser stehen am Flussufer.",
    "Le garçon naïf a déjà mangé à l'hôtel, où l'été fut très beau.",
    "Маленькие лодки возвращаются домой, когда ветер стихает над рекой.",
    "Τα μικρά καράβια γυρίζουν στο λιμάνι όταν πέφτει ο άνεμος.",
    "تعود القوارب الصغيرة إلى الميناء عندما تهدأ الرياح في المساء.",
    "הסירות הקטנות חוזרות לנמל כאשר הרוח נחלשת בערב.",
    "छोटी नावें शाम को हवा थमने पर घाट पर लौट आती हैं।",
    "เรือลำเล็กกลับเข้าฝั่งเมื่อลมสงบในตอนเย็น",
    "小船在傍晚风停的时候回到港口，然后大家一起回家。",
    "夕方になって風がやむと、小さな船は港に帰ってきます。",
    "작은 배들은 저녁에 바람이 잦아들면 항구로 돌아옵니다.",
    "პატარა ნავები საღამოს ნავსადგურში ბრუნდებიან.",
    "சிறிய படகுகள் மாலையில் துறைமுகத்திற்குத் திரும்புகின்றன.",
    "for (int i = 0; i < 10; i++) {\n    total += values[i] * 2;\n}\n",
    "def area(width, height):\n    return width * height  # square units\n",
    "A list:\n\n  - one\n  - two\n\n    - three\tand a tab\n",
]

TEXTS = [
    "",
    " ",
    "  ",
    "   ",
    "\n",
    "\n\n\n",
    "\t\t",
    " \n \n ",
    "a",
    " a",
    "a ",
    "  a  ",
    "the boats",
    " the boats",
    "the  boats",
    "the   boats    come",
    "the boats\n",
    "\nthe boats",
    "the\r\nboats\r\n",
    "the\tboats",
    "a b",
    "a\u3000b",
    "a\u200bb",
    "▁the▁boats",
    "aaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaa",
    "ooooooooooe oo ooo",
    "            ",
    "x               y",
    "......!!!!??",
    "0",
    "12",
    "1234567890",
    "3.14159 and 2,718 or 10:45",
    "١٢٣ and १२३ and ２３",
    "we'll, WE'LL, they've, IT'S, I'd, can't",
    "CamelCase andUPPER lowerUPPERlower ÄÖÜß",
    "don’t “quote” — dash… ½ ² №",
    "ﬁne ﬀ ﬃ Å Å é é",
    "İstanbul ISPARTA ıi",
    *SENTENCES[:17],
    "Small boats, große Straße, лодки, λιμάνι, 小船 and 船!",
    "مرحبا\u200cبكم \u202bשלום\u202c",
    "ଓଡ଼ିଆ አማርኛ ᏣᎳᎩ",
    "🙂 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇫🇷",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠜎",
    SENTENCES[17],
    SENTENCES[18],
    SENTENCES[19],
    "if (a && b || !c) { return x->y[0]; } // <T> {@code}",
    "https://example.org/path?query=1&other=%20#part",
    "{\"key\": [1, 2.5e-3, null], \"text\": \"\\u00e9\"}",
    "<s>the boats</s>",
    "the <s> boats </s> home",
    "</s>",
    "<unk> and <pad>",
    "<|endoftext|>the<|im_end|>",
    "<|begin_of_text|> the boats <|end_of_text|>",
    "<start_of_turn>user\nthe boats<end_of_turn>\n",
    "<think>the</think> boats",
    "<sep>the<sep> boats <sep>",
    "[CLS] the boats [SEP] [MASK] [UNK]",
    "<0x41><0x0A> 0x41",
    "a\u0000b",
    "\ufeffthe boats\ufffd",
    "the boats come home. " * 12,
    "café cafe\u0301 CAFÉ naïve",
    "ab-cd_ef/gh\\ij.kl@mn",
]


# SentencePiece


def train_spm(folder: Path, **options) -> Path:
    """Trains on the sentences, each as its own and with words doubled so that pieces are learned."""
    lines = [line for text in SENTENCES * 4 for line in text.split("\n") if line.strip()]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        character_coverage=0.995,
        num_threads=1,
        minloglevel=2,
        hard_vocab_limit=False,
        **options,
    )
    path = folder / "tokenizer.model"
    path.write_bytes(model.getvalue())
    return path


def small_rules(folder: Path) -> str:
    """A table of characters small enough to keep: digits of full width, ligatures, spaces."""
    rules = folder / "rules.tsv"
    pairs = [(0xFF10 + d, str(d)) for d in range(10)]
    pairs += [(0xFB01, "fi"), (0xFB00, "ff"), (0x3000, " "), (0x09, " "), (0x2019, "'"), (0xBD, "1/2")]
    rules.write_text(
        "".join(
            f"{source:X}\t{' '.join(f'{ord(c):X}' for c in target)}\n" for source, target in pairs
        )
    )
    return str(rules)


def spm_llama(folder: Path) -> None:
    train_spm(
        folder,
        model_type="bpe",
        vocab_size=900,
        byte_fallback=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
    )


def spm_gemma(folder: Path) -> None:
    train_spm(
        folder,
        model_type="bpe",
        vocab_size=800,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        bos_piece="<bos>",
        eos_piece="<eos>",
        user_defined_symbols=["<start_of_turn>", "<end_of_turn>", "\n", "\n\n", "▁▁", "▁▁▁", "▁▁▁▁"],
    )


def spm_unigram(folder: Path) -> None:
    train_spm(
        folder,
        model_type="unigram",
        vocab_size=500,
        normalization_rule_name="nmt_nfkc",
    )


def spm_unigram_bytes(folder: Path) -> None:
    train_spm(
        folder,
        model_type="unigram",
        vocab_size=700,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        # So that the text <0x41> can be told from the piece for a byte.
        required_chars="<>x0123456789ABCDEF",
    )


def spm_bpe_rules(folder: Path) -> None:
    train_spm(
        folder,
        model_type="bpe",
        vocab_size=400,
        normalization_rule_tsv=small_rules(folder),
        remove_extra_whitespaces=True,
    )


def first_word_ids(folder: Path) -> list[list[int]]:
    """transformers' own class for Llama, which is not `legacy` unless told so."""
    (folder / "tokenizer_config.json").write_text('{"legacy": false}\n')
    return ids_of(transformers.LlamaTokenizer.from_pretrained(str(folder)))


def gemma_ids(folder: Path) -> list[list[int]]:
    tokenizer = transformers.GemmaTokenizer(
        **transformers.GemmaTokenizer._convert_from_sentencepiece(
            str(folder / "tokenizer.model"), {}
        )
    )
    return ids_of(tokenizer)


def backend_ids(folder: Path) -> list[list[int]]:
    tokenizer = SentencePieceBackend(
        vocab_file=str(folder / "tokenizer.model"),
        unk_token="<unk>",
        bos_token="<s>",
        eos_token="</s>",
    )
    return ids_of(tokenizer)


def plain_ids(folder: Path) -> list[list[int]]:
    """SentencePiece without any special token."""
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return [processor.encode(text) for text in TEXTS]


def ids_of(tokenizer) -> list[list[int]]:
    return [tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]


# GGUF


def write_gguf(path: Path, fill: Callable[[gguf.GGUFWriter], None]) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def gguf_of_spm(folder: Path, source: Path) -> None:
    """As llama.cpp's converter: user-defined symbols get their spaces back."""
    proto = sentencepiece_model_pb2.ModelProto.FromString((source / "tokenizer.model").read_bytes())

    def fill(writer: gguf.GGUFWriter) -> None:
        texts = [
            p.piece.replace("▁", " ") if p.type == p.USER_DEFINED else p.piece for p in proto.pieces
        ]
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_list([text.encode() for text in texts])
        writer.add_token_scores([p.score for p in proto.pieces])
        writer.add_token_types([p.type for p in proto.pieces])
        writer.add_bos_token_id(proto.trainer_spec.bos_id)
        writer.add_eos_token_id(proto.trainer_spec.eos_id)
        writer.add_unk_token_id(proto.trainer_spec.unk_id)
        writer.add_add_bos_token(True)
        writer.add_add_eos_token(False)
        writer.add_add_space_prefix(proto.normalizer_spec.add_dummy_prefix)

    write_gguf(folder / "tokenizer.gguf", fill)


def gguf_of_unigram(folder: Path, source: Path) -> None:
    proto = sentencepiece_model_pb2.ModelProto.FromString((source / "tokenizer.model").read_bytes())

    def fill(writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("t5")
        writer.add_tokenizer_pre("default")
        writer.add_token_list([p.piece.encode() for p in proto.pieces])
        writer.add_token_scores([p.score for p in proto.pieces])
        writer.add_token_types([p.type for p in proto.pieces])
        writer.add_bos_token_id(proto.trainer_spec.bos_id)
        writer.add_eos_token_id(proto.trainer_spec.eos_id)
        writer.add_unk_token_id(proto.trainer_spec.unk_id)
        writer.add_add_bos_token(False)
        writer.add_add_eos_token(True)
        writer.add_add_space_prefix(proto.normalizer_spec.add_dummy_prefix)
        writer.add_remove_extra_whitespaces(proto.normalizer_spec.remove_extra_whitespaces)
        if proto.normalizer_spec.precompiled_charsmap:
            writer.add_precompiled_charsmap(proto.normalizer_spec.precompiled_charsmap)

    write_gguf(folder / "tokenizer.gguf", fill)


CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CASED = [
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+",
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*",
]
CASED_REST = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

# pre -> the splits one after the other; none means ByteLevel's own
SPLITS = {
    "gpt-2": [],
    "smollm": [],
    "llama-bpe": [rf"{CONTRACTIONS}|{WORDS}|\p{{N}}{{1,3}}|{REST}"],
    "dbrx": [rf"{CONTRACTIONS}|{WORDS}|\p{{N}}{{1,3}}|{REST}"],
    "qwen2": [rf"{CONTRACTIONS}|{WORDS}|\p{{N}}|{REST}"],
    "tekken": [rf"{CASED[0]}|{CASED[1]}|\p{{N}}|{CASED_REST}"],
    "gpt-4o": [
        rf"{CASED[0]}{CONTRACTIONS}?|{CASED[1]}{CONTRACTIONS}?|\p{{N}}{{1,3}}|{CASED_REST}"
    ],
    "default": [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
}
IGNORE_MERGES = {"llama-bpe", "tekken"}
CONTROL = ["<|begin_of_text|>", "<|end_of_text|>", "<|endoftext|>", "<|im_end|>", "<s>", "</s>"]
USER_DEFINED = ["<think>", "</think>"]
LOST_MERGES = 30


def byte_level_pre_tokenizer(pre: str):
    splits = [pre_tokenizers.Split(Regex(regex), "isolated") for regex in SPLITS[pre]]
    if pre == "smollm":
        splits = [pre_tokenizers.Digits(individual_digits=True)]
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not SPLITS[pre])
    return pre_tokenizers.Sequence([*splits, byte_level])


def byte_level(pre: str) -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = byte_level_pre_tokenizer(pre)
    tokenizer.train_from_iterator(
        SENTENCES * 4,
        trainers.BpeTrainer(
            vocab_size=700,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    state = json.loads(tokenizer.to_str())
    model = state["model"]
    # Some tokens that no merge makes, so that ignore_merges shows.
    model["merges"] = model["merges"][:-LOST_MERGES]
    model["ignore_merges"] = pre in IGNORE_MERGES
    if pre == "qwen2":
        state["normalizer"] = {"type": "NFC"}
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in CONTROL])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in USER_DEFINED])
    return tokenizer


def gguf_byte_level(folder: Path, pre: str) -> list[list[int]]:
    tokenizer = byte_level(pre)
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.get)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]

    def kind(token: str) -> gguf.TokenType:
        if token in CONTROL:
            return gguf.TokenType.CONTROL
        return gguf.TokenType.USER_DEFINED if token in USER_DEFINED else gguf.TokenType.NORMAL

    def fill(writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_list(tokens)
        writer.add_token_types([kind(token) for token in tokens])
        writer.add_token_merges([" ".join(pair) for pair in merges])
        writer.add_bos_token_id(vocabulary["<|begin_of_text|>"])
        writer.add_eos_token_id(vocabulary["<|end_of_text|>"])

    write_gguf(folder / "tokenizer.gguf", fill)
    return ids_of(transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer))


def gguf_bert(folder: Path) -> list[list[int]]:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        SENTENCES[:16] * 4,
        trainers.WordPieceTrainer(vocab_size=500, special_tokens=special, show_progress=False),
    )
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.get)
    expected = ids_of(transformers.BertTokenizer(vocab=vocabulary))

    def phantom(token: str) -> str:
        if token in special:
            return token
        return token.removeprefix("##") if token.startswith("##") else "▁" + token

    def fill(writer: gguf.GGUFWriter) -> None:
        writer.add_tokenizer_model("bert")
        writer.add_tokenizer_pre("jina-v2-en")
        writer.add_token_type_count(2)
        writer.add_token_list([phantom(token) for token in tokens])
        writer.add_token_types([3 if token in special else 1 for token in tokens])
        for key, name in [("unknown", "[UNK]"), ("seperator", "[SEP]"), ("padding", "[PAD]")]:
            writer.add_uint32(f"tokenizer.ggml.{key}_token_id", vocabulary[name])
        writer.add_uint32("tokenizer.ggml.cls_token_id", vocabulary["[CLS]"])
        writer.add_uint32("tokenizer.ggml.mask_token_id", vocabulary["[MASK]"])

    write_gguf(folder / "tokenizer.gguf", fill)
    return expected


# Cases


def spm_case(train: Callable[[Path], None], ids: Callable[[Path], list[list[int]]]):
    def run(folder: Path) -> list[list[int]]:
        with tempfile.TemporaryDirectory() as work:
            train(Path(work))
            (folder / "tokenizer.model").write_bytes((Path(work) / "tokenizer.model").read_bytes())
        expected = ids(folder)
        report(expected, plain_ids(folder))
        return expected

    return run


def report(expected: list[list[int]], plain: list[list[int]]) -> None:
    """Prints where SentencePiece alone would differ: it knows no special tokens in texts."""
    for text, ours, other in zip(TEXTS, expected, plain):
        if ours != other:
            print(f"    {text!r}: {ours} but SentencePiece alone {other}")


def gguf_spm_case(train, ids, write):
    def run(folder: Path) -> list[list[int]]:
        with tempfile.TemporaryDirectory() as work:
            train(Path(work))
            write(folder, Path(work))
            return ids(Path(work))

    return run


CASES = {
    "spm-llama": spm_case(spm_llama, backend_ids),
    "spm-llama-first-word": spm_case(spm_llama, first_word_ids),
    "spm-gemma": spm_case(spm_gemma, gemma_ids),
    "spm-unigram": spm_case(spm_unigram, backend_ids),
    "spm-unigram-bytes": spm_case(spm_unigram_bytes, backend_ids),
    "spm-bpe-rules": spm_case(spm_bpe_rules, backend_ids),
    "gguf-llama": gguf_spm_case(spm_llama, backend_ids, gguf_of_spm),
    "gguf-gemma": gguf_spm_case(spm_gemma, gemma_ids, gguf_of_spm),
    "gguf-t5": gguf_spm_case(spm_unigram_bytes, backend_ids, gguf_of_unigram),
    "gguf-bert": gguf_bert,
    **{f"gguf-{pre}": (lambda folder, pre=pre: gguf_byte_level(folder, pre)) for pre in SPLITS},
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "tokenizers")
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="CASE")
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "texts.json").write_text(json.dumps(TEXTS, indent=0) + "\n")
    for name in arguments.cases or CASES:
        folder = arguments.out / name
        folder.mkdir(exist_ok=True)
        print(name)
        ids = CASES[name](folder)
        (folder / "ids.json").write_text(
            "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in ids) + "\n]\n"
        )
        model = folder / "tokenizer.model"
        if model.exists() and model.stat().st_size > 60_000:
            with open(f"{model}.gz", "wb") as out:
                out.write(gzip.compress(model.read_bytes(), mtime=0))
            model.unlink()
    print(f"{len(TEXTS)} texts in {arguments.out}")


if __name__ == "__main__":
    main()
