"""The report as a file: a row for each way to each person; the protected by title."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from alerting.plan import ChannelKind
from core.language import gettext as _
from playbooks.communication_tests.models import LeftOut
from playbooks.communication_tests.report import Channel, PersonLine, Report
from rosters.tables import write_csv


def as_csv(report: Report, zone: ZoneInfo) -> bytes:
    header = (
        _("Namn"), _("Steg"), _("Kanal"), _("Skickat"), _("Framme"), _("Svarat"),
        _("Sekunder till svar"), _("Fel"), _("Status"),
    )  # fmt: skip
    lines = [line for each in report.people for line in _lines(each, report, zone)]
    words = {LeftOut.RESTS: _("Provades nyligen"), LeftOut.PROTECTED: _("Nås via växeln")}
    lines += [
        (each.seen.name, ", ".join(each.steps), "", "", "", "", "", "", words[each.row.left_out])
        for each in report.left_out
        if each.row.left_out
    ]
    return write_csv(header, lines)


def _lines(each: PersonLine, report: Report, zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    person, status = (each.seen.name, ", ".join(each.steps)), each.status[1]
    if not each.channels:
        yield (*person, "", "", "", "", "", "", status)
    for channel in each.channels:
        yield (*person, *_channel(channel, report, zone), status)


def _channel(channel: Channel, report: Report, zone: ZoneInfo) -> tuple[str, ...]:
    row, _point = channel
    names = {ChannelKind.VOICE: _("Samtal"), ChannelKind.SMS: _("Sms"), ChannelKind.MAIL: _("Mejl")}
    delay = row.answered_at - report.test.started_at if row.answered_at else None
    return (
        names[row.channel],
        _at(row.sent_at, zone),
        _at(row.delivered_at, zone),
        _at(row.answered_at, zone),
        f"{delay.total_seconds():.0f}" if delay is not None else "",
        row.reason,
    )


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S") if at else ""
