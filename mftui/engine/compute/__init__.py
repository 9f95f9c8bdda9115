"""What a training computes on: device, memory, replicas, cluster, tasks of Slurm. Imports nothing else of `engine`.

May import: data, errors, settings, text, version.
"""
