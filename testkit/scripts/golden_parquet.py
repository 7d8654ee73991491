"""Parquet files as pyarrow and datasets write them, for the reader of training data.

    python testkit/scripts/golden_parquet.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset

OUT = Path(__file__).parent.parent / "src/main/resources/io/alidade/testkit/golden/parquet"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    provenance = pa.struct(
        [("source", pa.string()), ("cost", pa.struct([("usd", pa.float64())]))]
    )
    own = pa.table(
        {
            "language": pa.array(["en", "de", None]).dictionary_encode(),
            "query": ["how tall is it", "wie hoch", "没有"],
            "positive": ["ten metres", "zehn Meter", "十米"],
            "negatives": pa.array([["low", "flat"], [], None], pa.list_(pa.string())),
            "provenance": pa.array(
                [{"source": "test", "cost": {"usd": 0.5}}, None, None], provenance
            ),
            "weight": pa.array([1.0, float("nan"), None]),
            "image": pa.array([b"\xff\x00", None, b""]),
        }
    )
    pq.write_table(own, OUT / "own.parquet", row_group_size=2)
    Dataset.from_dict(
        {
            "anchor": ["q1", "q2"],
            "positive": ["p1", "p2"],
            "negative_1": ["n", "n"],
            "negative_2": ["m", "m"],
        }
    ).to_parquet(str(OUT / "triplets.parquet"))


if __name__ == "__main__":
    main()
