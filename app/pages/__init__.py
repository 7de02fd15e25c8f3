"""The pages: thin; each reads, calls a service, draws."""
