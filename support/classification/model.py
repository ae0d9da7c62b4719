"""A learned classifier as it is used: from a text to a class and how sure that is. Pure, with numpy alone: no web process loads what training needs.

Stored as compressed arrays: for each block the checksums of its features, how rare each is, and one small whole number for each feature and class.
"""
import io
import json
import math
from dataclasses import dataclass

import numpy as np

from support.classification.features import BLOCKS, counted

FORMAT = 1


@dataclass(frozen=True)
class Guess:
    """What a text seems to be; `confidence` is how often such a guess was right while learning, from 0 to 1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Block:
    """What was learned from one kind of feature: sorted checksums, the rarity of each, and weights [feature, class] as `whole numbers × scale`."""

    keys: np.ndarray
    rarity: np.ndarray
    weights: np.ndarray
    scale: np.ndarray

    def scores(self, counts: dict[int, int]) -> np.ndarray:
        """The vote for each class. What was never seen while learning says nothing."""
        asked = np.fromiter(counts.keys(), dtype=np.uint32, count=len(counts))
        at = np.searchsorted(self.keys, asked)
        at[at == len(self.keys)] = 0
        known = self.keys[at] == asked
        at, often = at[known], np.fromiter(counts.values(), dtype=np.float32, count=len(counts))[known]
        if not len(at):
            return np.zeros(self.weights.shape[1], dtype=np.float32)
        values = weighed(often, self.rarity[at])
        return (values / np.linalg.norm(values)) @ self.weights[at].astype(np.float32) * self.scale


@dataclass(frozen=True)
class Model:
    """All that was learned. `sure` are the three numbers that turn two scores into a confidence."""

    classes: tuple[str, ...]
    blocks: dict[str, Block]
    bias: np.ndarray
    sure: tuple[float, float, float]

    def scores(self, text: str) -> np.ndarray:
        counts = counted(text)
        return voted(self.bias, self.blocks, counts)

    def guess(self, text: str) -> Guess:
        """The best class and how sure it is."""
        scores = self.scores(text)
        second, first = np.partition(scores, -2)[-2:]
        return Guess(self.classes[int(scores.argmax())], confidence(float(first), float(second), self.sure))

    def packed(self) -> bytes:
        """As it is stored."""
        told = json.dumps({"format": FORMAT, "classes": self.classes, "sure": self.sure}).encode()
        arrays = {f"{name}_{part}": getattr(block, part) for name, block in self.blocks.items() for part in ("keys", "rarity", "weights", "scale")}
        file = io.BytesIO()
        np.savez_compressed(file, told=np.frombuffer(told, dtype=np.uint8), bias=self.bias, **arrays)
        return file.getvalue()

    @classmethod
    def unpacked(cls, stored: bytes) -> "Model":
        """Raises ValueError for what another version of the program has stored."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as file:
            told = json.loads(file["told"].tobytes())
            if told["format"] != FORMAT:
                raise ValueError(f"format {told['format']}")
            blocks = {name: Block(**{part: file[f"{name}_{part}"] for part in ("keys", "rarity", "weights", "scale")}) for name in BLOCKS}
            return cls(tuple(told["classes"]), blocks, file["bias"], tuple(told["sure"]))


def voted(bias: np.ndarray, blocks: dict[str, Block], counts: dict[str, dict[int, int]]) -> np.ndarray:
    """The score of each class for a text: the votes of all blocks."""
    return bias + sum(share * blocks[name].scores(counts[name]) for name, share in BLOCKS.items())


def weighed(often: np.ndarray, rarity: np.ndarray) -> np.ndarray:
    """The weight of features in a text: a second time says less than the first, a rare one more than a common one."""
    return ((1 + np.log(often)) * rarity).astype(np.float32)


def confidence(first: float, second: float, sure: tuple[float, float, float]) -> float:
    """How likely the best class is right, from its score and its lead over the second."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sure[0] + sure[1] * (first - second) + sure[2] * first))))
