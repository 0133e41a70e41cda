"""What is signed, by whom and when: one act covers everything that is filed."""
