"""Working time: how much stand-by and work a roster comes to, in minutes and never in kronor."""
