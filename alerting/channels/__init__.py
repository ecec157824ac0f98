"""The ways a message leaves the house: one module per provider, all of one shape."""
