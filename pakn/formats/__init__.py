"""Formats that Django's own Vietnamese locale lacks."""
