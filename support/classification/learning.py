"""Learns a classifier from examples. The only module that needs scikit-learn, and a program of its own, so that no process that serves people loads it:

    python -m support.classification.learning < examples > what was learned

It reads one JSON list of `[text, class]` and writes one line of JSON (`Lesson.told`) and then the packed model. It opens no database and asks no settings.
"""
import json
import os
import sys
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from support.classification.features import BLOCKS, counted
from support.classification.model import Block, Model, voted, weighed

SEED = 20261128
STRICT, STRICT_OF_FEW = 1.0, 30.0  # how much each mistake on an example costs against simple weights
FEW, MANY = 2000, 5000  # examples
FOLDS, FOLDS_OF_MANY = 5, 3


@dataclass(frozen=True)
class Lesson:
    """A model, and how right it was on examples it had not seen: `right` of all, and for each class (examples, right)."""

    model: Model
    right: float
    by_class: dict[str, tuple[int, int]]

    def told(self) -> dict:
        return {"right": self.right, "by_class": self.by_class}


@threadpool_limits.wrap(limits=1)  # several threads for matrices of this size mostly wait for each other
def learn(examples: list[tuple[str, str]]) -> Lesson:
    """Learn from (text, class); at least two classes with two examples each. The same examples in the same order give the same model."""
    counts = [counted(text) for text, _name in examples]
    classes, y = np.unique(np.array([name for _text, name in examples]), return_inverse=True)
    smallest = int(np.bincount(y).min())
    if len(classes) < 2 or smallest < 2:
        raise ValueError("too few examples")
    folds = min(FOLDS_OF_MANY if len(y) > MANY else FOLDS, smallest)
    seen = np.zeros((len(y), len(classes)), dtype=np.float32)
    for known, unknown in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(y, y):
        blocks, bias = _fit([counts[at] for at in known], y[known], len(classes))
        for at in unknown:
            seen[at] = voted(bias, blocks, counts[at])
    right = seen.argmax(axis=1) == y
    blocks, bias = _fit(counts, y, len(classes))
    by_class = {str(name): (int((y == number).sum()), int(right[y == number].sum())) for number, name in enumerate(classes)}
    return Lesson(Model(tuple(str(name) for name in classes), blocks, bias, _sureness(seen, right)), float(right.mean()), by_class)


def _fit(counts: list[dict], y: np.ndarray, classes: int) -> tuple[dict[str, Block], np.ndarray]:
    """A linear classifier for each block; their votes are added."""
    blocks, bias = {}, np.zeros(classes, dtype=np.float32)
    for name, share in BLOCKS.items():
        keys, rarity, rows = _table([count[name] for count in counts])
        weights, base = _linear_of_few(rows, y) if len(y) <= FEW else _linear(rows, y)
        if classes == 2:
            weights, base = np.vstack([-weights, weights]), np.repeat(base, 2) * [-1, 1]
        scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
        blocks[name] = Block(keys, rarity, np.ascontiguousarray(np.rint(weights / scale[:, None]).astype(np.int8).T), scale.astype(np.float32))
        bias += share * base.astype(np.float32)
    return blocks, bias


def _linear(rows: csr_matrix, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bases from many examples: a support vector machine for each class against the others, which is quick and rightest there."""
    fitted = LinearSVC(C=STRICT, random_state=SEED).fit(rows, y)
    return fitted.coef_, fitted.intercept_


def _linear_of_few(rows: csr_matrix, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bases from few examples: a logistic classifier of all classes at once, a point in a hundred righter there.

    Its weights can only be a mixture of the examples, so it is fitted on as many turned coordinates as there are examples instead of on all features.
    """
    turned, mixture = _turned(rows)
    fitted = LogisticRegression(C=STRICT_OF_FEW, max_iter=500).fit(turned, y)
    return (rows.T @ (fitted.coef_ @ mixture).T).T, fitted.intercept_


def _turned(rows: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """The rows in the space they span, and what turns weights there into shares of rows."""
    values, vectors = np.linalg.eigh((rows @ rows.T).toarray())
    kept = values > 1e-7 * values[-1]
    size = np.sqrt(values[kept])
    return vectors[:, kept] * size, (vectors[:, kept] / size).T


def _table(counts: list[dict[int, int]]) -> tuple[np.ndarray, np.ndarray, csr_matrix]:
    """The features there are, how rare each is, and one row for each example, all of the same length."""
    sizes = np.array([len(count) for count in counts])
    asked = np.fromiter((key for count in counts for key in count), dtype=np.uint32, count=int(sizes.sum()))
    often = np.fromiter((value for count in counts for value in count.values()), dtype=np.float32, count=len(asked))
    keys, columns = np.unique(asked, return_inverse=True)
    rarity = (np.log((1 + len(counts)) / (1 + np.bincount(columns, minlength=len(keys)))) + 1).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    values = weighed(often, rarity[columns])
    owner = np.repeat(np.arange(len(counts)), sizes)
    lengths = np.sqrt(np.bincount(owner, weights=values.astype(np.float64) ** 2, minlength=len(counts)))
    return keys, rarity, csr_matrix((values / lengths[owner], columns, starts), shape=(len(counts), len(keys)))


def _sureness(seen: np.ndarray, right: np.ndarray) -> tuple[float, float, float]:
    """What turns the two best scores into the share of right guesses, learned on examples that were not seen."""
    ordered = np.sort(seen, axis=1)
    first, second = ordered[:, -1], ordered[:, -2]
    if right.all() or not right.any():  # nothing to tell apart: as if one of all had been otherwise
        share = (right.sum() + 0.5) / (len(right) + 1)
        return float(np.log(share / (1 - share))), 0.0, 0.0
    fitted = LogisticRegression(C=10.0).fit(np.stack([first - second, first], axis=1), right)
    return float(fitted.intercept_[0]), float(fitted.coef_[0][0]), float(fitted.coef_[0][1])


def main() -> None:
    """Read examples, learn, write; whoever serves people goes first."""
    os.nice(10)
    lesson = learn([tuple(example) for example in json.load(sys.stdin)])
    sys.stdout.buffer.write(json.dumps(lesson.told()).encode() + b"\n" + lesson.model.packed())


if __name__ == "__main__":
    main()
