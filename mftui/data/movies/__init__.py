"""What files say about movies: titles, genres, years, IMDb's and TMDb's ids, tags; and whose movies they are.

May import: data, data.delimited, data.forms, data.readers, data.reading, data.storage, data.titles, errors, text.
"""
