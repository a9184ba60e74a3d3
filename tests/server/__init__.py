"""The HTTP side: API, token, push."""
