"""What is said on the phone, as Twilio reads it."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from alerting.channels import twiml

VOICES = {"sv": "Polly.Astrid", "en": "Polly.Amy"}


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - our own


def ask(text: str, *, language: str = "sv", voices: dict[str, str] = VOICES) -> ET.Element:
    document = twiml.question(
        text,
        keys="Tryck 1.",
        unanswered="Hej då.",
        language=language,
        voices=voices,
        digits_url="https://larm.example/twilio/voice/1/digits",
        wait=timedelta(seconds=8),
    )
    return parsed(document)


def test_a_question_is_asked_three_times_and_then_it_says_goodbye() -> None:
    response = ask("Gasläcka")

    assert [verb.tag for verb in response] == ["Gather", "Gather", "Gather", "Say", "Hangup"]
    assert [say.text for say in response[0].iter("Say")] == ["Gasläcka", "Tryck 1."]
    assert response[3].text == "Hej då."


def test_a_text_that_explains_its_own_keys_needs_nothing_after_it() -> None:
    document = twiml.question(
        "Gasläcka. Tryck 1.",
        unanswered="Hej då.",
        language="sv",
        voices=VOICES,
        digits_url="https://larm.example/digits",
        times=1,
    )

    assert [verb.tag for verb in parsed(document)] == ["Gather", "Say", "Hangup"]
    assert [verb.tag for verb in parsed(document)[0]] == ["Say"]


def test_one_key_is_enough_and_every_key_is_a_key() -> None:
    (gather, *_rest) = ask("Gasläcka")

    assert gather.attrib == {
        "action": "https://larm.example/twilio/voice/1/digits",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": "8",
    }


@pytest.mark.parametrize(
    ("language", "voices", "attributes"),
    [
        ("sv", VOICES, {"voice": "Polly.Astrid"}),
        ("en", VOICES, {"voice": "Polly.Amy"}),
        ("sv", {"sv": "woman"}, {"voice": "woman", "language": "sv-SE"}),
        ("en", {}, {"language": "en-GB"}),
        ("de", {}, {"language": "sv-SE"}),
    ],
)
def test_a_voice_with_a_name_brings_its_own_language(
    language: str, voices: dict[str, str], attributes: dict[str, str]
) -> None:
    say = ask("Gasläcka", language=language, voices=voices).find("Gather/Say")

    assert say is not None
    assert say.attrib == attributes


@pytest.mark.parametrize("text", ["<Hangup/>", "a & b", "]]>", '"', "Ring 112 🚒"])
def test_no_text_can_become_an_instruction(text: str) -> None:
    response = ask(text)

    assert [verb.tag for verb in response] == ["Gather", "Gather", "Gather", "Say", "Hangup"]
    assert response.findtext("Gather/Say") == text


def test_characters_that_xml_cannot_carry_are_left_out() -> None:
    assert ask("Gas\x00läcka\x0b\x1b\ufffe!").findtext("Gather/Say") == "Gasläcka!"
    assert "\x08" not in twiml.sms_reply("a\x08b")


def test_a_speech_that_is_too_long_is_cut_rather_than_lost() -> None:
    spoken = ask(5000 * "a").findtext("Gather/Say")

    assert spoken is not None
    assert len(spoken) == 4096


def test_thanks_are_said_once_and_information_twice() -> None:
    thanks = parsed(twiml.thanks("Tack.", language="sv", voices=VOICES))
    information = parsed(twiml.information("Faran över.", language="sv", voices=VOICES))

    assert [verb.tag for verb in thanks] == ["Say", "Hangup"]
    assert [verb.tag for verb in information] == ["Say", "Pause", "Say", "Hangup"]


def test_a_text_is_answered_or_not() -> None:
    assert parsed(twiml.sms_reply("Noterat: kommer.")).findtext("Message") == ("Noterat: kommer.")
    assert len(parsed(twiml.sms_reply(None))) == 0
