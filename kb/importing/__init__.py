"""Answers of another system: what a record may say, how folders are read and written, how records are stored, and what they refer to."""
from kb.importing.importer import ArticleImporter

__all__ = ["ArticleImporter"]
