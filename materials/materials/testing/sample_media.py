"""Short recordings and films of any container, really encoded: a tone, a moving picture, or both."""

from __future__ import annotations

import array
import io
import math
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

RATE = 48_000
FRAMES = 10
"""A second."""
WIDTH, HEIGHT = 320, 240
SOUND = {"mp3": "libmp3lame", "wav": "pcm_s16le", "flac": "flac", "ogg": "libopus", "ipod": "aac"}
"""Container, as the library calls it, to codec."""
FILM = {
    "mp4": ("libx264", "aac"),
    "matroska": ("libx264", "libopus"),
    "webm": ("libvpx-vp9", "libopus"),
    "avi": ("mpeg4", "libmp3lame"),
}


def recording(container: str, seconds: float) -> bytes:
    """A tone of so many seconds."""
    return _encoded(container, seconds, SOUND[container], "")


def film(container: str, seconds: float, *, sound: bool = True, picture: bool = True) -> bytes:
    """A square that moves, with a tone; ``picture`` False: what claims to be a film and only sounds."""
    video, audio = FILM[container]
    return _encoded(container, seconds, audio if sound else "", video if picture else "")


def _encoded(container: str, seconds: float, audio: str, video: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        picture = made.add_stream(video, rate=FRAMES) if video else None
        sound = made.add_stream(audio, rate=RATE) if audio else None
        if isinstance(picture, VideoStream):
            _draw(made, picture, round(seconds * FRAMES))
        if isinstance(sound, AudioStream):
            _play(made, sound, round(seconds * RATE))
    return out.getvalue()


def _draw(made: OutputContainer, stream: VideoStream, count: int) -> None:
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    for number in range(count):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        brightness, *colours = frame.planes
        left = number * 7 % (WIDTH - 40)
        line = bytes(200 if not left <= x < left + 40 else 60 for x in range(WIDTH)).ljust(brightness.line_size, b"\0")
        brightness.update(line * HEIGHT)
        for plane in colours:
            plane.update(bytes([128]) * plane.buffer_size)
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def _play(made: OutputContainer, stream: AudioStream, count: int) -> None:
    resampler = av.AudioResampler(stream.format, stream.layout, RATE, stream.frame_size or None)
    for first in range(0, count, RATE):
        length = min(RATE, count - first)
        tone = (round(8_000 * math.sin(2 * math.pi * 440 * (first + n) / RATE)) for n in range(length))
        frame = av.AudioFrame(format="s16", layout="mono", samples=length)
        frame.planes[0].update(array.array("h", tone).tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        for part in resampler.resample(frame):
            made.mux(stream.encode(part))
    for part in resampler.resample(None):
        made.mux(stream.encode(part))
    made.mux(stream.encode(None))
