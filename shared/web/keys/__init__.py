"""API keys and browser sessions: `book` knows them, `sqlite` and `postgres` keep them, `records` is what is kept."""

from shared.web.keys.book import SESSION_HOURS, Cost, Keys
from shared.web.keys.opening import KeySettings, kept_keys, open_keys, shared_keys

__all__ = ["SESSION_HOURS", "Cost", "KeySettings", "Keys", "kept_keys", "open_keys", "shared_keys"]
