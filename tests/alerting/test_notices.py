"""Notices and echoes: short, in one part, and sure of themselves."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from alerting import gsm7
from alerting.gsm7 import Encoding
from alerting.models import Purpose
from alerting.plan import Ask, ChannelKind, Meaning, Mode
from alerting.replies import Answer
from alerting.wording import Fields, Wording

WORDING = Wording(
    sender_name="Lunds kommun", base_url="https://larm.example", zone=ZoneInfo("Europe/Stockholm")
)
FIELDS = Fields(title="Inkallning stab", code="LV-03")


def test_notices_say_what_is_going_on() -> None:
    said = {
        purpose: WORDING.ready_text(purpose, language="sv", fields=FIELDS)
        for purpose in (Purpose.THANKS, Purpose.CORRECTION, Purpose.CALL_OFF)
    }

    assert said == {
        Purpose.THANKS: "Inkallning stab: nu är vi tillräckligt många. Du behöver inte komma. Tack!",
        Purpose.CORRECTION: "Rättelse: Inkallning stab larmades av misstag. Gör ingenting.",
        Purpose.CALL_OFF: "Inkallning stab: larmet är återkallat. Du behöver inte komma.",
    }
    for text in said.values():
        words = WORDING.notice(
            text, channel=ChannelKind.SMS, mode=Mode.LIVE, language="sv", fields=FIELDS
        )
        assert words.body == f"SKARPT: {text} SKARPT"


def test_a_notice_without_end_is_cut() -> None:
    words = WORDING.notice(
        "Rättelse. " * 1000, channel=ChannelKind.SMS, mode=Mode.TEST, language="sv", fields=FIELDS
    )

    assert gsm7.parts(words.body).count == 3
    assert words.body.endswith("... TEST")


def test_echoes() -> None:
    coming, cannot = Answer(Meaning.COMING, 30), Answer(Meaning.CANNOT)

    assert [
        words.body.removeprefix("SKARPT: ").removesuffix(" SKARPT")
        for words in (
            WORDING.noted([coming], mode=Mode.LIVE, language="sv"),
            WORDING.noted(
                [replace(coming, letter="A"), replace(cannot, letter="B")],
                mode=Mode.LIVE,
                language="sv",
            ),
            WORDING.enough(Answer(Meaning.COMING), mode=Mode.LIVE, language="sv"),
            WORDING.closed(mode=Mode.LIVE, language="sv"),
            WORDING.unclear(Ask.COMING, mode=Mode.LIVE, language="sv"),
            WORDING.unclear(Ask.RECEIVED, mode=Mode.LIVE, language="sv", letter="C"),
            WORDING.which([("A", "Gasläcka"), ("B", "Storm")], mode=Mode.LIVE, language="sv"),
        )
    ] == [
        "Noterat: kommer om 30 min. Ändra genom nytt svar.",
        "Noterat: A kommer om 30 min, B kan inte. Ändra genom nytt svar.",
        "Noterat: kommer. Vi är redan tillräckligt många, du behöver inte komma.",
        "Larmet är avslutat. Ditt svar är sparat.",
        "Svaret gick inte att tolka. Svara JA, NEJ eller minuter.",
        "Svaret gick inte att tolka. Svara C MOTTAGET.",
        "Du har 2 frågor: A = Gasläcka, B = Storm. Svara t.ex. A JA.",
    ]


@given(st.lists(st.text(max_size=200), min_size=2, max_size=5), st.sampled_from(Mode))
def test_asking_which_is_one_part(titles: list[str], mode: Mode) -> None:
    questions = list(zip("ABCDF", titles, strict=False))

    for language in ("sv", "en"):
        parts = gsm7.parts(WORDING.which(questions, mode=mode, language=language).body)
        assert (parts.encoding, parts.count) == (Encoding.GSM7, 1)


def test_a_long_notice_of_the_roster_keeps_its_address_and_how_to_answer() -> None:
    address = "https://larm.example/my/" + "x" * 90
    said = WORDING.roster_text("Nytt: mån 30 nov. " * 60 + address, "Svara R1 JA.").body
    assert gsm7.parts(said).count == 3
    assert said.endswith(f"... {address} Svara R1 JA. /Lunds kommun")
    short = WORDING.roster_text(f"Kort. Se {address}", "").body
    assert short == f"Kort. Se {address} /Lunds kommun"
