"""Slack's Events API and interactivity, and its Web API."""
