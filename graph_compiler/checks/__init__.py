"""The checks: one rule a class, each with a permanent code and a help page."""

from graph_compiler.checks.registry import RULES, rule_help
from graph_compiler.checks.rule import Context, Rule

__all__ = ["RULES", "Context", "Rule", "rule_help"]
