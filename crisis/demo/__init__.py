"""The demo: Lund, with invented people and numbers that belong to nobody."""
