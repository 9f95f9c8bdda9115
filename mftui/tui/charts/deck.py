"""The charts of a training: one large or four small, looked at in the same way, with keys of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from mftui.tui.base import keys
from mftui.tui.base.file_texts import as_csv, as_svg, as_text
from mftui.tui.base.messages import ExportAsked
from mftui.tui.base.shell import shell_of
from mftui.tui.charts.axes import Range
from mftui.tui.charts.chart import Chart
from mftui.tui.charts.picture import Picture
from mftui.tui.charts.points import Points
from mftui.tui.charts.training_charts import METRICS
from mftui.tui.charts.view import MIN_SPAN, SMOOTHING, View, follow, next_of, zoomed

_LEAST_SHARE = 1e-3
"""Of all values, what is zoomed to at least."""


class Deck(Container, can_focus=True):
    """Shows pictures by metric. Which one is large: the one chosen, or else the one that is told to be `main`."""

    BINDINGS = keys.CHART

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.view = View()
        self.panels = False
        """Whether there are four."""
        self._charts = {metric: Chart(id=f"chart-{metric}") for metric in METRICS}
        self._pictures: Mapping[str, Picture] = {}
        self._chosen: str | None = None
        self._main = METRICS[0]
        self._zooms: dict[str, Range] = {}
        """The values zoomed to, by metric."""

    def compose(self) -> ComposeResult:
        yield from self._charts.values()

    def on_mount(self) -> None:
        self._arrange()

    def show(self, pictures: Mapping[str, Picture], main: str) -> None:
        """Show `pictures`; `main` is large until another one is chosen."""
        if self._pictures and pictures["loss"].x_label != self._pictures["loss"].x_label:
            self.view = self.view._replace(cursor=None, window=None)  # they were of the axis before
        self._pictures = pictures
        if main != self._main:
            self._main = main
            self._arrange()
        self._draw()

    @property
    def metric(self) -> str:
        """Return the chart that keys act on."""
        return self._chosen or self._main

    @property
    def chart(self) -> Chart:
        """Return the chart of `metric`."""
        return self._charts[self.metric]

    def look_as(self, view: View) -> None:
        """Another view of the same."""
        self.view = view
        self._draw()

    def toggle_panels(self) -> None:
        """Switch between one large panel and four small ones."""
        self.panels = not self.panels
        self._arrange()
        self._draw()

    def next_axis(self, counted: Sequence[str]) -> None:
        """Choose what the x axis counts next, of what can be counted; who shows pictures makes them anew."""
        now = counted.index(self.view.x) if self.view.x in counted else 0
        self.view = self.view._replace(x=counted[(now + 1) % len(counted)])
        if len(counted) == 1:
            shell_of(self).say("This run has told neither epochs nor seconds: its curves go by steps.")

    def smooth(self) -> None:
        """Choose the next strength of smoothing."""
        self.look_as(self.view._replace(smooth=next_of(SMOOTHING, self.view.smooth)))

    def toggle_log(self) -> None:
        """Switch the logarithmic axis on or off."""
        self._zooms.clear()
        self.look_as(self.view._replace(log=not self.view.log))

    def toggle_tail(self) -> None:
        """Switch between the newest part and all."""
        self.look_as(self.view._replace(tail=not self.view.tail, window=None))

    def back(self) -> bool:
        """Undo the nearest of cursor and zoom; False where there is neither."""
        view = self.view
        if view.cursor is not None:
            self.look_as(view._replace(cursor=None))
        elif view.window is not None or self._zooms:
            self._zooms.clear()
            self.look_as(view._replace(window=None))
        else:
            return False
        return True

    def forget(self) -> None:
        """Another training: no cursor, no zoom, nothing chosen."""
        self._chosen = None
        self._zooms.clear()
        self.view = self.view._replace(cursor=None, window=None)
        self._arrange()

    def _arrange(self) -> None:
        self.set_class(self.panels, "-panels")
        for metric, chart in self._charts.items():
            chart.display = self.panels or metric == self.metric

    def _draw(self) -> None:
        for metric, chart in self._charts.items():
            if chart.display and metric in self._pictures:
                focused = self.has_focus and (not self.panels or metric == self.metric)
                picture = self._pictures[metric]
                if self.panels and metric != METRICS[0]:
                    picture = picture._replace(of="")  # the first of four names the run
                chart.show(picture, self.view._replace(y=self._zooms.get(metric)), focused=focused)

    @property
    def _points(self) -> Points | None:
        """Return what the cursor moves along: the densest curve of the training itself."""
        own = [curve.points for curve in self.chart.picture.curves if not curve.mark and len(curve.points)]
        return max(own, key=len, default=None)

    def export(self) -> None:
        """Ask where to write the chart that keys act on."""
        chart, picture = self.chart, self.chart.picture
        strips, caption = chart.drawn(), f"{picture.of}: {picture.title}" if picture.of else picture.title
        names = ["curve", picture.x_label, self.metric]
        rows = [
            (f"{c.name}, {picture.marked}" if c.mark and picture.marked else c.name or self.metric, x, y)
            for c in picture.curves
            for x, y in c.points.since(0)
        ]
        texts = {
            ".svg": lambda: as_svg(strips, caption),
            ".txt": lambda: as_text(strips),
            ".csv": lambda: as_csv(names, rows),
        }
        self.app.post_message(ExportAsked(caption, "The chart" if rows else "", texts))

    def action_cursor(self, by: int) -> None:
        points, x = self._points, self.chart.x_range()
        if points is None or x is None or points.last is None:
            return
        if self.view.cursor is None:
            self._put(points.last[0])
            return
        least = abs(by) * x.span / self.chart.columns * 0.999
        self._put(points.step_from(self.view.cursor, by, least))

    def action_end(self, which: int) -> None:
        points = self._points
        end = points and (points.first if which < 0 else points.last)
        self._put(end[0] if end else None)

    def action_best(self) -> None:
        best = self._charts["rmse"].picture.best
        self._put(best[0] if best else None)

    def action_zoom(self, by: float) -> None:
        now, points = self.chart.x_range(), self._points
        if now is None or points is None or points.last is None:
            return
        around = self.view.cursor if self.view.cursor is not None else min(points.last[0], now.hi)
        whole, least = self._whole(), MIN_SPAN * self.chart.picture.unit
        self.look_as(self.view._replace(tail=False, window=zoomed(now, by, around, whole, least) if whole else None))

    def action_zoom_y(self, by: float) -> None:
        """Show values in half the span, or twice it, around that under the cursor, or the newest."""
        points, now = self._points, self.chart.y_range()
        cursor = self.view.cursor
        point = points and (points.last if cursor is None else points.before(cursor))
        self._zooms.pop(self.metric, None)
        whole = self.chart.y_range(self.view._replace(y=None))
        if now is not None and whole is not None and point:
            value = point[1]
            if self.view.log:
                value = math.log10(value) if value > 0 else now.lo
            value = min(max(value, now.lo), now.hi)
            if (part := zoomed(now, by, value, whole, whole.span * _LEAST_SHARE)) is not None:
                self._zooms[self.metric] = part
        self._draw()

    def action_whole(self) -> None:
        self._zooms.clear()
        self.look_as(self.view._replace(tail=False, window=None))

    def action_metric(self, by: int) -> None:
        self._chosen = METRICS[(METRICS.index(self.metric) + by) % len(METRICS)]
        self._arrange()
        self._draw()

    def _whole(self) -> Range | None:
        return self.chart.x_range(View())

    def _put(self, x: float | None) -> None:
        if x is None:
            return
        shown, whole, window = self.chart.x_range(), self._whole(), self.view.window
        if shown and whole and (window or self.view.tail) and not shown.lo <= x <= shown.hi:
            window = follow(shown, x, whole)
        self.look_as(self.view._replace(cursor=x, window=window, tail=self.view.tail and window is None))

    def on_click(self, event: events.Click) -> None:
        chart = event.widget
        if isinstance(chart, Chart) and (x := chart.x_at(event.x - chart.gutter.left)) is not None:
            points = self._points
            near = points.before(x) if points else None
            self._put(near[0] if near else None)

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()
