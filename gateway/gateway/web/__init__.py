"""What every page and API call shares: sessions, callers, languages, problems, headers, limits."""
