"""What people do about numbers: notes, actions and decisions pinned to units and KPIs, and the reminders of them."""
