"""What the type column of an export says: whether it is a film."""

from __future__ import annotations

from functools import lru_cache

from mftui.data.readers.names import plain

_FILMS = ("movie", "film", "фильм", "电影", "映画", "película", "filme", "ταινία", "elokuva")
_PARTS = (
    "episode",
    "episod",
    "season",
    "staffel",
    "folge",
    "saison",
    "temporada",
    "stagione",
    "odcinek",
    "sezon",
    "эпизод",
    "сезон",
    "季",
    "エピソード",
)
_OTHERS = (
    "series", "serie", "série", "seriál", "serial", "сериал", "fernsehsendung", "game", "spiel", "videojuego",
    "videogioco", "jeuvidéo", "podcast", "musicvideo", "musikvideo", "电视剧", "剧集", "综艺", "动漫", "游戏",
    "ドラマ", "シリーズ", "ゲーム", "dizi", "anime", "manga", "comic", "book", "livre", "buch", "libro", "album",
)  # fmt: skip
_TYPES_OF_FILMS = ("tvmovie", "short", "video", "featurefilm", "documentary", "tvspecial")
_WHOLE = (
    "tv",
    "show",
    "shows",
    "tvshow",
    "tvshows",
    "gra",
    "jeu",
    "juego",
    "gioco",
    "игра",
    "music",
    "person",
    "剧",
    "书",
)


@lru_cache(1_000)
def is_film(kind: str) -> bool:
    """Return whether a type is that of a film, as far as one can tell: a word that is not known is."""
    name = plain(kind)
    if is_part(kind):
        return False
    if name in _WHOLE:
        return False
    other = any(word in name for word in _OTHERS)
    return not other or (any(word in name for word in _FILMS) and "seri" not in name)


def is_type(text: str) -> bool:
    """Return whether a text is a type: of a film, or of something else."""
    name = plain(text)
    return name in _TYPES_OF_FILMS or name in _FILMS or not is_film(text)


@lru_cache(1_000)
def is_part(kind: str) -> bool:
    """Return whether a type is that of an episode or a season."""
    name = plain(kind)
    return any(word in name for word in _PARTS)
