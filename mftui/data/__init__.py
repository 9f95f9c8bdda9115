"""Ratings in: what a data set is once it has been read, and how it is split.

The folders read it: `loading` makes a Dataset of the files that `sources` finds, and that `delimited` (text) and
`readers` (the rest) read as `reading` says; `movies` reads titles, links and tags beside them; `titles` finds
movies; `profiles` keeps the ratings that users of mftui enter; `synthetic` makes data sets; `storage` reads and
writes files.

May import: data.reading, data.storage, errors.
"""
