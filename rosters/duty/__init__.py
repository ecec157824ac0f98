"""Duty roles and who has them: rotations, shifts, swaps, handovers and gaps."""
