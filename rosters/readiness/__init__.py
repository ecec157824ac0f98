"""Can people be reached: their numbers, the proof of them, and campaigns that keep them right."""
