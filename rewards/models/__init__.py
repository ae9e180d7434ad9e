"""Goods, the movements of their stock, and the redemptions that take them off the shelf."""

from rewards.models.redemption import Redemption
from rewards.models.reward import Reward
from rewards.models.stock import StockMovement

__all__ = ["Redemption", "Reward", "StockMovement"]
