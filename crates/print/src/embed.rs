//! The fonts of a file: each face that was used, whole as it is in the program, with its widths and what its glyphs stand for.
//!
//! A reader copies words out by the last of these; a sheet is drawn by the others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::font::{FILES, Faces};
use crate::objects::Objects;

/// The faces that were used, each with its file, its widths and what its glyphs stand for.
pub(crate) fn fonts(
    objects: &mut Objects,
    faces: &Faces,
    used: &BTreeMap<u8, BTreeMap<u32, String>>,
    number: usize,
) {
    let mut all = String::new();
    for (face, glyphs) in used {
        let (Some(metrics), Some(file)) =
            (faces.metrics.get(usize::from(*face)), FILES.get(usize::from(*face)))
        else {
            continue;
        };
        let name = format!("TRCLNE+Face{face}");
        let embedded = objects.number();
        objects.stream(embedded, &format!("/Length1 {}", file.len()), file);
        let em = |units: i64| metrics.thousandths(units);
        let [l, b, r, t] = metrics.bounds.map(em);
        let (up, down) = (em(metrics.ascent), em(metrics.descent));
        let flags = if metrics.angle == 0 { 4 } else { 68 };
        let descriptor = objects.add(format!(
            "<</Type/FontDescriptor/FontName/{name}/Flags {flags}/FontBBox[{l} {b} {r} {t}]/ItalicAngle {}/Ascent {up}/Descent {down}/CapHeight 714/StemV 80/FontFile2 {embedded} 0 R>>",
            metrics.angle
        ));
        let mut widths = String::new();
        for glyph in glyphs.keys() {
            let own = metrics.widths.get(*glyph as usize).copied().unwrap_or(0);
            let _ = write!(widths, "{glyph}[{}]", em(own));
        }
        let cid = objects.add(format!(
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R/CIDToGIDMap/Identity/DW 0/W[{widths}]>>"
        ));
        let meaning = objects.number();
        objects.stream(meaning, "", meanings(glyphs).as_bytes());
        let font = objects.add(format!(
            "<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{cid} 0 R]/ToUnicode {meaning} 0 R>>"
        ));
        let _ = write!(all, "/F{face} {font} 0 R");
    }
    objects.put(number, format!("<<{all}>>"));
}

/// Which text each glyph stands for, as readers want it.
fn meanings(glyphs: &BTreeMap<u32, String>) -> String {
    let mut out = String::from(
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange<0000><FFFF>endcodespacerange\n",
    );
    let known: Vec<(&u32, &String)> = glyphs.iter().filter(|(_, text)| !text.is_empty()).collect();
    for some in known.chunks(100) {
        let _ = writeln!(out, "{} beginbfchar", some.len());
        for (glyph, text) in some {
            let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            let _ = writeln!(out, "<{glyph:04X}><{units}>");
        }
        out.push_str("endbfchar\n");
    }
    out.push_str("endcmap CMapName currentdict/CMap defineresource pop end end\n");
    out
}
