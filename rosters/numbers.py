"""Phone numbers and mail addresses: one written form, and the series that are safe in demos."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from core.errors import Refused
from core.forms import line
from core.language import gettext as _
from rosters.models import ContactKind

REGION = "SE"
DEMO_DOMAIN = "demo.lund.example"  # .example belongs to nobody (RFC 2606)
# Set aside by the Swedish regulator (PTS) for film and books: no subscriber can ever have them.
_RESERVED = (
    ("+4670174", 605, 699, 4),
    ("+46313900", 600, 699, 3),
    ("+46406280", 400, 499, 3),
    ("+46846500", 400, 499, 3),
    ("+46980319", 200, 299, 3),
)
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_MAIL = re.compile(r"[^@\s,;<>\"()\[\]\\]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}")


def contact_address(kind: ContactKind, typed: str, *, field: str = "address") -> str:
    """A contact point's address in its one form; Refused when it could never be reached."""
    if kind is ContactKind.MAIL:
        return mail_address(typed, field=field)
    return phone_number(typed, mobile=kind is ContactKind.MOBILE, field=field)


def phone_number(typed: str, *, mobile: bool = False, field: str = "address") -> str:
    """In E.164, read as Swedish unless it begins with + or 00; `mobile` if it must take SMS."""
    text = line(typed, field=field, longest=40, required=True)
    try:
        number = phonenumbers.parse(text, REGION)
    except NumberParseException as error:
        sentence = _("”{number}” är inte ett telefonnummer.").format(number=text)
        raise Refused(sentence, field=field) from error
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.extension or not (reserved(written) or phonenumbers.is_valid_number(number)):
        sentence = _("”{number}” är inte ett giltigt telefonnummer.").format(number=text)
        raise Refused(sentence, field=field)
    if mobile and phonenumbers.number_type(number) not in _MOBILE:
        sentence = _("”{number}” är inget mobilnummer och kan inte ta emot sms.").format(
            number=text
        )
        raise Refused(sentence, field=field)
    return written


def mail_address(typed: str, *, field: str = "address") -> str:
    text = line(typed, field=field, longest=254, required=True).lower()
    if not _MAIL.fullmatch(text) or ".." in text:
        sentence = _("”{address}” är inte en e-postadress.").format(address=text)
        raise Refused(sentence, field=field)
    return text


def reserved(address: str) -> bool:
    """True for numbers and addresses that can belong to nobody: all that training may reach."""
    if "@" in address:
        return address.lower().endswith(f"@{DEMO_DOMAIN}")
    return any(_within(address, *series) for series in _RESERVED)


def _within(number: str, prefix: str, first: int, last: int, digits: int) -> bool:
    rest = number.removeprefix(prefix)
    return (
        len(rest) == digits
        and number.startswith(prefix)
        and rest.isascii()
        and rest.isdecimal()
        and first <= int(rest) <= last
    )


def as_read(number: str) -> str:
    """A number as people at home write it: "070-174 06 05"; a mail address as it is."""
    if "@" in number:
        return number
    try:
        parsed = phonenumbers.parse(number, REGION)
    except NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) == REGION
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def masked(address: str) -> str:
    """As it is shown to those who need not use it: "070-174 •• ••", "a•••@lund.example"."""
    if "@" in address:
        name, _at, domain = address.partition("@")
        return f"{name[:1]}•••@{domain}"
    shown, hidden = as_read(address), 4
    for place in range(len(shown) - 1, -1, -1):
        if hidden and shown[place].isdecimal():
            shown, hidden = f"{shown[:place]}•{shown[place + 1 :]}", hidden - 1
    return shown
