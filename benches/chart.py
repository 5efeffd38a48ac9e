"""A bar chart as plain SVG: a few lines, where a plotting library would bring fonts, themes and megabytes."""

from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, LABELS, BAR, GAP, HEAD = 760, 210, 18, 8, 34
ROOM = WIDTH - LABELS - 70  # what the longest bar may take; the rest is for its figure
# Both themes: readable on white and on black, and told apart without colour by their labels.
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.group { font-weight: 600 }
.label { text-anchor: end }
rect { fill: #818b98 }
rect.accent { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  rect { fill: #818b98 }
  rect.accent { fill: #4493f8 }
}"""


class Bar(NamedTuple):
    """One bar."""

    name: str
    value: float  # a share: 0.5 is 50%


def draw(title: str, groups: dict[str, list[Bar]], accent: str) -> str:
    """Draw groups of horizontal bars under each other.

    :param title: What the picture shows.
    :param groups: From a group's title to its bars. Each group's longest bar takes the whole width.
    :param accent: Bars whose names contain this have another colour.
    :returns: The text of an SVG file that follows the reader's light or dark theme and reads well aloud.
    """
    shapes, y = [f'<text class="title" x="0" y="18">{escape(title)}</text>'], 30
    told = []
    for name, bars in groups.items():
        shapes.append(f'<text class="group" x="0" y="{y + 22}">{escape(name)}</text>')
        y += HEAD
        longest = max(bar.value for bar in bars)
        for bar in bars:
            kind = ' class="accent"' if accent in bar.name else ""
            length, middle = max(1.0, ROOM * bar.value / longest), y + BAR - 5
            shapes.append(f'<text class="label" x="{LABELS - 8}" y="{middle}">{escape(bar.name)}</text>')
            shapes.append(f'<rect{kind} x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>')
            shapes.append(f'<text x="{LABELS + length + 6:.1f}" y="{middle}">{percent(bar.value)}</text>')
            y += BAR + GAP
        told.append(f"{name}: " + ", ".join(f"{bar.name} {percent(bar.value)}" for bar in bars) + ".")
    size = f'viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(" ".join(told))}</desc>',
        f"<style>\n{STYLE}\n</style>",
        *shapes,
        "</svg>\n",
    ]
    return "\n".join(lines)


def percent(value: float) -> str:
    """The share as a figure with as many digits as mean something."""
    return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}"
