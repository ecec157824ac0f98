"""The frame around every text: the mode first and last, and how to answer. One folder a message."""

import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from alerting.filling import clean, clean_lines, sentence
from alerting.gsm7 import septets, squeezed
from alerting.plan import Ask, Mode
from core import language as languages
from core.language import _, current_language, use_language

MESSAGES = Path(__file__).parent / "templates" / "alerting" / "messages"
# What a template, or a translation in it, can do wrong; people must be reached all the same.
BAD_TEMPLATE = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """Puts texts, filled in and cut to size, into the templates of `folder`."""

    sender: str
    folder: Path = MESSAGES

    def sms(self, message: str, text: str, mode: Mode, how: str = "") -> str:
        word = mode_word(mode)
        plain = f"{word}: {text} {how} {word}"
        return clean(squeezed(self._render(f"{message}/sms.txt", plain, mode, text=text, how=how)))

    def voice(self, message: str, text: str, mode: Mode, **more: str) -> str:
        text = sentence(clean(text))
        plain = f"{mode_word(mode)}. {text} {mode_word(mode)}."
        return clean(self._render(f"{message}/voice.txt", plain, mode, text=text, **more))

    def mail(
        self, message: str, subject: str, text: str, mode: Mode, **more: str
    ) -> tuple[str, str, str]:
        """Subject, plain body and HTML; no HTML when its template fails."""
        word = mode_word(mode)
        said = {"subject": subject, "text": clean_lines(text), **more}
        plain_subject = f"{word}: {subject} - {word}"
        plain = "\n\n".join(filter(None, (word, said["text"], more.get("link"), word)))
        return (
            clean(self._render(f"{message}/email.subject.txt", plain_subject, mode, **said)),
            clean_lines(self._render(f"{message}/email.txt", plain, mode, **said)),
            self._render(f"{message}/email.html", "", mode, **said),
        )

    def roster_sms(self, text: str, how: str) -> str:
        """Without a mode: what the roster tells is no alarm, and must not look like one."""
        plain = " ".join(filter(None, (text, how, f"/{self.sender}")))
        return clean(squeezed(self._render("roster/sms.txt", plain, None, text=text, how=how)))

    def roster_mail(self, subject: str, text: str) -> tuple[str, str, str]:
        said = {"subject": subject, "text": clean_lines(text)}
        return (
            clean(self._render("roster/email.subject.txt", subject, None, **said)),
            clean_lines(self._render("roster/email.txt", said["text"], None, **said)),
            self._render("roster/email.html", "", None, **said),
        )

    def _render(self, name: str, plain: str, mode: Mode | None, **said: str) -> str:
        """The template with what is said, or `plain`: a bad template never silences an alarm."""
        try:
            template = _templates(self.folder).get_template(name)
            return template.render(
                mode=mode.value if mode else "",
                mode_word=mode_word(mode) if mode else "",
                sender=clean(self.sender),
                language=current_language(),
                **said,
            )
        except BAD_TEMPLATE as error:
            # The name of the error only: its text may quote what was said, and to whom.
            _log.error("Message template %s failed: %s", name, type(error).__name__)
            return plain


@cache
def sms_overhead(frame: Frame, message: str, mode: Mode, how: str, language: str) -> int:
    """Septets of a text message that are not its text."""
    with use_language(language):
        return septets(frame.sms(message, "-", mode, how)) - len("-")


def mode_word(mode: Mode) -> str:
    return {Mode.LIVE: _("SKARPT"), Mode.EXERCISE: _("ÖVNING"), Mode.TEST: _("TEST")}[mode]


def how_to_answer(ask: Ask, letter: str | None = None) -> str:
    """The sentence of a text message; with its letter when more than one question is open."""
    if letter is None:
        return {
            Ask.COMING: _("Svara JA, NEJ eller minuter."),
            Ask.RECEIVED: _("Svara MOTTAGET."),
            Ask.SPOKEN: _("Vi ringer dig. Svara JA eller NEJ."),
        }[ask]
    lettered = {
        Ask.COMING: _("Svara {letter} JA, {letter} NEJ eller {letter} 30."),
        Ask.RECEIVED: _("Svara {letter} MOTTAGET."),
        Ask.SPOKEN: _("Vi ringer dig. Svara {letter} JA eller {letter} NEJ."),
    }
    return lettered[ask].format(letter=letter)


@cache
def _templates(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        languages.gettext, languages.ngettext, newstyle=True
    )
    return environment
