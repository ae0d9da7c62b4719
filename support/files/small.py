"""The small picture of a picture: a new one with nothing in it but what can be seen. Never trusts what it reads."""
import io
from typing import BinaryIO

from PIL import Image, ImageOps

SIDE = 480  # pixels; shown at half of that, sharp on every screen
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# What reading one costs in memory: up to five bytes for a pixel, and libjpeg reads a plain JPEG at an eighth of its size.
MOST_PIXELS, MOST_PIXELS_JPEG = 24_000_000, 100_000_000


class NoSmallPicture(ValueError):
    """It is broken, or so large that it could only hurt: it becomes a download like any other file."""


def small_picture(content: BinaryIO) -> tuple[bytes, int, int]:
    """A WebP of at most SIDE pixels, its width and height; raises NoSmallPicture. Takes up to a second: see `support.offload`."""
    try:
        with Image.open(content, formats=FORMATS) as image:
            _demand_bounded(image)
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


def _demand_bounded(image: Image.Image) -> None:
    baseline = image.format == "JPEG" and not image.info.get("progressive") and not image.info.get("progression")
    if image.width * image.height > (MOST_PIXELS_JPEG if baseline else MOST_PIXELS):
        raise NoSmallPicture()


def _written(image: Image.Image) -> bytes:
    """Only the pixels go over: place, camera, texts and profiles stay behind."""
    bare = Image.new("RGBA" if image.mode == "RGBA" else "RGB", image.size)
    bare.paste(image if image.mode == bare.mode else image.convert(bare.mode))
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=80, method=3)
    return written.getvalue()
