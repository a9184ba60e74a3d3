"""Messages to people: channels, texts, the outbox that survives restarts, and the log of what was delivered."""
