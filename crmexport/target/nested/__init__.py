"""The format `json`: documents with the rows of tables in them, and rows within rows, as the importers of other systems read them.

In: the documents of a layout and its tables. Out: files written from a scratch database, so that memory stays flat whatever
stands within what. What a layout may say of it stands in `crmexport.mapping.to.nesting`.
"""
