"""What is sent: a plan's texts with their fields filled in, the mode first and last, how to answer."""

import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerting import gsm7
from alerting.models import Meaning, Purpose
from alerting.plan import Ask, ChannelKind, Mode, Texts
from alerting.replies import Answer
from core import language as languages
from core.language import _, use_language

MESSAGES = Path(__file__).parent / "templates" / "alerting" / "messages"
ONE_PART = 160
NOTE_ROOM = 40  # of the operator's own line, what a path's text must leave room for
LONGEST_NOTICE = 3 * 153
LONGEST_FIELD = 500
LONGEST_SUBJECT = 150

_FIELD = re.compile(r"\{(\w+)\}([.,:;]?)")
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the named fields of a text stand for; `time` is said by the local clock."""

    title: str
    code: str
    note: str = ""
    place: str = ""
    time: datetime | None = None
    assembly: str = ""
    step: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A message ready for its channel; `subject` and `html` of mail only."""

    body: str
    subject: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    sender_name: str
    base_url: str
    zone: ZoneInfo
    folder: Path = MESSAGES

    def question(
        self,
        texts: Texts,
        *,
        channel: ChannelKind,
        ask: Ask,
        mode: Mode,
        language: str,
        fields: Fields,
        letter: str | None,
        link: str,
    ) -> Words:
        """What asks one person; `link` is the token of the answer page, used in mail only."""
        raise NotImplementedError

    def notice(
        self, text: str, *, channel: ChannelKind, mode: Mode, language: str, fields: Fields
    ) -> Words:
        """Thanks, a correction, a call-off: `text` word for word, named fields not looked for."""
        raise NotImplementedError

    def ready_text(self, purpose: Purpose, *, language: str, fields: Fields) -> str:
        """The text of a notice, to be sent as it is or changed by the operator first."""
        raise NotImplementedError

    def noted(self, answers: Sequence[Answer], *, mode: Mode, language: str) -> Words:
        """The echo: how an answer was understood, so that a mistake can be mended."""
        raise NotImplementedError

    def enough(self, answer: Answer, *, mode: Mode, language: str) -> Words:
        """The echo of a yes when enough others come already."""
        raise NotImplementedError

    def closed(self, *, mode: Mode, language: str) -> Words:
        """The echo of an answer that came after the alarm was closed."""
        raise NotImplementedError

    def unclear(self, ask: Ask, *, mode: Mode, language: str, letter: str | None = None) -> Words:
        """The echo of a text that an operator has to read."""
        raise NotImplementedError

    def which(self, questions: Sequence[tuple[str, str]], *, mode: Mode, language: str) -> Words:
        """The echo of a bare answer while several (letter, title) are open."""
        raise NotImplementedError


def sms_room(ask: Ask, mode: Mode, language: str) -> int:
    """Characters left in one SMS part for a path's own text, with a note of 40 characters beside it."""
    raise NotImplementedError
