"""Who is a party to what was done with rights: 受让方, 被许可方, 质权人, by the identity that was verified."""
