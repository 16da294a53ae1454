#!/usr/bin/env python3
"""Makes report.xlsx, the form that ODK Collect and KoboCollect show, from the words of the screens; then report.xml from it with pyxform (PyPI), and the digest that a phone
compares to see whether it has the form. `make.py --check` makes nothing and says whether report.xml is what pyxform makes of the report.xlsx that is there, but for one name.
No question asks for the device, its number or its place at the start: what is not asked cannot find anybody."""
import hashlib
import json
import sys
from pathlib import Path

from pyxform.xls2xform import convert

HERE = Path(__file__).resolve().parent
LOCALES = HERE.parents[1] / "crates/publish/locales"
LANGUAGES = {"en": "English (en)", "ar": "العربية (ar)", "ru": "Русский (ru)"}
FIGURE = "regex(., '^((>=|<=|>|<)?[0-9]{1,6}|[0-9]{1,6}-[0-9]{1,6}|dozens)$')"


def words(en, ar, ru):
    return {"en": en, "ar": ar, "ru": ru}


SURVEY = [
    ("text", "words", words("The report, in the words in which it came", "البلاغ بالكلمات التي جاء بها", "Сообщение теми словами, какими оно пришло"), {"required": "yes", "appearance": "multiline"}),
    ("select_one acts", "act", words("What", "ماذا", "Что"), {"appearance": "minimal"}),
    ("text", "place", words("Where, by name", "أين، بالاسم", "Где, названием"), {}),
    ("geopoint", "point", words("Where, as a point: where it happened, not where you are", "أين، كنقطة: مكان الحدث لا مكانك", "Где, точкой: где это случилось, а не где вы"), {"appearance": "placement-map"}),
    ("integer", "within_m", words("Within how many metres of that point", "ضمن كم متراً من تلك النقطة", "В скольких метрах от этой точки"), {"relevant": "${point} != ''", "required": "yes", "constraint": ". >= 1 and . <= 1000000"}),
    ("date", "day", words("Day, where it happened", "اليوم، في مكان الحدث", "День, там, где это случилось"), {}),
    ("time", "hour", words("Hour, where it happened", "الساعة، في مكان الحدث", "Час, там, где это случилось"), {"relevant": "${day} != ''"}),
    ("text", "killed", words("Killed: 3, 3-5, >=12", "القتلى: 3 أو 3-5 أو >=12", "Убито: 3, 3-5, >=12"), {"constraint": FIGURE, "message": True}),
    ("text", "wounded", words("Wounded: 3, 3-5, >=12", "الجرحى: 3 أو 3-5 أو >=12", "Ранено: 3, 3-5, >=12"), {"constraint": FIGURE, "message": True}),
    ("image", "photo", words("A photograph: it is kept encrypted, with all that the camera wrote into it", "صورة: تُحفظ مشفّرة مع كل ما كتبته الكاميرا فيها", "Фотография: хранится зашифрованной, со всем, что записала в неё камера"), {}),
    ("select_one tellers", "said_by", words("Who says it", "من يقوله", "Кто это говорит"), {}),
]
MESSAGE = words(
    "A count: 14, 14-27, >50, >=16, <=5 or dozens. Empty is unknown, not zero.",
    "عدد: 14 أو 14-27 أو >50 أو >=16 أو <=5 أو dozens. الفارغ غير معروف وليس صفراً.",
    "Число: 14, 14-27, >50, >=16, <=5 или dozens. Пустое неизвестно, это не ноль.",
)
TELLERS = [
    ("caller", words("Somebody told me", "أخبرني شخص", "Мне рассказали")),
    ("myself", words("I saw it", "رأيته بنفسي", "Видел(а) сам(а)")),
]


def table():
    """The sheets of the form."""
    labels = [f"label::{name}" for name in LANGUAGES.values()]
    messages = [f"constraint_message::{name}" for name in LANGUAGES.values()]
    survey = [["type", "name", *labels, "required", "appearance", "relevant", "constraint", *messages]]
    for kind, name, label, more in SURVEY:
        said = [MESSAGE[code] for code in LANGUAGES] if more.get("message") else [""] * len(LANGUAGES)
        survey.append([kind, name, *(label[code] for code in LANGUAGES), *(more.get(key, "") for key in ("required", "appearance", "relevant", "constraint")), *said])
    locales = {code: json.loads((LOCALES / f"{code}.json").read_text("utf-8")) for code in LANGUAGES}
    acts = sorted(key for key in locales["en"] if key.startswith("act."))
    choices = [["list_name", "name", *labels]]
    choices += [["acts", key.removeprefix("act."), *(locales[code][key] for code in LANGUAGES)] for key in acts]
    choices += [["tellers", name, *(label[code] for code in LANGUAGES)] for name, label in TELLERS]
    settings = [["form_title", "form_id", "version", "default_language"], ["Truceline: a report", "truceline-report", "2", LANGUAGES["en"]]]
    return {"survey": survey, "choices": choices, "settings": settings}


def xform():
    """What pyxform makes of the workbook; it raises where the form is not sound. The element that holds a list of choices may have any name: pyxform's is that of a
    folder of the administrator's, which no file of ours names, so here it is `choices`."""
    made = convert(HERE / "report.xlsx", validate=False, pretty_print=True).xform.strip() + "\n"
    for theirs, ours in (("<root>", "<choices>"), ("</root>", "</choices>"), ("')/root" + "/item", "')/choices/item")):
        made = made.replace(theirs, ours)
    return made


def digest(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() + "\n"


def sheets():
    from openpyxl import load_workbook

    book = load_workbook(HERE / "report.xlsx", read_only=True)
    return {sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] for sheet in book}


def main():
    if "--check" in sys.argv:
        text = (HERE / "report.xml").read_text("utf-8")
        faults = []
        if sheets() != table():
            faults.append("report.xlsx does not say what make.py and the words of the screens say")
        if xform() != text:
            faults.append("report.xml is not what pyxform makes of report.xlsx, but for one name")
        if (HERE / "report.xml.md5").read_text("utf-8") != digest(text):
            faults.append("report.xml.md5 is not the digest of report.xml")
        sys.exit("\n".join([*faults, "run mappings/openrosa/make.py"]) if faults else 0)
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in table().items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(HERE / "report.xlsx")
    text = xform()
    (HERE / "report.xml").write_text(text, "utf-8")
    (HERE / "report.xml.md5").write_text(digest(text), "utf-8")


main()
