"""Megaplan, API v3."""
