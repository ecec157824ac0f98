"""Migrations of the one schema: each additive first, so that new code runs on the old schema."""
