"""Every key of the app, in one place: what it does, and the id by which `config.toml` can change it.

The footer, the help screen and the command palette are made from these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from textual.binding import Binding, BindingType

_NAME = re.compile(r"\{([\w.]+)\}")
_USUAL: dict[str, str] = {}
"""The first key of each binding, by its id."""
_LAST: dict[str, str] = {}
"""The last."""


def key(
    id: str, keys: str, action: str, what: str, *, help: str = "", show: bool = False, priority: bool = False
) -> Binding:
    """Return a binding: `keys` with commas between, the first one named to people; `what` and `help`: what it does, in
    a word and in a sentence; `priority`: also where somebody types."""
    _USUAL[id], _LAST[id] = keys.split(",")[0], keys.split(",")[-1]
    return Binding(keys, action, what, show=show, tooltip=help, id=id, priority=priority)


def _sorting(screen: str) -> list[Binding]:
    return [
        key(f"{screen}.sort", "s", "sort", "Sort", show=True,
            help="Choose by what the table that has the keys is sorted; a click on a column's head does the same."),
        key(f"{screen}.reverse", "S", "reverse", "Reverse", help="Reverse the order of the table with the keys."),
    ]  # fmt: skip


def _matches(screen: str, what: str) -> list[Binding]:
    return [
        key(f"{screen}.next", "n,right_square_bracket", "match(1)", "Next match", help=f"Go to the next {what}."),
        key(f"{screen}.previous", "N,left_square_bracket", "match(-1)", "Previous match",
            help=f"Go to the previous {what}."),
    ]  # fmt: skip


APP: list[BindingType] = [
    key("screen.train", "1,f1", "mode('train')", "Train", help="Set up a training and watch it."),
    key("screen.movies", "2,f2", "mode('movies')", "Movies", help="Search movies, see their neighbours."),
    key("screen.users", "3,f3", "mode('users')", "Users", help="A user's ratings and recommendations."),
    key("screen.you", "4,f4", "mode('you')", "You", help="Rate films yourself, and see what is recommended, and why."),
    key("screen.map", "5,f5", "mode('map')", "Map", help="Films in two dimensions; the axes that the model found."),
    key("screen.runs", "6,f6", "mode('runs')", "Runs", help="All trainings: compare, annotate, delete, train again."),
    key("app.jump", "ctrl+o", "jump", "Go to pane", help="Any pane of any screen, from a list."),
    key("app.hint", "z", "hint", "Hints",
        help="Hide the sentence at the top of each screen, or show it again; on a tour, end it."),
    key("app.back", "escape", "go_back", "Back", help="Leave a dialog, a search, a neighbour."),
    key("app.picture", "E", "screen.save_picture", "Save screen", help="What is seen into a file: SVG or text."),
    key("app.palette", "colon,ctrl+p", "command_palette", "Commands", help="Every action by name; themes."),
    key("app.quit", "q", "quit", "Quit", help="Asks first while a training is under way."),
    key("app.interrupt", "ctrl+c", "interrupt", "Quit", priority=True,
        help="As q, also where you type; where it asks, ctrl+c again leaves, and the training goes on."),
    key("app.suspend", "ctrl+z", "suspend_process", "Suspend", priority=True,
        help="Back to the shell; there, fg brings the app back. A training goes on meanwhile."),
    key("app.help", "question_mark", "help", "Help", help="All keys of this screen, and the words."),
    key("app.tour", "T", "tour", "Tour", help="Two minutes: train, look at films and users, rate, see why, compare."),
]  # fmt: skip

_X_AXIS = "Draw the curves by steps, by epochs, or by the time spent learning."

TRAIN: list[BindingType] = [
    key("train.toggle", "t", "toggle_training", "Train", show=True,
        help="Start a training with these settings; while one runs, stop it after a question; the model is kept."),
    key("train.pause", "p", "pause", "Pause", show=True, help="Pause after the step under way; then go on."),
    key("train.resume", "r", "resume", "Resume", show=True,
        help="Go on with a stopped or crashed run from its last checkpoint."),
    key("train.reading", "i", "reading", "Columns", show=True,
        help="The data set's page: its first rows, which column is which, doubts; all can be changed."),
    key("train.view", "v", "view", "View", show=True, help="One large chart, or four: RMSE, loss, rate and speed."),
    key("train.more", "m", "more_fields", "More fields", show=True, help="The recipe's other fields."),
    key("train.defaults", "d", "defaults", "Defaults", show=True, help="Every field back to the recipe's default."),
    key("train.smooth", "s", "smooth", "Smooth", show=True,
        help="Smooth the curves, each time more strongly, then not at all; the weight of what came before is shown."),
    key("train.log", "o", "log", "Log scale", show=True, help="Logarithmic values, or plain ones."),
    key("train.axis", "X", "axis", "X axis", help=_X_AXIS),
    key("train.tail", "a", "tail", "All or tail", show=True, help="The newest quarter of the points, or all."),
    key("train.compare", "c", "compare", "Compare", show=True, help="Overlay another run (again removes it)."),
    key("train.watch", "R", "watch", "Other run", help="Show another run, such as one that another terminal started."),
    key("train.again", "U", "same_again", "Use again",
        help="Data, recipe and values of the run that is shown into the settings: train it again with one change."),
    key("train.export", "e", "export", "Export", help="The chart into a file: SVG or text, or its points as CSV."),
    key("train.form", "f", "form", "Settings", show=True,
        help="Hide the settings: more room for the chart; or show them."),
]  # fmt: skip

CHART: list[BindingType] = [
    key("chart.left", "h,left", "cursor(-1)", "Cursor left", show=True, help="Read values off, a point back."),
    key("chart.right", "l,right", "cursor(1)", "Cursor right", help="Read values off, a point on."),
    key("chart.far_left", "shift+left,pageup", "cursor(-10)", "Far left", help="Ten points back."),
    key("chart.far_right", "shift+right,pagedown", "cursor(10)", "Far right", help="Ten points on."),
    key("chart.first", "g,home", "end(-1)", "First point"),
    key("chart.last", "G,end", "end(1)", "Last point"),
    key("chart.best", "b", "best", "Best", show=True, help="The cursor to the best validation."),
    key("chart.in", "plus,equals_sign", "zoom(0.5)", "Zoom in", show=True, help="Half as many steps, by the cursor."),
    key("chart.out", "minus", "zoom(2.0)", "Zoom out", help="Twice as many steps."),
    key("chart.in_y", "greater_than_sign", "zoom_y(0.5)", "Zoom in y",
        help="Half the span of values, around that under the cursor, or the newest."),
    key("chart.out_y", "less_than_sign", "zoom_y(2.0)", "Zoom out y", help="Twice the span of values."),
    key("chart.all", "0", "whole", "All steps", help="Show all steps, and all values, again."),
    key("chart.next", "j,down", "metric(1)", "Next chart", show=True, help="RMSE, loss, learning rate, speed."),
    key("chart.previous", "k,up", "metric(-1)", "Previous chart"),
]  # fmt: skip

MOVIES: list[BindingType] = [
    key("movies.search", "slash", "search", "Search", show=True,
        help="Type words of a title, in any order, or the id of IMDb (tt0114709) or TMDb (tmdb:862)."),
    key("movies.open", "enter", "open", "Neighbours", show=True, help="Go to the neighbours; from one on to its own."),
    key("movies.by", "b", "by", "Similarity", show=True,
        help="Neighbours by taste (what people thought of a film), by audience (who watched it), or by both."),
    key("movies.compare", "c", "compare", "Compare", show=True,
        help="Put a second run, chosen from a list, beside the open one: a film's places in both lists of "
             "neighbours, and what is new, gone or moved; again: the open run alone."),
    key("movies.page", "i", "page", "Page", show=True,
        help="The movie's page: genres, tags, links, ratings, mean beside bias, factors; again hides it."),
    key("movies.filter", "f", "filter", "Filter", show=True,
        help="By genre, tag, years, min. number of ratings; and how many neighbours, with how many ratings."),
    *_sorting("movies"),
    *_matches("movies", "film that the search found"),
    key("movies.metric", "m", "metric", "Metric",
        help="Neighbours by cosine (direction), dot product as a share of the film's own, the same in full (not "
             "reduced where ratings are few), or euclidean distance."),
    key("movies.right", "l,right", "pane(1)", "Neighbours pane"),
    key("movies.left", "h,left", "pane(-1)", "Results pane"),
]  # fmt: skip

USERS: list[BindingType] = [
    key("users.search", "slash", "search", "User id", show=True, help="Type a user's id."),
    key("users.open", "enter", "open", "Open film", show=True,
        help="The film under the cursor on Movies: its page and neighbours; esc comes back."),
    key("users.pick", "p", "pick", "Pick", show=True, help="Choose from the list of all users."),
    key("users.next", "right_square_bracket,n", "match(1)", "Next", show=True, help="The next user."),
    key("users.previous", "left_square_bracket,N", "match(-1)", "Previous", show=True, help="The previous user."),
    key("users.by", "b", "by", "Rank by", show=True,
        help="Rank by like (the predicted rating), by watch (what people who watch the same watch), by both, "
             "by taste alone (the biases of users and movies left out); where there is a +/-, safe bets first "
             "(lower end of the interval) or adventurous first (its upper end)."),
    key("users.compare", "c", "compare", "Compare", show=True,
        help="Put a second run, chosen from a list, beside the open one: both predictions, a film's places in "
             "both lists, and what is new, gone or moved; again: the open run alone."),
    key("users.page", "i", "page", "Page", show=True,
        help="The user's page: histogram, predicted against actual, genres liked, similar users; again hides it."),
    key("users.why", "w", "why", "Why", show=True,
        help="Why the film under the cursor is predicted what it is: what each of the user's ratings adds; "
             "with an ordinal likelihood also how probable each rating is."),
    key("users.filter", "f", "filter", "Filter", show=True,
        help="Recommend by genre, tag, years, min. number of ratings; and how many."),
    *_sorting("users"),
    key("users.similar", "a", "similar", "Similar users", help="Choose one of the users nearest to this one."),
    key("users.right", "l,right", "pane(1)", "Recommendations pane"),
    key("users.left", "h,left", "pane(-1)", "Ratings pane"),
]  # fmt: skip

_WHOLE = "Rate the film under the cursor: that many stars of five, whatever the scale."
_HALVES = {"0.5": "0", "1.5": "exclamation_mark", "2.5": "at", "3.5": "number_sign", "4.5": "dollar_sign"}
"""Shift and the digit, on the keyboards where these signs are; a dot after the digit does the same on every one."""
_HALF = "Shift and the digit: the digit, and a half (0: half a star). If your keyboard differs: the digit, then a dot."

YOU: list[BindingType] = [
    key("you.search", "slash", "search", "Search", show=True, help="Type words of a title; enter; one key rates it."),
    *(key(f"you.stars_{n}", str(n), f"stars({n}.0)", f"{n} star{'s' * (n > 1)}", help=_WHOLE) for n in range(1, 6)),
    *(key(f"you.stars_{stars}", sign, f"stars({stars})", f"{stars} stars", help=_HALF)
      for stars, sign in _HALVES.items()),
    key("you.half", "full_stop", "half", "And a half",
        help="Half a star more for the film that was rated last: 4 and then a dot is 4.5."),
    key("you.no_stars", "6,7,8,9", "no_stars", "No rating", help="There are five stars; says how to go to the screen."),
    key("you.more", "plus,equals_sign", "nudge(1)", "A step more", help="For a film that is rated: up the scale."),
    key("you.less", "minus", "nudge(-1)", "A step less", help="For a film that is rated: down the scale."),
    key("you.remove", "x,delete", "remove", "Remove", show=True, help="The rating of the film under the cursor."),
    key("you.undo", "u", "undo", "Undo", show=True,
        help="The last rating, change, removal, not seen or not interested, in whatever terminal."),
    key("you.view", "t", "view", "To rate or rated", show=True,
        help="Films to rate next, the most informative about you first; again: your ratings."),
    key("you.skip", "o", "leave_out('not_seen')", "Not seen", show=True,
        help="Never ask for the film under the cursor again; it can still be recommended. Again: ask for it."),
    key("you.dislike", "d", "leave_out('not_interested')", "Not interested", show=True,
        help="Neither recommend the film under the cursor nor ask for it, from now on. Again: do."),
    key("you.why", "w", "why", "Why", show=True,
        help="Why the film under the cursor is predicted what it is; again hides it."),
    key("you.page", "i", "page", "Page",
        help="Your page: why, users like you, and where you stand; again hides it."),
    key("you.by", "b", "by", "Rank by", show=True,
        help="Rank by like (the predicted rating), by watch (what people who watch the same watch), by both; "
             "with a +/- also safe bets first (lower end of the interval) or adventurous first (its upper end)."),
    key("you.filter", "f", "filter", "Filter", help="By genre, tag, years, min. number of ratings; and how many."),
    key("you.import", "a", "import", "Import",
        help="Ratings from a file: an export of Letterboxd, IMDb, Trakt, …, or a table."),
    key("you.profile", "p", "profile", "Profile", help="Whose ratings these are: choose a name, or type a new one."),
    key("you.open", "enter", "open", "Open film",
        help="The film under the cursor on Movies: its page and neighbours; esc comes back."),
    *_sorting("you"),
    *_matches("you", "film of the list on the left, such as the search found"),
    key("you.right", "l,right", "pane(1)", "Recommendations pane"),
    key("you.left", "h,left", "pane(-1)", "Films to rate pane"),
]  # fmt: skip

RUNS: list[BindingType] = [
    key("runs.open", "enter", "open", "Open", show=True, help="Its model in Movies, Users, Map; its curve on Train."),
    key("runs.mark", "space", "mark", "Mark", show=True,
        help="Overlay its curve, compare its settings, delete it with others; again removes the mark."),
    key("runs.mark_all", "a", "mark_all", "Mark all", help="All that are listed, or none."),
    key("runs.search", "slash", "search", "Search", show=True,
        help="Words of a name, an id, a recipe, a data set, a state, a tag or a note."),
    key("runs.settings", "d", "settings", "Differences", show=True,
        help="What differs between the marked runs, or all settings of one; again: the curves."),
    key("runs.calibration", "i", "calibration", "Calibration", show=True,
        help="The run's page: how many test ratings lie within the p % interval, and how well +/- predicts errors; "
             "again: the curves."),
    *_sorting("runs"),
    *_matches("runs", "run that the search found"),
    key("runs.filter", "f", "filter", "Filter", show=True, help="By recipe, data, state, tag."),
    key("runs.notes", "c", "notes", "Name, tags", show=True, help="Its name, a note, tags."),
    key("runs.replay", "p", "replay", "Replay", help="Draw its curve again from the first step; again stops it."),
    key("runs.columns", "m", "columns", "Columns",
        help="More columns: settings of the recipes, such as the learning rate; choose which."),
    key("runs.axis", "X", "axis", "X axis", help=_X_AXIS),
    key("runs.again", "t", "again", "Train again", help="The same data, values and seed; or change them first."),
    key("runs.delete", "x,delete", "delete", "Delete", show=True,
        help="Into the trash: the run under the cursor or the marked runs; asks if both could be meant. u undoes it."),
    key("runs.take", "e", "export_run", "Export", show=True,
        help="Write the model for TensorFlow Serving, TensorBoard, data frames, spreadsheets; a page about the run; "
             "or this table; where the curve has the keys, the chart as SVG, text or CSV."),
    key("runs.undo", "u", "undo", "Undo", help="Bring back what was deleted last."),
    key("runs.right", "l,right", "pane(1)", "Pane below"),
    key("runs.left", "h,left", "pane(-1)", "Table of runs", help="On the curves h and l read values; esc leads back."),
]  # fmt: skip

MAP: list[BindingType] = [
    key("map.choose", "enter", "choose", "Neighbours", show=True,
        help="Highlight the neighbours of the film under the cursor."),
    key("map.search", "slash", "search", "Search", show=True, help="Highlight the films whose title has these words."),
    *_matches("map", "highlighted film"),
    *_sorting("map"),
    key("map.color", "c", "color", "Colour", show=True, help="By genre, decade, mean rating, bias, or not at all."),
    key("map.layout", "t", "layout", "t-SNE", show=True,
        help="Near films near each other, by t-SNE: takes a while, t again cancels it; then back to the axes."),
    key("map.x", "a", "axis('x', 1)", "Axis x", show=True, help="The next axis from left to right; A: the previous."),
    key("map.x_back", "A", "axis('x', -1)", "Previous axis x"),
    key("map.y", "v", "axis('y', 1)", "Axis y", help="The next axis upward; V: the previous."),
    key("map.y_back", "V", "axis('y', -1)", "Previous axis y"),
    key("map.factors", "i", "factors", "Factors", show=True,
        help="The page of the axes: what each stands for, films at its ends, genres, decades, users; again: the map."),
    key("map.by", "b", "by", "Taste or audience",
        help="Axes of taste (what people thought of films), or of audience (who watched)."),
    key("map.filter", "f", "filter", "Filter", show=True, help="By genre, tag, years, min. number of ratings."),
    key("map.users", "o", "users", "Users", help="The user open on Users among the films; then many; then none."),
    key("map.export", "e", "export", "Export",
        help="The map into a file: SVG or text, or its points as CSV; where the list has the keys, the list."),
    key("map.names", "m", "names", "Names", help="Write the best-known films' names on the map, or not."),
    key("map.right", "tab", "pane(1)", "Films listed"),
    key("map.left", "shift+tab", "pane(-1)", "Map"),
]  # fmt: skip

SCATTER: list[BindingType] = [
    key("scatter.left", "h,left", "step(-1, 0)", "Left"),
    key("scatter.right", "l,right", "step(1, 0)", "Right"),
    key("scatter.up", "k,up", "step(0, -1)", "Up"),
    key("scatter.down", "j,down", "step(0, 1)", "Down"),
    key("scatter.pan_left", "H,shift+left", "pan(-1, 0)", "Map left", help="By a quarter of what is seen."),
    key("scatter.pan_right", "L,shift+right", "pan(1, 0)", "Map right"),
    key("scatter.pan_up", "K,shift+up,pageup", "pan(0, -1)", "Map up"),
    key("scatter.pan_down", "J,shift+down,pagedown", "pan(0, 1)", "Map down"),
    key("scatter.in", "plus,equals_sign", "zoom(0.5)", "Zoom in", show=True, help="2x, around the cursor."),
    key("scatter.out", "minus", "zoom(2.0)", "Zoom out", help="2x, around the cursor."),
    key("scatter.whole", "0,g,home", "whole", "Whole map", help="Show the whole map, the cursor in its middle."),
]  # fmt: skip

LIST: list[BindingType] = [
    key("list.down", "j,down", "move(1)", "Down"),
    key("list.up", "k,up", "move(-1)", "Up"),
    key("list.page_down", "pagedown,ctrl+d", "page(1)", "Page down"),
    key("list.page_up", "pageup,ctrl+u", "page(-1)", "Page up"),
    key("list.first", "g,home", "first", "First"),
    key("list.last", "G,end", "last", "Last"),
]

COPY = key(
    "table.copy", "y", "copy", "Copy row",
    help="The row into the clipboard, over SSH as well (OSC 52); tmux needs: set -g set-clipboard on.",
)  # fmt: skip
TABLE: list[BindingType] = [
    COPY,
    key("table.export", "e", "export", "Export",
        help="All rows of this table into a file: CSV, or JSON where its name ends in .json."),
]  # fmt: skip

FORM: list[BindingType] = [
    key("form.down", "j,down", "move(1)", "Next field"),
    key("form.up", "k,up", "move(-1)", "Previous field"),
    key("form.first", "g,home", "first", "First field"),
    key("form.last", "G,end", "last", "Last field"),
    key("form.edit", "enter,space", "edit", "Edit", show=True, help="Change the field under the cursor."),
    key("form.less", "h,left,minus", "nudge(-1)", "Less", help="A step less, or the previous choice."),
    key("form.greater", "l,right,plus", "nudge(1)", "More", help="A step more, or the next choice."),
]

SIGNS = {
    "question_mark": "?", "slash": "/", "escape": "esc", "left_square_bracket": "[", "right_square_bracket": "]",
    "pagedown": "pgdn", "pageup": "pgup", "minus": "-", "plus": "+", "equals_sign": "=", "full_stop": ".", "comma": ",",
    "greater_than_sign": ">", "less_than_sign": "<",
    "colon": ":", "exclamation_mark": "!", "at": "@", "number_sign": "#", "dollar_sign": "$", "percent_sign": "%",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
}  # fmt: skip
"""How keys are written for people, where their name is not it."""


def key_of(id: str, changed: Mapping[str, str]) -> str:
    """Return the first key of a binding as it is written for people; `changed`: the user's own keys, by binding id."""
    return sign(pressed(id, changed))


def screen_key(mode: str, here: str, changed: Mapping[str, str]) -> str:
    """Return the key that leads to a screen, as it is written, from the screen `here`: on You, a digit is stars."""
    id = f"screen.{mode}"
    return sign(_LAST[id]) if here == "you" and id not in changed else key_of(id, changed)


def pressed(id: str, changed: Mapping[str, str]) -> str:
    """Return the same as Textual names it."""
    return changed.get(id, _USUAL[id]).split(",")[0]


def sign(key: str) -> str:
    """Return a key as it is written for people."""
    return SIGNS.get(key, key)


def written(sentence: str, changed: Mapping[str, str], here: str = "") -> str:
    """Fill the keys into a sentence: `{train.toggle}` is the key of the binding with that id.

    Parameters
    ----------
    changed: the user's own keys, by binding id.
    here: the screen that the sentence stands on.
    """

    def key(id: str) -> str:
        group, _, mode = id.partition(".")
        return screen_key(mode, here, changed) if group == "screen" else key_of(id, changed)

    return _NAME.sub(lambda found: key(found[1]), sentence)
