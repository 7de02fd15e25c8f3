"""Tables: one row a flower, patient, penguin or car, one column a measurement."""

import csv
import gzip
import json
from datetime import date
from typing import Any

import numpy as np

from app.services.datasets.catalogue import in_catalogue
from app.services.datasets.dataset import Answer, Array, Dataset, DatasetInfo, Gate, Split
from app.services.datasets.splits import scaling, standardised, stratified, tenths
from app.services.settings import ASSETS

SCALED = " Each column is scaled to mean 0 and deviation 1, measured on the training rows."
SCALED_TOO = " The answer is scaled as well, so an error of 1 is one standard deviation."


def _dataset(info: DatasetInfo, columns: tuple[str, ...], table: Array, answers: Array) -> Dataset:
    """Scales a table, and its answers when they are amounts."""
    has_classes = bool(info.answer.class_names)
    shaped = answers.reshape(-1, *info.answer.shape).astype(info.answer.dtype)
    rows = Split(table, shaped, table.astype(np.float32))
    train, test = stratified(rows, answers if has_classes else tenths(answers))
    x_train, x_test, middle, spread = standardised(train.x, test.x)
    if has_classes:
        return Dataset(
            info,
            Split(x_train, train.y, train.shown),
            Split(x_test, test.y, test.shown),
            feature_names=columns,
            encode=scaling(middle, spread),
        )
    y_train, y_test, mean, scale = standardised(train.y, test.y)
    return Dataset(
        info,
        Split(x_train, y_train, train.shown),
        Split(x_test, y_test, test.shown),
        feature_names=columns,
        target_mean=float(mean[0]),
        target_scale=float(scale[0]),
        encode=scaling(middle, spread),
    )


@in_catalogue(
    DatasetInfo(
        name="iris",
        title="Iris flowers",
        description="Length and width of petals and sepals of 150 irises. Which of three species is it?"
        + SCALED,
        answer=Answer.one_of("setosa", "versicolor", "virginica"),
        preview="table",
        source="R. A. Fisher, 1936 (UCI), in scikit-learn",
        licence="CC BY 4.0",
        rows=150,
        input_shape=(4,),
        gate=Gate("accuracy", 0.87, "one hidden layer of 16, 40 epochs"),
    ),
    DatasetInfo(
        name="wine",
        title="Wines",
        description="Thirteen chemical values of 178 Italian wines. From which of three vines are they?"
        + SCALED,
        answer=Answer.one_of("cultivar 1", "cultivar 2", "cultivar 3"),
        preview="table",
        source="M. Forina, S. Aeberhard (UCI), in scikit-learn",
        licence="CC BY 4.0",
        rows=178,
        input_shape=(13,),
        gate=Gate("accuracy", 0.93, "one hidden layer of 16, 30 epochs"),
    ),
    DatasetInfo(
        name="breast_cancer",
        title="Breast cancer",
        description="Thirty measurements of cell nuclei in 569 samples of tissue. Is it benign?" + SCALED,
        answer=Answer.one_of("malignant", "benign"),
        preview="table",
        source="W. Wolberg, O. Mangasarian, N. Street: Wisconsin Diagnostic (UCI), in scikit-learn",
        licence="CC BY 4.0",
        rows=569,
        input_shape=(30,),
        gate=Gate("accuracy", 0.93, "one hidden layer of 16, 20 epochs"),
    ),
    DatasetInfo(
        name="diabetes",
        title="Diabetes",
        description=(
            "Age, sex, body mass index, blood pressure and six blood values of 442 patients. How far will "
            "the disease have come in a year?" + SCALED + SCALED_TOO
        ),
        answer=Answer.amount("progression"),
        preview="table",
        source="B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, 2004, in scikit-learn",
        licence="BSD-3-Clause (scikit-learn)",
        rows=442,
        input_shape=(10,),
        gate=Gate("r2", 0.40, "one hidden layer of 8, 20 epochs"),
    ),
)
def from_scikit_learn(info: DatasetInfo) -> Dataset:
    """The tables that scikit-learn brings along."""
    # scikit-learn takes a second to import: only when its data are wanted.
    from sklearn import datasets  # noqa: PLC0415

    bunch: Any = {
        "iris": datasets.load_iris,
        "wine": datasets.load_wine,
        "breast_cancer": datasets.load_breast_cancer,
        "diabetes": datasets.load_diabetes,
    }[info.name]()
    columns = tuple(name.replace("_", " ").replace(" (cm)", ", cm") for name in bunch.feature_names)
    return _dataset(info, columns, bunch.data, bunch.target)


PENGUIN_COLUMNS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


@in_catalogue(
    DatasetInfo(
        name="penguins",
        title="Palmer penguins",
        description=(
            "Length and depth of the bill, length of the flipper and body mass of 342 penguins. Which of "
            "three species is it?" + SCALED
        ),
        answer=Answer.one_of("Adelie", "Chinstrap", "Gentoo"),
        preview="table",
        source="K. Gorman, A. Horst, A. Hill: palmerpenguins",
        licence="CC0",
        rows=342,
        input_shape=(4,),
        gate=Gate("accuracy", 0.95, "one hidden layer of 16, 30 epochs"),
    )
)
def penguins(info: DatasetInfo) -> Dataset:
    """Penguins that were measured completely."""
    birds = [bird for bird in _csv_rows("penguins.csv.gz") if _is_complete(bird, PENGUIN_COLUMNS)]
    table = np.array([[float(bird[column]) for column in PENGUIN_COLUMNS] for bird in birds])
    species = np.array([info.answer.class_names.index(bird["species"]) for bird in birds])
    columns = ("bill length, mm", "bill depth, mm", "flipper length, mm", "body mass, g")
    return _dataset(info, columns, table, species)


CAR_COLUMNS = ("Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration")
ORIGINS = ("USA", "Europe", "Japan")


@in_catalogue(
    DatasetInfo(
        name="cars",
        title="Cars: miles per gallon",
        description=(
            "Cylinders, displacement, power, weight, acceleration, year and origin of 392 cars of 1970 to "
            "1982. How far does one go on a gallon?" + SCALED + SCALED_TOO
        ),
        answer=Answer.amount("mpg"),
        preview="table",
        source="Auto MPG (UCI), through vega_datasets",
        licence="BSD-3-Clause (vega_datasets)",
        rows=392,
        input_shape=(9,),
        gate=Gate("r2", 0.78, "two hidden layers of 32, 60 epochs"),
    )
)
def cars(info: DatasetInfo) -> Dataset:
    """Cars whose consumption and power are known."""
    with gzip.open(ASSETS / "data" / "cars.json.gz", "rt", encoding="utf-8") as packed:
        known = [car for car in json.load(packed) if _is_complete(car, ("Miles_per_Gallon", *CAR_COLUMNS))]
    table = np.array(
        [
            [float(car[column]) for column in CAR_COLUMNS]
            + [date.fromisoformat(car["Year"]).year]
            + [float(car["Origin"] == origin) for origin in ORIGINS]
            for car in known
        ]
    )
    columns = (
        "cylinders",
        "displacement, cu in",
        "horsepower",
        "weight, lb",
        "0–60 mph, s",
        "year",
        *ORIGINS,
    )
    return _dataset(info, columns, table, np.array([float(car["Miles_per_Gallon"]) for car in known]))


@in_catalogue(
    DatasetInfo(
        name="seattle_weather",
        title="Seattle weather",
        description=(
            "Rain, highest and lowest temperature, wind and the time of the year (as sine and cosine) of "
            "1,461 days. What was the weather? Snow and drizzle are rare: look at the confusion "
            "matrix." + SCALED
        ),
        answer=Answer.one_of("drizzle", "fog", "rain", "snow", "sun"),
        preview="table",
        source="NOAA, through vega_datasets",
        licence="public domain",
        rows=1461,
        input_shape=(6,),
    )
)
def seattle_weather(info: DatasetInfo) -> Dataset:
    """Days in Seattle with the weather that was noted."""
    days = _csv_rows("seattle-weather.csv.gz")
    names = ("precipitation", "temp_max", "temp_min", "wind")
    measured = np.array([[float(day[name]) for name in names] for day in days])
    season = np.array([_part_of_year(day["date"]) for day in days]) * 2 * np.pi
    table = np.column_stack([measured, np.sin(season), np.cos(season)])
    weather = np.array([info.answer.class_names.index(day["weather"]) for day in days])
    columns = (
        "precipitation, mm",
        "highest, °C",
        "lowest, °C",
        "wind, m/s",
        "season, sine",
        "season, cosine",
    )
    return _dataset(info, columns, table, weather)


def _csv_rows(file: str) -> list[dict[str, str]]:
    with gzip.open(ASSETS / "data" / file, "rt", encoding="utf-8", newline="") as packed:
        return list(csv.DictReader(packed))


def _is_complete(row: dict[str, Any], columns: tuple[str, ...]) -> bool:
    return all(row[column] not in (None, "", "NA") for column in columns)


def _part_of_year(text: str) -> float:
    day = date.fromisoformat(text.replace("/", "-"))
    return (day.timetuple().tm_yday - 1) / 365.25
