"""The verified identity of each account, as identity announced it."""
