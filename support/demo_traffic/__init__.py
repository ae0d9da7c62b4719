"""A living demo: with DEMO_TRAFFIC=1 simulated customers arrive and simulated agents answer them.

Both use the very use cases that people use, so everything on screen is real. Agents are only played while nobody is
signed in as them.
"""
from support import jobs
from support.demo_traffic import agents, customers

STEP_SECONDS = 2


def init_app(app, settings) -> None:
    """Settings allow it in demo mode only."""
    if settings.demo_traffic:
        jobs.every(app, STEP_SECONDS, "demo traffic", step, lease=30)


def step() -> None:
    """One small step of everybody who is simulated."""
    customers.step(STEP_SECONDS)
    agents.step()
