"""How staff call what the log holds as codes."""

from handlers.console.release.trying import INTENTS as INTENTS

CHANNELS = {"line": "LINE", "web": "Web", "slack": "Slack"}
SAID = {"good": "役に立った", "wrong": "違います"}
# Content types of downloads, by suffix.
TABLE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
