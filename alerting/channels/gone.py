"""Which failures say that a number or address does not exist, and not that something else is wrong."""

# Twilio (https://www.twilio.com/docs/api/errors), SIP for calls, and SMTP (RFC 5321, 4.2.3).
_GONE = frozenset(
    {"21211", "21217", "30005", "404", "410", "484", "604", "550", "551", "553"},
)


def says_gone(code: str) -> bool:
    return code in _GONE
