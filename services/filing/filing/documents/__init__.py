"""Documents that filing issues: declaration, cover sheet, notices."""
