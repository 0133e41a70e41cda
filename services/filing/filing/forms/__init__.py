"""The rules of the application forms and the policy they stand on."""
