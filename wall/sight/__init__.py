"""What a viewer may see of a model, a board and an explanation: everything else is gone before any page is made."""
