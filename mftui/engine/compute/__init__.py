"""What a training computes on: device, replicas, cluster, allocator. Imports nothing else of `engine`.

May import: errors, settings.
"""
