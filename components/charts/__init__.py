"""Charts (图表): each function turns plain values into a Plotly figure, as a dict.

Figures hold no Streamlit and can be cached by (values, look). Amounts come in minor units
and are plotted in one unit fit for the reader (万元, or K and M). `show` draws a figure
and hands clicks on as the code of what was clicked.
"""

from components.charts.ageing import ageing_bars, ageing_stack
from components.charts.bars import bars, history, pareto
from components.charts.curves import lorenz, trend
from components.charts.matrix import movement
from components.charts.months import monthly
from components.charts.points import bubbles, quadrant
from components.charts.pyramids import pyramid, pyramid_by_money
from components.charts.rings import radar
from components.charts.shapes import (
    Band,
    Bar,
    Figure,
    Levels,
    Line,
    Point,
    Ring,
    Stack,
    sparkline,
)
from components.charts.survey import distribution
from components.charts.view import show

__all__ = [
    "Band",
    "Bar",
    "Figure",
    "Levels",
    "Line",
    "Point",
    "Ring",
    "Stack",
    "ageing_bars",
    "ageing_stack",
    "bars",
    "bubbles",
    "distribution",
    "history",
    "lorenz",
    "monthly",
    "movement",
    "pareto",
    "pyramid",
    "pyramid_by_money",
    "quadrant",
    "radar",
    "show",
    "sparkline",
    "trend",
]
