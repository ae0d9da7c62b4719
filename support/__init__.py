"""The cellar: the domain, floor by floor (see docs/architecture.md)."""
