"""Handovers of duty: an act with two signatures."""
