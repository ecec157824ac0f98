"""Calls through Twilio: https://www.twilio.com/docs/voice/api/call-resource.

What is said is fetched from us when somebody picks up. Answering machines are detected while the
call runs (https://www.twilio.com/docs/voice/answering-machine-detection), because a human would
otherwise hear seconds of silence and hang up.
"""

from datetime import timedelta

from alerting.channels.base import Outgoing, Report
from alerting.channels.twilio_http import TwilioAccount, accepted, answered
from alerting.channels.twilio_words import read_call_status
from alerting.plan import ChannelKind

EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioVoice:
    """`sender` is a number of the account; `ring` is how long it rings before it is given up."""

    name = "twilio"
    kinds = frozenset({ChannelKind.VOICE})

    def __init__(
        self,
        account: TwilioAccount,
        *,
        sender: str,
        base_url: str,
        ring: timedelta = timedelta(seconds=30),
    ) -> None:
        if not sender.startswith("+"):
            raise ValueError("Calls need a number as sender, such as +46701740699.")
        self._account = account
        self._sender = sender
        self._base_url = base_url.rstrip("/")
        self._ring = ring

    async def send(self, message: Outgoing) -> str:
        status_url = f"{self._base_url}/twilio/status/{message.id}"
        return await accepted(
            self._account.client.calls.create_async(
                to=message.to,
                from_=self._sender,
                url=f"{self._base_url}/twilio/voice/{message.id}",
                status_callback=status_url,
                status_callback_event=EVENTS,
                timeout=int(self._ring.total_seconds()),
                machine_detection="Enable",
                async_amd="true",
                async_amd_status_callback=status_url,
            )
        )

    async def ask(self, ref: str) -> Report | None:
        call = await answered(self._account.client.calls(ref).fetch_async())
        who = str(call.answered_by or "")
        return read_call_status({"CallStatus": str(call.status), "AnsweredBy": who})

    async def close(self) -> None:
        await self._account.close()
