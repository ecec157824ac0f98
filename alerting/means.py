"""What alarms are carried out with: words, local time and answer links."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends
from itsdangerous import BadSignature, URLSafeSerializer

from alerting.wording import Wording
from core.settings import Settings
from core.web import Config


@dataclass(frozen=True, slots=True)
class Means:
    wording: Wording
    zone: ZoneInfo
    base_url: str
    secret: str
    undo: timedelta
    sender: str = ""  # the number that alarms come from, E.164; "" when there is none to save

    def answer_token(self, call_in_id: UUID) -> str:
        """What the address of one call-in's answer page ends with: `/a/{token}`."""
        return str(self._signer().dumps(call_in_id.hex))

    def call_in_of(self, token: str) -> UUID | None:
        """The call-in that an answer link was made for; None for a forged or broken one."""
        try:
            return UUID(self._signer().loads(token))
        except (BadSignature, ValueError, TypeError, AttributeError):
            return None

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt="answer-link")


def means_from(settings: Settings) -> Means:
    return Means(
        wording=Wording(
            sender_name=settings.sender_name, base_url=settings.base_url, zone=settings.zone
        ),
        zone=settings.zone,
        base_url=settings.base_url,
        secret=settings.secret_key.get_secret_value(),
        undo=timedelta(seconds=settings.undo_seconds),
        sender=settings.twilio_from if settings.twilio_from.startswith("+") else "",
    )


def _means(settings: Config) -> Means:
    return means_from(settings)


Provided = Annotated[Means, Depends(_means)]
