"""What of Tabler reaches the browser: the rules that can match a page of ours."""
from support.web import stylesheet


def trimmed(css, *words):
    return stylesheet.trim(css, set(words))


def test_a_rule_stays_when_all_its_classes_are_words_of_a_page():
    assert trimmed(".btn{a:b}.card{c:d}.btn .card{e:f}", "btn") == ".btn{a:b}"


def test_rules_of_elements_and_attributes_stay():
    assert trimmed("body{a:b}[hidden]{c:d}:root{--e:f}") == "body{a:b}[hidden]{c:d}:root{--e:f}"


def test_of_several_selectors_only_those_in_use_stay():
    assert trimmed(".btn,.badge:hover,a.btn{a:b}", "btn") == ".btn,a.btn{a:b}"


def test_a_word_that_ends_in_a_dash_keeps_all_that_begins_so():
    assert trimmed(".btn-primary{a:b}.card-body{c:d}", "btn-") == ".btn-primary{a:b}"


def test_what_stands_in_not_or_has_need_not_exist():
    css = "input:not(.big){a:b}.form:has(.error,.warning){c:d}"
    assert trimmed(css, "form") == css


def test_empty_media_queries_go_and_full_ones_stay():
    css = "@media print{.btn{a:b}}@media (min-width:1px){.gone{c:d}}"
    assert trimmed(css, "btn") == "@media print{.btn{a:b}}"


def test_braces_and_commas_in_texts_and_brackets_part_nothing():
    css = ".a{background:url(\"data:image/svg+xml,<svg style='{;}'>\")}:root:not(.x):not([t=y],:is(.z,b)) .a{c:d}"
    assert trimmed(css, "a") == css


def test_key_frames_and_statements_stay():
    assert trimmed("@charset \"UTF-8\";@keyframes turn{from{a:b}to{c:d}}@layer x;") == "@keyframes turn{from{a:b}to{c:d}}@layer x;"


def test_ours_stand_above_it_in_layers(app, client_of):
    text = client_of(app).get("/static/site.css").text
    assert text.startswith("@layer tabler, tokens, base, layout, components, utilities;")
    assert text.count("{") == text.count("}") and len(text) < 250_000
    assert ".form-check-input" in text and ".sb-card" in text and "/*" not in text.split("@layer tokens")[1]
