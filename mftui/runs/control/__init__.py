"""Start, stop, pause and resume a trainer process from outside.

May import: runs/store alone; never TensorFlow.
"""
