"""Goods, the movements of their stock, the redemptions that take them off the shelf, and who waits for them."""

from rewards.models.redemption import Redemption
from rewards.models.reward import Reward
from rewards.models.stock import StockMovement
from rewards.models.wish import Wish

__all__ = ["Redemption", "Reward", "StockMovement", "Wish"]
