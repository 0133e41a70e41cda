"""The office looks accounts up: by name, mobile, e-mail address, credit code or id; and reads how one stands."""
