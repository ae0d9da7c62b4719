"""The product's search engine beside other engines on the public collections: what is found, CPU per question, memory. Run by hand:

    .venv/bin/python -m benchmarks.search [stackfaq] [bizdocs] [banking10k] [kb110k] [--questions 200] [--peers Fts5Porter,MiniSearch]

The collections, the harness and the peers' adapters lie beside the checkout, in ../shared (data/search, tools/search). FTS5 comes with Python; for
MiniSearch set NODE_PEERS to a folder where npm installed it, for others see the README of the harness. The same questions for all engines, drawn from
a fixed seed; every engine in a process of its own. `kept` is what misspelt questions keep of the score of clean ones. Written down in docs/decisions/search.md.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

HERE = Path(__file__).resolve().parents[1]
SHARED = HERE.parent / "shared"
HARNESS, COLLECTIONS = SHARED / "tools" / "search" / "harness.py", SHARED / "data" / "search"
SETS = ("stackfaq", "bizdocs", "banking10k", "kb110k")
OURS = "benchmarks.search_adapter:build"


@click.command()
@click.argument("sets", nargs=-1, type=click.Choice(SETS))
@click.option("--questions", default=200)
@click.option("--peers", default="Fts5Porter,MiniSearch", help="names of classes of the harness's peers, separated by commas")
def main(sets: tuple[str, ...], questions: int, peers: str) -> None:
    """Print one table for each collection."""
    if not HARNESS.exists():
        raise click.ClickException(f"there is no {HARNESS.relative_to(HERE.parent)} beside this checkout")
    click.echo(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    engines = [OURS, *(f"peers:{name}" for name in peers.split(",") if name)]
    places = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))
    env = os.environ | {"PYTHONPATH": places, "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        results = str(Path(folder) / "results.jsonl")
        chosen = [part for name in sets or SETS for part in ("--task", name)]
        asked = [part for engine in engines for part in ("--engine", engine)]
        harness = [sys.executable, str(HARNESS)]
        subprocess.run([*harness, "run", "--nolock", *asked, "--data", str(COLLECTIONS), *chosen, "--n", str(questions), "--out", results], env=env, check=True)
        subprocess.run([*harness, "table", results, "--md"], env=env, check=True)


if __name__ == "__main__":
    main()
