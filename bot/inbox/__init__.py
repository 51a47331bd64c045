"""Accepted events: stored before they are acknowledged, and answered from there, whatever dies in between."""
