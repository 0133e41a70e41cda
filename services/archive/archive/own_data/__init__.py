"""What the service keeps of an account, for the copy that its holder asks for."""
