"""What many tests use: populations, studies, files and processes, one subject a file."""
