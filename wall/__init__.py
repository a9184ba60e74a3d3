"""The composition root: command, services, web server, and everything that touches the outside."""
