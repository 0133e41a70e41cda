"""Cases: their states, transitions, history and views."""
