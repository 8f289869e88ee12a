"""Lines on two logarithmic axes as an SVG: points by name in, text out."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 150, 40, 48
_COLORS = ("#1f6feb", "#cf222e", "#8250df", "#9a6700", "#57606a", "#1a7f37")


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis from ``low`` to ``high`` decades, drawn between two pixels."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Where a value stands, in pixels."""
        return self.first + (log10(value) - self.low) / (self.high - self.low) * (self.last - self.first)

    def ticks(self) -> list[float]:
        """Powers of ten and their halves within the axis."""
        exponents = range(floor(self.low), ceil(self.high) + 1)
        every = [step * 10.0**power for power in exponents for step in (1, 2, 5)]
        return [value for value in every if self.low - 1e-9 <= log10(value) <= self.high + 1e-9]


def svg(title: str, across: str, up: str, lines: Mapping[str, Points]) -> str:
    """A chart: ``across`` and ``up`` name the axes; each line is labelled at its right end."""
    points = [point for line in lines.values() for point in line]
    x = _axis([point[0] for point in points], _LEFT, WIDTH - _RIGHT)
    y = _axis([point[1] for point in points], HEIGHT - _BOTTOM, _TOP)
    parts = [_frame(title, across, up), *_grid(x, y)]
    labels = _apart({name: y.at(line[-1][1]) for name, line in lines.items() if line})
    for color, (name, line) in zip(_COLORS, lines.items(), strict=False):
        path = " ".join(f"{x.at(a):.1f},{y.at(b):.1f}" for a, b in line)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x.at(a):.1f}" cy="{y.at(b):.1f}" r="3" fill="{color}"/>' for a, b in line]
        parts.append(f'<text x="{x.at(line[-1][0]) + 8:.1f}" y="{labels[name] + 4:.1f}" fill="{color}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _axis(values: list[float], first: float, last: float) -> Axis:
    low, high = log10(min(values)), log10(max(values))
    return Axis(low - 0.1, high + 0.1, first, last)


def _frame(title: str, across: str, up: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">'
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    return "\n".join((
        head, f"<title>{escape(title)}</title>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14" font-weight="bold" fill="#1f2328">{escape(title)}</text>',
        f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle" fill="#57606a">{escape(across)}</text>',
        f'<text x="16" y="{HEIGHT / 2}" text-anchor="middle" fill="#57606a" transform="rotate(-90 16 {HEIGHT / 2})">{escape(up)}</text>',
    ))


def _grid(x: Axis, y: Axis) -> list[str]:
    low, high = HEIGHT - _BOTTOM, _TOP
    down = [f'<path d="M{x.at(v):.1f} {low}V{high}" stroke="#d0d7de"/>' + _tick(x.at(v), low + 16, "middle", v) for v in x.ticks()]
    side = f"H{WIDTH - _RIGHT}"
    over = [f'<path d="M{_LEFT} {y.at(v):.1f}{side}" stroke="#d0d7de"/>' + _tick(_LEFT - 6, y.at(v) + 4, "end", v) for v in y.ticks()]
    return [*down, *over]


def _tick(x: float, y: float, anchor: str, value: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#57606a">{value:,g}</text>'


def _apart(places: dict[str, float]) -> dict[str, float]:
    """Label heights moved down where they would touch."""
    moved: dict[str, float] = {}
    last = float("-inf")
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = max(place, last + 14)
        moved[name] = last
    return moved
