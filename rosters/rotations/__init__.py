"""Rotations: whose turn it is, reckoned from a pattern and made into shifts."""
