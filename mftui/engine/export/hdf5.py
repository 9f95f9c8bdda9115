"""HDF5 in the layout of the post's own weights file, `mf-weights.h5`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mftui.data.ids import Ids
from mftui.data.storage.given import create_given
from mftui.engine.model.factors import Factors


def export_hdf5(model: Factors, file: Path) -> None:
    """Write U (n_users, k), M (n_movies, k), bu (n_users,), bm (n_movies,), bg (), user_idx2id (n_users,) and
    movie_idx2id (n_movies,) into `file`.

    The biases are added, as in the post's training: a rating is lo + (hi - lo) · sigmoid(U·Mᵀ + bu + bm + bg), with
    `link` "linear" U·Mᵀ + bu + bm + bg; those three are attributes of the file, and `scale`, to which predictions
    are clipped. With `link` "probit" it is the expected one of `levels`, by the attributes `cuts` and `spread`: level
    i is exceeded with probability Φ((U·Mᵀ + bu + bm + bg - cuts[i]) / spread). (The post's prediction script subtracts
    the biases and rescales each column: it runs on this file, with the numbers that this gives.) Of a model with
    several members U and M are the members' side by side, divided by the square root of their number, and the biases
    their means: the same formula gives the mean of their logits.
    """
    import h5py

    p = model.parameters
    create_given(file).close()  # h5py would follow a link
    with h5py.File(file, "w") as out:
        out["U"], out["M"] = p.user_factors, p.movie_factors
        out["bu"], out["bm"], out["bg"] = p.user_bias, p.movie_bias, np.float32(p.global_bias)
        for name, ids in (("user_idx2id", model.user_ids), ("movie_idx2id", model.movie_ids)):
            out[name] = _raw(ids)
        out.attrs.update({"levels": p.levels, "cuts": p.cuts, "spread": p.spread} if p.cuts else {})
        out.attrs.update({"lo": p.lo, "hi": p.hi, "link": p.link, "members": p.members})
        out.attrs["scale"] = [model.scale.lo, model.scale.hi]


def _raw(ids: Ids) -> object:
    import h5py

    if ids.numeric:
        return np.asarray(ids.values)
    return np.array(list(ids.values), dtype=h5py.string_dtype("utf-8"))
