"""Slack: what it sends as it is read, and a reply in Block Kit."""
