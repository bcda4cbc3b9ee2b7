"""Our own streaming writer of Excel workbooks: rows come in, one .xlsx file goes out, memory stays flat.

It writes what Excel, LibreOffice and the usual readers agree on (Personal tools reference, §7): text stays text, nothing is
a formula, nothing is cut without a mark and a count, and the same rows give the same bytes.
"""

from crmexport.target.xlsx.book import Workbook

__all__ = ["Workbook"]
