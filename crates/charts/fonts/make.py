"""Makes inter-400.ttf and inter-600.ttf from the variable Inter that the interface ships as woff2.

    python3 -m venv venv && venv/bin/pip install fonttools==4.68.0 brotli
    venv/bin/python make.py ../../../ui/node_modules/@fontsource-variable/inter/files

What changes on the way: one weight each instead of all, Latin, Greek and Cyrillic in one file, figures of one width where
a program asks for none (what the interface asks for with `font-variant-numeric: tabular-nums`), and no hints.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

SCRIPTS = ["latin", "latin-ext", "greek", "cyrillic", "cyrillic-ext", "vietnamese"]
# What names of members, channels and features are written with; of Latin, all languages of Europe and Vietnamese.
RANGES = [(0x20, 0x24F), (0x2B9, 0x2DD), (0x300, 0x338), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF),
          (0x2009, 0x2009), (0x2010, 0x2044), (0x2070, 0x209C), (0x20A0, 0x20BF), (0x2116, 0x2122), (0x2212, 0x2212)]


def tabular(font):
    """Draws digits with the glyphs of the feature that makes them equally wide."""
    table = font["GSUB"].table
    of_feature = {i for r in table.FeatureList.FeatureRecord if r.FeatureTag == "tnum" for i in r.Feature.LookupListIndex}
    swaps = {}
    for index in sorted(of_feature):
        for part in table.LookupList.Lookup[index].SubTable:
            swaps.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    for cmap in font["cmap"].tables:
        for code, glyph in list(cmap.cmap.items()):
            if chr(code) in "0123456789":
                cmap.cmap[code] = swaps.get(glyph, glyph)
        # The spaces that stand between groups of digits; Inter as it is shipped leaves them to other fonts.
        cmap.cmap.update(dict.fromkeys((0x2009, 0x202F), cmap.cmap[0x20]))


def make(folder, weight, target):
    with TemporaryDirectory() as room:
        parts = []
        for script in SCRIPTS:
            font = TTFont(folder / f"inter-{script}-wght-normal.woff2", recalcTimestamp=False)
            font.flavor = None
            font = instantiateVariableFont(font, {"wght": weight}, updateFontNames=False)
            if script == "latin":
                tabular(font)
            path = Path(room) / f"{script}.ttf"
            font.save(path)
            parts.append(str(path))
        font = Merger().merge(parts)
    keep = {code for low, high in RANGES for code in range(low, high + 1)}
    options = Options(hinting=False, layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], glyph_names=False,
                      name_IDs=[0, 1, 2, 4, 6, 13, 14], notdef_outline=True, recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=keep)
    subsetter.subset(font)
    font["OS/2"].usWeightClass = weight
    # The same input makes the same bytes.
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = 0
    style = {400: "Regular", 600: "SemiBold"}[weight]
    for name in list(font["name"].names):
        if name.nameID == 2:
            name.string = "Regular"
        elif name.nameID == 4:
            name.string = f"Inter {style}"
        elif name.nameID == 6:
            name.string = f"Inter-{style}"
    font.save(target, reorderTables=True)


if __name__ == "__main__":
    for weight in (400, 600):
        make(Path(sys.argv[1]), weight, Path(__file__).parent / f"inter-{weight}.ttf")
