"""The fields of the audience block, for every recipe that has one."""

from __future__ import annotations

from mftui.engine.training.recipe import Field

AUDIENCE_FIELDS = (
    Field("audience", True, 0, 1, "Also learn who watched what: better neighbours and lists, ratings unchanged."),
    Field("audience_factors", 256, 1, 4096, "Numbers that describe whom a movie attracts."),
    Field("audience_steps", 100, 1, 1_000_000, "Steps of the audience block, which is trained after the ratings."),
    Field("audience_rate", 0.04, 1e-6, 10, "Size of its first steps; it falls to zero along a cosine."),
    Field("audience_prior", 0.1, 0, 10_000, "How strongly its factors are held near zero."),
    Field("audience_unobserved", 0.3, 0, 100, "How much each pair without a rating weighs beside one with a rating."),
)
"""Chosen by NDCG@10 on inner splits of ml-latest-small's training part, and by series@10 on ml-latest-small and
ml-100k with the list of series in `mftui/data/series.tsv`."""
