"""Follow trainings from outside: run directories are read in threads, and messages tell of news.

May import: engine.recipes, errors, paths, runs.control, runs.store, tui.base, tui.charts.
"""
