"""Swaps of shifts: asked, answered, approved and carried out."""
