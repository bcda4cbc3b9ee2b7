"""Layouts: entities → the tables a target wants.

In: a layout file (`mappings/to/*.yaml`) and a source of entities. Out: tables whose rows are plain cells, made one at a time.
Nothing here knows a file format; what does not fit a table is moved to its overflow column or counted.
"""

from crmexport.mapping.to.carried import Carried, carried
from crmexport.mapping.to.column import Made
from crmexport.mapping.to.dialects import Dialect, Json
from crmexport.mapping.to.entities import EntitiesOf, EntitySource
from crmexport.mapping.to.filling import fields_of, fill_children, fill_references
from crmexport.mapping.to.needs import Needs, needs
from crmexport.mapping.to.patterns import dated
from crmexport.mapping.to.plan import Plan, plans
from crmexport.mapping.to.reading import layout_file, layout_names, load_layout, zone_named
from crmexport.mapping.to.references import References
from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule, Layout, TableRule
from crmexport.mapping.to.scratch import scratch
from crmexport.mapping.to.shown import Shown
from crmexport.mapping.to.table import Cell, Column, Kind, Line, Table

__all__ = [
    "Carried",
    "Cell",
    "Column",
    "ColumnRule",
    "Dialect",
    "EntitiesOf",
    "EntitySource",
    "Json",
    "Kind",
    "Layout",
    "Line",
    "Made",
    "Needs",
    "Plan",
    "References",
    "Row",
    "Shown",
    "Table",
    "TableRule",
    "carried",
    "dated",
    "fields_of",
    "fill_children",
    "fill_references",
    "layout_file",
    "layout_names",
    "load_layout",
    "needs",
    "plans",
    "scratch",
    "zone_named",
]
