"""Everybody's own page: one's duty, swaps, handovers and numbers, with or without an account."""
