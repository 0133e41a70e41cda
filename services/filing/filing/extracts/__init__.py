"""What the register says of the registration that a case is about, as its holder brought it from the archive."""
