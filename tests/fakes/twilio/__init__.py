"""Twilio as seen from outside: an HTTP API, phones that follow TwiML, signed callbacks."""

from tests.fakes.twilio.faults import Fault, Line, Timing
from tests.fakes.twilio.phones import Call, Phone
from tests.fakes.twilio.server import FakeTwilio

__all__ = ["Call", "FakeTwilio", "Fault", "Line", "Phone", "Timing"]
