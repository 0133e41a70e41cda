"""What the old system had kept on paper, as scans that its dumps name by path."""
