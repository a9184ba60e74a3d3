"""People: accounts, sign-in, sessions, tokens, and who is asking."""
