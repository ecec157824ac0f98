"""What a duty role demands, and who has done it."""
