"""The run directory as any process sees it: made, found, read, renamed, moved to the trash.

May import: data, engine/model and the table of engine/recipes; never TensorFlow, nor anything else of `runs`.
"""
