"""Two models, one question: their answers as one list, with what differs between them.

May import: api, data, data.titles, engine.model, engine.query, errors, text.
"""
