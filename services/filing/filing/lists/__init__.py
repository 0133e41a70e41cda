"""Lists of an account's cases: filtered, counted and paged here, however many there are."""
