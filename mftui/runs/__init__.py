"""Runs: a training, and all that is kept of it, in one directory.

`store` reads and writes that directory; `trainer` is the process that trains; `control` starts and stops trainers;
`results` evaluates, tunes, exports and reports finished runs.
May import: nothing of mftui.
"""
