"""The pages of analysis, and the tables that they and their exports share."""
