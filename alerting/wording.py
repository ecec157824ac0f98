"""What is said to people: questions, notices and echoes, from a plan's texts and an alarm's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerting.filling import clean, clean_lines, filled, fitted, sentence, shortened
from alerting.frames import MESSAGES, Frame, how_to_answer, sms_overhead
from alerting.gsm7 import septets, squeezed
from alerting.models import Purpose
from alerting.plan import Ask, ChannelKind, Meaning, Mode, Texts
from alerting.replies import Answer
from core.language import _, current_language, use_language

ONE_PART = 160
NOTE_ROOM = 40  # of the operator's own line: what a path's text must leave
LONGEST_NOTICE = 3 * 153
LONGEST_SUBJECT = 150
LONGEST_FIELD = 500


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
        values = self._values(fields)
        with use_language(language):
            if channel is ChannelKind.SMS:
                return self._text_question(texts.sms, values, mode, how_to_answer(ask, letter))
            if channel is ChannelKind.VOICE:
                said = filled(_with_note(texts.voice or texts.sms, values, gap=" "), values)
                return Words(body=self._frame.voice("question", said, mode, ask=ask.value))
            said = self.plain(texts, fields)
            subject = filled(texts.subject or "{title}", values)
            address = f"{self.base_url}/a/{link}" if link else ""
            return self._mail("question", subject, said, mode, ask=ask.value, link=address)

    def plain(self, texts: Texts, fields: Fields) -> str:
        """What a mail asks, without what stands around it: also on the answer page."""
        values = self._values(fields)
        return clean_lines(filled(_with_note(texts.mail or texts.sms, values, gap="\n\n"), values))

    def notice(
        self, text: str, *, channel: ChannelKind, mode: Mode, language: str, fields: Fields
    ) -> Words:
        """Thanks, a correction, a call-off: `text` word for word, named fields not looked for."""
        with use_language(language):
            if channel is ChannelKind.SMS:
                return self._text(text, mode)
            if channel is ChannelKind.VOICE:
                return Words(body=self._frame.voice("notice", text, mode))
            return self._mail("notice", fields.title, text, mode)

    def ready_text(self, purpose: Purpose, *, language: str, fields: Fields) -> str:
        """The text of a notice, to be sent as it is or changed by the operator first."""
        with use_language(language):
            texts = {
                Purpose.THANKS: _(
                    "{title}: nu är vi tillräckligt många. Du behöver inte komma. Tack!"
                ),
                Purpose.CORRECTION: _("Rättelse: {title} larmades av misstag. Gör ingenting."),
                Purpose.CALL_OFF: _("{title}: larmet är återkallat. Du behöver inte komma."),
            }
            return clean(filled(texts[purpose], self._values(fields)))

    def noted(self, answers: Sequence[Answer], *, mode: Mode, language: str) -> Words:
        """The echo: how an answer was understood, so that a mistake can be mended."""
        with use_language(language):
            said = ", ".join(_named(answer) for answer in answers)
            text = _("Noterat: {answers}. Ändra genom nytt svar.").format(answers=said)
            return self._text(text, mode)

    def enough(self, answer: Answer, *, mode: Mode, language: str) -> Words:
        """The echo of a yes when enough others come already."""
        with use_language(language):
            text = _("Noterat: {answer}. Vi är redan tillräckligt många, du behöver inte komma.")
            return self._text(text.format(answer=_named(answer)), mode)

    def closed(self, *, mode: Mode, language: str) -> Words:
        """The echo of an answer that came after the alarm was closed."""
        with use_language(language):
            return self._text(_("Larmet är avslutat. Ditt svar är sparat."), mode)

    def unclear(self, ask: Ask, *, mode: Mode, language: str, letter: str | None = None) -> Words:
        """The echo of a text that an operator has to read."""
        with use_language(language):
            text = f"{_('Svaret gick inte att tolka.')} {how_to_answer(ask, letter)}"
            return self._text(text, mode)

    def which(self, questions: Sequence[tuple[str, str]], *, mode: Mode, language: str) -> Words:
        """The echo of a bare answer while several questions, (letter, title), are open."""
        with use_language(language):
            text = _("Du har {count} frågor: {questions}. Svara t.ex. {letter} JA.")
            example = {"count": len(questions), "letter": questions[0][0]}
            taken = septets(text.format(questions="", **example))
            taken += sms_overhead(self._frame, "notice", mode, "", language)
            each = (ONE_PART - taken) // len(questions) - len("A = , ")
            titles = [(letter, squeezed(clean(title))) for letter, title in questions]
            said = ", ".join(f"{letter} = {shortened(title, each)}" for letter, title in titles)
            return self._text(text.format(questions=said, **example), mode)

    def roster_text(self, text: str, how: str) -> Words:
        """A notice of the duty roster as a text; `how` to answer stands after it, and is never cut.

        Nor is an address at its end: half of one leads nowhere.
        """
        room = LONGEST_NOTICE - septets(self._frame.roster_sms("x", how)) + 1
        said = clean(squeezed(text))
        before, _space, last = said.rpartition(" ")
        if septets(said) > room and last.startswith(("http://", "https://")):
            said = f"{shortened(before, room - septets(last) - 1)} {last}"
        return Words(body=self._frame.roster_sms(shortened(said, room), how))

    def roster_mail(self, subject: str, text: str) -> Words:
        subject, body, html = self._frame.roster_mail(
            shortened(clean(subject), LONGEST_SUBJECT), text
        )
        return Words(subject=subject, body=body, html=html)

    @property
    def _frame(self) -> Frame:
        return Frame(self.sender_name, self.folder)

    def _values(self, fields: Fields) -> dict[str, str]:
        local = fields.time.astimezone(self.zone).strftime("%H:%M") if fields.time else ""
        values = {
            "title": fields.title,
            "code": fields.code,
            "note": fields.note,
            "place": fields.place,
            "time": local,
            "assembly": fields.assembly,
            "step": fields.step,
            "name": fields.name,
        }
        return {name: shortened(clean(value), LONGEST_FIELD) for name, value in values.items()}

    def _text_question(self, text: str, values: Mapping[str, str], mode: Mode, how: str) -> Words:
        """One part on air, however much the operator has written; the frame is never cut."""
        values = {name: squeezed(value) for name, value in values.items()}
        text = _with_note(squeezed(text), values, gap=" ")
        room = ONE_PART - sms_overhead(self._frame, "question", mode, how, current_language())
        return Words(body=self._frame.sms("question", fitted(text, values, room), mode, how))

    def _text(self, text: str, mode: Mode) -> Words:
        room = LONGEST_NOTICE - sms_overhead(self._frame, "notice", mode, "", current_language())
        said = shortened(sentence(clean(squeezed(text))), room)
        return Words(body=self._frame.sms("notice", said, mode))

    def _mail(self, message: str, subject: str, text: str, mode: Mode, **more: str) -> Words:
        subject = shortened(clean(subject), LONGEST_SUBJECT)
        subject, body, html = self._frame.mail(message, subject, text, mode, **more)
        return Words(subject=subject, body=body, html=html)


def sms_room(ask: Ask, mode: Mode, language: str) -> int:
    """Septets left in one SMS part for a path's own text, with a note of 40 characters after it."""
    with use_language(language):
        how = how_to_answer(ask)
    overhead = sms_overhead(Frame(""), "question", mode, how, language)
    return ONE_PART - overhead - len(". ") - NOTE_ROOM - len(".")


def _with_note(text: str, values: Mapping[str, str], *, gap: str) -> str:
    """A path's text, with room for the operator's line where its author made none."""
    if "{note}" in text or not values["note"]:
        return text
    return f"{sentence(text)}{gap}{{note}}"


def _named(answer: Answer) -> str:
    """What was answered, in the words of the echo: "A kommer om 30 min"."""
    said = {
        Meaning.COMING: _("kommer"),
        Meaning.CANNOT: _("kan inte"),
        Meaning.RECEIVED: _("mottaget"),
    }.get(answer.meaning, _("oklart svar"))
    if answer.meaning is Meaning.COMING and answer.eta_minutes:
        said = _("kommer om {minutes} min").format(minutes=answer.eta_minutes)
    return f"{answer.letter} {said}" if answer.letter else said
