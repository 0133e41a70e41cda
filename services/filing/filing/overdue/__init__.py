"""What happens when a legal period has run out."""
