"""Small plots as SVG that takes its colours from the page. Knows nothing of evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 440, 270
LEFT, RIGHT, TOP, BOTTOM = 54, 16, 14, 46
TICKS = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from 0 to `most`; `share`: as per cent."""

    words: str
    most: float
    share: bool = False

    def ticks(self) -> list[float]:
        """Round numbers from 0 on, about five."""
        raw = self.most / TICKS
        size = 10 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
        step = next(size * by for by in (1, 2, 2.5, 5, 10) if size * by >= raw * 0.999)
        if not self.share:
            step = max(1.0, step)
        return [at * step for at in range(int(self.most / step * 1.0001) + 1)]

    def said(self, value: float) -> str:
        """A number as it stands beside the axis."""
        return f"{100 * value:.0f}%" if self.share else f"{value:,.0f}"


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined by a line; `css` is its class. `low`, `high`: bars around each point. Drawn as dots with `dots`."""

    x: Sequence[float]
    y: Sequence[float]
    css: str
    words: str = ""
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    dots: bool = False


def plot(title: str, x: Axis, y: Axis, lines: Sequence[Line], *, diagonal: bool = False) -> str:
    """A plot with both axes from 0; `diagonal` is drawn where both are equal."""
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" class="plot">']
    for tick in y.ticks():
        at = _y(tick, y)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{y.said(tick)}</text>'
        )
    for tick in x.ticks():
        parts.append(
            f'<text class="tick" x="{_x(tick, x)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x.said(tick)}</text>'
        )
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(0, y)}" y2="{_y(0, y)}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="name" x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.words)}</text>'
    )
    if diagonal:
        parts.append(
            f'<line class="ideal" x1="{_x(0, x)}" y1="{_y(0, y)}" x2="{_x(x.most, x)}" y2="{_y(y.most, y)}"/>'
        )
    for line in lines:
        parts += _line(line, x, y)
    return "".join([*parts, "</svg>"])


def interval_bar(value: float, low: float | None, high: float | None) -> str:
    """A share from 0 to 1 as a bar, and its interval as a line on it."""
    width, middle = 120, 7
    bar = f'<rect class="track" width="{width}" height="6" y="4" rx="3"/>'
    bar += f'<rect class="fill" width="{_clip(value) * width:.1f}" height="6" y="4" rx="3"/>'
    if low is not None and high is not None:
        ends = f'x1="{_clip(low) * width:.1f}" x2="{_clip(high) * width:.1f}"'
        bar += f'<line class="range" {ends} y1="{middle}" y2="{middle}"/>'
    return f'<svg class="bar" viewBox="0 0 {width} 14" aria-hidden="true">{bar}</svg>'


def _line(line: Line, x: Axis, y: Axis) -> list[str]:
    points = [(_x(a, x), _y(b, y)) for a, b in zip(line.x, line.y, strict=True)]
    parts = []
    for (at, _), low, high in zip(points, line.low, line.high, strict=False):
        parts.append(f'<line class="range" x1="{at}" x2="{at}" y1="{_y(low, y)}" y2="{_y(high, y)}"/>')
    if len(points) > 1 and not line.dots:
        way = " ".join(f"{a},{b}" for a, b in points)
        parts.append(f'<polyline class="{line.css}" points="{way}"/>')
    for (a, b), at, value in zip(points, line.x, line.y, strict=True):
        css = f"dot {line.css}" if line.dots else "touch"
        told = f"{x.words} {x.said(at)}, {line.words or y.words} {y.said(value)}"
        parts.append(f'<circle class="{css}" cx="{a}" cy="{b}" r="4"><title>{escape(told)}</title></circle>')
    if line.words and points:
        a, b = points[-1]
        parts.append(
            f'<text class="said" x="{a - 4}" y="{b - 8}" text-anchor="end">{escape(line.words)}</text>'
        )
    return parts


def _x(value: float, axis: Axis) -> float:
    return round(LEFT + value / (axis.most or 1) * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float, axis: Axis) -> float:
    return round(HEIGHT - BOTTOM - value / (axis.most or 1) * (HEIGHT - TOP - BOTTOM), 1)


def _clip(value: float) -> float:
    return min(max(value, 0.0), 1.0)
