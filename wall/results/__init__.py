"""What came of the definitions: the past, explanations, closed periods, trial pay."""
