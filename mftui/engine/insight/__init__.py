"""What a model learned: its principal axes, what each goes with, and maps of its movies. NumPy only.

May import: child, engine.model, errors, limits.
"""
