"""Golden objectives: losses and their gradients by vectors, in float64.

A batch of four queries, each with a positive and two negatives, as vectors of any length `x`; the
objectives see `x / |x|`, and the gradient is by `x`. Where sentence-transformers has the loss, it is
taken from there; what it lacks is written here in plain PyTorch from the papers: the masks of
Qwen3-Embedding (arXiv 2506.05176, equation 1) by score, text and document.

`objectives.json` has the vectors (candidates: all positives, all first negatives, all second ones),
grades, labels, a teacher's scores, texts and documents, and for each case the objective as a recipe
has it, the loss, and the gradients.

Usage:
    golden_objectives.py [--out DIR]
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import torch
from sentence_transformers.sentence_transformer import losses
from sentence_transformers.sentence_transformer.losses import matryoshka
from torch import nn

from reference_backbone import library_versions

RESOURCES = Path(__file__).resolve().parents[1] / "src/main/resources/io/alidade/testkit/golden"
QUERIES, NEGATIVES, HIDDEN = 4, 2, 6
TAU = 0.05
GRADES = [0.25, 1.0, 1.0, 0.5]
CLASSES = ["entailment", "neutral", "contradiction"]
LABELS = [0, 2, 1, 0]
TEACHER = [[2.5, 0.5, -1.0], [0.0, 1.0, 0.25], [3.0, -2.0, 1.5], [0.5, 0.25, 0.0]]
# Queries 1 and 2 are the same text, and so are the positives of 0 and 3; one negative is a query,
# one another query's positive, and one has the document of another's positive.
QUERY_TEXTS = ["q0", "q1", "q1", "q3"]
TEXTS = ["d0", "d1", "d2", "d0"] + ["n0", "d0", "n2", "q0"] + ["m0", "m1", "m2", "d1"]
DOCUMENTS = ["A", "B", "C", "A"] + ["D", "A", "B", "E"] + ["F", "G", "C", ""]
MODEL = SimpleNamespace(device="cpu")

Loss = Callable[[list[torch.Tensor]], torch.Tensor]


def of_library(loss: nn.Module, labels: list | None = None) -> Loss:
    """A loss of sentence-transformers, over the columns anchor, positive, negatives."""
    target = None if labels is None else torch.tensor(labels, dtype=torch.float64)
    return lambda columns: loss.compute_loss_from_embeddings(columns, target)


def first_two(loss: Loss) -> Loss:
    return lambda columns: loss(columns[:2])


def triplets(metric) -> Loss:
    loss = losses.TripletLoss(MODEL, distance_metric=metric, triplet_margin=0.5)

    def mean(columns: list[torch.Tensor]) -> torch.Tensor:
        each = [loss.compute_loss_from_embeddings([*columns[:2], n], None) for n in columns[2:]]
        return torch.stack(each).mean()

    return mean


def nested(loss: Loss, dims: list[int], weights: list[float]) -> Loss:
    def total(columns: list[torch.Tensor]) -> torch.Tensor:
        cut = [[matryoshka.shrink(column, dim) for column in columns] for dim in dims]
        return sum(weight * loss(part) for weight, part in zip(weights, cut))

    return total


def masked(keep: Callable[[str, int, int, torch.Tensor, torch.Tensor], bool]) -> Loss:
    """Qwen3-Embedding's loss, with `keep(block, pair, other, score, pair's score)` as its m."""

    def loss(columns: list[torch.Tensor]) -> torch.Tensor:
        queries, documents = columns[0], torch.cat(columns[1:])
        total = 0
        for i in range(QUERIES):
            own = queries[i] @ documents[i]
            terms = [own]
            for block, left, others in (
                ("qd", queries[i], documents),
                ("qq", queries[i], queries),
                ("dd", documents[i], documents),
            ):
                scores = others @ left
                itself = {"qd": i, "qq": i}.get(block)
                for j, score in enumerate(scores):
                    of_pair = block == "dd" and j % QUERIES == i
                    if j != itself and not of_pair and keep(block, i, j, score, own):
                        terms.append(score)
            terms = torch.stack(terms) / TAU
            total = total + torch.logsumexp(terms, 0) - terms[0]
        return total / QUERIES

    return loss


def by_score(block, i, j, score, own) -> bool:
    return score.item() <= own.item() + 0.1


def by_text_and_document(block, i, j, score, own) -> bool:
    def positives(query: int) -> tuple[set, set]:
        same = [k for k in range(QUERIES) if QUERY_TEXTS[k] == QUERY_TEXTS[query]]
        return {TEXTS[k] for k in same}, {DOCUMENTS[k] for k in same}

    texts, documents = positives(i)
    if block == "qq":
        theirs, their_documents = positives(j)
        return not (
            QUERY_TEXTS[j] == QUERY_TEXTS[i]
            or QUERY_TEXTS[j] in texts
            or TEXTS[i] in theirs
            or DOCUMENTS[i] in their_documents
        )
    return not (TEXTS[j] in texts | {QUERY_TEXTS[i]} or DOCUMENTS[j] in documents)


def cases(classifier: torch.Tensor) -> dict[str, tuple[dict, Loss]]:
    scale = 1 / TAU
    all_directions = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]

    def ranking(*directions: str) -> Loss:
        names = tuple(directions) or ("query_to_doc",)
        return of_library(losses.MultipleNegativesRankingLoss(MODEL, scale, directions=names))

    def recipe_of(*directions: str, **more) -> dict:
        names = [name.replace("_", "-").replace("doc", "document") for name in directions]
        return {"type": "info-nce", "temperature": TAU} | ({"directions": names} if names else {}) | more

    def softmax(columns: list[torch.Tensor]) -> torch.Tensor:
        loss = losses.SoftmaxLoss(MODEL, HIDDEN, len(CLASSES))
        count = len(CLASSES) * 3 * HIDDEN
        del loss.classifier.weight, loss.classifier.bias
        loss.classifier.weight = classifier[:count].view(len(CLASSES), -1)
        loss.classifier.bias = classifier[count:]
        return loss(columns[:2], torch.tensor(LABELS))

    qwen = ("query_to_doc", "query_to_query", "doc_to_doc")
    temperatures = {"student_temperature": TAU, "teacher_temperature": 2.0}
    kl = of_library(losses.DistillKLDivLoss(MODEL, **temperatures), TEACHER)
    cosent = first_two(of_library(losses.CoSENTLoss(MODEL, 20.0), GRADES))
    angle = first_two(of_library(losses.AnglELoss(MODEL, 20.0), GRADES))
    metric = losses.TripletDistanceMetric
    without = {"same_text": False, "same_document": False}
    return {
        "info-nce": (recipe_of(), ranking()),
        "info-nce, all directions": (recipe_of(*all_directions), ranking(*all_directions)),
        "info-nce, Qwen3's directions": (recipe_of(*qwen), ranking(*qwen)),
        "info-nce, margin": (
            recipe_of(*qwen, false_negatives=without | {"margin": 0.1}),
            masked(by_score),
        ),
        "info-nce, known positives": (recipe_of(*qwen), masked(by_text_and_document)),
        "co-sent": ({"type": "co-sent"}, cosent),
        "angle": ({"type": "angle"}, angle),
        "distillation": (
            {"type": "distillation", "temperature": TAU, "teacher_temperature": 2.0},
            lambda columns: kl(columns) / TAU**2,
        ),
        "margin-mse": ({"type": "margin-mse"}, of_library(losses.MarginMSELoss(MODEL), TEACHER)),
        "cosine-mse": (
            {"type": "cosine-mse"},
            first_two(of_library(losses.CosineSimilarityLoss(MODEL), GRADES)),
        ),
        "triplet, Euclidean": (
            {"type": "triplet", "margin": 0.5, "distance": "euclidean"},
            triplets(metric.EUCLIDEAN),
        ),
        "triplet, cosine": (
            {"type": "triplet", "margin": 0.5, "distance": "cosine"},
            triplets(metric.COSINE),
        ),
        "softmax": ({"type": "softmax", "classes": CLASSES}, softmax),
        "matryoshka of info-nce": (
            {"type": "matryoshka", "objective": recipe_of(), "dims": [6, 3, 2], "weights": [1, 0.5, 0.25]},
            nested(ranking(), [6, 3, 2], [1, 0.5, 0.25]),
        ),
        "matryoshka of angle": (
            {"type": "matryoshka", "objective": {"type": "angle"}, "dims": [4, 2]},
            nested(angle, [4, 2], [1, 1]),
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=RESOURCES / "objectives")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    # The vectors stand for the features that a model would turn into them.
    import sentence_transformers.sentence_transformer.losses.softmax as softmax_module

    softmax_module.embed_columns = lambda _, columns: columns

    generator = torch.Generator().manual_seed(11)

    def draw(*shape: int) -> torch.Tensor:
        values = torch.randn(shape, generator=generator, dtype=torch.float64)
        return values.requires_grad_()

    queries, candidates = draw(QUERIES, HIDDEN), draw(QUERIES * (1 + NEGATIVES), HIDDEN)
    classifier = draw(len(CLASSES) * (3 * HIDDEN + 1))
    results = {}
    for name, (recipe, loss) in cases(classifier).items():
        for leaf in (queries, candidates, classifier):
            leaf.grad = None
        units = [nn.functional.normalize(x, dim=-1) for x in (queries, candidates)]
        value = loss([units[0], *units[1].split(QUERIES)])
        value.backward()
        results[name] = {
            "objective": recipe,
            "loss": value.item(),
            "queries": queries.grad.tolist(),
            "candidates": candidates.grad.tolist(),
        }
        if classifier.grad is not None:
            results[name]["classifier"] = classifier.grad.tolist()
        print(f"{name:32} {value.item():.12f}")

    description = {
        "made_by": Path(__file__).name,
        "versions": library_versions("torch", "sentence-transformers"),
        "queries": queries.tolist(),
        "candidates": candidates.tolist(),
        "classifier": classifier.tolist(),
        "grades": GRADES,
        "labels": [CLASSES[label] for label in LABELS],
        "teacher": TEACHER,
        "query_texts": QUERY_TEXTS,
        "texts": TEXTS,
        "documents": DOCUMENTS,
        "cases": results,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    file = arguments.out / "objectives.json"
    file.write_text(json.dumps(description) + "\n")
    file.chmod(0o644)
    print(f"{file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
