"""Pages: what people open; HTML that needs no network, and figures."""
