"""The matcher in simulated centres, beside what others do: the same customers, the same people, no illegal offer.

The centres, the simulator and the policies lie beside the checkout, in ../shared. More of them, and all the figures: `benchmarks/routing.py`.
"""
import importlib

import pytest

from benchmarks.routing import FASTEST, FIFO, OURS, SHARED, TOOLS

CENTRES = ("small_6", "mid_60", "mid_60_interruptible", "voice_60")


@pytest.fixture(scope="module")
def run():
    if not TOOLS.is_dir():
        pytest.skip("the simulator is not beside this checkout")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        yield importlib.import_module("run").one


@pytest.mark.parametrize("centre", CENTRES)
def test_the_matcher_serves_a_centre_better_than_the_usual_rules_and_offers_nothing_illegal(run, centre):
    path = str(SHARED / "routing" / "scenarios" / f"{centre}.json")
    ours, longest_idle, fastest = (run((path, policy, 1, {})) for policy in (OURS, FIFO, FASTEST))
    assert ours["viol"] == 0
    assert ours["score"] > 1.02 * longest_idle["score"] and ours["score"] > 0.99 * fastest["score"]
    assert ours["v_sl"] > longest_idle["v_sl"] and ours["v_abd"] < longest_idle["v_abd"]
    assert ours.get("tkt_breach", 0.0) < 0.015
