"""Words: numbers, strategies and answers in plain English."""
