"""Cases: their states, transitions and history."""
