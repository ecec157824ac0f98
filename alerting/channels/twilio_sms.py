"""SMS through Twilio: https://www.twilio.com/docs/messaging/api/message-resource."""

from datetime import timedelta
from typing import TypedDict

from alerting.channels.base import Outgoing, Report
from alerting.channels.twilio_http import TwilioAccount, accepted, answered
from alerting.channels.twilio_words import read_sms_status
from alerting.plan import ChannelKind

LONGEST_VALIDITY = timedelta(hours=10)  # also Twilio's default


class Sender(TypedDict, total=False):
    from_: str
    messaging_service_sid: str


class TwilioSms:
    """`sender` is a number, a name of up to 11 letters, or a messaging service (MG...).

    A name cannot be answered. `base_url` is how Twilio reaches us from outside. `validity`: later
    than that the SMS is not sent at all, because a call-out that arrives after hours does harm.
    """

    name = "twilio"
    kinds = frozenset({ChannelKind.SMS})

    def __init__(
        self,
        account: TwilioAccount,
        *,
        sender: str,
        base_url: str,
        validity: timedelta = timedelta(minutes=30),
    ) -> None:
        if not timedelta(seconds=1) <= validity <= LONGEST_VALIDITY:
            raise ValueError("An SMS can be valid from one second up to ten hours.")
        self._account = account
        self._sender = _sender(sender)
        self._base_url = base_url.rstrip("/")
        self._validity = validity

    async def send(self, message: Outgoing) -> str:
        return await accepted(
            self._account.client.messages.create_async(
                to=message.to,
                body=message.text,
                status_callback=f"{self._base_url}/twilio/status/{message.id}",
                validity_period=int(self._validity.total_seconds()),
                **self._sender,
            )
        )

    async def ask(self, ref: str) -> Report:
        message = await answered(self._account.client.messages(ref).fetch_async())
        code = str(message.error_code or "")
        return read_sms_status({"MessageStatus": str(message.status), "ErrorCode": code})

    async def close(self) -> None:
        await self._account.close()


def _sender(sender: str) -> Sender:
    if sender.startswith("MG") and len(sender) == 34:
        return {"messaging_service_sid": sender}
    return {"from_": sender}
