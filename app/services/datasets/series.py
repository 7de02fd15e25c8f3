"""Series in time: what comes next after a window of values, and what a recording shows."""

import csv
import gzip

import numpy as np

from app.services.datasets.catalogue import in_catalogue
from app.services.datasets.dataset import Answer, Array, Dataset, DatasetInfo, Gate, Split
from app.services.datasets.splits import TEST_FRACTION, by_time, dealt, scaling, standardised
from app.services.settings import ASSETS

SCALED = " Values are scaled to mean 0 and deviation 1, measured on the training years."


@in_catalogue(
    DatasetInfo(
        name="sunspots",
        title="Sunspots",
        description=(
            "Sunspots counted each year from 1700 to 2008; they come and go in about eleven years. How "
            "many will there be next year, after 24 years?" + SCALED
        ),
        answer=Answer.amount("sunspots", "forecast"),
        preview="series",
        source="National Geophysical Data Center (NOAA), through statsmodels",
        licence="public domain",
        rows=309 - 24,
        input_shape=(24, 1),
        gate=Gate("mae_ratio", 0.65, "a GRU of 16, 60 epochs"),
    )
)
def sunspots(info: DatasetInfo) -> Dataset:
    """Yearly sunspot numbers."""
    return _windows(info, _column("sunspots.csv.gz", "SUNACTIVITY"))


@in_catalogue(
    DatasetInfo(
        name="airline",
        title="Airline passengers",
        description=(
            "By how many percent the number of airline passengers changed from month to month, 1949 to "
            "1960: it grows, and repeats with the seasons. What is the next change, after those of 12 "
            "months?" + SCALED
        ),
        answer=Answer.amount("% change", "forecast"),
        preview="series",
        source="G. Box, G. Jenkins, through river",
        licence="BSD-3-Clause (river)",
        rows=143 - 12,
        input_shape=(12, 1),
        gate=Gate("mae_ratio", 0.60, "a GRU of 16, 150 epochs"),
    )
)
def airline(info: DatasetInfo) -> Dataset:
    """Monthly changes of airline passengers: unlike the numbers, they stay in the range that was learned."""
    passengers = _column("airline.csv.gz", "passengers")
    change = 100 * (passengers[1:] / passengers[:-1] - 1)
    no_change = np.zeros(len(change))
    return _windows(info, change, no_change)


@in_catalogue(
    DatasetInfo(
        name="co2",
        title="CO₂ at Mauna Loa",
        description=(
            "Carbon dioxide in the air of Hawaii, weekly from 1958 to 2001; gaps are filled with a straight "
            "line. How much is there next week, after 52 weeks?" + SCALED
        ),
        answer=Answer.amount("ppm", "forecast"),
        preview="series",
        source="C. D. Keeling, T. P. Whorf, through statsmodels",
        licence="public domain",
        rows=2284 - 52,
        input_shape=(52, 1),
    )
)
def co2(info: DatasetInfo) -> Dataset:
    """Weekly carbon dioxide, with its gaps filled."""
    values = _column("co2.csv.gz", "co2")
    known = ~np.isnan(values)
    weeks = np.arange(len(values))
    return _windows(info, np.interp(weeks, weeks[known], values[known]))


@in_catalogue(
    DatasetInfo(
        name="seattle_temps",
        title="Seattle temperature",
        description=(
            "The temperature of each hour of 2010 in Seattle, in °F. How warm is it in an hour, after 24 "
            "hours?" + SCALED
        ),
        answer=Answer.amount("°F", "forecast"),
        preview="series",
        source="NOAA, through vega_datasets",
        licence="public domain",
        rows=8759 - 24,
        input_shape=(24, 1),
    )
)
def seattle_temps(info: DatasetInfo) -> Dataset:
    """Hourly temperatures of one year."""
    return _windows(info, _column("seattle-temps.csv.gz", "temp"))


@in_catalogue(
    DatasetInfo(
        name="basic_motions",
        title="Motions of a smart watch",
        description=(
            "Ten seconds of a smart watch's three accelerometers and three gyroscopes, 100 steps. Is its "
            "wearer standing, running, walking or playing badminton? Each channel is scaled to mean 0 and "
            "deviation 1, measured on the training rows. Half of the 80 recordings are the test, as "
            "published."
        ),
        answer=Answer.one_of("Standing", "Running", "Walking", "Badminton"),
        preview="series",
        source="UEA & UCR Time Series Classification Archive, through aeon",
        licence="BSD-3-Clause (aeon)",
        rows=80,
        input_shape=(100, 6),
    )
)
def basic_motions(info: DatasetInfo) -> Dataset:
    """Recordings of four motions, six channels each."""
    with gzip.open(ASSETS / "data" / "basicmotions.gz", "rt", encoding="utf-8") as packed:
        recordings = [line.strip().split(":") for line in packed if line.strip() and line[0] not in "#@"]
    channels = [
        [[float(value) for value in channel.split(",")] for channel in row[:-1]] for row in recordings
    ]
    values = np.array(channels).transpose(0, 2, 1)
    labels = np.array([info.answer.class_names.index(row[-1]) for row in recordings])
    # The file holds the published training rows, class after class, then the test rows: deal each anew.
    half = len(recordings) // 2
    x_train, x_test, mean, scale = standardised(values[:half], values[half:])
    train = Split(x_train, labels[:half], values[:half].astype(np.float32))
    test = Split(x_test, labels[half:], values[half:].astype(np.float32))
    names = tuple(f"{sensor} {axis}" for sensor in ("acceleration", "rotation") for axis in "xyz")
    return Dataset(
        info, train.take(dealt(train.y)), test.take(dealt(test.y)), names, encode=scaling(mean, scale)
    )


def _windows(info: DatasetInfo, values: Array, naive: Array | None = None) -> Dataset:
    """Every window of a series with the value after it; the latest fifth is the test.

    Args:
        info: The card; its input shape begins with the length of the window.
        values: The series.
        naive: What one expects of each value without a network; the value before it when None.
    """
    window = info.input_shape[0]
    boundary = len(values) - round((len(values) - window) * TEST_FRACTION)
    past, future, mean, scale = standardised(values[:boundary, np.newaxis], values[boundary:, np.newaxis])
    scaled = np.concatenate([past, future])
    steps = np.arange(len(values) - window)[:, np.newaxis] + np.arange(window)
    train, test = by_time(Split(scaled[steps], scaled[window:], values[steps].astype(np.float32)))
    expected = test.x[:, -1] if naive is None else (naive[boundary:, np.newaxis] - mean) / scale
    return Dataset(
        info,
        train,
        test,
        feature_names=(info.answer.unit,),
        target_mean=float(mean[0]),
        target_scale=float(scale[0]),
        naive=expected.astype(np.float32),
        encode=lambda rows: scaling(mean, scale)(np.reshape(rows, (len(rows), window, 1))),
    )


def _column(file: str, column: str) -> Array:
    with gzip.open(ASSETS / "data" / file, "rt", encoding="utf-8", newline="") as packed:
        cells = [row[column] for row in csv.DictReader(packed)]
    return np.array([float(cell) if cell else np.nan for cell in cells])
