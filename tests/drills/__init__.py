"""Tampering, practised: each way in which a record can be falsified, and the tool that finds it."""
