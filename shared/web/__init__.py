"""HTTP as every service speaks it: access, problem documents, positions, paging, limits, the app."""
