"""What is in force and since when: model folders, applying and history, dated changes, targets, what-if."""
