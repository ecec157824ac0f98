"""Reach people, and know that you did: alarms, call-ins, messages, engine, channels, replies."""
