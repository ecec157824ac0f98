"""The roof: the application put together, its command line and its demo."""
