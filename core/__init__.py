"""The ground: settings, clock, database, errors, audit, sign-in, web shell, language."""
