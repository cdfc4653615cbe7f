"""Four services; none imports another. They know of each other only the events in `shared.events`."""
