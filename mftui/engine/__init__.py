"""The engine: recipes and their training, and the trained model as NumPy with the questions to it.

Lower may not import higher: compute, model, query and insight, evaluation, training, alternating and descent, recipes,
export. Only compute, alternating, descent, training, recipes (late) and export (late) reach TensorFlow.

May import: nothing of mftui.
"""
