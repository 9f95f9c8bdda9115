"""Tables in files that are no delimited text: Parquet, JSON, workbooks, databases, arrays, the forms of data sets.

`read.read_form` is the door: it tells the form by the content, and reads it or says what it is.

May import: data, data.storage, errors, text.
"""
