"""What is made of finished runs: measures, cross-validation, tuning, exports, reports.

May import: runs/store, runs/trainer, engine, data.
"""
