"""The channels that the settings ask for, behind one gateway."""

from collections.abc import Callable
from datetime import timedelta

from alerting.channels.base import Channel, Outgoing
from alerting.channels.mail import Mail
from alerting.channels.simulated import Simulated
from alerting.channels.twilio_http import TwilioAccount
from alerting.channels.twilio_sms import TwilioSms
from alerting.channels.twilio_voice import TwilioVoice
from alerting.gateway import Gateway
from core.settings import Settings


def gateway_from(settings: Settings, heard: Callable[[Outgoing], None]) -> Gateway:
    """In training everything goes to simulated phones; `heard` is told of each message there."""
    channels: list[Channel] = _real(settings) if settings.live else [Simulated(heard)]
    carriers = {kind: channel for channel in channels for kind in channel.kinds}
    return Gateway(carriers, live=settings.live, allowed=settings.allowed_recipients)


def _real(settings: Settings) -> list[Channel]:
    channels: list[Channel] = []
    limit = timedelta(seconds=settings.send_timeout_seconds)
    if settings.twilio_account_sid:
        account = TwilioAccount(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            api_url=settings.twilio_api_url,
            time_limit=limit,
            connections=settings.sends_at_once,
        )
        sender, base = settings.twilio_from, settings.base_url
        channels.append(TwilioSms(account, sender=sender, base_url=base))
        if sender.startswith("+"):  # a name can send texts, but only a number can call
            channels.append(TwilioVoice(account, sender=sender, base_url=base))
    if smtp := settings.smtp_url.get_secret_value():
        channels.append(Mail(smtp, sender=settings.mail_from, time_limit=limit))
    return channels
