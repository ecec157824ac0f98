"""When a version was last gone through, and when it has to be again: pure rules."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.language import gettext as _
from playbooks.models import PlaybookVersion, VersionState

NOTICE = timedelta(days=30)  # before it is due, somebody is told


class ReviewState(StrEnum):
    UNAPPROVED = "unapproved"
    OVERDUE = "overdue"
    SOON = "soon"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Review:
    """How a version in force stands today."""

    state: ReviewState
    done_on: date  # last gone through: approval counts
    due_on: date

    @property
    def status(self) -> str:
        bad = self.state is ReviewState.OVERDUE
        return "bad" if bad else "ok" if self.state is ReviewState.FRESH else "warn"

    @property
    def word(self) -> str:
        return {
            ReviewState.UNAPPROVED: _("Inte godkänt"),
            ReviewState.OVERDUE: _("Skulle ha setts över"),
            ReviewState.SOON: _("Ska ses över"),
            ReviewState.FRESH: _("Aktuellt"),
        }[self.state]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def review_of(version: PlaybookVersion, *, months: int, now: datetime, zone: ZoneInfo) -> Review:
    """Approval is a review too; what was only loaded has been gone through by nobody."""
    times = [each for each in (version.approved_at, version.reviewed_at) if each]
    since = max(times, default=version.loaded_at).astimezone(zone).date()
    approved = version.state is VersionState.APPROVED
    return judge(since, months=months, approved=approved, today=now.astimezone(zone).date())


def judge(since: date, *, months: int, approved: bool, today: date) -> Review:
    due = months_after(since, months)
    state = ReviewState.FRESH
    if today > due:
        state = ReviewState.OVERDUE
    elif not approved:
        state = ReviewState.UNAPPROVED
    elif today > due - NOTICE:
        state = ReviewState.SOON
    return Review(state, since, due)
