"""What would have been: a recorded day, or one from a file, replayed through the product's own matcher with other people, skills or weights.

`recorded.day` reads the database, `scenarios.load` a file; `changes.apply` makes another day of it; `engine.run` replays one without
any I/O; `figures.measure` counts and `table.lines` lays them side by side. The command is `support/cli/whatif.py`.
"""
