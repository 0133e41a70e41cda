"""Files that come together in one ZIP archive: what is in it, and taking some of them out."""
