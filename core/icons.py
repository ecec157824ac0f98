"""Line icons for templates, drawn inline so that no page waits for an image."""

from functools import cache

from lucide.jinja import lucide
from markupsafe import Markup


@cache
def icon(name: str, label: str = "") -> Markup:
    """The Lucide icon of that name as SVG; hidden from screen readers unless it has a label."""
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    svg = lucide(name, size=20, focusable="false", **{"class": "icon"}, **spoken)
    return Markup(svg)  # noqa: S704  # a drawing of the library; ElementTree escaped the label
