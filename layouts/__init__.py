"""What screens show: views (a board as flat texts and numbers) and pages (the structure those values fill)."""
