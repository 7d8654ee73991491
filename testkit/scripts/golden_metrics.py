"""Golden metrics: small inputs with the values of pytrec_eval, scikit-learn and scipy.

* retrieval: a graded run with ties, per query and averaged, by pytrec_eval. trec_eval orders by
  score, then by document id in descending order, and holds scores as float32. It has no cut for
  the reciprocal rank, so `mrr_at_10` is its `recip_rank` of the run cut to ten in that order.
* average precision: binary labels and scores with ties, by scikit-learn.
* logistic regression: five classes, L2-normalised vectors of 2, 5 and 16 dimensions, C = 1,
  lbfgs, at most 100 iterations, by scikit-learn: predicted labels, accuracy, coefficients; and the
  coefficients of the converged problem, which do not depend on where an optimizer stops.
* spearman: with ties on both sides, by scipy.
* bitext mining: the nearest second sentence by cosine for each first one; precision, recall and F1
  over the sentence numbers weighted by support, by scikit-learn, as mteb's BitextMining does.

Writes one JSON file of inputs and expected values. Retrieval values are not rounded.

Usage:
    golden_metrics.py [--out FILE]
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import pytrec_eval
from scipy.stats import spearmanr
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    f1_score,
    precision_score,
    recall_score,
)

from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
SEED = 7
TREC_NAMES = {
    "ndcg_at_10": "ndcg_cut_10",
    "recall_at_10": "recall_10",
    "recall_at_100": "recall_100",
    "map": "map",
}


def cut_in_trec_order(scores: dict[str, float], depth: int) -> dict[str, float]:
    ranked = sorted(scores, key=lambda document: (scores[document], document), reverse=True)
    return {document: scores[document] for document in ranked[:depth]}


def retrieval(random: np.random.Generator) -> dict:
    """Six random queries and four built ones: deep, short, all tied, nothing relevant found."""
    relevance, run = {}, {}
    for number in range(1, 7):
        documents = [f"d{n}" for n in random.permutation(30)[:20]]
        run[f"q{number}"] = {d: float(s) for d, s in zip(documents, random.integers(0, 8, 20) / 8)}
        judged = [f"d{n}" for n in random.permutation(30)[:9]]
        grades = random.integers(0, 4, 9)
        grades[0] = 1 + number % 3
        relevance[f"q{number}"] = {d: int(g) for d, g in zip(judged, grades)}
    run["q-deep"] = {f"d{n}": float(s) for n, s in enumerate(random.integers(0, 60, 130) / 64)}
    relevance["q-deep"] = {f"d{n}": 1 + n % 2 for n in range(0, 150, 6)}
    run["q-short"] = {"d3": 0.5, "d1": 0.25, "d2": -0.5}
    relevance["q-short"] = {"d1": 2, "d2": 1, "d9": 1}
    run["q-all-tied"] = {f"d{n}": 0.5 for n in (1, 2, 3, 10, 11, 12, 20, 21, 100, 101, 102, 9)}
    relevance["q-all-tied"] = {"d9": 1, "d100": 1, "d1": 3, "d2": 0}
    run["q-nothing-found"] = {"d1": 0.75, "d2": 0.5}
    relevance["q-nothing-found"] = {"d7": 1, "d1": 0}

    measured = pytrec_eval.RelevanceEvaluator(relevance, set(TREC_NAMES.values())).evaluate(run)
    cut = {query: cut_in_trec_order(scores, 10) for query, scores in run.items()}
    reciprocal = pytrec_eval.RelevanceEvaluator(relevance, {"recip_rank"}).evaluate(cut)
    expected = {
        query: {name: measured[query][trec] for name, trec in TREC_NAMES.items()}
        | {"mrr_at_10": reciprocal[query]["recip_rank"]}
        for query in run
    }
    names = [*TREC_NAMES, "mrr_at_10"]
    return {
        "qrels": relevance,
        "run": run,
        "expected": expected,
        "expected_mean": {n: float(np.mean([expected[q][n] for q in run])) for n in names},
    }


def average_precision(random: np.random.Generator) -> list[dict]:
    cases = []
    for count, levels in ((12, 5), (40, 8), (40, 1000)):
        labels = random.integers(0, 2, count)
        scores = random.integers(0, levels, count) / levels + (labels * (levels > 500) * 0.3)
        cases.append((labels.tolist(), scores.tolist()))
    cases.append(([0, 1, 1, 0], [0.5, 0.5, 0.5, 0.5]))
    cases.append(([1, 1, 1], [0.1, 0.2, 0.3]))
    return [
        {"labels": labels, "scores": scores, "expected": average_precision_score(labels, scores)}
        for labels, scores in cases
    ]


def logistic_regression(random: np.random.Generator) -> list[dict]:
    cases = []
    for dimensions, spread in ((2, 0.35), (5, 0.8), (16, 1.6)):
        centres = random.normal(size=(5, dimensions))
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)

        def draw(each: int) -> tuple[np.ndarray, list[str]]:
            labels = np.repeat(np.arange(5), each)
            noise = random.normal(size=(len(labels), dimensions)) / np.sqrt(dimensions)
            points = centres[labels] + spread * noise
            points /= np.linalg.norm(points, axis=1, keepdims=True)
            # As float32, so that single and double precision readers see the same numbers.
            return points.astype(np.float32).astype(np.float64), [f"class{k}" for k in labels]

        train, train_labels = draw(8)
        test, test_labels = draw(12)
        model = LogisticRegression(C=1.0, solver="lbfgs", max_iter=100)
        exact = LogisticRegression(C=1.0, solver="lbfgs", max_iter=100_000, tol=1e-12)
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            model.fit(train, train_labels)
        with warnings.catch_warnings():
            # lbfgs reports that it cannot improve any further.
            warnings.simplefilter("ignore", ConvergenceWarning)
            exact.fit(train, train_labels)
        predicted = model.predict(test)
        cases.append(
            {
                "train": train.tolist(),
                "train_labels": train_labels,
                "test": test.tolist(),
                "test_labels": test_labels,
                "expected": {
                    "classes": model.classes_.tolist(),
                    "iterations": int(model.n_iter_[0]),
                    "coefficients": model.coef_.tolist(),
                    "intercepts": model.intercept_.tolist(),
                    "converged_coefficients": exact.coef_.tolist(),
                    "converged_intercepts": exact.intercept_.tolist(),
                    "probabilities_of_first_test": model.predict_proba(test[:1])[0].tolist(),
                    "predicted": predicted.tolist(),
                    "converged_predicted": exact.predict(test).tolist(),
                    "accuracy": accuracy_score(test_labels, predicted),
                    "macro_f1": f1_score(test_labels, predicted, average="macro"),
                },
            }
        )
    return cases


def spearman(random: np.random.Generator) -> list[dict]:
    first = random.integers(0, 11, 60) / 2
    cases = [
        (first, np.round(first / 5 + random.normal(size=60), 1)),
        (random.integers(0, 4, 25), random.integers(0, 4, 25)),
        (np.arange(8.0), np.arange(8.0)[::-1] ** 3),
    ]
    return [
        {
            "first": np.asarray(a, float).tolist(),
            "second": np.asarray(b, float).tolist(),
            "expected": float(spearmanr(a, b).statistic),
        }
        for a, b in cases
    ]


def bitext_mining(random: np.random.Generator) -> dict:
    def unit(vectors: np.ndarray) -> np.ndarray:
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    first = unit(random.normal(size=(40, 4))).astype(np.float32)
    second = unit(first + 0.35 * random.normal(size=(40, 4))).astype(np.float32)
    cosine = first.astype(np.float64) @ second.astype(np.float64).T
    top_two = np.sort(cosine, axis=1)[:, -2:]
    assert (top_two[:, 1] - top_two[:, 0]).min() > 1e-5, "the nearest sentence is not clear"
    nearest, gold = cosine.argmax(axis=1), np.arange(40)
    weighted = {"average": "weighted", "zero_division": 0}
    return {
        "sentence1": first.astype(np.float64).tolist(),
        "sentence2": second.astype(np.float64).tolist(),
        "expected": {
            "nearest": nearest.tolist(),
            "accuracy": accuracy_score(gold, nearest),
            "precision": precision_score(gold, nearest, **weighted),
            "recall": recall_score(gold, nearest, **weighted),
            "f1": f1_score(gold, nearest, **weighted),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "metrics.json")
    arguments = parser.parse_args()

    random = np.random.default_rng(SEED)
    document = {
        "made_by": Path(__file__).name,
        "versions": library_versions("pytrec_eval-terrier", "scikit-learn", "scipy", "numpy"),
        "retrieval": retrieval(random),
        "average_precision": average_precision(random),
        "logistic_regression": logistic_regression(random),
        "spearman": spearman(random),
        "bitext_mining": bitext_mining(random),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(document, indent=1) + "\n")

    print(f"retrieval {document['retrieval']['expected_mean']}")
    print(f"average precision {[c['expected'] for c in document['average_precision']]}")
    for case in document["logistic_regression"]:
        expected = case["expected"]
        moved = np.abs(np.subtract(expected["coefficients"], expected["converged_coefficients"]))
        print(
            f"logistic regression, {len(case['train'][0])} dimensions: accuracy "
            f"{expected['accuracy']:.4f} in {expected['iterations']} iterations, coefficients "
            f"{moved.max():.1e} from the converged ones"
        )
    print(f"spearman {[c['expected'] for c in document['spearman']]}")
    print(f"bitext {document['bitext_mining']['expected']['f1']:.4f}")


if __name__ == "__main__":
    main()
