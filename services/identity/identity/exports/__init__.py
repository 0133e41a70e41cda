"""The copy of their own data that people and organisations ask for (个人信息保护法 art. 45)."""
