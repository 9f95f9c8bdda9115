"""Movie titles as MovieLens writes them: "Seven (a.k.a. Se7en) (1995)", "Matrix, The (1999)"."""

from __future__ import annotations

import re

from mftui.text import fold

# "(1999)", "(1999-2003)", "(2007–)", "(2007– )"; then nothing but other brackets, such as "(V)".
_YEAR = re.compile(r"\(\s*(1[89]\d\d|20\d\d)\s*(?:[-–—]\s*(?:(?:1[89]|20)?\d\d)?\s*)?\)(?=(?:\s*\([^()]*\))*\s*$)")
_PLAIN_TITLE = re.compile(
    r"\s*(?:(?:the|an?)\s+)?([a-z0-9]+(?:\s+[a-z0-9]+)*)\s*(?:\((1[89]\d\d|20\d\d)\)\s*)?", re.ASCII | re.IGNORECASE
)
"""Most titles, of which one pattern tells the only name."""
_BRACKETS_AT_END = re.compile(r"\s*\(((?:[^()]|\([^()]*\))*)\)\s*$")
_ALSO_KNOWN_AS = re.compile(r"^\s*(?:a\.?k\.?a\.?|aka)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
END, OPENING = "\x01", "\x02"
"""Never in plain text: free for an index to mark where a title ends and where a bracket opens."""
_APOSTROPHES = "’‘ʼ´`"
_APOSTROPHES_AND_PLAIN = _APOSTROPHES + "'"
_ELIDED = ("l", "d")
_BEFORE_ARTICLE = ("\n", " ", "(", "-")
_LEADING = re.compile(r"^\W*(?:the|an?)\W+(?=\w)")
_TRAILING = re.compile(r"^(.+),\s*([^\W\d_]{1,4}['’]?)\s*$")
ENGLISH_ARTICLES = frozenset({"the", "a", "an"})
_ARTICLES_AFTER_COMMA = ENGLISH_ARTICLES.union(
    ["le", "la", "les", "l'", "l’", "un", "une", "des", "el", "los", "las", "lo", "il", "i", "gli", "uno", "una"],
    ["der", "die", "das", "den", "det", "ein", "eine", "een", "de", "het", "en", "ett", "o", "os", "as", "um", "uma"],
)


def parse_year(title: str) -> int | None:
    """Return the year at the end of `title`, the first of a span: "Dark (2017-2020)" is 2017; None without one."""
    years = _YEAR.findall(title)
    return int(years[-1]) if years else None


def plain(text: str) -> str:
    """Fold `text`, one or many lines, to compare titles: no apostrophes, no elided articles, "&" as "and".

    "L'Avventura" is "avventura". Splits rather than patterns: this runs over all titles before the first search.
    """
    folded = "\n" + fold(text)
    for sign in _APOSTROPHES:
        folded = folded.replace(sign, "'")
    *parts, last = folded.split("'")
    kept = [part[:-1] if part[-1:] in _ELIDED and part[-2:-1] in _BEFORE_ARTICLE else part for part in parts]
    joined = "".join([*kept, last])[1:]
    return joined.replace("&", " and ").replace(END, " ").replace(OPENING, " ")


def words_of(text: str) -> list[str]:
    """Return the words of `text`, plain; where it has none ("$", an emoji), its signs as one word."""
    comparable = plain(text)
    words = _WORD.findall(comparable)
    signs = "".join(comparable.split())
    return words or ([signs] if signs else [])


def exact_names(title: str) -> set[str]:
    """Return every name that is this title exactly, its words joined by blanks: without the year, articles and case.

    "Seven (a.k.a. Se7en) (1995)" is "seven", "se7en" and "seven a k a se7en"; "Haine, La (1995)" is
    "haine" and "la haine".
    """
    if simple := simple_name(title):
        return {simple[0]}
    name = without_year(title)
    forms = [name]
    while brackets := _BRACKETS_AT_END.search(name):
        name = name[: brackets.start()]
        if not name.strip():
            break
        forms += [name, _ALSO_KNOWN_AS.sub("", brackets[1])]
    return {" ".join(words) for form in forms for words in _without_articles(form) if words}


def simple_name(title: str) -> tuple[str, int | None] | None:
    """Return the only name of a title, as `exact_names` has it, and the year; None where it may have several."""
    simple = _PLAIN_TITLE.fullmatch(title)
    return (" ".join(simple[1].lower().split()), int(simple[2]) if simple[2] else None) if simple else None


def full_name(title: str) -> str:
    """Return the words of the title as it is spoken, article and all: "Matrix, The (1999)" is "the matrix"."""
    name = fold(without_year(title)).strip()
    trailing = _TRAILING.match(name)
    if trailing and trailing[2] in _ARTICLES_AFTER_COMMA:
        name = f"{trailing[2]} {trailing[1]}"
    return " ".join(words_of(name))


def spoken_name(title: str) -> str:
    """Return the title as people say and other sites write it: "Matrix, The (a.k.a. X) (1999)" is "The Matrix"."""
    name = without_year(title).strip()
    while brackets := _BRACKETS_AT_END.search(name):
        if not name[: brackets.start()].strip():
            break
        name = name[: brackets.start()].strip()
    trailing = _TRAILING.match(name)
    if not trailing or fold(trailing[2]) not in _ARTICLES_AFTER_COMMA:
        return name
    return f"{trailing[2]}{'' if trailing[2][-1] in _APOSTROPHES_AND_PLAIN else ' '}{trailing[1]}"


def parts_of(title: str) -> tuple[str, str, str, str]:
    """Split a title into name, article, other names and year; joined, they are the title.

    "Haine, La (Hate) (1995)" is "Haine", ", La", " (Hate)", " (1995)".
    """
    years = list(_YEAR.finditer(title))
    name = title[: years[-1].start()].rstrip() if years else title
    year, others = title[len(name) :], ""
    while (brackets := _BRACKETS_AT_END.search(name)) and brackets.start():
        name, others = name[: brackets.start()], name[brackets.start() :] + others
    trailing = _TRAILING.match(name)
    if trailing is None or fold(trailing[2]) not in _ARTICLES_AFTER_COMMA:
        return name, "", others, year
    return trailing[1], name[len(trailing[1]) :], others, year


def without_year(title: str) -> str:
    """Return the title without its year: "Matrix, The "."""
    years = list(_YEAR.finditer(title))
    return title[: years[-1].start()] + title[years[-1].end() :] if years else title


def _without_articles(name: str) -> list[list[str]]:
    """Return the words of `name` without a leading or trailing article; a foreign one may as well stand in front."""
    trailing = _TRAILING.match(fold(name))
    if trailing and trailing[2] in _ARTICLES_AFTER_COMMA:
        base = words_of(trailing[1])
        foreign = trailing[2] not in ENGLISH_ARTICLES
        return [base, [*words_of(trailing[2]), *base]] if foreign else [base]
    return [words_of(_LEADING.sub("", fold(name)))]
