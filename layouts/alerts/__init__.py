"""Alerts on pages: the inbox, one alert, the desk's list of rules and deliveries."""
