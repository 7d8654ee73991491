"""Evaluates a sentence-transformers folder on development data, as a reference for our own figures.

* `stsb`: STSBenchmark dev and test, Spearman of cosine and gold score, the instruction on both
  sides.
* `xquad`: xquad_en, nDCG@10 of the first queries over all documents (title, blank, text; cut at 256
  tokens), the instruction on the queries.
* `banking77`: accuracy on the test set of a logistic regression on eight training texts a class,
  mean of three seeded draws.

Prints one JSON object.

Usage:
    evaluate_reference.py --model DIR --data DIR [--tasks stsb,xquad,banking77] [--splits test]
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytrec_eval
import torch
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer
from sklearn.linear_model import LogisticRegression

from embedder import load_embedder, prompt, read_jsonl

SIMILARITY = "Retrieve semantically similar text."
QUESTION = "Given a question, retrieve Wikipedia passages that answer the question"
BANKING = "Given a online banking query, find the corresponding intents"
TEXTS_A_CLASS = 8
DRAWS = 3


class Embedder:
    def __init__(self, model: SentenceTransformer, batch: int) -> None:
        self.model, self.batch = model, batch

    def __call__(self, texts: list[str], before: str = "", max_tokens: int = 512) -> np.ndarray:
        self.model.max_seq_length = max_tokens
        return self.model.encode(
            texts, prompt=before, batch_size=self.batch, show_progress_bar=False
        )


def stsb(embed: Embedder, data: Path, splits: list[str]) -> dict:
    result = {}
    for split in splits:
        pairs = list(read_jsonl(data / f"sts/stsbenchmark_{split}.jsonl"))
        first = embed([pair["sentence1"] for pair in pairs], prompt(SIMILARITY))
        second = embed([pair["sentence2"] for pair in pairs], prompt(SIMILARITY))
        cosine = (first * second).sum(axis=1)
        gold = [pair["score"] for pair in pairs]
        result[f"stsb_{split}_spearman"] = float(spearmanr(cosine, gold).statistic)
    return result


def xquad(embed: Embedder, data: Path, query_count: int) -> dict:
    folder = data / "retrieval/xquad_en"
    documents = list(read_jsonl(folder / "corpus.jsonl"))
    queries = list(read_jsonl(folder / "queries.jsonl"))[:query_count]
    relevance = defaultdict(dict)
    for line in (folder / "qrels/test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        relevance[query][document] = int(grade)
    document_vectors = embed([f"{d['title']} {d['text']}" for d in documents], max_tokens=256)
    scores = embed([q["text"] for q in queries], prompt(QUESTION)) @ document_vectors.T
    run = {
        query["_id"]: {d["_id"]: float(s) for d, s in zip(documents, row)}
        for query, row in zip(queries, scores)
    }
    judged = {query["_id"]: relevance[query["_id"]] for query in queries}
    measured = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut_10"}).evaluate(run)
    return {"xquad_en_ndcg_at_10": float(np.mean([m["ndcg_cut_10"] for m in measured.values()]))}


def banking77(embed: Embedder, data: Path) -> dict:
    folder = data / "classification/banking77"
    train, test = (list(read_jsonl(folder / f"{split}.jsonl")) for split in ("train", "test"))
    of_label = defaultdict(list)
    for row, record in enumerate(train):
        of_label[record["label"]].append(row)
    draws = []
    for seed in range(DRAWS):
        random = np.random.default_rng(seed)
        draws.append(
            [
                int(row)
                for label in sorted(of_label)
                for row in random.choice(of_label[label], TEXTS_A_CLASS, replace=False)
            ]
        )
    rows = sorted(set().union(*draws))
    vectors = dict(zip(rows, embed([train[row]["text"] for row in rows], prompt(BANKING))))
    test_vectors = embed([record["text"] for record in test], prompt(BANKING))
    test_labels = [record["label"] for record in test]
    accuracies = []
    for draw in draws:
        classifier = LogisticRegression(max_iter=100)
        classifier.fit([vectors[row] for row in draw], [train[row]["label"] for row in draw])
        accuracies.append(float(classifier.score(test_vectors, test_labels)))
    return {
        "banking77_accuracy": float(np.mean(accuracies)),
        "banking77_accuracy_of_each_draw": accuracies,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tasks", default="stsb,xquad,banking77")
    parser.add_argument("--splits", default="dev,test", help="of STSBenchmark")
    parser.add_argument("--queries", type=int, default=300, help="of xquad_en")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    embed = Embedder(load_embedder(arguments.model, 512), arguments.batch)
    tasks = {
        "stsb": lambda: stsb(embed, arguments.data, arguments.splits.split(",")),
        "xquad": lambda: xquad(embed, arguments.data, arguments.queries),
        "banking77": lambda: banking77(embed, arguments.data),
    }
    unknown = set(arguments.tasks.split(",")) - tasks.keys()
    if unknown:
        parser.error(f"unknown task {', '.join(sorted(unknown))}; known: {', '.join(tasks)}")
    started = time.perf_counter()
    result = {"model": arguments.model.name}
    for name in arguments.tasks.split(","):
        result |= tasks[name]()
    result["seconds"] = round(time.perf_counter() - started, 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
