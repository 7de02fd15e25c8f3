"""Own data sets on the page Data: bringing files in, preparing them, and what stands on their cards."""

from app.components.own_data.adding import draw_adding
from app.components.own_data.cautions import draw_cautions
from app.components.own_data.deleting import offer_deleting
from app.components.own_data.following import draw_work, end_work
from app.components.own_data.preparing import begin_again, draw_preparing

__all__ = [
    "begin_again",
    "draw_adding",
    "draw_cautions",
    "draw_preparing",
    "draw_work",
    "end_work",
    "offer_deleting",
]
