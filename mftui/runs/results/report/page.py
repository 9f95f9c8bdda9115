"""Write the sections of a report as HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from textwrap import shorten
from typing import Any

from mftui.engine.recipes import caution_of
from mftui.runs.results.report.facts import Facts, Film, Told
from mftui.runs.results.report.svg import Dot, Line, against_chart, line_chart, map_chart, text
from mftui.runs.store.naming import local_time
from mftui.runs.store.status import FINISHED
from mftui.runs.store.summary import learned
from mftui.text import duration
from mftui.version import __version__

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_LABELLED = 60


def page(facts: Facts) -> str:
    """Return the whole document. It has no script, and its policy lets nothing be loaded."""
    style = files("mftui.runs.results.report").joinpath("style.css").read_text(encoding="utf-8")
    sections = (_top, _comparison, _curves, _calibration, _axes, _map, _neighbours, _settings, _foot)
    body = "\n".join(section(facts) for section in sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>{text(facts.name or facts.run)} · mftui</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _top(facts: Facts) -> str:
    model, result, measures = facts.model, facts.result, facts.measures
    dataset = model.meta.get("dataset", "unknown data")
    ratings = len(model.history.movies)
    lead = (
        f"{ratings:,} ratings of {model.n_movies:,} movies by {model.n_users:,} users, factorized by the recipe "
        f"{facts.config.recipe} with {_factors(facts)}."
    )
    numbers = []
    if measures is not None:
        bias = measures["baselines"]["bias"]["rmse"]
        share, side = measures["rmse"] / bias - 1, "below" if measures["rmse"] < bias else "above"
        numbers.append(("Test RMSE", f"{measures['rmse']:.4f}", f"{abs(share):.1%} {side} the bias baseline"))
        if measures.get("ndcg@10") is not None:
            numbers.append(("Test NDCG@10", f"{measures['ndcg@10']:.3f}", f"ranked by {measures['ranked_by']}"))
    if result.get("train_rmse") is not None:
        numbers.append(("Training RMSE", f"{result['train_rmse']:.4f}", "on what it learned from"))
    caution = caution_of(model.meta)
    if caution and result.get("train_loss") is not None:
        numbers.append(("Loss", f"{result['train_loss']:.4g}", "what this recipe makes small"))
    spent, total = learned(result)
    if spent is not None:
        of = "" if total is None or total < spent else f"of {duration(total)}, "
        numbers.append(("Learning", duration(spent), f"{of}{result.get('epochs') or 0:g} epochs"))
    figures = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}<small>{text(below)}</small></dd></div>"
        for name, value, below in numbers
    )
    unfinished = f"This run is {facts.state}, not finished: what follows is its best model so far."
    return (
        f'<header>\n<p class="eyebrow">mftui · run {text(facts.run)}</p>\n<h1>{text(dataset)}</h1>\n'
        f'<p class="lead">{text(lead)}</p>\n'
        + ("" if facts.state == FINISHED else f'<p class="warning">{text(unfinished)}</p>\n')
        + (f'<p class="warning">{text(caution)}</p>\n' if caution else "")
        + f'<dl class="numbers">{figures}</dl>\n</header>'
    )


def _comparison(facts: Facts) -> str:
    m = facts.measures
    if m is None:
        return _section(
            "Beside the baselines", "No ratings were held out: nothing can be measured but on what was learned."
        )
    rows = [("this model", m), ("user and movie bias", m["baselines"]["bias"])]
    rows += [("popularity", m["baselines"]["popularity"]), ("global mean", m["baselines"]["global_mean"])]
    columns = [("RMSE", "rmse", min), ("MAE", "mae", min), ("NDCG@10", "ndcg@10", max), ("recall@10", "recall@10", max)]
    columns.append(("coverage", "coverage", max))
    shown = [column for column in columns if any(row.get(column[1]) is not None for _, row in rows)]
    best = {key: pick(r[key] for _, r in rows if r.get(key) is not None) for _, key, pick in shown}
    lines = [[name, *(_measure(row.get(key), row.get(key) == best[key]) for _, key, _ in shown)] for name, row in rows]
    intro = (
        f"On the {m['n_test']:,} held-out ratings: {m['split']}. RMSE and MAE in rating units, lower is better; of the "
        f"lists (ranked by {m.get('ranked_by')}) higher is better."
    )
    return _section("Beside the baselines", intro, _table(["", *(name for name, *_ in shown)], lines))


def _curves(facts: Facts) -> str:
    taste = [line for line in facts.lines if line.get("block", "taste") == "taste"]
    audience = [line for line in facts.lines if line.get("block") == "audience"]
    rmse = [
        Line("training", _points(taste, "train_rmse"), "one"),
        Line("validation", _points(taste, "valid_rmse"), "two"),
    ]
    drawn = []
    if rmse[0].points:
        ends = rmse[0].points[0][0], rmse[0].points[-1][0]
        m = facts.measures
        levels = [("this model, test", m["rmse"]), ("bias, test", m["baselines"]["bias"]["rmse"])] if m else []
        lines = [*rmse, *(Line(name, [(x, value) for x in ends], "level") for name, value in levels)]
        said = "RMSE over the epochs of the training"
        caption = "RMSE of the batches as they were learned, in rating units"
        caption += f"; dashed: on the test part, {m['split']}." if m else "."
        drawn.append(_figure(line_chart(lines, "epoch", "RMSE", said), caption))
    if points := _points(audience, "train_loss"):
        chart = line_chart([Line("training", points, "one")], "epoch", "loss", "Loss of the audience factors")
        drawn.append(_figure(chart, "Loss of the audience factors: who watches what."))
    if not drawn:
        return ""
    return _section("How it learned", "", f'<div class="two">{"".join(drawn)}</div>')


def _calibration(facts: Facts) -> str:
    bins = (facts.measures or {}).get("calibration") or []
    if len(bins) < 2 or facts.measures is None:
        return ""
    points = [(one["predicted"], one["actual"]) for one in bins]
    chart = against_chart(points, "mean predicted", "mean rating given", "Predicted against given ratings")
    rows = [[f"{one['n']:,}", *(f"{one[key]:.3f}" for key in ("predicted", "actual"))] for one in bins]
    table = _table(["ratings", "predicted", "given"], rows)
    intro = (
        f"The test ratings ({facts.measures['split']}) in {len(bins)} equally full bins of their prediction. "
        "On the dashed line a prediction says what people then give."
    )
    return _section("Does it mean what it says?", intro, f'<div class="two"><figure>{chart}</figure>{table}</div>')


def _axes(facts: Facts) -> str:
    if not facts.axes:
        return ""
    intro = (
        "The factors turned to their principal axes, the largest variance first. What an end goes with is a correlation"
        " over the well-known films, told where it is sure."
    )
    return _section("What it learned", intro, f'<div class="cards">{"".join(map(_axis, facts.axes))}</div>')


def _axis(told: Told) -> str:
    axis = told.axis
    ends = "".join(
        f"<div><b>{text(', '.join(t.name for t in axis.sure_traits(sign)[:4]) or ('more' if sign > 0 else 'less'))}</b>"
        f"<ul>{''.join(f'<li>{text(title)}</li>' for title in titles)}</ul></div>"
        for sign, titles in ((1, told.high), (-1, told.low))
    )
    share = f'<span class="bar"><i style="width:{axis.share:.1%}"></i></span>'
    return (
        f'<article class="card"><h3>Axis {axis.number}: {axis.share:.1%} of the variance{share}</h3>'
        f'<div class="ends">{ends}</div></article>'
    )


def _map(facts: Facts) -> str:
    mapped = facts.map
    if mapped is None or len(mapped.films) < 2:
        return ""
    most = max(film.n_ratings for film in mapped.films)
    dots = [
        Dot(float(x), float(y), round(1.8 + 5.5 * math.sqrt(film.n_ratings / most), 1), colour, _hint(film), label)
        for at, ((x, y), film, colour) in enumerate(zip(mapped.points, mapped.films, mapped.colours, strict=True))
        for label in (shorten(film.title, 44, placeholder=" …") if at < _LABELLED else "",)
    ]
    chart = map_chart(dots, "The best-known films on the first two axes")
    keys = [*enumerate(mapped.genres), (-1, "other")] if mapped.genres else []
    legend = "".join(
        f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><circle class="c{at}" cx="5" cy="5" r="5"/></svg>{text(name)}'
        "</li>"
        for at, name in keys
    )
    intro = f"The {len(dots):,} best-known films on axes 1 (across) and 2 (up); the larger, the more ratings."
    return _section("The map", intro, f'<ul class="legend">{legend}</ul><figure>{chart}</figure>')


def _neighbours(facts: Facts) -> str:
    cards = "".join(
        f'<article class="card"><h3>{text(film.title)}</h3><ul class="near">'
        + "".join(f"<li>{text(one.title)}<span>{one.score:.2f}</span></li>" for one in near)
        + "</ul></article>"
        for film, near in facts.neighbours
    )
    by = "taste and audience" if facts.model.has_audience else "taste"
    intro = f"The nearest films in {by} by cosine, weighed by how much is known of them."
    return _section("Neighbours of well-known films", intro, f'<div class="cards">{cards}</div>')


def _settings(facts: Facts) -> str:
    c = facts.config
    rows: list[tuple[str, object]] = [("recipe", c.recipe), *c.hyper.items(), ("seed", c.seed)]
    rows += [("split", facts.model.meta.get("split")), ("device", c.device), ("started", c.started)]
    rows += [(f"{name} version", version) for name, version in c.versions.items()]
    rows.append(("fingerprint of the data", facts.model.meta.get("fingerprint")))
    cells = [[text(name).replace("_", " "), f"<code>{text(value)}</code>"] for name, value in rows if value is not None]
    body = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in cells)
    return _section("How to repeat it", "", f'<div class="scroll"><table>{body}</table></div>')


def _foot(facts: Facts) -> str:
    now = local_time()
    return (
        f"<footer>Written by mftui {text(__version__)} on {now:%d %B %Y}: "
        f"<code>mftui report {text(facts.run)}</code></footer>"
    )


# -- pieces --------------------------------------------------------------------------------------


def _section(title: str, intro: str, body: str = "") -> str:
    said = f"<p>{text(intro)}</p>\n" if intro else ""
    return f"<section>\n<h2>{text(title)}</h2>\n{said}{body}\n</section>"


def _figure(chart: str, caption: str) -> str:
    return f"<figure>{chart}<figcaption>{text(caption)}</figcaption></figure>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of HTML cells. Columns are numeric, except an unnamed first one."""
    number = [' class="n"' if at or name else "" for at, name in enumerate(headings)]
    head = "".join(f"<th{n}>{text(name)}</th>" for n, name in zip(number, headings, strict=True))
    lines = ("".join(f"<td{n}>{cell}</td>" for n, cell in zip(number, row, strict=True)) for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{"".join(f"<tr>{line}</tr>" for line in lines)}</table></div>'


def _measure(value: object, best: bool) -> str:
    if not isinstance(value, int | float):
        return "–"
    return f"<strong>{value:.4f}</strong>" if best else f"{value:.4f}"


def _points(lines: Iterable[Mapping[str, Any]], name: str) -> list[tuple[float, float]]:
    """Return (epoch, value) for each line with a finite value."""
    found = [(line.get("epoch", line.get("step")), line.get(name)) for line in lines]
    return [(x, y) for x, y in found if x is not None and isinstance(y, int | float) and math.isfinite(y)]


def _hint(film: Film) -> str:
    return f"{film.title}: {film.genres}, {film.n_ratings:,} ratings"


def _factors(facts: Facts) -> str:
    p = facts.model.parameters
    k = facts.model.n_factors // p.members
    members = "" if p.members == 1 else f" in each of {p.members} members"
    return f"{k} factors{members}"
