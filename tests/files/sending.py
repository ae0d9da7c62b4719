"""Uploads as a browser makes them, part by part; and contents to upload."""
import io

from PIL import Image

JSON = {"Accept": "application/json"}


class Sender:
    """Somebody with a browser that uploads."""

    def __init__(self, client, prefix: str = "/files"):
        self.client, self.prefix = client, prefix

    def begin(self, name: str, size: int):
        return self.client.post(self.prefix, data={"name": name, "size": size}, headers=JSON)

    def bring(self, key: str, offset: int, content: bytes):
        return self.client.post(f"{self.prefix}/{key}/parts?offset={offset}", data=content, content_type="application/octet-stream", headers=JSON)

    def end(self, key: str):
        return self.client.post(f"{self.prefix}/{key}/end", headers=JSON)

    def progress(self, key: str):
        return self.client.get(f"{self.prefix}/{key}/progress", headers=JSON)

    def upload(self, name: str, content: bytes, part: int = 512 * 1024) -> str:
        """The key of a file that has come as a whole."""
        begun = self.begin(name, len(content))
        assert begun.status_code == 201, begun.text
        key = begun.json["key"]
        for offset in range(0, len(content), part):
            answer = self.bring(key, offset, content[offset:offset + part])
            assert answer.status_code == 200, answer.text
        answer = self.end(key)
        assert answer.status_code == 200 and answer.json["ready"], answer.text
        return key

    def says(self, address: str, *keys: str, body: str = "See the file", number: int = 1, **more):
        return self.client.post(address, data={"body": body, "client_id": f"client-file-{number:05}", "files": list(keys), **more}, headers=JSON)


def photo(width: int = 640, height: int = 400, kind: str = "JPEG", **how) -> bytes:
    """A picture of one colour as cameras and programs write it."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), (10, 107, 79)).save(written, kind, **how)
    return written.getvalue()
