"""Versions: from draft by proposal and approval into force, and what differs between two."""
