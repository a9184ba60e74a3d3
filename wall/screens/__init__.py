"""The fleet of screens: pairing, credentials, what each shows, its remote, and whether it is still there."""
