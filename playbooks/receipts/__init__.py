"""Read receipts: whoever a path calls has read their own part of it."""
