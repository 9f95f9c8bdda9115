"""Every key of the app, in one place: what it does, and the id by which `config.toml` can change it.

The footer, the help screen and the command palette are made from these.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import Binding, BindingType

_USUAL: dict[str, str] = {}
"""The first key of each binding, by its id."""


def _key(id: str, keys: str, action: str, what: str, *, help: str = "", show: bool = False) -> Binding:
    _USUAL[id] = keys.split(",")[0]
    return Binding(keys, action, what, show=show, tooltip=help, id=id)


APP: list[BindingType] = [
    _key("screen.train", "1", "mode('train')", "Train", help="Set up a training and watch it."),
    _key("screen.movies", "2", "mode('movies')", "Movies", help="Search movies, see their neighbours."),
    _key("screen.users", "3", "mode('users')", "Users", help="A user's ratings and recommendations."),
    _key("screen.you", "4", "mode('you')", "You", help="Rate films yourself, and see what is recommended, and why."),
    _key("screen.map", "5", "mode('map')", "Map", help="Films in two dimensions; the axes that the model found."),
    _key("screen.runs", "6", "mode('runs')", "Runs", help="All trainings: compare, annotate, delete, train again."),
    _key("app.jump", "ctrl+o", "jump", "Go to pane", help="Any pane of any screen, from a list."),
    _key("app.hint", "z", "hint", "Hints",
         help="Hide the sentence at the top of each screen, or show it again; on a tour, end it."),
    _key("app.tour", "T", "tour", "Tour", help="Two minutes: train, look at films and users, rate, see why, compare."),
    _key("app.back", "escape", "go_back", "Back", help="Leave a dialog, a search, a neighbour."),
    _key("app.quit", "q", "quit", "Quit", help="Asks first while a training is under way."),
    _key("app.help", "question_mark", "help", "Help", help="All keys of this screen, and the words."),
]  # fmt: skip

TRAIN: list[BindingType] = [
    _key("train.toggle", "t", "toggle_training", "Train", show=True,
         help="Start a training with what the form says; while one runs, ask it to stop and keep the model."),
    _key("train.pause", "p", "pause", "Pause", show=True, help="Pause after the step under way; then go on."),
    _key("train.resume", "r", "resume", "Resume", show=True,
         help="Go on with a stopped or crashed run from its last checkpoint."),
    _key("train.reading", "i", "reading", "Columns", show=True,
         help="How the file of ratings is read: its first rows, which column is which, doubts; all can be changed."),
    _key("train.view", "v", "view", "View", show=True, help="One large chart, or four: RMSE, loss, rate and speed."),
    _key("train.more", "m", "more_fields", "More fields", show=True, help="The recipe's other fields."),
    _key("train.defaults", "d", "defaults", "Defaults", show=True, help="Every field back to the recipe's default."),
    _key("train.smooth", "s", "smooth", "Smooth", show=True,
         help="Smooth the curves, each time more strongly, then not at all; the weight of what came before is shown."),
    _key("train.log", "o", "log", "Log scale", show=True, help="Logarithmic values, or plain ones."),
    _key("train.tail", "a", "tail", "All or tail", show=True, help="The newest quarter of the points, or all."),
    _key("train.compare", "c", "compare", "Compare", show=True, help="Overlay another run (again removes it)."),
    _key("train.watch", "w", "watch", "Watch", help="Show another run, such as one that another terminal started."),
    _key("train.again", "u", "same_again", "Use again",
         help="Data, recipe and values of the run that is shown into the settings: train it again with one change."),
    _key("train.form", "f", "form", "Settings", show=True,
         help="Hide the settings: more room for the chart; or show them."),
]  # fmt: skip

CHART: list[BindingType] = [
    _key("chart.left", "h,left", "cursor(-1)", "Cursor left", show=True, help="Read values off, a point back."),
    _key("chart.right", "l,right", "cursor(1)", "Cursor right", help="Read values off, a point on."),
    _key("chart.far_left", "shift+left,pageup", "cursor(-10)", "Far left"),
    _key("chart.far_right", "shift+right,pagedown", "cursor(10)", "Far right"),
    _key("chart.first", "g,home", "end(-1)", "First point"),
    _key("chart.last", "G,end", "end(1)", "Last point"),
    _key("chart.best", "b", "best", "Best", show=True, help="The cursor to the best validation."),
    _key("chart.in", "plus,equals_sign", "zoom(0.5)", "Zoom in", show=True, help="Half as many steps, by the cursor."),
    _key("chart.out", "minus", "zoom(2.0)", "Zoom out", help="Twice as many steps."),
    _key("chart.all", "0", "whole", "All steps", help="Show all steps again."),
    _key("chart.next", "j,down", "metric(1)", "Next chart", show=True, help="RMSE, loss, learning rate, speed."),
    _key("chart.previous", "k,up", "metric(-1)", "Previous chart"),
]  # fmt: skip

MOVIES: list[BindingType] = [
    _key("movies.search", "slash", "search", "Search", show=True,
         help="Type words of a title, in any order, or the id of IMDb (tt0114709) or TMDb (tmdb:862)."),
    _key("movies.open", "enter", "open", "Neighbours", show=True, help="Go to the neighbours; from one on to its own."),
    _key("movies.by", "b", "by", "Similarity", show=True,
         help="Neighbours by taste (what people thought of a film), by audience (who watched it), or by both."),
    _key("movies.page", "i", "page", "Page", show=True,
         help="The movie's page: genres, tags, links, ratings, mean beside bias, factors; again hides it."),
    _key("movies.filter", "f", "filter", "Filter", show=True,
         help="By genre, tag, years, min. number of ratings; and how many neighbours, with how many ratings."),
    _key("movies.sort", "s", "sort", "Sort", show=True, help="By title, year, ratings, mean, bias; then as found."),
    _key("movies.reverse", "S", "reverse", "Reverse", help="Reverse the order."),
    _key("movies.metric", "m", "metric", "Metric",
         help="Neighbours by cosine (direction), dot product (direction and length), the same not reduced where "
              "ratings are few, or euclidean distance."),
    _key("movies.right", "l,right", "pane(1)", "Neighbours pane"),
    _key("movies.left", "h,left", "pane(-1)", "Results pane"),
]  # fmt: skip

USERS: list[BindingType] = [
    _key("users.search", "slash", "search", "User id", show=True, help="Type a user's id."),
    _key("users.open", "enter", "open", "Open film", show=True,
         help="The film under the cursor on Movies: its page and neighbours; esc comes back."),
    _key("users.pick", "p", "pick", "Pick", show=True, help="Choose from the list of all users."),
    _key("users.next", "right_square_bracket", "step(1)", "Next", show=True, help="The next user."),
    _key("users.previous", "left_square_bracket", "step(-1)", "Previous", show=True, help="The previous user."),
    _key("users.by", "b", "by", "Rank by", show=True,
         help="Rank by like (the predicted rating), by watch (what people who watch the same watch), by both, "
              "by taste alone (the biases of users and movies left out); where there is a +/-, safe bets first "
              "(lower end of the interval) or adventurous first (its upper end)."),
    _key("users.page", "i", "page", "Page", show=True,
         help="The user's page: histogram, predicted against actual, genres liked, similar users; again hides it."),
    _key("users.why", "w", "why", "Why", show=True,
         help="Why the film under the cursor is predicted what it is: what each of the user's ratings adds; "
              "with an ordinal likelihood also how probable each rating is."),
    _key("users.filter", "f", "filter", "Filter", show=True,
         help="Recommend by genre, tag, years, min. number of ratings; and how many."),
    _key("users.sort", "s", "sort", "Sort", help="The ratings by rating, model, error, part, title, in turn."),
    _key("users.reverse", "S", "reverse", "Reverse", help="Reverse the order of the ratings."),
    _key("users.similar", "u", "similar", "Similar users", help="Choose one of the users nearest to this one."),
    _key("users.right", "l,right", "pane(1)", "Recommendations pane"),
    _key("users.left", "h,left", "pane(-1)", "Ratings pane"),
]  # fmt: skip

_STARS = {1: "x", 2: "c", 3: "v", 4: "n", 5: "m"}
"""The letters of the lowest row, but for those that do something everywhere."""
_WHOLE = "Rate the film under the cursor: that many stars of five, whatever the scale."
_HALF = "Half a star less than the same key without shift."

YOU: list[BindingType] = [
    _key("you.search", "slash", "search", "Search", show=True, help="Type words of a title; enter; one key rates it."),
    *(_key(f"you.stars_{n}", key, f"stars({n}.0)", f"{n} star{'s' * (n > 1)}", help=_WHOLE)
      for n, key in _STARS.items()),
    *(_key(f"you.stars_{n - 0.5}", key.upper(), f"stars({n - 0.5})", f"{n - 0.5} stars", help=_HALF)
      for n, key in _STARS.items()),
    _key("you.more", "plus,equals_sign", "nudge(1)", "A step more", help="For a film that is rated: up the scale."),
    _key("you.less", "minus", "nudge(-1)", "A step less", help="For a film that is rated: down the scale."),
    _key("you.remove", "d,delete", "remove", "Remove", show=True, help="The rating of the film under the cursor."),
    _key("you.undo", "u", "undo", "Undo", show=True, help="The last rating, change or removal, in whatever terminal."),
    _key("you.view", "t", "view", "To rate or rated", show=True,
         help="Films to rate next, the most informative about you first; again: your ratings."),
    _key("you.skip", "o", "skip", "Not seen", show=True, help="Do not ask for this film again, until the app ends."),
    _key("you.page", "i", "page", "Why", show=True,
         help="Why the film under the cursor is predicted what it is, users like you, your place; again hides it."),
    _key("you.by", "b", "by", "Rank by", show=True,
         help="Rank by like (the predicted rating), by watch (what people who watch the same watch), by both; "
              "with a +/- also safe bets first (lower end of the interval) or adventurous first (its upper end)."),
    _key("you.filter", "f", "filter", "Filter", help="By genre, tag, years, min. number of ratings; and how many."),
    _key("you.import", "a", "import", "Import",
         help="Ratings from a file: an export of Letterboxd, IMDb, Trakt, …, or a table."),
    _key("you.profile", "p", "profile", "Profile", help="Whose ratings these are: choose a name, or type a new one."),
    _key("you.open", "enter", "open", "Open film",
         help="The film under the cursor on Movies: its page and neighbours; esc comes back."),
    _key("you.sort", "s", "sort", "Sort", help="Your ratings: the newest, the highest, by model, error, title."),
    _key("you.reverse", "S", "reverse", "Reverse", help="Reverse the order of your ratings."),
    _key("you.right", "l,right", "pane(1)", "Recommendations pane"),
    _key("you.left", "h,left", "pane(-1)", "Films to rate pane"),
]  # fmt: skip

RUNS: list[BindingType] = [
    _key("runs.open", "enter", "open", "Open", show=True, help="Its model in Movies, Users, Map; its curve on Train."),
    _key("runs.mark", "space", "mark", "Mark", show=True,
         help="Overlay its curve, compare its settings, delete it with others; again removes the mark."),
    _key("runs.mark_all", "a", "mark_all", "Mark all", help="All that are listed, or none."),
    _key("runs.search", "slash", "search", "Search", show=True,
         help="Words of a name, an id, a recipe, a data set, a state, a tag or a note."),
    _key("runs.settings", "d", "settings", "Differences", show=True,
         help="What differs between the marked runs, or all settings of one; again: the curves."),
    _key("runs.calibration", "i", "calibration", "Calibration", show=True,
         help="How many test ratings lie within the p % interval, and how well +/- predicts errors; again: "
              "the curves."),
    _key("runs.sort", "s", "sort", "Sort", show=True, help="By name, state, recipe, data, k, RMSE, time, size, age."),
    _key("runs.reverse", "S", "reverse", "Reverse", help="Reverse the order."),
    _key("runs.filter", "f", "filter", "Filter", show=True, help="By recipe, data, state, tag."),
    _key("runs.notes", "n", "notes", "Name, tags", show=True, help="Its name, a note, tags."),
    _key("runs.replay", "p", "replay", "Replay", help="Draw its curve again from the first step; again stops it."),
    _key("runs.again", "t", "again", "Train again", help="The same data, values and seed; or change them first."),
    _key("runs.delete", "x,delete", "delete", "Delete", show=True,
         help="Into the trash: the marked runs, or the one under the cursor. u undoes it."),
    _key("runs.take", "w", "export_run", "Export",
         help="Write its model for TensorFlow Serving, TensorBoard, data frames, spreadsheets; or a page about it."),
    _key("runs.undo", "u", "undo", "Undo", help="Bring back what was deleted last."),
    _key("runs.right", "l,right", "pane(1)", "Pane below"),
    _key("runs.left", "h,left", "pane(-1)", "Table of runs"),
]  # fmt: skip

MAP: list[BindingType] = [
    _key("map.choose", "enter", "choose", "Neighbours", show=True,
         help="Highlight the neighbours of the film under the cursor."),
    _key("map.search", "slash", "search", "Search", show=True, help="Highlight the films whose title has these words."),
    _key("map.next", "right_square_bracket", "match(1)", "Next match", help="Go to the next highlighted film."),
    _key("map.previous", "left_square_bracket", "match(-1)", "Previous match"),
    _key("map.color", "c", "color", "Colour", show=True, help="By genre, decade, mean rating, bias, or not at all."),
    _key("map.layout", "t", "layout", "t-SNE", show=True,
         help="Near films near each other, by t-SNE: takes a while, t again cancels it; then back to the axes."),
    _key("map.x", "x", "axis('x', 1)", "Axis x", show=True, help="The next axis from left to right; X: the previous."),
    _key("map.x_back", "X", "axis('x', -1)", "Previous axis x"),
    _key("map.y", "v", "axis('y', 1)", "Axis y", help="The next axis upward; V: the previous."),
    _key("map.y_back", "V", "axis('y', -1)", "Previous axis y"),
    _key("map.factors", "i", "factors", "Factors", show=True,
         help="What each axis stands for: films at its ends, genres, decades, users; again: the map."),
    _key("map.by", "b", "by", "Taste or audience",
         help="Axes of taste (what people thought of films), or of audience (who watched)."),
    _key("map.filter", "f", "filter", "Filter", show=True, help="By genre, tag, years, min. number of ratings."),
    _key("map.users", "u", "users", "Users", help="The user open on Users among the films; then many; then none."),
    _key("map.names", "n", "names", "Names", help="Write the best-known films' names on the map, or not."),
    _key("map.right", "tab", "pane(1)", "Films listed"),
    _key("map.left", "shift+tab", "pane(-1)", "Map"),
]  # fmt: skip

SCATTER: list[BindingType] = [
    _key("scatter.left", "h,left", "step(-1, 0)", "Left"),
    _key("scatter.right", "l,right", "step(1, 0)", "Right"),
    _key("scatter.up", "k,up", "step(0, -1)", "Up"),
    _key("scatter.down", "j,down", "step(0, 1)", "Down"),
    _key("scatter.pan_left", "H,shift+left", "pan(-1, 0)", "Map left", help="By a quarter of what is seen."),
    _key("scatter.pan_right", "L,shift+right", "pan(1, 0)", "Map right"),
    _key("scatter.pan_up", "K,shift+up,pageup", "pan(0, -1)", "Map up"),
    _key("scatter.pan_down", "J,shift+down,pagedown", "pan(0, 1)", "Map down"),
    _key("scatter.in", "plus,equals_sign", "zoom(0.5)", "Zoom in", show=True, help="2x, around the cursor."),
    _key("scatter.out", "minus", "zoom(2.0)", "Zoom out", help="2x, around the cursor."),
    _key("scatter.whole", "0,g,home", "whole", "Whole map", help="Show the whole map, the cursor in its middle."),
]  # fmt: skip

LIST: list[BindingType] = [
    _key("list.down", "j,down", "move(1)", "Down"),
    _key("list.up", "k,up", "move(-1)", "Up"),
    _key("list.page_down", "pagedown,ctrl+d", "page(1)", "Page down"),
    _key("list.page_up", "pageup,ctrl+u", "page(-1)", "Page up"),
    _key("list.first", "g,home", "first", "First"),
    _key("list.last", "G,end", "last", "Last"),
]

TABLE: list[BindingType] = [
    _key("table.copy", "y", "copy", "Copy row",
         help="The row into the clipboard, over SSH as well (OSC 52); tmux needs: set -g set-clipboard on."),
    _key("table.export", "e", "export", "Export",
         help="All rows of this table into a file: CSV, or JSON where its name ends in .json."),
]  # fmt: skip

FORM: list[BindingType] = [
    _key("form.down", "j,down", "move(1)", "Next field"),
    _key("form.up", "k,up", "move(-1)", "Previous field"),
    _key("form.first", "g,home", "first", "First field"),
    _key("form.last", "G,end", "last", "Last field"),
    _key("form.edit", "enter,space", "edit", "Edit", show=True, help="Change the field under the cursor."),
    _key("form.less", "h,left,minus", "nudge(-1)", "Less", help="A step less, or the previous choice."),
    _key("form.greater", "l,right,plus", "nudge(1)", "More", help="A step more, or the next choice."),
]

EDITOR: list[BindingType] = [
    _key("editor.accept", "enter", "accept(0)", "Accept", show=True),
    _key("editor.next", "down,tab", "accept(1)", "Accept, next"),
    _key("editor.previous", "up,shift+tab", "accept(-1)", "Accept, previous"),
    _key("editor.cancel", "escape", "cancel", "Cancel", show=True),
]

SEARCH: list[BindingType] = [
    _key("search.accept", "enter", "screen.accept_search", "Accept", show=True),
    _key("search.leave", "escape", "screen.leave_search", "To the list", show=True),
    _key("search.list", "down", "screen.leave_search", "To the list"),
]

DIALOG: list[BindingType] = [_key("dialog.close", "escape,q", "dismiss", "Close", show=True)]

ASK: list[BindingType] = [_key("ask.close", "escape", "dismiss", "Close", show=True)]

HELP: list[BindingType] = [
    _key("help.words", "w,tab", "words", "Keys or words", show=True),
    _key("help.close", "escape,q,question_mark", "dismiss", "Close", show=True),
]

FIELDS: list[BindingType] = [
    _key("fields.accept", "enter", "screen.accept", "Accept", show=True),
    _key("fields.next", "tab,down", "screen.step(1)", "Next", show=True),
    _key("fields.previous", "up,shift+tab", "screen.step(-1)", "Previous"),
    _key("fields.clear", "ctrl+r", "screen.clear", "Clear all", show=True),
    _key("fields.cancel", "escape", "screen.dismiss", "Cancel", show=True),
]

FETCH: list[BindingType] = [
    _key("fetch.begin", "enter", "fetch", "Fetch", show=True),
    _key("fetch.leave", "escape", "leave", "Cancel", show=True),
]

PICK: list[BindingType] = [
    _key("pick.choose", "enter", "choose", "Choose", show=True),
    _key("pick.search", "slash", "search", "Type", show=True),
    _key("pick.close", "escape,q", "dismiss", "Close", show=True),
]

READING: list[BindingType] = [
    _key("reading.take", "enter", "take", "Take", show=True),
    _key("reading.user", "u", "role('user')", "User", show=True),
    _key("reading.movie", "m", "role('movie')", "Movie", show=True),
    _key("reading.rating", "r", "role('rating')", "Rating", show=True),
    _key("reading.time", "t", "role('timestamp')", "Time", show=True),
    _key("reading.unused", "x", "role('')", "Unused", show=True),
    _key("reading.found", "d", "found", "Reset", show=True),
    _key("reading.close", "escape", "dismiss", "Leave", show=True),
    _key("reading.missing", "n", "missing", "Not rated"),
    _key("reading.counts", "c", "counts", "Counts"),
    _key("reading.wide", "w", "wide", "Matrix"),
    _key("reading.table", "s", "table", "Sheet or table"),
    *(_key(f"reading.answer_{n}", str(n), f"answer({n})", f"Answer {n}") for n in range(1, 7)),
    _key("reading.scroll", "space", "scroll", "Scroll"),
]
"""The dialog itself names those that its key bar does not."""
READING_IDS = tuple(binding.id for binding in READING if isinstance(binding, Binding) and binding.id)

SIGNS = {
    "question_mark": "?", "slash": "/", "escape": "esc", "left_square_bracket": "[", "right_square_bracket": "]",
    "pagedown": "pgdn", "pageup": "pgup", "minus": "-", "plus": "+", "equals_sign": "=", "full_stop": ".", "comma": ",",
}  # fmt: skip
"""How keys are written for people, where their name is not it."""


def key_of(id: str, changed: Mapping[str, str]) -> str:
    """Return the first key of a binding as it is written for people; `changed`: the user's own keys, by binding id."""
    return sign(pressed(id, changed))


def pressed(id: str, changed: Mapping[str, str]) -> str:
    """Return the same as Textual names it."""
    return changed.get(id, _USUAL[id]).split(",")[0]


def sign(key: str) -> str:
    """Return a key as it is written for people."""
    return SIGNS.get(key, key)
