"""The office looks registrations up: by any of their numbers, by title, by owner."""
