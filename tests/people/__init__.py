"""Accounts, sign-in, sessions, tokens and the audit trail."""
