"""What Twilio shall say and do: https://www.twilio.com/docs/voice/twiml. Pure text in, XML out."""

import re
from collections.abc import Mapping
from datetime import timedelta

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

REPEAT_KEY = "3"
LONGEST_SPEECH = 4096  # characters that Twilio takes in one <Say>
LOCALES = {"sv": "sv-SE", "en": "en-GB"}
# Characters that XML 1.0 cannot carry at all; with one of them Twilio hangs up (error 12100).
UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def question(
    text: str,
    *,
    keys: str = "",
    unanswered: str,
    language: str,
    voices: Mapping[str, str],
    digits_url: str,
    wait: timedelta = timedelta(seconds=6),
    times: int = 3,
) -> str:
    """Say `text` until a key is pressed, at most `times`; then say `unanswered` and hang up.

    `keys` is what the keys mean, if the text does not say it. A key goes to `digits_url` at once,
    also while the voice still speaks. If it is REPEAT_KEY, or none that is asked for, answer with
    this question again.
    """
    response = VoiceResponse()
    for _round in range(times):
        gather = Gather(
            action=digits_url,
            num_digits=1,
            finish_on_key="",  # otherwise # is no key
            timeout=int(wait.total_seconds()),
        )
        _say(gather, text, language, voices)
        if keys:
            gather.pause(length=1)
            _say(gather, keys, language, voices)
        response.append(gather)
    _say(response, unanswered, language, voices)
    response.hangup()
    return str(response)


def thanks(text: str, *, language: str, voices: Mapping[str, str]) -> str:
    """The answer is taken: say so and hang up."""
    return information(text, language=language, voices=voices, times=1)


def information(text: str, *, language: str, voices: Mapping[str, str], times: int = 2) -> str:
    """Something to know that wants no answer, said so often, then hang up."""
    response = VoiceResponse()
    for spoken in range(times):
        if spoken:
            response.pause(length=1)
        _say(response, text, language, voices)
    response.hangup()
    return str(response)


def sms_reply(text: str | None) -> str:
    """The answer to a received SMS; None sends nothing back."""
    response = MessagingResponse()
    if text is not None:
        response.message(UNSPEAKABLE.sub("", text))
    return str(response)


def _say(verb: VoiceResponse | Gather, text: str, language: str, voices: Mapping[str, str]) -> None:
    """A named voice ("Polly.Astrid") has its own language, and a second one may silence it."""
    voice = voices.get(language, "")
    named = "." in voice
    verb.say(
        UNSPEAKABLE.sub("", text)[:LONGEST_SPEECH],
        voice=voice or None,
        language=None if named else LOCALES.get(language, LOCALES["sv"]),
    )


def menu(
    text: str,
    *,
    digits_url: str,
    unanswered: str,
    language: str,
    voices: Mapping[str, str],
    digits: int | None = None,
    times: int = 2,
) -> str:
    """Say `text` and take so many digits, or any number of them up to a #; then hang up."""
    response = VoiceResponse()
    for _round in range(times):
        gather = Gather(
            action=digits_url,
            num_digits=digits,
            finish_on_key="" if digits else "#",
            timeout=8,
        )
        _say(gather, text, language, voices)
        response.append(gather)
    _say(response, unanswered, language, voices)
    response.hangup()
    return str(response)
