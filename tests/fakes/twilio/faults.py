"""The switches: what may go wrong at Twilio, on the line, and with callbacks."""

from enum import StrEnum


class Fault(StrEnum):
    """What becomes of a request to the API."""

    THROTTLED = "429"
    BROKEN = "500"
    HANGS_BEFORE = "hangs before"  # not taken, and no answer until released
    HANGS_AFTER = "hangs after"  # taken, but no answer until released
    DROPPED = "dropped"  # taken, but the connection breaks before the answer
    GIBBERISH = "gibberish"  # a friendly page that is not JSON
    NAMELESS = "nameless"  # JSON without a sid
    OPTED_OUT = "21610"
    NOT_A_NUMBER = "21211"
    NOT_MOBILE = "21614"
    QUEUE_FULL = "21611"


class Line(StrEnum):
    """What becomes of a call to a phone."""

    RINGS = "rings"  # until somebody does something with it
    BUSY = "busy"
    SILENT = "silent"  # rings until it is given up
    VOICEMAIL = "voicemail"
    DEAD = "dead"  # no such number


class Timing(StrEnum):
    """When callbacks come."""

    AT_ONCE = "at once"  # after the answer to our request
    EARLY = "early"  # before it
    LATE = "late"  # when the test says so, also backwards
    DOUBLED = "doubled"
