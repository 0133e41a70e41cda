"""What crosses a service boundary: commands, queries, events and error codes. Nothing else lives here."""
