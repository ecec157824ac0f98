"""The number that alarms come from as a vCard, so that one tap saves it: RFC 2426, version 3.0."""

from core.language import gettext as _


def number_card(name: str, number: str) -> bytes:
    """A contact with one number; lines end with CRLF as the format wants."""
    shown = _escaped(_("Larm från {name}").format(name=name))
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{shown};;;;",
        f"FN:{shown}",
        f"ORG:{_escaped(name)}",
        f"TEL;TYPE=VOICE,CELL,PREF:{number}",
        "END:VCARD",
        "",
    )
    return "\r\n".join(lines).encode()


def _escaped(text: str) -> str:
    text = " ".join(text.split()).replace("\\", "\\\\")
    return text.replace(",", "\\,").replace(";", "\\;")
