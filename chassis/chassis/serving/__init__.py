"""Taking requests and events from the broker, for a service."""
