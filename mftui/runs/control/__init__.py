<<<<<<< HEAD
"""Start, stop, pause and resume a trainer process from outside.

May import: runs/store alone; never TensorFlow.
=======
"""Trainers from outside: start one, keep one warm, ask one to stop, pause or continue.

May import: errors, runs.store, runs.trainer.
>>>>>>> 2d85220 (Packages of runs say what lives there and what they import)
"""
