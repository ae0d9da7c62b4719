"""The product's classifier on real questions, without vectors: from all there is, and from ten of each kind.

The texts lie beside the checkout, in ../shared. All figures, beside a plain classifier: `benchmarks/classify.py`.
"""
import pytest

from benchmarks.classify import DATA, GOALS, SURE, ours, read, ten_of_each


@pytest.fixture(scope="module")
def texts():
    if not (DATA / "banking77_train.tsv.gz").is_file():
        pytest.skip("the texts are not beside this checkout")
    return read("train"), read("test")


def test_from_all_examples_it_reaches_the_goal_and_knows_when_it_is_sure(texts):
    found = ours(*texts)
    assert found["right"] >= GOALS["full"]
    assert found["right then"] >= 0.94 and found["sure"] >= 0.9, f"of those it is {SURE:.0%} sure of"


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_from_ten_examples_of_each_kind_it_reaches_the_goal(texts, seed):
    train, asked = texts
    found = ours(ten_of_each(train, seed), asked)
    assert found["right"] >= GOALS["ten"] and found["right then"] >= 0.85
