"""Alarm paths: written, checked, compiled, loaded and raised."""
