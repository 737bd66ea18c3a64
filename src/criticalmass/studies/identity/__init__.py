"""Identity: what a study is, in JSON's types, so that its trials have names and seeds."""
