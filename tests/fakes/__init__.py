"""Other people's servers, on loopback, with switches for everything that goes wrong there."""
