"""Charts as plain geometry: columns, bars and lines that a template writes down as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.reporting.api.scales import Scale, scale

WIDTH = 640
ROOM_OF_A_NAME = 58


@dataclass(frozen=True, slots=True)
class Series:
    """One value per category under a name; `tone` is its colour in the style sheet."""

    name: str
    tone: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that stands for a value; `label` is what a pointer over it is told."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a point; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    tone: str = "axis"


@dataclass(frozen=True, slots=True)
class Frame:
    """The place inside a chart where values are drawn; words stand left of it and below."""

    top: float
    bottom: float
    left: float = 48.0

    def height_of(self, share: float) -> float:
        """Return the height of a share of the whole."""
        return (self.bottom - self.top) * share


@dataclass(slots=True)
class Chart:
    """A drawing in its own coordinates. `legend` names tones; a chart of one series needs none."""

    height: float
    boxes: list[Box] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    points: list[tuple[float, float, str]] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)
    width: float = WIDTH

    @property
    def path(self) -> str:
        """The points as the corners of a line."""
        return " ".join(f"{x:g},{y:g}" for x, y, _ in self.points)


def columns(categories: Sequence[str], series: Sequence[Series], *, height: float = 260) -> Chart:
    """Draw stacked columns, one for each category."""
    frame = Frame(12, height - 28)
    upright = scale(max((sum(one.values[place] for one in series) for place in range(len(categories))), default=0))
    chart = Chart(height, legend=_legend(series))
    _rule(chart, upright, frame)
    step = (WIDTH - frame.left) / max(len(categories), 1)
    wide = min(step * 0.72, 56)
    for place, category in enumerate(categories):
        x, floor = frame.left + step * place + (step - wide) / 2, frame.bottom
        for one in series:
            tall = frame.height_of(one.values[place] / upright.top)
            floor -= tall
            if tall > 0:
                label = f"{category}, {one.name}: {one.values[place]:g}"
                chart.boxes.append(Box(_px(x), _px(floor), _px(wide), _px(tall), one.tone, label))
    _name(chart, categories, frame, step)
    return chart


def bars(
    categories: Sequence[str], series: Sequence[Series], *, left: float = 250, written: Sequence[str] | None = None
) -> Chart:
    """Draw stacked bars, one below the other; at the end of each its sum, or what is `written` in its stead."""
    thick, gap = 20.0, 10.0
    totals = [sum(one.values[place] for one in series) for place in range(len(categories))]
    longest = max(totals, default=0) or 1
    room = WIDTH - left - 100
    chart = Chart(len(categories) * (thick + gap) + 4, legend=_legend(series))
    for place, category in enumerate(categories):
        x, y = left, place * (thick + gap) + 4
        chart.words.append(Word(left - 10, y + 14, _short(category), "end", "name"))
        for one in series:
            length = room * one.values[place] / longest
            if length > 0:
                value = written[place] if written else f"{one.name}: {one.values[place]:,.10g}"
                chart.boxes.append(Box(_px(x), y, _px(length), thick, one.tone, f"{category}, {value}"))
            x += length
        ending = written[place] if written else f"{totals[place]:,.10g}"
        chart.words.append(Word(_px(x + 8), y + 14, ending, "start", "value"))
    return chart


def line(categories: Sequence[str], values: Sequence[float], *, top_value: float, height: float = 220) -> Chart:
    """Draw one line over the categories, from zero to `top_value`, in percent."""
    frame = Frame(22, height - 28)
    chart = Chart(height)
    _rule(chart, Scale(top_value, top_value / 4), frame, unit=" %")
    step = (WIDTH - frame.left) / max(len(categories), 1)
    for place, (category, value) in enumerate(zip(categories, values, strict=True)):
        x, y = frame.left + step * (place + 0.5), frame.bottom - frame.height_of(value / top_value)
        chart.points.append((_px(x), _px(y), f"{category}: {value:g} %"))
        chart.words.append(Word(_px(x), _px(y - 9), f"{value:g}", tone="value"))
    _name(chart, categories, frame, step)
    return chart


def _rule(chart: Chart, upright: Scale, frame: Frame, *, unit: str = "") -> None:
    for tick in upright.ticks:
        y = _px(frame.bottom - frame.height_of(tick / upright.top))
        chart.rules.append((frame.left, y, WIDTH, y))
        chart.words.append(Word(frame.left - 8, y + 4, f"{tick:,.10g}{unit}", "end"))


def _name(chart: Chart, categories: Sequence[str], frame: Frame, step: float) -> None:
    every = max(1, math.ceil(ROOM_OF_A_NAME / step))
    for place, category in enumerate(categories):
        if place % every == 0:
            chart.words.append(Word(_px(frame.left + step * (place + 0.5)), frame.bottom + 18, category))


def _legend(series: Sequence[Series]) -> list[tuple[str, str]]:
    return [(one.tone, one.name) for one in series] if len(series) > 1 else []


def _short(text: str, limit: int = 31) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _px(value: float) -> float:
    return round(value, 1)
