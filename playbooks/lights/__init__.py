"""The three lights of every path: documented, known, exercised."""
