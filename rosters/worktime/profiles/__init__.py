"""Agreement profiles: what a collective agreement says of stand-by, as dated data."""
