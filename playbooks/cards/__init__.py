"""Action cards: what to do in the first minutes and hours, ticked off together."""
