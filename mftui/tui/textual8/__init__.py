"""What works around Textual 8.2: the base of the app, the terminal when it ends, a compositor.

May import: limits, reports.
"""
