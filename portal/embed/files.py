"""Files in the embedded chat: the addresses of uploads and downloads, opened by its bearer token."""
from portal.embed.blueprint import bp
from support.web import attachments

attachments.routes(bp, "/files", embedded=True)
