"""What a training computes on: device, replicas, cluster, tasks of Slurm, allocator. Imports nothing else of `engine`.

May import: data, errors, settings, text, version.
"""
