"""Parts of one's own page that packages above the rosters add; `app.state.own_parts` has them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from core.settings import Settings
from rosters.my.access import Myself


@dataclass(frozen=True, slots=True)
class Added:
    template: str
    first: bool  # something in it waits for the person: above everything else
    shown: Mapping[str, object]  # what the template finds as `added.shown`


OwnPart: TypeAlias = Callable[[AsyncSession, Myself, Settings, datetime], Awaitable[Added]]
