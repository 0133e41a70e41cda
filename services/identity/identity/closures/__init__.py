"""Closing an account at its holder's wish (个人信息保护法 art. 47): asked for, waited for, carried out or kept."""
