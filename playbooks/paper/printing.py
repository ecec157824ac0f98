"""The envelope as PDF/UA: what it says as JSON to Typst, which refuses what is not accessible."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import typst

TEMPLATE = Path(__file__).with_name("envelope.typ")
ARCHIVED: Literal["a-2a"] = "a-2a"
ACCESSIBLE: Literal["ua-1"] = "ua-1"
_PRESS = ThreadPoolExecutor(
    max_workers=1, thread_name_prefix="press"
)  # one at a time: alarms go first


async def printed(said: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF of what is said, made beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_PRESS, partial(press, said, at=at))


def press(said: Mapping[str, object], *, at: datetime) -> bytes:
    """The same words and the same instant give the same bytes. Only Typst's own fonts are used."""
    made = typst.compile(
        TEMPLATE.read_bytes(),
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
