"""What keeps an account open, as far as this service goes."""
