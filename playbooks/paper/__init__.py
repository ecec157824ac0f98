"""On paper: the envelope as one PDF, and where its copies lie."""
