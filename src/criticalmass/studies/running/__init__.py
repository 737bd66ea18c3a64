"""Running: the trials that a store lacks, wherever they are to run."""
