"""The forms of a page, as a browser would fill them in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from httpx2 import Response

from tests.visitors import Visitor


@dataclass(slots=True)
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)  # their words

    async def send(self, visitor: Visitor, **fields: str) -> Response:
        return await visitor.client.post(self.action, data=self.fields | fields)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False
        self._button = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
            self._open = True
        elif tag == "input" and self._open and given.get("name"):
            self.found[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "textarea" and self._open:
            self._area = given["name"]
            self.found[-1].fields[self._area] = ""
        elif tag == "button" and self._open:
            self.found[-1].buttons.append("")
            self._button = True

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1].fields[self._area] += data
        if self._button:
            self.found[-1].buttons[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"
        self._button = self._button and tag != "button"
        self._area = "" if tag == "textarea" else self._area


def forms(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    return reader.found


def form_to(html: str, action: str) -> Form:
    """The one form that is sent to an address ending so."""
    found = [each for each in forms(html) if each.action.endswith(action)]
    assert len(found) == 1, f"{len(found)} forms to {action}"
    return found[0]
