"""The envelope as PDF/UA: what it says as JSON to Typst, which refuses what is not accessible."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import typst

TEMPLATE = Path(__file__).with_name("envelope.typ")
ARCHIVED: Literal["a-2a"] = "a-2a"
ACCESSIBLE: Literal["ua-1"] = "ua-1"
BARE = b'#set document(title: "-")\n#json(bytes(sys.inputs.data))'
LOST = "□"  # in place of a sign that no font has
_PRESS = ThreadPoolExecutor(
    max_workers=1, thread_name_prefix="press"
)  # one at a time: alarms go first


async def printed(said: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF of what is said, made beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_PRESS, partial(press, said, at=at))


def press(said: Mapping[str, object], *, at: datetime) -> bytes:
    """The same words and the same instant give the same bytes. Only Typst's own fonts are used.

    A sign that none of them has would make the file unreadable to some, and Typst refuses it all:
    an emoji in one name must not leave the municipality without its envelope.
    """
    template = TEMPLATE.read_bytes()
    try:
        return _compiled(template, said, at)
    except RuntimeError:  # what Typst raises
        missing = _missing(sorted(_signs(said)), at)
        if not missing:
            raise
        return _compiled(template, _without(said, str.maketrans(dict.fromkeys(missing, LOST))), at)


def _compiled(template: bytes, said: object, at: datetime) -> bytes:
    made = typst.compile(
        template,
        format="pdf",
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(said, ensure_ascii=False)},
        pdf_standards=[ARCHIVED, ACCESSIBLE],
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError("Typst made several files of one")
    return made


def _signs(said: object) -> set[str]:
    """All that are used but for those of ASCII that can be seen."""
    if isinstance(said, Mapping):
        return {sign for each in said.values() for sign in _signs(each)}
    if isinstance(said, list | tuple):
        return {sign for each in said for sign in _signs(each)}
    return {sign for sign in str(said) if not (sign.isascii() and sign.isprintable())}


def _missing(signs: Sequence[str], at: datetime) -> set[str]:
    """Those that cannot be printed, found by halves."""
    if not signs:
        return set()
    try:
        _compiled(BARE, " ".join(signs), at)
    except RuntimeError:
        half = len(signs) // 2
        return _missing(signs[:half], at) | _missing(signs[half:], at) if half else set(signs)
    return set()


def _without(said: object, lost: Mapping[int, str]) -> object:
    if isinstance(said, Mapping):
        return {name: _without(each, lost) for name, each in said.items()}
    if isinstance(said, list | tuple):
        return [_without(each, lost) for each in said]
    return said.translate(lost) if isinstance(said, str) else said
