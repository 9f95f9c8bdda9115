"""Exports of one person's ratings by sites and programs: told by their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mftui.data.dataset import Scale
from mftui.data.readers.names import match, plain
from mftui.errors import DataError

OWN_RATING = (
    "yourrating", "yourated", "yourscore", "myrating", "myscore", "mystars", "myvote", "mygrade", "ownrating",
    "ownscore", "userrating", "userscore", "userstars", "personalrating", "individualrating", "ratingbyme",
    "ihrebewertung", "deinebewertung", "meinebewertung", "ihrewertung", "deinewertung", "votrenote", "tanote",
    "manote", "iltuovoto", "latuavalutazione", "latuavotazione", "miovoto", "ilmiovoto", "tucalificación",
    "tupuntuación", "tuvaloración", "tuvoto", "micalificación", "mipuntuación", "mivaloración", "minota",
    "suaavaliação", "suaclassificação", "suanota", "minhanota", "minhaavaliação", "twojaocena", "mojaocena",
    "мояоценка", "вашаоценка", "твояоценка", "dittbetyg", "mittbetyg", "dinbedømmelse", "jouwbeoordeling",
    "uwbeoordeling", "mijnbeoordeling", "puanınız", "puanım", "个人评分", "我的评分", "你的评分", "您的评分",
    "私の評価", "あなたの評価",
)  # fmt: skip
"""What one's own rating is called, whatever else is called a rating beside it; as `names.plain` writes it."""
RATING = (
    "rating", "ratings", "score", "stars", "starrating", "starvalue", "star", "rate", "rated", "grade", "overall",
    "vote", "betyg", "bewertung", "wertung", "ocena", "nota", "voto", "puntuación", "calificación", "valoración",
    "avaliação", "note", "оценка", "评分", "打分", "評価", "rating10", "value",
)  # fmt: skip
"""What a rating is called otherwise, the likeliest first. Averages are called none of these."""
TITLES = (
    "title", "name", "movietitle", "filmtitle", "filmname", "moviename", "titlename", "itemtitle", "itemname",
    "primarytitle", "movie", "film", "titel", "titre", "título", "titolo", "tytuł", "название",
    "русскоязычноеназвание", "названиефильма", "标题", "片名", "电影", "电影名", "电影名称", "中文名", "タイトル",
    "titulo", "başlık", "item", "show",
)  # fmt: skip
ORIGINALS = (
    "originaltitle", "originalname", "origtitle", "originaltitel", "titreoriginal", "títulooriginal",
    "titolooriginale", "tytułoryginalny", "оригинальноеназвание", "originaltitre", "原名", "原片名", "英文名",
    "englishtitle", "alternativetitle",
)  # fmt: skip
_TOP_TOLD = re.compile(
    r"(?:my|your|own|user)?(?:rating|score|star|grade|bewertung|note|nota|ocena)s?"
    r"(?:outof|of|from|von|sur|su|de|av|auf)?[01]??(5|10|100)"
)


@dataclass(frozen=True)
class Site:
    """What exports its users' ratings in a form of its own."""

    name: str
    signs: tuple[frozenset[str], ...]
    """Names of columns, as `names.plain` writes them: all of one of these sets are there."""
    alone: frozenset[str] = frozenset()
    """These and no other columns are there."""
    scale: Scale | None = None
    """None: not always the same."""
    ratings: tuple[str, ...] = ()
    """What the column of ratings is called, where only these are the person's own."""
    dates: tuple[str, ...] = ()
    """What the column of dates is called, the first first, where other names come first elsewhere."""
    hint: str = ""
    """Which file has the ratings."""


def _all(*names: str) -> frozenset[str]:
    return frozenset(names)


SITES = (
    Site("mftui", (_all("movieid", "title", "rating", "dataset", "fingerprint"),), scale=Scale(0, 5, 0.5)),
    Site(
        "Letterboxd",
        (_all("letterboxduri"), _all("position", "name", "year", "url", "description")),
        scale=Scale(0.5, 5, 0.5),
        dates=("date", "watcheddate"),
        hint="The file ratings.csv of the export has them.",
    ),
    Site(
        "IMDb",
        (_all("const"),),
        scale=Scale(1, 10, 1),
        hint="Export `Your ratings`: columns Const, Your Rating, Title, Year.",
    ),
    Site(
        "TMDb",
        (_all("tmdbid", "imdbid", "type", "name", "releasedate"),),
        scale=Scale(0.5, 10, 0.5),
        ratings=("yourrating",),
        hint="Export your ratings: the column Your Rating.",
    ),
    Site(
        "Trakt",
        (_all("traktid"), _all("ratedat", "rating", "type")),
        scale=Scale(1, 10, 1),
        hint="Export your ratings.",
    ),
    Site("Simkl", (_all("simklid"),), scale=Scale(1, 10, 1)),
    Site("Yamtrack", (_all("mediaid", "source", "mediatype"),), scale=Scale(0, 10, 0), ratings=("score",)),
    Site(
        "Movary",
        (_all("title", "tmdbid", "imdbid", "watchedat"),),
        _all("title", "year", "tmdbid", "imdbid", "userrating"),
        scale=Scale(1, 10, 1),
        hint="The file ratings.csv of the export has them.",
    ),
    Site("Criticker", (_all("filmname", "score"), _all("filmname", "rating", "tier")), scale=Scale(0, 100, 1)),
    Site("Douban", tuple(map(_all, ("个人评分", "我的评分", "打分日期", "条目链接", "豆瓣链接")))),
    Site("Goodreads", (_all("bookid", "myrating", "averagerating"),), scale=Scale(1, 5, 1)),
    Site(
        "Netflix",
        (_all("titlename", "starvalue"), _all("titlename", "thumbsvalue"), _all("profilename", "starttime", "title")),
        _all("title", "date"),
        scale=Scale(1, 5, 1),
        ratings=("starvalue",),
        hint="The file Ratings.csv, of all your data (netflix.com/account/getmyinfo), has stars.",
    ),
    Site("Filmweb", (_all("title", "originaltitle", "userrating"),)),
    Site("Kinopoisk", (_all("мояоценка"),)),
    Site("Filmtipset", (_all("titel", "betyg"),)),
    Site("MovieLens", (_all("movieid", "rating", "averagerating", "title"),), scale=Scale(0.5, 5, 0.5)),
)  # fmt: skip


def site_of(names: Sequence[str]) -> Site | None:
    """Return the site whose export has these columns; None where it is none that is known."""
    columns = {plain(name) for name in names}
    alone = (site for site in SITES if site.alone and site.alone == columns)
    return next(alone, None) or next((site for site in SITES if any(sign <= columns for sign in site.signs)), None)


def personal_error(whose: str, path: object) -> DataError:
    """Return the error for a file of one person's ratings that is to be trained on."""
    hint = "mftui ratings import FILE takes it. To train, ratings of several users are needed."
    return DataError(f"this is {whose}: it has no column for the user.", path=path, hint=hint)


def looks_personal(names: Sequence[str]) -> str:
    """Return what the columns `names` are, where they are those of one person's ratings; "" otherwise.

    "an export of IMDb", or "one person's ratings" for a table with titles and ratings and without users.
    """
    if "user" in match(names, ("user",)):
        return ""
    site = site_of(names)
    if site is not None:
        return f"an export of {site.name}"
    columns = {plain(name) for name in names}
    titled = any(name in columns for name in (*TITLES, *ORIGINALS))
    rated = any(name in columns for name in (*OWN_RATING, *RATING)) or any(map(top_told_by, columns))
    return "one person's ratings" if titled and rated else ""


def top_told_by(column: str) -> float:
    """Return the best possible rating that the name of a column tells, as "Rating (of 10)" does; else 0."""
    told = _TOP_TOLD.fullmatch(column)
    return float(told[1]) if told else 0.0
