"""The small picture of a picture: a new one with nothing in it but what can be seen. Never trusts what it reads."""
import io
from typing import BinaryIO

from PIL import Image, ImageOps

from support.files.scans import count_scans

SIDE = 480  # pixels; shown at half of that, sharp on every screen
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# What reading one costs in memory: up to nine bytes for a pixel, sixteen in WebP, eight in a JPEG of several scans, all of which
# libjpeg keeps and goes through once for each scan; a plain JPEG it reads at an eighth of its size.
MOST_PIXELS, MOST_PIXELS_WEBP, MOST_PIXELS_JPEG = 20_000_000, 12_000_000, 100_000_000
MOST_SCANS = 40  # programs write about ten


class NoSmallPicture(ValueError):
    """It is broken, or so large that it could only hurt: it becomes a download like any other file."""


def small_picture(content: BinaryIO) -> tuple[bytes, int, int]:
    """A WebP of at most SIDE pixels, its width and height; raises NoSmallPicture. Takes up to a second: see `support.offload`."""
    try:
        with Image.open(content, formats=FORMATS) as image:
            _demand_bounded(image, content)
            image.draft("RGB", (SIDE, SIDE))
            image.load()
            if image.mode in ("P", "LA", "PA", "1") or "transparency" in image.info:
                image = image.convert("RGBA")
            elif image.mode not in ("RGB", "RGBA", "L"):
                image = image.convert("RGB")
            image.thumbnail((SIDE, SIDE), reducing_gap=2.0)
            image = ImageOps.exif_transpose(image)
            return _written(image), image.width, image.height
    except NoSmallPicture:
        raise
    except Exception as error:  # decoders raise whatever they like at broken pictures
        raise NoSmallPicture() from error


def _demand_bounded(image: Image.Image, content: BinaryIO) -> None:
    most = MOST_PIXELS_WEBP if image.format == "WEBP" else MOST_PIXELS
    if image.format == "JPEG":
        at, scans = content.tell(), count_scans(content, MOST_SCANS)
        content.seek(at)
        if scans > MOST_SCANS:
            raise NoSmallPicture()
        is_plain = scans == 1 and not image.info.get("progressive") and not image.info.get("progression")
        most = MOST_PIXELS_JPEG if is_plain else MOST_PIXELS
    if image.width * image.height > most:
        raise NoSmallPicture()


def _written(image: Image.Image) -> bytes:
    """Only the pixels go over: place, camera, texts and profiles stay behind."""
    bare = Image.new("RGBA" if image.mode == "RGBA" else "RGB", image.size)
    bare.paste(image if image.mode == bare.mode else image.convert(bare.mode))
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=80, method=3)
    return written.getvalue()
