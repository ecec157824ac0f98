"""Swedish first, English complete: which language a request speaks, and its texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("sv", "en")
LOCALES = Path(__file__).parent / "locale"
_current: ContextVar[str] = ContextVar("language", default="sv")


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory; Swedish is the source and needs none."""
    path = LOCALES / language / "LC_MESSAGES" / "krislarm.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalog = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def current_language() -> str:
    return _current.get()


def set_language(language: str) -> None:
    """For the rest of this request or task."""
    _current.set(language if language in LANGUAGES else LANGUAGES[0])


@contextmanager
def use_language(language: str) -> Iterator[None]:
    token = _current.set(language if language in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    return translations(_current.get()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    catalogue = translations(_current.get())
    return catalogue.ngettext(singular, plural, count)


_ = gettext
N_ = str  # marks a text that is translated when it is shown
