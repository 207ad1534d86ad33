"""Made the fallback fonts: the characters of GB 18030-2022 beyond GBK, as TrueType outlines that reportlab can embed.

    python make_more.py NotoSansCJK-Regular.ttc HanaMinB.ttf      (Debian: fonts-noto-cjk, fonts-hanazono; fonttools)

NotoSansSC-more.ttf holds what Noto Sans CJK SC has beyond NotoSansSC-gbk.ttf, without Hangul syllables;
HanRare.ttf the ideographs of extensions B to F that neither has, from Hanazono Mincho B under another name.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

HERE = Path(__file__).parent
HANGUL = set(range(0xAC00, 0xD7B0)) | set(range(0x1100, 0x1200)) | set(range(0xA960, 0xA980))
RARE = set(range(0x20000, 0x2EBE1))
UNUSED = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "STAT", "FFTM", "prep", "gasp"]


def cut(font, characters):
    """Keep these characters only, and no layout."""
    options = subset.Options()
    options.layout_features = []
    options.notdef_outline = True
    options.drop_tables += UNUSED
    options.desubroutinize = True
    options.hinting = False
    options.name_IDs = ["*"]
    options.glyph_names = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)


def as_truetype(font):
    """Cubic outlines as quadratic ones."""
    drawn, order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    for name in order:
        glyphs[name].recalcBounds(font["glyf"])
        font["hmtx"][name] = font["hmtx"][name][0], getattr(glyphs[name], "xMin", 0) or 0
    largest = font["maxp"]
    largest.tableVersion = 0x00010000
    for key in "TwilightPoints Storage FunctionDefs InstructionDefs StackElements SizeOfInstructions".split():
        setattr(largest, f"max{key}", 0)
    largest.maxZones, largest.maxComponentElements = 1, 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\0\1\0\0"


def renamed(font, name):
    """A name of its own: two fonts of one name in a document are one to its readers, and makers reserve theirs."""
    for record in font["name"].names:
        if record.nameID in {1, 3, 4, 6, 16}:
            record.string = name


def main(noto, hanazono):
    known = set(TTFont(HERE / "NotoSansSC-gbk.ttf").getBestCmap())
    more = next(
        font for at in range(10) if (font := TTFont(noto, fontNumber=at))["name"].getDebugName(4) == "Noto Sans CJK SC"
    )
    added = set(more.getBestCmap()) - known - HANGUL
    cut(more, added)
    as_truetype(more)
    renamed(more, "NotoSansSC-more")
    more.save(HERE / "NotoSansSC-more.ttf")
    rare = TTFont(hanazono)
    cut(rare, (set(rare.getBestCmap()) & RARE) - known - added)
    renamed(rare, "HanRare")
    rare.save(HERE / "HanRare.ttf")


if __name__ == "__main__":
    main(*sys.argv[1:])
