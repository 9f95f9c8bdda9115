"""Somebody who rates, removes and undoes without end, says of each change what it is and when it is saved, and drops
dead at a chosen write: `python -m helpers.rater SEED N MOMENT`."""

from __future__ import annotations

import builtins
import json
import os
import random
import sys
from typing import Any

from helpers.deadly import Death
from helpers.models import toy_factors

from mftui.data.profiles.match import Matcher
from mftui.data.profiles.store import Profile
from mftui.data.storage import writing


def rate_for_ever(seed: int) -> None:
    chosen = random.Random(seed)
    matcher, profile = Matcher(toy_factors()), Profile()
    clock = 1 + max((row.timestamp for row in profile.rows()), default=0)
    while True:
        clock += 1
        movie, rating = chosen.randrange(6), chosen.randrange(1, 11) / 2
        rows = profile.rows()
        mine = matcher.rows_of(rows, movie)
        kind = chosen.choice(("rate", "rate", "rate", "remove"))
        after = {row.title: row.stars for row in rows if row not in mine}
        if kind == "rate":
            after[matcher.titles[movie]] = rating
        say({"intent": after})
        if kind == "rate":
            profile.rate(matcher, movie, rating, timestamp=clock)
        else:
            profile.remove(matcher, movie)
        say({"saved": after})


def say(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def lurk_in_texts(death: Death) -> None:
    """Death also in the middle of a text, and at the moment that waits for the disk."""

    def opened(*given: Any, **named: Any) -> Any:
        file = builtins.open(*given, **named)  # noqa: SIM115, PTH123
        whole = file.write

        def half(text: str) -> None:
            whole(text[: len(text) // 2])
            file.flush()

        death.wrap(file, "write", half)
        return file

    setattr(writing, "open", opened)  # noqa: B010  # a name that the module has from builtins
    death.wrap(os, "fsync", lambda descriptor: None)


if __name__ == "__main__":
    death = Death(int(sys.argv[2]), sys.argv[3])
    death.lurk()
    lurk_in_texts(death)
    rate_for_ever(int(sys.argv[1]))
