"""Decided in quiet times: alarm paths and call-in chains as versioned data."""
