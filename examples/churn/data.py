"""CDNOW's purchases as features of customers at a cut date, and whether they came back."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd

FEATURES = [
    "total_purchases",
    "avg_order_value",
    "total_spend",
    "recency_days",
    "tenure_days",
    "mean_gap_days",
    "last_order_value",
]
HORIZON_DAYS = 90
TRAINING_CUT = "1997-09-30"
REPLAY_CUTS = ["1997-10-31", "1997-11-30", "1997-12-31", "1998-01-31", "1998-02-28", "1998-03-31"]
LAST_CUT = "1998-04-01"  # the last day whose 90-day horizon lies inside the data


def load_purchases() -> pd.DataFrame:
    """69,659 purchases of 23,570 customers: customer, date, amount (US dollars), in order of time for each customer."""
    # The package is found, not imported: only its data file is wanted.
    package = Path(importlib.util.find_spec("lifetimes").origin).parent
    purchases = pd.read_csv(
        package / "datasets" / "CDNOW_master.txt",
        sep=r"\s+",
        skiprows=1,
        header=None,
        names=["customer", "date", "count", "amount"],
        dtype={"customer": str},
    )
    purchases["date"] = pd.to_datetime(purchases["date"], format="%Y%m%d")
    return purchases.sort_values(["customer", "date"], kind="stable", ignore_index=True)


def features_at(purchases: pd.DataFrame, cut: str) -> pd.DataFrame:
    """One row for each customer who bought before `cut`, from those purchases only. Index: customer."""
    moment = pd.Timestamp(cut)
    before = purchases[purchases["date"] < moment]
    by_customer = before.groupby("customer", sort=True)
    first, last = by_customer["date"].min(), by_customer["date"].max()
    count = by_customer.size()
    frame = pd.DataFrame(index=count.index)
    frame["total_purchases"] = count.astype("float64")
    frame["avg_order_value"] = by_customer["amount"].mean()
    frame["total_spend"] = by_customer["amount"].sum()
    frame["recency_days"] = (moment - last).dt.days.astype("float64")
    frame["tenure_days"] = (moment - first).dt.days.astype("float64")
    gaps = (last - first).dt.days / (count - 1).where(count > 1)
    frame["mean_gap_days"] = gaps.astype("float64")  # missing for one-time buyers
    frame["last_order_value"] = by_customer["amount"].last()
    return frame[FEATURES]


def labels_at(purchases: pd.DataFrame, cut: str, customers: pd.Index) -> pd.Series:
    """1 for a customer without a purchase in the 90 days from `cut` on, else 0."""
    moment = pd.Timestamp(cut)
    window = purchases[(purchases["date"] >= moment) & (purchases["date"] < moment + pd.Timedelta(days=HORIZON_DAYS))]
    came_back = customers.isin(window["customer"].unique())
    return pd.Series(np.where(came_back, 0, 1), index=customers, name="churned", dtype="int64")


def event_time_ms(cut: str) -> int:
    """Noon (UTC) of the cut date, in milliseconds."""
    return int(pd.Timestamp(f"{cut} 12:00", tz="UTC").timestamp() * 1000)
