"""What the roster tells people by itself, and what it asks them."""
