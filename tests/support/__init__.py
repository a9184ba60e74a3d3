"""What tests share: real servers and processes."""
