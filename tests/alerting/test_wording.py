"""What is sent: the mode first and last, how to answer, and nothing that somebody typed gets its way."""

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting import gsm7
from alerting.frames import MESSAGES, how_to_answer, mode_word
from alerting.gsm7 import Encoding
from alerting.plan import Ask, ChannelKind, Meaning, Mode, Texts
from alerting.replies import understand
from alerting.wording import NOTE_ROOM, Fields, Wording, Words, sms_room
from core.language import use_language

WORDING = Wording(
    sender_name="Lunds kommun",
    base_url="https://larm.example",
    zone=ZoneInfo("Europe/Stockholm"),
)
TEXTS = Texts(
    sms="{title}. Samling {assembly}. {note}",
    voice="{title}. Samling {assembly}. {note}.",
    subject="{title}",
    mail="Hej {name},\n\n{code} larmades {time}: {title}.\n{note}",
)
FIELDS = Fields(
    title="Inkallning stab",
    code="LV-03",
    note="Gasläcka i Dalby",
    time=datetime(2026, 12, 24, 2, 12, tzinfo=UTC),
    assembly="Kristallen",
    name="Alva Exempelsson",
)
EVERYWHERE = list(product(ChannelKind, Mode, ("sv", "en")))


def ask(
    channel: ChannelKind = ChannelKind.SMS,
    *,
    texts: Texts = TEXTS,
    fields: Fields = FIELDS,
    mode: Mode = Mode.LIVE,
    wants: Ask = Ask.COMING,
    language: str = "sv",
    letter: str | None = None,
    wording: Wording = WORDING,
) -> Words:
    return wording.question(
        texts,
        channel=channel,
        ask=wants,
        mode=mode,
        language=language,
        fields=fields,
        letter=letter,
        link="tok-1",
    )


def test_a_text_message() -> None:
    assert ask().body == (
        "SKARPT: Inkallning stab. Samling Kristallen. Gasläcka i Dalby. "
        "Svara JA, NEJ eller minuter. SKARPT"
    )
    assert ask(wants=Ask.RECEIVED).body.endswith(". Svara MOTTAGET. SKARPT")
    assert ask(wants=Ask.SPOKEN).body.endswith(". Vi ringer dig. Svara JA eller NEJ. SKARPT")
    assert ask(letter="B").body.endswith(". Svara B JA, B NEJ eller B 30. SKARPT")
    assert ask().subject == ask().html == ""


def test_a_call() -> None:
    assert ask(ChannelKind.VOICE, mode=Mode.EXERCISE).body == (
        "ÖVNING. Det här är en övning från Lunds kommun. Inkallning stab. Samling Kristallen. "
        "Gasläcka i Dalby. Tryck 1 om du kommer, 2 om du inte kan, 3 för att höra igen. "
        "Detta är en ÖVNING."
    )
    assert "Tryck 1 när du har tagit emot detta" in ask(ChannelKind.VOICE, wants=Ask.RECEIVED).body
    assert "Tryck 1 om du kan ta ett samtal" in ask(ChannelKind.VOICE, wants=Ask.SPOKEN).body


def test_a_mail() -> None:
    mail = ask(ChannelKind.MAIL, mode=Mode.TEST)

    assert mail.subject == "TEST: Inkallning stab - TEST"
    assert mail.body == (
        "TEST\n\nHej Alva Exempelsson,\n\nLV-03 larmades 03:12: Inkallning stab.\nGasläcka i Dalby"
        "\n\nSvara här: https://larm.example/a/tok-1\n"
        "Att bara öppna sidan är inget svar: tryck på en av knapparna där.\n\nLunds kommun\n\nTEST"
    )
    assert '<a href="https://larm.example/a/tok-1"' in mail.html
    assert "<form" not in mail.html  # what opens mails by itself must not be able to answer


def test_english_is_asked_in_words_that_are_understood() -> None:
    assert ask(language="en").body.endswith("Reply OK, NO or minutes. LIVE")
    assert ask(ChannelKind.VOICE, language="en").body.startswith("LIVE alarm from Lunds kommun.")
    for wants, letter in product(Ask, (None, "A")):
        for language in ("sv", "en"):
            with use_language(language):
                asked = how_to_answer(wants, letter)
            for word in re.findall(r"\b[A-ZÄÖ]{2,}\b", asked):
                [answer] = understand(word, letters=frozenset())
                assert answer.meaning in {Meaning.COMING, Meaning.CANNOT, Meaning.RECEIVED}, word


@pytest.mark.parametrize(("channel", "mode", "language"), EVERYWHERE)
def test_the_mode_is_said_first_and_last(channel: ChannelKind, mode: Mode, language: str) -> None:
    with use_language(language):
        word = mode_word(mode)
    question = ask(channel, mode=mode, language=language)
    notice = WORDING.notice("Nu.", channel=channel, mode=mode, language=language, fields=FIELDS)
    texts = [question.body, notice.body, question.subject, notice.subject]
    pages = [re.sub(r"<style.*?</style>|<[^>]+>", " ", each.html) for each in (question, notice)]

    for text in filter(None, (each.strip() for each in texts + pages)):
        assert text.startswith(word)
        assert text.rstrip(".").endswith(word)


@pytest.mark.parametrize("channel", ChannelKind)
def test_the_note_is_said_where_the_text_makes_no_room_for_it(channel: ChannelKind) -> None:
    texts = Texts(sms="{title}", voice="{title}", subject="", mail="")

    words = ask(channel, texts=texts)

    assert "Inkallning stab." in words.body
    assert "Gasläcka i Dalby" in words.body
    assert "Gasläcka" not in ask(channel, texts=texts, fields=replace(FIELDS, note="")).body


def test_a_field_without_a_value_leaves_no_gap() -> None:
    texts = TEXTS.model_copy(update={"sms": "{title}. {place}. Kl {time}: {unknown}{step} kom."})

    assert ask(texts=texts, fields=replace(FIELDS, note="")).body.startswith(
        "SKARPT: Inkallning stab. Kl 03:12: kom. Svara"
    )


@pytest.mark.parametrize("channel", ChannelKind)
@pytest.mark.parametrize(
    "typed",
    ["{name} {title}", "{{ 7*7 }}", "{% for x in range(9**9) %}", "%(sender)s %s", "${name}"],
)
def test_what_is_typed_is_never_a_template(channel: ChannelKind, typed: str) -> None:
    said = ask(channel, fields=replace(FIELDS, note=typed, title=typed)).body
    notice = WORDING.notice(typed, channel=channel, mode=Mode.LIVE, language="sv", fields=FIELDS)

    assert said.count(typed) == 2 if channel is not ChannelKind.MAIL else typed in said
    assert typed in notice.body


def test_html_is_escaped_in_html_and_only_there() -> None:
    typed = "<script>alert('1')</script> & co"
    mail = ask(ChannelKind.MAIL, fields=replace(FIELDS, note=typed, name=typed, title=typed))

    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert typed in mail.body
    assert typed in mail.subject


def test_nothing_invisible_goes_out() -> None:
    typed = "Brand\r\nBcc: alla@example.se\x00\x1b[2J\u202eforp\ud800\ufffe"

    for channel in ChannelKind:
        words = ask(channel, fields=replace(FIELDS, note=typed, title=typed))
        assert "\n" not in words.subject
        for text in (words.body, words.html, words.subject):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff\ufffe]", text)


def test_a_long_note_is_shortened_and_everything_else_stays() -> None:
    body = ask(fields=replace(FIELDS, note="Gasläcka vid torget. " * 500)).body

    assert gsm7.parts(body).count == 1
    assert len(body) > 155
    assert body.startswith("SKARPT: Inkallning stab. Samling Kristallen. Gasläcka vid torget. ")
    assert body.endswith("... Svara JA, NEJ eller minuter. SKARPT")


@given(st.text(), st.text(max_size=30), st.sampled_from(Mode), st.sampled_from(Ask), st.booleans())
def test_an_alarm_is_one_part_whatever_is_typed(
    note: str, place: str, mode: Mode, wants: Ask, several: bool
) -> None:
    texts = TEXTS.model_copy(update={"sms": "{title} {place}: {note}, alltså {note}."})
    fields = replace(FIELDS, note=note, place=place)
    body = ask(
        texts=texts, fields=fields, mode=mode, wants=wants, letter="B" if several else None
    ).body
    parts = gsm7.parts(body)

    assert parts.encoding is Encoding.GSM7
    assert parts.count == 1
    assert how_to_answer(wants, "B" if several else None) in body
    assert "Inkallning stab" in body


@pytest.mark.parametrize(("wants", "mode", "language"), list(product(Ask, Mode, ("sv", "en"))))
def test_a_text_that_fills_its_room_leaves_a_note_whole(
    wants: Ask, mode: Mode, language: str
) -> None:
    texts = TEXTS.model_copy(update={"sms": "x" * sms_room(wants, mode, language)})
    fields = replace(FIELDS, note="y" * NOTE_ROOM)

    body = ask(texts=texts, fields=fields, wants=wants, mode=mode, language=language).body

    assert "y" * NOTE_ROOM + ". " in body
    assert gsm7.parts(body).characters == 160


@pytest.mark.parametrize(
    "broken", ["{{ nothing_like_that }}", "{% if %}", "{{ 1 // 0 }}", "{{ text.no() }}", None]
)
def test_a_broken_template_silences_nobody(
    broken: str | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(copytree(MESSAGES, tmp_path / "messages"))
    for template in folder.glob("question/*"):
        template.unlink() if broken is None else template.write_text(broken)
    wording = replace(WORDING, folder=folder)

    sms, call, mail = (
        ask(channel, wording=wording)
        for channel in (ChannelKind.SMS, ChannelKind.VOICE, ChannelKind.MAIL)
    )

    assert sms.body == ask().body
    assert call.body == ("SKARPT. Inkallning stab. Samling Kristallen. Gasläcka i Dalby. SKARPT.")
    assert mail.subject == "SKARPT: Inkallning stab - SKARPT"
    assert "https://larm.example/a/tok-1" in mail.body
    assert mail.html == ""
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
    assert "email.html" in caplog.text
    for secret in ("Alva", "Gasläcka", "tok-1"):
        assert secret not in caplog.text
    caplog.clear()
