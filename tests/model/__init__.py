"""Models as folders: what the check finds, generations, changes, settings and the schema."""
