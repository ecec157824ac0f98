"""Other ways in: an alarm raised by text or phone, with a personal PIN, confirmed on our own call."""
