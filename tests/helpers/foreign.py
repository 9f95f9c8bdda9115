"""Text that a terminal would obey or hide, and a home that has it wherever foreign text can stand."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

from helpers.models import TITLES, toy_factors, toy_run

from mftui.data.ids import Ids
from mftui.data.storage.string_column import StringColumn
from mftui.runs.store.config import RunConfig, write_config
from mftui.runs.store.notes import Notes, write_notes
from mftui.runs.store.publish import write_json
from mftui.runs.store.run import Run
from mftui.runs.store.status import FINISHED, Status, write_status

NASTY = "\x1b]52;c;eA==\x07\x1b[2J\x9b31m\x85\u202e\u2066\u2069\u200b\u200f\u2028\ufeff\U000e0041\x7f\x08\r"


def raw(text: str) -> set[str]:
    """What of `text` a terminal would obey or hide, but the ends of lines."""
    return {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")}


def nasty(what: str) -> str:
    """A text that names its place: whoever shows it raw is found."""
    return f"{what}{NASTY}x"


def nasty_home(home: Path) -> Run:
    """A home with a finished run, another that is no run, a profile: all texts in them are nasty."""
    model = toy_factors([nasty(title) for title in TITLES], audience=True)
    texts = StringColumn.of(nasty("genre") for _ in TITLES)
    users = Ids(StringColumn.of(nasty(f"u{i:02}") for i in range(model.n_users)), "user")
    movies = replace(model.movies, genres=texts, tags=StringColumn.of(nasty("tag") for _ in TITLES))
    meta = {name: nasty(name) for name in ("dataset", "split", "fingerprint", "source")} | {"recipe": "biased"}
    model = replace(model, movies=movies, user_ids=users, meta={**model.meta, **meta})
    run = toy_run(home, model)
    words = {"label": nasty("label"), "name": nasty("name"), "source": nasty("source"), "repairs": [nasty("repair")]}
    config = RunConfig(
        run=run.id, name=nasty("name"), sequence=1, started=nasty("started"), recipe="biased", hyper={"factors": 4},
        request={"data": nasty("data"), "recipe": "biased", "test": nasty("test")},
        versions={"mftui": nasty("version"), nasty("package"): "1"}, dataset=words, split={"label": nasty("split")},
        device=nasty("device"), precision=nasty("precision"), strategy=nasty("strategy"), ratings_in="memory",
    )  # fmt: skip
    write_config(run.path, config)
    write_notes(run.path, Notes(nasty("renamed"), nasty("note"), (nasty("tag"),)))
    write_status(run.path, Status(state=FINISHED, message=nasty("message"), warnings=(nasty("warning"),)))
    result = {"run": run.id, "state": FINISHED, "split": nasty("split"), "test_rmse": 0.9, "dataset": nasty("dataset")}
    write_json(run.path / "result.json", result)
    lines = [{"step": i, "epoch": i, "seconds": i, "train_loss": 1.0, "block": nasty("block")} for i in (1, 2, 3)]
    (run.path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (run.path / "train.log").write_text(nasty("log").replace("\r", "") + "\n", errors="surrogatepass")
    strange = home / "runs" / ("zz-$(touch X)" + NASTY)
    strange.mkdir()
    write_json(strange / "config.json", {"format_version": 1, "run": "x"})
    return run
