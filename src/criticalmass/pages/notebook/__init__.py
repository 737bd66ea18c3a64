"""What notebooks show of curves, answers, rows, records and studies: pictures and tables."""
