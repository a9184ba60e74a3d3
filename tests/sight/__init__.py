"""What roles let through, against attackers that know arithmetic."""
