"""Signing in through others: OpenID Connect, DingTalk, WeCom, Feishu."""
