"""The office looks cases up: by any number, by title, by who filed; and reads one as its applicant does."""
