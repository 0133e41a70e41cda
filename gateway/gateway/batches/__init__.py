"""批量登记 for pages and API alike: its problems in words, its commented sheet, its signature."""
