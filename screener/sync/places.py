"""Where a sync keeps what it has fetched, below the folder of the data set; known without loading what fetches."""

from __future__ import annotations

SOURCES = "sources"
STATE_NAME = "state.json"
