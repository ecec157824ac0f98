"""Signals: what the outside says - a VMA, a weather warning, another system - for a human to judge."""
