<<<<<<< HEAD
"""Runs: trainings, each in a directory that any process can read while another one trains in it.

`store` is the directory. `trainer` is the process that trains, `control` starts and stops it from outside, and
`results` is what is made of finished runs. May import: data, engine, and of this package `results` the trainer, all of
them the store.
=======
"""Runs: a training, and all that is kept of it, in one directory.

`store` reads and writes that directory; `trainer` is the process that trains; `control` starts and stops trainers;
`results` evaluates, tunes, exports and reports finished runs.
May import: nothing of mftui.
>>>>>>> 2d85220 (Packages of runs say what lives there and what they import)
"""
