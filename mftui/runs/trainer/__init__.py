"""The process that trains: it reads its run directory, trains, and writes what it learns into it.

Begin with `main.train`; `session` has the phases. May import: runs/store, engine, data.
"""
