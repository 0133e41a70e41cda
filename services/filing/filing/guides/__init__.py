"""The office's own words beside the service guides."""
