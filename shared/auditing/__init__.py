"""An auditor's own eyes: verifies what was exported, knowing no more of how it was written than how hashes are made."""
