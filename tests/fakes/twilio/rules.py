"""What the official description of the API demands of a request.

After https://github.com/twilio/twilio-oai (api v2010), which the generated client follows as well.
The real Twilio ignores parameters that it does not know; here they are refused, so that a
misspelt one is found.
"""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from multidict import MultiMapping

E164 = re.compile(r"\+[1-9]\d{6,14}")
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MESSAGE_PARAMETERS = _names(
    """To StatusCallback ApplicationSid MaxPrice ProvideFeedback Attempt ValidityPeriod
    ForceDelivery ContentRetention AddressRetention SmartEncoded PersistentAction TrafficType
    ShortenUrls ScheduleType SendAt SendAsMms ContentVariables MessageIntent RiskCheck From
    FallbackFrom MessagingServiceSid Body MediaUrl ContentSid"""
)
CALL_PARAMETERS = _names(
    """To From Method FallbackUrl FallbackMethod StatusCallback StatusCallbackEvent
    StatusCallbackMethod SendDigits Timeout Record RecordingChannels RecordingStatusCallback
    RecordingStatusCallbackMethod RecordingConfigurationId SipAuthUsername SipAuthPassword
    MachineDetection MachineDetectionTimeout RecordingStatusCallbackEvent Trim CallerId
    MachineDetectionSpeechThreshold MachineDetectionSpeechEndThreshold
    MachineDetectionSilenceTimeout AsyncAmd AsyncAmdStatusCallback AsyncAmdStatusCallbackMethod
    Passports Byoc CallReason CallToken RecordingTrack TimeLimit ClientNotificationUrl Url Twiml
    ApplicationSid"""
)
LIST_PARAMETERS = frozenset({"To", "From", "PageSize", "Page", "PageToken"})
REPEATABLE = {"StatusCallbackEvent", "RecordingStatusCallbackEvent", "MediaUrl", "PersistentAction"}

WORDS = {
    "StatusCallbackEvent": {"initiated", "ringing", "answered", "completed"},
    "MachineDetection": {"Enable", "DetectMessageEnd"},
    "AsyncAmd": {"true", "false"},
    "Method": {"GET", "POST"},
    "StatusCallbackMethod": {"GET", "POST"},
    "AsyncAmdStatusCallbackMethod": {"GET", "POST"},
}
RANGES = {"ValidityPeriod": range(1, 36_001), "Timeout": range(1, 601)}

Form = MultiMapping[str]


class Rejected(Exception):
    """An error as the API answers it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }


def check_message(form: Form, own_numbers: Collection[str]) -> None:
    """POST Messages.json; raises Rejected."""
    _check_parameters(form, MESSAGE_PARAMETERS)
    _demand("To" in form, 21604, "A 'To' phone number is required.")
    _demand("From" in form or "MessagingServiceSid" in form, 21603, "A 'From' number is required.")
    _demand(bool(form.get("Body")), 21602, "Message body is required.")
    _demand(len(form["Body"]) <= 1600, 21617, "The message body exceeds the 1600 character limit.")
    _demand(_is_number(form["To"]), 21211, "Invalid 'To' Phone Number")
    if "From" in form:
        sender = form["From"]
        _demand(
            sender in own_numbers or bool(SENDER_NAME.fullmatch(sender)), 21606, "Invalid 'From'."
        )
    service = form.get("MessagingServiceSid", "MG" + 32 * "0")
    _demand(
        re.fullmatch("MG[0-9a-fA-F]{32}", service) is not None, 21701, "Invalid Messaging Service"
    )
    _check_urls(form, ["StatusCallback"], 21609)


def check_call(form: Form, own_numbers: Collection[str]) -> None:
    """POST Calls.json; raises Rejected."""
    _check_parameters(form, CALL_PARAMETERS)
    _demand("To" in form, 21201, "No 'To' number is specified")
    _demand("From" in form, 21213, "No 'From' number is specified")
    _demand(
        bool({"Url", "Twiml", "ApplicationSid"} & set(form)), 21205, "Url parameter is required."
    )
    _demand(_is_number(form["To"]), 21211, "Invalid 'To' Phone Number")
    _demand(form["From"] in own_numbers, 21210, "The source phone number is not yet verified.")
    _check_urls(form, ["Url", "FallbackUrl"], 21205)
    _check_urls(form, ["StatusCallback", "AsyncAmdStatusCallback"], 21609)


def check_list(query: Form) -> None:
    """GET Messages.json or Calls.json; raises Rejected."""
    _check_parameters(query, LIST_PARAMETERS)


def _check_parameters(form: Form, known: Collection[str]) -> None:
    for name, value in form.items():
        _demand(name in known, 20001, f"Unknown parameter {name}")
        _demand(name in REPEATABLE or len(form.getall(name)) == 1, 20001, f"{name} is given twice")
        _demand(value in WORDS.get(name, {value}), 20001, f"{name} cannot be {value}")
        if name in RANGES:
            fits = value.isdecimal() and int(value) in RANGES[name]
            _demand(fits, 20001, f"{name} cannot be {value}")


def _check_urls(form: Form, names: Iterable[str], code: int) -> None:
    """Callbacks are absolute; an underscore in the host is not allowed."""
    for name in names:
        if name in form:
            url = urlsplit(form[name])
            fits = url.scheme in {"http", "https"} and bool(url.hostname) and "_" not in url.netloc
            _demand(fits, code, f"{name} is not a valid URL: {form[name]}")


def _is_number(text: str) -> bool:
    return E164.fullmatch(text) is not None


def _demand(fulfilled: bool, code: int, message: str) -> None:
    if not fulfilled:
        raise Rejected(400, code, message)
