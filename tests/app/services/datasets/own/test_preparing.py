"""What is made of what was read: cuts, missing values, categories, scaling, texts, windows."""

import numpy as np
import pytest

from app.services.datasets import describe
from app.services.datasets.own import name_of, read_version, suggested, versions
from app.services.datasets.own.recipe import Column, Reading, Split, Windows
from runtime.errors import DataError, LayerloomError, UnknownNameError

ROWS = 400


def people(rows: int = ROWS) -> str:
    """People with a wage that follows from age and town, some cells missing."""
    random = np.random.RandomState(3)
    lines = ["age,town,born,team,wage,rich"]
    for n in range(rows):
        age, town = random.randint(20, 60), ("Ulm", "Bonn", "Kiel", "")[n % 4]
        wage = 1000 + 30 * age + (400 if town == "Ulm" else 0) + random.randint(200)
        shown = "" if n % 10 == 0 else age
        month = n % 12 + 1
        lines.append(
            f"{shown},{town},20{n % 20:02d}-{month:02d}-01,t{n % 9},{wage},{'yes' if wage > 2300 else 'no'}"
        )
    return "\n".join(lines)


@pytest.fixture
def source(own):
    return own.table(people(), "people.csv")


def recipe_for(source, target="rich", split=None, **columns):
    recipe = suggested(source)
    everything = {name: Column(kind="ignore") for name in recipe.columns} | columns
    everything[target] = Column(kind="number" if target == "wage" else "category")
    by = split or Split(by="random" if target == "wage" else "stratified")
    return recipe.model_copy(update={"columns": everything, "target": target, "split": by})


NUMBER, CATEGORY = Column(kind="number", missing="mean"), Column(kind="category", missing="own")


def test_numbers_are_scaled_and_filled_with_what_the_training_rows_say(own, source):
    made = own.made(source, recipe_for(source, age=Column(kind="number", missing="median")))
    train, test = made.train, made.test
    assert made.feature_names == ("age",)
    np.testing.assert_allclose([train.x.mean(), train.x.std()], [0, 1], atol=1e-5)
    assert abs(float(test.x.mean())) > 1e-4
    known = ~np.isnan(train.shown[:, 0])
    median = np.median(train.shown[known, 0])
    column = read_version(made.info.name).encoding["columns"][0]
    assert column["fill"] == median
    filled = np.where(known, train.shown[:, 0], median)
    np.testing.assert_allclose(train.x[:, 0], (filled - filled.mean()) / filled.std(), atol=1e-5)
    holes = np.isnan(test.shown[:, 0])
    np.testing.assert_allclose(test.x[holes, 0], (median - filled.mean()) / filled.std(), atol=1e-5)


@pytest.mark.parametrize("missing", ["mean", "frequent", "drop"])
def test_missing_values_are_filled_or_their_rows_dropped(own, source, missing):
    made = own.made(source, recipe_for(source, age=Column(kind="number", missing=missing)))
    shown = np.concatenate([made.train.shown, made.test.shown])[:, 0]
    assert len(shown) == (360 if missing == "drop" else 400)
    assert np.isfinite(made.train.x).all()
    train = made.train.shown[:, 0]
    values, counts = np.unique(train[~np.isnan(train)], return_counts=True)
    fill = {"mean": np.nanmean(train), "frequent": values[counts.argmax()], "drop": 0}[missing]
    if missing != "drop":
        column = read_version(made.info.name).encoding["columns"][0]
        assert column["fill"] == pytest.approx(fill, rel=1e-6)


def test_categories_become_columns_or_numbers_and_missing_ones_a_category(own, source):
    spread = own.made(source, recipe_for(source, town=CATEGORY))
    towns = {f"town = {town}" for town in ("Bonn", "Kiel", "Ulm", "(missing)")}
    assert set(spread.feature_names) == towns
    np.testing.assert_array_equal(spread.train.x.sum(axis=1), 1)
    for row in range(20):
        name = spread.train.shown["c0"][row] or "(missing)"
        assert spread.feature_names[int(spread.train.x[row].argmax())] == f"town = {name}"
    numbers = own.made(
        source, recipe_for(source, town=Column(kind="category", encoding="ids", missing="own"))
    )
    assert numbers.info.input_shape == (1,)
    assert set(np.unique(numbers.train.x)) == {1, 2, 3, 4}


def test_a_category_that_no_training_row_has_is_none_of_them(own):
    rows = [f"2024-{n % 12 + 1:02d}-01,{'new' if n == 59 else 'ab'[n % 2]},{n % 2}" for n in range(60)]
    source = own.table(
        "\n".join(["day,letter,y", *sorted(rows[:-1]), rows[-1].replace("2024-12", "2025-12")])
    )
    recipe = recipe_for(
        source, "y", Split(by="time", column="day", share=0.2), letter=Column(kind="category")
    )
    made = own.made(source, recipe)
    assert made.feature_names == ("letter = a", "letter = b")
    assert made.test.x[-1].tolist() == [0, 0]


def test_amounts_are_scaled_and_come_back_in_their_units(own, source):
    made = own.made(source, recipe_for(source, "wage", age=NUMBER, town=CATEGORY, born=Column(kind="date")))
    assert made.info.answer.task == "regression"
    assert made.info.answer.unit == "wage"
    np.testing.assert_allclose([made.train.y.mean(), made.train.y.std()], [0, 1], atol=1e-4)
    wages = made.original(made.train.y)
    assert 1500 < wages.min() < wages.max() < 3500
    assert made.info.input_shape == (1 + 4 + 5,)
    waves = made.train.x[:, -4:]
    np.testing.assert_allclose(waves[:, 0] ** 2 + waves[:, 1] ** 2, 1, atol=1e-5)


def test_what_a_user_writes_is_encoded_as_the_rows_were(own, source):
    recipe = recipe_for(source, "wage", age=NUMBER, town=CATEGORY, born=Column(kind="date"))
    made = own.made(source, recipe)
    np.testing.assert_allclose(made.encode(made.test.shown), made.test.x, atol=1e-6)
    plain = own.made(source, recipe_for(source, age=NUMBER))
    np.testing.assert_allclose(plain.encode(plain.test.shown), plain.test.x, atol=1e-4)


def test_a_random_cut_keeps_shares_and_its_seed_names_it(own, source):
    first, again, other = (recipe_for(source, age=NUMBER, split=Split(seed=seed)) for seed in (1, 1, 2))
    assert own.name(source, first) == own.name(source, again) != own.name(source, other)
    made = own.made(source, first)
    share = np.concatenate([made.train.y, made.test.y]).mean()
    for part in (made.test, *made.held_back(0.2)):
        assert abs(part.y.mean() - share) < 2 / len(part)
    assert len(made.test) == 80


def test_a_cut_by_time_tests_on_the_latest(own, source):
    split = Split(by="time", column="born", share=0.25)
    made = own.made(source, recipe_for(source, age=NUMBER, born=Column(kind="date"), split=split))
    assert max(made.train.shown["c1"]) <= min(made.test.shown["c1"])
    assert list(made.train.shown["c1"]) == sorted(made.train.shown["c1"])
    assert len(made.test) == 100


def test_a_cut_by_group_keeps_groups_together(own, source):
    split = Split(by="group", column="team", share=0.3)
    made = own.made(source, recipe_for(source, age=NUMBER, team=Column(kind="category"), split=split))
    train, test = set(made.train.shown["c1"]), set(made.test.shown["c1"])
    assert train & test == set()
    assert len(train | test) == 9
    assert 0.2 < len(made.test) / ROWS < 0.4


def test_a_text_becomes_numbers_of_the_training_rows_words(own):
    rows = [
        f'"{w} film, {w} story {n}",{"good" if n % 2 else "bad"}'
        for n in range(80)
        for w in [("poor", "fine")[n % 2]]
    ]
    source = own.table("\n".join(["review,verdict", *rows]))
    recipe = suggested(source)
    assert recipe.columns["review"].kind == "text"
    recipe = recipe.model_copy(update={"reading": Reading(length=8, vocabulary=10)})
    made = own.made(source, recipe)
    assert (made.info.input_shape, made.info.input_dtype, made.info.preview) == ((8,), "int32", "text")
    assert made.info.vocabulary_size == 10
    assert made.train.x.max() == 9
    words = read_version(made.info.name).encoding["text"]["vocabulary"]
    text = str(made.test.shown[0])
    assert [words[number - 2] for number in made.test.x[0][:3]] == text.lower().replace(",", " ,").split()[:3]
    assert list(made.pieces(text)[:3]) == text.lower().replace(",", " ,").split()[:3]
    np.testing.assert_array_equal(made.encode(made.test.shown), made.test.x)


def test_windows_of_a_series_hold_the_past_of_their_answer(own):
    values = [round(float(np.sin(n / 5) * 10 + 20), 3) for n in range(200)]
    order = np.random.RandomState(0).permutation(200)
    rows = [f"2024-01-{n // 24 + 1:02d} {n % 24:02d}:00:00,{values[n]},{n % 3}" for n in order]
    source = own.table("\n".join(["time,level,gate", *rows]))
    recipe = suggested(source).model_copy(
        update={
            "columns": {"level": Column(kind="number"), "gate": Column(kind="number")},
            "target": "level",
            "split": Split(by="time", column="time"),
            "windows": Windows(length=12, horizon=3, step=2),
        }
    )
    made = own.made(source, recipe)
    assert (made.info.answer.task, made.info.preview) == ("forecast", "series")
    assert made.info.input_shape == (12, 2)
    assert made.feature_names == ("level", "gate")
    ordered = np.array(values, np.float32)
    for row in range(3):
        np.testing.assert_allclose(made.train.shown[row], ordered[2 * row : 2 * row + 12], atol=1e-4)
        assert made.original(made.train.y)[row, 0] == pytest.approx(ordered[2 * row + 14], abs=1e-3)
    np.testing.assert_allclose(made.original(made.test.x[..., 0]), made.test.shown, atol=1e-3)
    np.testing.assert_allclose(made.naive[:, 0], made.test.x[:, -1, 0], atol=1e-5)
    assert made.encode is None
    np.testing.assert_allclose(made.recode(made.test.x, made.test.shown), made.test.x, atol=1e-5)
    other = made.recode(made.test.x[:1], made.test.shown[1:2])
    np.testing.assert_allclose(other[..., 0], made.test.x[1:2, :, 0], atol=1e-5)
    np.testing.assert_array_equal(other[..., 1], made.test.x[:1, :, 1])
    # Row 160 is the first of the test's time: the window that begins at 146 has its answer there.
    assert (len(made.train), len(made.test)) == (73, 20)
    assert made.original(made.test.y)[0, 0] == pytest.approx(ordered[160], abs=1e-3)


@pytest.mark.parametrize("column", ["", "hour"])
def test_no_window_goes_from_one_series_to_the_next(own, column):
    """Three stations, one after the other or mixed, of different lengths; the levels say whose they are."""
    rows = [
        (name, hour, 1000 * name + hour)
        for name, hours in ((1, 50), (2, 8), (3, 30))
        for hour in range(hours)
    ]
    if column:
        rows = [rows[n] for n in np.random.RandomState(0).permutation(len(rows))]
    source = own.table("\n".join(["station,hour,level", *(f"s{a},{b},{c}" for a, b, c in rows)]))
    recipe = suggested(source).model_copy(
        update={
            "columns": {"level": NUMBER},
            "target": "level",
            "split": Split(by="time", column=column),
            "windows": Windows(length=4, horizon=2, step=3, within="station"),
        }
    )
    made = own.made(source, recipe)
    for part in (made.train, made.test):
        steps = np.diff(np.column_stack([part.shown, made.original(part.y)]), axis=1)
        np.testing.assert_allclose(steps, np.broadcast_to([1, 1, 1, 2], steps.shape), atol=1e-2)
        assert {round(start % 1000) % 3 for start in part.shown[:, 0].tolist()} == {0}
        np.testing.assert_allclose(made.encode(part.shown), part.x, atol=1e-5)
    ends = np.round(made.original(made.train.y)[:, 0]), np.round(made.original(made.test.y)[:, 0])
    # By the hour the test begins with one hour for all; else each station keeps its latest fifth.
    last = 31 if column else np.array([0, 40, 6.4, 24])[(np.concatenate(ends) // 1000).astype(int)]
    is_test = np.repeat([False, True], [len(ends[0]), len(ends[1])])
    np.testing.assert_array_equal(np.concatenate(ends) % 1000 >= last, is_test)
    assert len(made.train) + len(made.test) == 15 + 1 + 9


def test_a_row_of_ones_own_is_refused_by_its_column(own, source):
    made = own.made(source, recipe_for(source, born=Column(kind="date")))
    row = made.test.shown[:1].copy()
    np.testing.assert_array_equal(made.encode(row), made.test.x[:1])
    row["c0"] = "2024-13-45"
    with pytest.raises(DataError, match="What 'born' is to be is no date"):
        made.encode(row)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": "nobody"}, "Unknown column 'nobody'"),
        ({"columns": {"rich": Column(kind="category")}}, "no column to learn from"),
        ({"split": Split(by="group", column="gone")}, "Unknown column 'gone'"),
        (
            {"columns": {"rich": Column(kind="category"), "town": Column(kind="number")}},
            "Row 2, column 'town'",
        ),
        ({"columns": {"rich": Column(kind="category"), "town": Column(kind="date")}}, "no dates"),
        ({"columns": {"rich": Column(kind="text"), "age": NUMBER}}, "only where the target is a category"),
        ({"windows": Windows(length=390)}, "too few for windows"),
        ({"windows": Windows(length=90, within="town")}, "each within one 'town'"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(own, source, data_dir, change, said):
    recipe = recipe_for(source, age=NUMBER).model_copy(update=change)
    before = len(versions())
    with pytest.raises(LayerloomError, match=said):
        own.name(source, recipe)
    assert len(versions()) == before
    assert list(own.folder.glob("version")) == []


def test_a_version_never_changes_and_is_found_by_its_name(own, source):
    recipe = recipe_for(source, age=NUMBER)
    name = own.name(source, recipe)
    assert name == name_of(source, recipe)
    made = own.made(source, recipe)
    before = made.train.x[0].copy()
    made.train.x[0] = 99
    np.testing.assert_array_equal(own.made(source, recipe).train.x[0], before)
    assert describe(name).title == source.title
    with pytest.raises(UnknownNameError):
        describe("own-people-000000000000")
    with pytest.raises(UnknownNameError):
        describe("own-../../people")


def test_cancelled_work_leaves_nothing(own, source, data_dir):
    own.context.cancel("by a test")
    before = sorted(data_dir.rglob("*"))
    assert own.name(source, recipe_for(source, age=NUMBER, split=Split(seed=77))) == ""
    assert sorted(data_dir.rglob("*")) == before


def cautions(own, text, **columns):
    source = own.table(text)
    recipe = suggested(source)
    if columns:
        recipe = recipe.model_copy(update={"columns": {**recipe.columns, **columns}})
    return {caution.code: caution for caution in read_version(own.name(source, recipe)).cautions}


def test_doubles_in_both_parts_are_counted(own):
    rows = [f"{n % 40},{n % 40 * 3},{n % 2}" for n in range(200)]
    found = cautions(own, "\n".join(["a,b,y", *rows]), a=Column(kind="number"), b=Column(kind="number"))
    assert found["duplicates"].grave
    assert "40 of 40 test rows" in found["duplicates"].text
    unique = [f"{n * 1.37},{n % 2}" for n in range(200)]
    assert "duplicates" not in cautions(own, "\n".join(["a,y", *unique]))


def test_a_feature_that_is_the_answer_is_grave(own):
    random = np.random.RandomState(0)
    rows = [f"{random.rand():.6f},{'xyz'[n % 3]},{('cat', 'dog')[n % 3 == 1]}" for n in range(300)]
    found = cautions(own, "\n".join(["a,code,y", *rows]))
    assert "'code' alone tells 'y'" in found["leak"].text
    assert found["leak"].grave
    amounts = [f"{n * 0.7},{random.rand():.5f},{n * 1.4 + 3}" for n in random.permutation(300)]
    assert "'km'" in cautions(own, "\n".join(["km,noise,miles", *amounts]))["leak"].text
    honest = [f"{random.rand():.6f},{'xyz'[random.randint(3)]},{n % 2}" for n in range(300)]
    assert "leak" not in cautions(own, "\n".join(["a,code,y", *honest]))


def test_rare_classes_ids_and_constants_are_said(own):
    rows = [f"{n},same,{n * 7919 % 100 / 10},{'rare' if n % 40 == 0 else 'often'}" for n in range(200)]
    found = cautions(
        own, "\n".join(["id,constant,a,y", *rows]), id=Column(kind="number"), constant=Column(kind="category")
    )
    assert "39 times as frequent" in found["imbalance"].text
    assert "'rare'" in found["rare_class"].text
    assert "numbers the rows" in found["id"].text
    assert "same" in found["constant"].text


def test_many_dropped_rows_are_said(own, source):
    version = read_version(own.name(source, recipe_for(source, age=Column(kind="number", missing="drop"))))
    assert "40 of 400 rows were left out" in next(
        each.text for each in version.cautions if each.code == "dropped"
    )


def test_a_target_with_one_value_is_refused(own):
    source = own.table("a,y\n" + "\n".join(f"{n},same" for n in range(30)))
    recipe = recipe_for(source, "y", a=Column(kind="number"))
    with pytest.raises(DataError, match="nothing to tell apart"):
        own.name(source, recipe)


def test_odd_cells_count_as_missing_where_one_wants_that(own):
    """As if they had been left empty, in numbers, dates and amounts to be predicted alike."""
    rows = [f"{n % 17},20{n % 20:02d}-03-01,{n % 5 + n / 100}" for n in range(60)]
    odd = [*rows, "12 kg,2001-01-01,1", "4,in spring,2", "5,2002-02-02,a lot"]
    empty = [*rows, ",2001-01-01,1", "4,,2", "5,2002-02-02,"]
    kinds = {"size": "number", "born": "date"}
    made = []
    for name, lines, choice in (("odd", odd, "missing"), ("empty", empty, "refuse")):
        source = own.table("\n".join(["size,born,wage", *lines]), f"{name}.csv")
        columns = {
            each: Column(kind=kind, missing="median", odd=choice)
            for each, kind in (kinds | {"wage": "number"}).items()
        }
        recipe = suggested(source).model_copy(
            update={"columns": columns, "target": "wage", "split": Split(by="random")}
        )
        made.append(own.made(source, recipe))
    ours, theirs = made
    assert len(ours.train.x) + len(ours.test.x) == 62
    np.testing.assert_array_equal(ours.train.x, theirs.train.x)
    np.testing.assert_array_equal(ours.test.y, theirs.test.y)
