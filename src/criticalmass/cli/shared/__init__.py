"""What several commands share: options, tables, what a terminal shows while trials run."""
