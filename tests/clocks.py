"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta

NIGHT = datetime(2026, 11, 24, 2, 12, tzinfo=UTC)  # 03:12 in Lund, in duty week 48


class MovableClock:
    def __init__(self, at: datetime = NIGHT) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        assert at >= self._at, "time does not go backwards"
        self._at = at

    def move(self, length: timedelta) -> None:
        self._at += length
