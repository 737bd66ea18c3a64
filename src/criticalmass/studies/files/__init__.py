"""Study files: TOML in, a `Study` out."""
