"""The engine: recipes and their training, and the trained model as NumPy with the questions to it.

Lower may not import higher: compute, model, query and insight, evaluation, training, alternating and descent,
audience_block, recipes, export. Only compute, alternating, descent, audience_block, training, recipes (late) and
export (late) reach TensorFlow.

May import: nothing of mftui.
"""
