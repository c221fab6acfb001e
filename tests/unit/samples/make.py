#!/usr/bin/env python3
"""Makes the sample files of tests/unit/samples/ for aiddesk-inspect: small, invented, one of each type. Needs ImageMagick for the pictures;
run by hand when a sample is added:  python3 make.py
"""

import os
import struct
import subprocess
import zipfile
import zlib

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


def convert(*args):
    subprocess.run(["convert", *args], check=True)


# Upper left corner red, the rest white: a turned picture shows where the corner went.
CORNER = ["-size", "96x64", "xc:white", "-fill", "red", "-draw", "rectangle 0,0 47,31", "-strip"]


def exif(orientation):
    """Make, orientation, little-endian; the make is a word to look for in previews."""
    make = b"CANARYCAM\0"
    ifd = struct.pack("<H", 2)
    ifd += struct.pack("<HHII", 0x010F, 2, len(make), 38) + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<I", 0)
    tiff = b"II*\0" + struct.pack("<I", 8) + ifd + make
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def pictures():
    convert(*CORNER, "-quality", "90", "jpg:plain.jpg")
    data = open("plain.jpg", "rb").read()
    os.unlink("plain.jpg")
    for orientation in range(1, 9):
        write("turned%d.jpg" % orientation, data[:2] + exif(orientation) + data[2:])
    convert(*CORNER, "-interlace", "JPEG", "progressive.jpg")
    convert(*CORNER, "-colorspace", "CMYK", "cmyk.jpg")
    convert(*CORNER, "-define", "png:exclude-chunks=date,time", "corner.png")
    convert(*CORNER, "-interlace", "PNG", "-define", "png:exclude-chunks=date,time", "interlaced.png")
    convert("-size", "96x64", "xc:none", "-fill", "red", "-draw", "rectangle 0,0 47,31", "-strip", "-define",
            "png:exclude-chunks=date,time", "transparent.png")
    convert(*CORNER, "-define", "webp:lossless=true", "corner.webp")
    convert(*CORNER, "corner.gif")
    convert(*CORNER, "-interlace", "GIF", "interlaced.gif")
    convert("-size", "2400x1200", "xc:white", "-fill", "red", "-draw", "rectangle 0,0 1199,599", "-strip", "-define",
            "png:exclude-chunks=date,time", "large.png")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data, bits=8, colour=2):
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def white(width, height):
    """One bit a pixel, so that many pixels make a small file."""
    return png(width, height, zlib.compress((b"\0" + b"\xff" * ((width + 7) // 8)) * height, 9), 1, 0)


def box(kind, data):
    return struct.pack(">I", 8 + len(data)) + kind + data


def containers():
    write("bomb.png", png(65536, 65536, zlib.compress(bytes(100000), 9)))
    write("limit.png", white(8000, 8000))
    write("over.png", white(8000, 8001))
    write("huge.png", png(2**31 - 1, 1, b""))
    write("film.mp4", box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", bytes(60)) + box(b"mdat", bytes(90)))
    write("voice.m4a", box(b"ftyp", b"M4A \0\0\2\0M4A mp42isom") + box(b"moov", bytes(60)) + box(b"mdat", bytes(90)))
    write("photo.heic", box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(60)) + box(b"mdat", bytes(90)))
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    write("voice.mp3", b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + frame * 3)
    for name, inner in (("letter.docx", "word/document.xml"), ("table.xlsx", "xl/workbook.xml"), ("archive.zip", "notes.txt")):
        with zipfile.ZipFile(name, "w") as z:
            if inner != "notes.txt":
                z.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")
                z.writestr(zipfile.ZipInfo("_rels/.rels"), "<Relationships/>")
            z.writestr(zipfile.ZipInfo(inner), "<x/>")
    body, offsets = b"%PDF-1.4\n", []
    for n, obj in enumerate((b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>")):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (n + 1, obj)
    start = len(body)
    body += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    write("paper.pdf", body + b"trailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def texts():
    said = "客服说已经发货，但我没有收到。\r\n订单 20261103220014"
    write("utf8.txt", said.encode())
    write("gbk.txt", said.encode("gb18030"))
    write("utf16.txt", said.encode("utf-16"))
    write("page.html", b"<!DOCTYPE html><html><script>alert(1)</script></html>")
    write("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    write("program.bin", bytes(range(256)) * 4)


pictures()
containers()
texts()
