"""What keeps a form and its files from being filed: rules of its type and rules of files together."""
