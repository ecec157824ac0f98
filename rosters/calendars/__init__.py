"""The roster in other programs: iCalendar feeds, and the number that is on duty now."""
