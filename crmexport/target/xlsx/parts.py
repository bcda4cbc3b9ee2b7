"""The fixed parts of a workbook, and those that only list its sheets (ECMA-376, parts 1 and 2)."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

DATE_FORMATS = {"ru": ("dd.mm.yyyy", "dd.mm.yyyy hh:mm"), "en": ("yyyy-mm-dd", "yyyy-mm-dd hh:mm")}


class SheetEntry(NamedTuple):
    """A finished sheet: number of its part, name on its tab, and the range its filter covers ("" for none)."""

    number: int
    name: str
    filtered: str


def package_relations() -> str:
    """`_rels/.rels`: where the workbook is."""
    return (
        f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )


def content_types(sheets: Sequence[SheetEntry]) -> str:
    """`[Content_Types].xml`."""
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{sheet.number}.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        for sheet in sheets
    )
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>{overrides}</Types>'
    )


def workbook(sheets: Sequence[SheetEntry]) -> str:
    """`xl/workbook.xml`: the tabs, in the order people see them."""
    tabs = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{sheet.number}" r:id="rId{sheet.number}"/>'
        for sheet in sheets
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">{_absolute(sheet)}</definedName>'
        for place, sheet in enumerate(sheets)
        if sheet.filtered
    )
    names = f"<definedNames>{filters}</definedNames>" if filters else ""
    return (
        f'{DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<bookViews><workbookView/></bookViews><sheets>{tabs}</sheets>{names}</workbook>"
    )


def _absolute(sheet: SheetEntry) -> str:
    """The filtered range with its sheet, as a formula names it: 'Сделки'!$A$1:$C$9."""
    corners = (
        "$" + corner.rstrip("0123456789") + "$" + corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for corner in sheet.filtered.split(":")
    )
    quoted = sheet.name.replace("'", "''")
    return escape(f"'{quoted}'!{':'.join(corners)}")


def workbook_relations(sheets: Sequence[SheetEntry]) -> str:
    """`xl/_rels/workbook.xml.rels`."""
    links = "".join(
        f'<Relationship Id="rId{sheet.number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{sheet.number}.xml"/>'
        for sheet in sheets
    )
    last = max((sheet.number for sheet in sheets), default=0) + 1
    return (
        f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{last}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    )


def styles(lang: str) -> str:
    """`xl/styles.xml`: plain, heading, text, date, date with time, decimal; the order is that of the numbers in `cells`."""
    day, moment = DATE_FORMATS.get(lang, DATE_FORMATS["en"])
    formats = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number in (49, 164, 165, 166)
    )
    return (
        f'{DECLARATION}<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="{day}"/>'
        f'<numFmt numFmtId="165" formatCode="{moment}"/><numFmt numFmtId="166" formatCode="#,##0.00##"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        f'<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def sheet_start(widths: Sequence[int], frozen: bool) -> str:
    """The beginning of a sheet: frozen first row, column widths in characters."""
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{DECLARATION}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def sheet_end(filtered: str) -> str:
    """The end of a sheet, with its filter if it has one."""
    return (
        f'</sheetData><autoFilter ref="{filtered}"/></worksheet>' if filtered else "</sheetData></worksheet>"
    )
