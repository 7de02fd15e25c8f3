import re
from pathlib import Path

import pytest

from graph_compiler import analyze, fixes_for, rule_help
from graph_compiler.checks import RULES
from runtime.registries import custom_objects
from tests.graph_compiler.checks.examples import EXAMPLES, IRIS, TEST_LAYERS, Example, good

SNAPSHOT = Path(__file__).parents[1] / "golden" / "findings.txt"


@pytest.fixture(autouse=True)
def _layers_of_the_examples(monkeypatch):
    for name, cls in TEST_LAYERS.items():
        monkeypatch.setitem(custom_objects, name, cls)


def shown(example: Example) -> str:
    """The findings of an example as the snapshot has them."""
    lines = [example.code]
    for finding in analyze(example.document, example.data).findings:
        place = ".".join(part for part in (finding.node_id, finding.port or finding.param) if part)
        lines.append(f"  {finding.code} {finding.severity} [{place}] {finding.message}")
        lines.append(f"      {finding.hint}")
        if finding.code == example.code:
            fixes = fixes_for(example.document, finding, example.data)
            lines += [f"      Fix: {fix.title}" for fix in fixes]
    return "\n".join(lines)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code)
def test_the_findings_are_as_they_were(example):
    expected = {part[:5]: part.rstrip() for part in SNAPSHOT.read_text("utf-8").split("\n\n")}
    assert shown(example) == expected[example.code]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.code)
def test_an_example_makes_its_mistake(example):
    findings = analyze(example.document, example.data).findings
    rule = next(rule for rule in RULES if rule.code == example.code)
    mine = [finding for finding in findings if finding.code == example.code]
    assert mine
    for finding in mine:
        assert finding.severity == rule.severity
        assert finding.message.endswith(".")
        assert finding.hint
        assert finding.node_id is None or finding.node_id in example.document.nodes


def test_every_rule_has_an_example_and_a_code_of_its_own():
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert sorted(codes) == sorted(example.code for example in EXAMPLES)
    assert len(codes) >= 40
    assert all(re.fullmatch(r"NN[1-4]\d\d", code) for code in codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_help_page(rule):
    page = rule_help(rule.code)
    assert page.startswith(f"### {rule.title}\n")
    assert len(page.split("\n\n")) >= 3, "a help page says what is wrong and what to do"


def test_a_code_that_is_none_has_no_help():
    assert rule_help("NN999") == ""


def test_a_good_design_has_no_findings():
    assert analyze(good().document, IRIS).findings == ()
