"""Logistic regressions, one per label, for many training runs on nearly the same records."""
