"""A chain run in memory, by the engine's own rules, with simulated people: for forecasts."""
