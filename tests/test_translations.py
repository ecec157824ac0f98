"""Swedish first, English complete: no text without its English, none hidden from translation."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment

from core.web import PACKAGES
from tests.texts import ROOT, english, said_in, templates, texts

TEXTS = texts()
MEND = "run `.venv/bin/python -m tests.texts` and fill in what is empty"
_SWEDISH = re.compile(r"[åäöÅÄÖ]")
_HIDDEN_IN_TAGS = re.compile(r"<[^>]*>|<!--.*?-->", re.DOTALL)


def fields(text: str) -> set[str]:
    """What is filled in: {name} and %(num)d."""
    try:
        named = {name for _said, name, _spec, _how in Formatter().parse(text) if name is not None}
    except ValueError:  # a text with a brace of its own is never formatted
        named = set()
    return named | set(re.findall(r"%\(\w+\)[ds]", text))


def test_there_are_texts() -> None:
    assert len(TEXTS) > 500


def pairs() -> Iterator[tuple[str, str]]:
    """Each text, each form of it, and the English beside it; "" where there is none."""
    catalog = english()
    for text in TEXTS:
        swedish = (text,) if isinstance(text, str) else text
        message = catalog.get(swedish[0])
        told = message.string or "" if message else ""
        forms = (told,) if isinstance(told, str) else tuple(told)
        yield from zip_longest(swedish, forms, fillvalue="")


def test_every_text_has_its_english() -> None:
    assert [swedish for swedish, told in pairs() if not swedish or not told] == [], MEND


def test_both_languages_fill_in_the_same_fields() -> None:
    assert [pair for pair in pairs() if fields(pair[0]) != fields(pair[1])] == []


def test_no_text_has_two_plurals() -> None:
    """A catalogue finds a text by its singular, so the second plural would be shown unfilled."""
    plurals = [text[0] for text in TEXTS if not isinstance(text, str)]
    assert sorted(each for each in set(plurals) if plurals.count(each) > 1) == []


def test_nothing_is_unsure_or_left_over() -> None:
    messages = [message for message in english() if message.id]
    said = {text if isinstance(text, str) else text[0] for text in TEXTS}
    known = {each.id if isinstance(each.id, str) else each.id[0] for each in messages}
    assert [message.id for message in messages if message.fuzzy] == []
    assert sorted(known - said) == [], MEND


def swedish_outside_translation(source: str) -> Iterator[str]:
    """Text that a template shows as it stands; what is inside {{ }} and {% %} goes its own way."""
    tokens = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(source)
    translated = False
    plain: list[tuple[int, str]] = []
    for line, kind, value in tokens:
        if kind == "name" and value in {"trans", "endtrans"}:
            translated = value == "trans"
        elif kind == "data" and not translated:
            plain.append((line, value))
    for line, value in plain:
        for words in _HIDDEN_IN_TAGS.sub(" ", value).split("\n"):
            if _SWEDISH.search(words):
                yield f"{line}: {words.strip()}"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_template_hides_its_swedish(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{words}"
        for path in templates(package)
        for words in swedish_outside_translation(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "hides"),
    [
        ("<p>Larmet är slut</p>", True),
        ("<p>{{ _('Larmet är slut') }}</p>", False),
        ("{% trans %}Larmet är slut{% endtrans %}", False),
        ("{# Larmet är slut #}<p class='x'>{{ name }}</p>", False),
    ],
)
def test_hidden_swedish_is_found(source: str, hides: bool) -> None:
    assert any(swedish_outside_translation(source)) is hides


def test_a_text_inside_an_f_string_is_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("f\"{_('Hej')} {ngettext('en', 'flera', n)} {language.gettext('Du')}\"")
    assert set(said_in(module)) == {"Hej", ("en", "flera"), "Du"}
