"""How right the product's classifier is on Banking77 (77 kinds of question), beside a plain one, and what it costs. Run by hand:

    .venv/bin/python -m benchmarks.classify [--seeds 1,2,3,4,5]

The texts lie beside the checkout, in ../shared/data/search. `full` learns from all 10,003, `ten` from ten of each kind drawn by the seed. The test texts are seen by
nobody while learning. The plain one is what one would write first: words and pairs of words, TF-IDF, logistic regression. `sure` is the share of texts of which the
classifier says that it is right in at least 60 of 100 (CLASSIFY_CONFIDENCE), `right then` how many of those are. Written down in docs/performance.md.
"""
import gzip
import random
import time
from pathlib import Path

import click
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from support.classification.learning import learn
from support.classification.model import Model

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "search"
GOALS = {"full": 0.915, "ten": 0.72}
SURE = 0.6


def read(part: str) -> list[tuple[str, str]]:
    """(text, kind) of `train` or `test`."""
    with gzip.open(DATA / f"banking77_{part}.tsv.gz", "rt", encoding="utf8") as lines:
        return [(text, kind) for kind, text in (line.rstrip("\n").split("\t", 1) for line in lines)]


def ten_of_each(examples: list[tuple[str, str]], seed: int) -> list[tuple[str, str]]:
    draw, by_kind = random.Random(seed), {}
    for example in examples:
        by_kind.setdefault(example[1], []).append(example)
    return [example for kind in sorted(by_kind) for example in draw.sample(by_kind[kind], 10)]


def ours(examples, asked) -> dict:
    """Learn, store, read again as a web process does, and guess."""
    began = time.perf_counter()
    packed = learn(examples).model.packed()
    learned, model = time.perf_counter() - began, Model.unpacked(packed)
    began = time.perf_counter()
    guesses = [model.guess(text) for text, _kind in asked]
    each = (time.perf_counter() - began) / len(asked)
    right = [guess.name == kind for guess, (_text, kind) in zip(guesses, asked, strict=True)]
    sure = [hit for hit, guess in zip(right, guesses, strict=True) if guess.confidence >= SURE]
    return {
        "right": sum(right) / len(right), "sure": len(sure) / len(right), "right then": sum(sure) / max(1, len(sure)), "learned s": learned, "ms a text": each * 1000,
        "KB": len(packed) / 1024,
    }


def plain(examples, asked) -> float:
    fitted = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=60, tol=1e-3)).fit([text for text, _kind in examples], [kind for _text, kind in examples])
    return float((fitted.predict([text for text, _kind in asked]) == [kind for _text, kind in asked]).mean())


@click.command()
@click.option("--seeds", default="1,2,3,4,5")
@click.option("--only", default="", help="full or ten")
@click.option("--without-plain", is_flag=True)
def main(seeds: str, only: str, without_plain: bool) -> None:
    """Print the table."""
    train, asked = read("train"), read("test")
    runs = [("ten", seed) for seed in map(int, seeds.split(","))] + [("full", 0)]
    click.echo(f"{'from':>6} {'seed':>4} {'goal':>6} {'right':>7} {'plain':>7} {'sure':>6} {'right then':>10} {'learned s':>10} {'ms a text':>10} {'KB':>6}")
    for name, seed in runs:
        if only in ("", name):
            examples = ten_of_each(train, seed) if name == "ten" else train
            found, other = ours(examples, asked), "-" if without_plain else f"{plain(examples, asked):.2%}"
            click.echo(
                f"{name:>6} {seed or '':>4} {GOALS[name]:>6.1%} {found['right']:>7.2%} {other:>7} {found['sure']:>6.1%} {found['right then']:>10.2%}"
                f" {found['learned s']:>10.1f} {found['ms a text']:>10.2f} {found['KB']:>6.0f}"
            )


if __name__ == "__main__":
    main()
