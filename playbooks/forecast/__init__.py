"""Reach forecasts: how likely a path's needs are met in time, and what would mend it."""
