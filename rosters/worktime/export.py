"""The rows that payroll takes: quantities, never kronor."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rosters.worktime.models import Approval
from rosters.worktime.quantities import Quantity

COLUMNS = (
    "employee_ref",
    "duty_role",
    "interval_start",
    "interval_end",
    "minutes",
    "category",
    "kind",
    "incident_ref",
    "cumulative_minutes_in_month",
    "over_threshold",
    "source_shift_id",
    "agreement_profile",
    "approved_by",
    "approved_at",
)


def cells(
    row: Quantity, approval: Approval | None = None, zone: ZoneInfo | None = None
) -> tuple[str, ...]:
    """A row as text, in the order of the columns."""
    return (
        row.employee_ref,
        row.duty_role,
        _iso(row.interval_start),
        _iso(row.interval_end),
        str(row.minutes),
        row.category.value,
        row.kind.value,
        row.incident_ref,
        str(row.cumulative_minutes_in_month),
        "J" if row.over_threshold else "N",
        row.source_shift_id,
        row.agreement_profile,
        approval.approved_by if approval else "",
        _iso(approval.approved_at.astimezone(zone)) if approval else "",
    )


def about(
    *,
    months: Sequence[date],
    made_at: datetime,
    rows: Iterable[Quantity],
    unapproved: int,
    uncounted: int,
) -> tuple[tuple[str, str], ...]:
    """The second sheet: what the file is, for whoever opens it a year later."""
    profiles = sorted({row.agreement_profile for row in rows})
    return (
        ("Innehåll", "Mängder i minuter. Filen innehåller inga kronor."),
        ("Period", f"{months[0]:%Y-%m} till {months[-1]:%Y-%m}"),
        ("Avtalsprofiler", ", ".join(profiles)),
        ("Personmånader som inte är godkända", str(unapproved)),
        ("Personmånader med beredskap som ingen profil räknar", str(uncounted)),
        ("Framställd", _iso(made_at)),
    )


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
