"""The office looks old cases up: by number, old account, title, or the account here that goes on with them."""
