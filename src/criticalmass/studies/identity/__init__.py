"""Identity: what a study is, in JSON's types: what names its trials and seeds them."""
