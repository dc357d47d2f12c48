"""A small plotting surface: axes, lines, bands, dots and labels, as accessible inline SVG."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from html import escape

Point = tuple[float, float]

KEY_WIDTH = 128.0
KEY_HEIGHT = 20.0
TICK_LABEL_GAP = 8.0


@dataclasses.dataclass(frozen=True)
class Axis:
    """One axis: range, places of ticks, how they are written, and its title."""

    low: float
    high: float
    ticks: Sequence[float]
    written: Callable[[float], str]
    title: str


@dataclasses.dataclass(frozen=True)
class Key:
    """What a line or dot stands for."""

    style: str
    text: str
    is_dot: bool = False


class Plot:
    """A picture with two axes.

    Parameters
    ----------
    identifier : str
        Unique within the page.
    title, description : str
        Read aloud by screen readers; the description tells what is to be seen.
    x, y : Axis
    width, height : float
        Units of the view box; the page scales it.
    margins : tuple of float
        Top, right, bottom, left; the keys stand in the right margin, or inside the picture where that is narrow.
    keys : sequence of Key
    """

    def __init__(
        self,
        identifier: str,
        title: str,
        description: str,
        x: Axis,
        y: Axis,
        *,
        width: float = 560,
        height: float = 380,
        margins: tuple[float, float, float, float] = (14, 132, 50, 58),
        keys: Sequence[Key] = (),
    ) -> None:
        self.identifier, self.title, self.description = identifier, title, description
        self.x, self.y, self.width, self.height = x, y, width, height
        self.top, self.right, self.bottom, self.left = margins
        self.keys = keys
        self.body: list[str] = []

    def across(self, value: float) -> float:
        """Place on the page of an x value."""
        inner = self.width - self.left - self.right
        return self.left + inner * (value - self.x.low) / (self.x.high - self.x.low)

    def down(self, value: float) -> float:
        """Place on the page of a y value."""
        inner = self.height - self.top - self.bottom
        return self.top + inner * (1 - (value - self.y.low) / (self.y.high - self.y.low))

    def line(self, points: Sequence[Point], style: str) -> None:
        """Draw a line, cut off where it leaves the axes."""
        for piece in clip_line(points, self.y.low, self.y.high):
            self.body.append(f'<polyline class="line {style}" points="{self._path(piece)}"/>')

    def band(self, low: Sequence[Point], high: Sequence[Point], style: str) -> None:
        """Fill the area between two lines of equal x."""
        corners = [(x, min(max(y, self.y.low), self.y.high)) for x, y in [*low, *reversed(high)]]
        self.body.append(f'<polygon class="band {style}" points="{self._path(corners)}"/>')

    def dot(self, x: float, y: float, style: str, radius: float = 3.5) -> None:
        """Draw a dot."""
        self.body.append(
            f'<circle class="dot {style}" cx="{self.across(x):.1f}" cy="{self.down(y):.1f}" r="{radius:g}"/>'
        )

    def whisker(self, x: float, low: float, high: float, style: str) -> None:
        """Draw a vertical interval."""
        at = f"{self.across(x):.1f}"
        self.body.append(
            f'<line class="whisker {style}" x1="{at}" x2="{at}" y1="{self.down(low):.1f}" y2="{self.down(high):.1f}"/>'
        )

    def bar(self, x0: float, x1: float, y: float, style: str) -> None:
        """Draw a bar from the floor of the picture."""
        top, floor = self.down(min(y, self.y.high)), self.down(self.y.low)
        left, right = self.across(x0), self.across(x1)
        self.body.append(
            f'<rect class="bar {style}" x="{left:.1f}" y="{top:.1f}" width="{max(0.0, right - left - 1):.1f}" '
            f'height="{floor - top:.1f}"/>'
        )

    def upright(self, x: float, style: str, label: str = "") -> None:
        """Draw a vertical line over the whole height, with a label at its top."""
        at = self.across(x)
        self.body.append(
            f'<line class="line {style}" x1="{at:.1f}" x2="{at:.1f}" y1="{self.top:.1f}" '
            f'y2="{self.height - self.bottom:.1f}"/>'
        )
        if label:
            self.body.append(f'<text class="note" x="{at + 5:.1f}" y="{self.top + 11:.1f}">{escape(label)}</text>')

    def render(self) -> str:
        """Return the SVG element."""
        name = self.identifier
        return "\n".join(
            [
                f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" aria-labelledby="{name}-t {name}-d">',
                f'<title id="{name}-t">{escape(self.title)}</title>',
                f'<desc id="{name}-d">{escape(self.description)}</desc>',
                *self._axes(),
                *self.body,
                *self._keys(),
                "</svg>",
            ]
        )

    def _path(self, points: Sequence[Point]) -> str:
        return " ".join(f"{self.across(x):.1f},{self.down(y):.1f}" for x, y in points)

    def _axes(self) -> list[str]:
        floor, end = self.height - self.bottom, self.width - self.right
        parts = []
        for tick in self.y.ticks:
            at = self.down(tick)
            parts.append(f'<line class="grid" x1="{self.left:g}" x2="{end:g}" y1="{at:.1f}" y2="{at:.1f}"/>')
            label = escape(self.y.written(tick))
            x = self.left - TICK_LABEL_GAP
            parts.append(f'<text class="tick" x="{x:g}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
        for tick in self.x.ticks:
            label = escape(self.x.written(tick))
            parts.append(
                f'<text class="tick" x="{self.across(tick):.1f}" y="{floor + 18:g}" text-anchor="middle">{label}</text>'
            )
        middle = (self.left + end) / 2
        parts.append(f'<line class="axis" x1="{self.left:g}" x2="{end:g}" y1="{floor:g}" y2="{floor:g}"/>')
        parts.append(
            f'<text class="title" x="{middle:.1f}" y="{self.height - 8:g}" text-anchor="middle">'
            f"{escape(self.x.title)}</text>"
        )
        centre = (self.top + floor) / 2
        parts.append(
            f'<text class="title" transform="translate(14 {centre:.1f}) rotate(-90)" text-anchor="middle">'
            f"{escape(self.y.title)}</text>"
        )
        return parts

    def _keys(self) -> list[str]:
        parts = []
        x = self.width - (self.right if self.right > KEY_WIDTH else KEY_WIDTH) + 8
        for place, key in enumerate(self.keys):
            y = self.top + 12 + KEY_HEIGHT * place
            if key.is_dot:
                parts.append(f'<circle class="dot {key.style}" cx="{x + 10:g}" cy="{y - 4:g}" r="4"/>')
            else:
                parts.append(
                    f'<line class="line {key.style}" x1="{x:g}" x2="{x + 20:g}" y1="{y - 4:g}" y2="{y - 4:g}"/>'
                )
            parts.append(f'<text class="key" x="{x + 26:g}" y="{y:g}">{escape(key.text)}</text>')
        return parts


def clip_line(points: Sequence[Point], low: float, high: float) -> list[list[Point]]:
    """Cut a line where it leaves a range of y; returns the pieces inside.

    Examples
    --------
    >>> clip_line([(0, 0.0), (1, 2.0)], 0.0, 1.0)
    [[(0, 0.0), (0.5, 1.0)]]
    """
    pieces: list[list[Point]] = [[]]
    for start, end in zip(points, points[1:], strict=False):
        shown = _segment(start, end, low, high)
        if shown is None:
            continue
        if pieces[-1] and pieces[-1][-1] == shown[0]:
            pieces[-1].append(shown[1])
        else:
            pieces.append(list(shown))
    return [piece for piece in pieces if piece]


def _segment(start: Point, end: Point, low: float, high: float) -> tuple[Point, Point] | None:
    (x0, y0), (x1, y1) = start, end
    if max(y0, y1) < low or min(y0, y1) > high:
        return None

    def bounded(x: float, y: float) -> Point:
        if low <= y <= high:
            return (x, y)
        edge = low if y < low else high
        return (x0 + (x1 - x0) * (edge - y0) / (y1 - y0), edge)

    return bounded(x0, y0), bounded(x1, y1)
