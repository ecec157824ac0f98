"""Alarm paths written in the browser, step by step."""
