"""Data: labelled records that stand for P₀, what groups change of them, and their files."""
