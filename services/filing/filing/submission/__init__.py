"""From a finished draft to a submission with its serial number."""
