"""Runs: trainings, each in a directory that any process can read while another one trains in it.

`store` is the directory. `trainer` is the process that trains, `control` starts and stops it from outside, and
`results` is what is made of finished runs. May import: data, engine, and of this package `results` the trainer, all of
them the store.
"""
