"""What every table keeps to, of the app and of the command line: which columns leave first, how a title is cut.

May import: data.titles.
"""
