"""When people are away: by hand, and read out of their own calendars."""
