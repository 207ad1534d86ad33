"""Whatever the base and the rules: parts add up, nothing is negative, rounding never exceeds one step."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from apps.projects.models import RoundingMode
from apps.reporting.agreed_volume import cascade
from apps.volumes.domain.agreed.calculating import (
    Facts,
    Terms,
    shares_of_ranks,
    terms_of,
    volumes_of,
)
from apps.volumes.domain.rules.rulebook import book_of, default_cascades, default_ratios
from apps.volumes.models import RatioClass, Rule, VolumeRules

BOOK = book_of(VolumeRules(), default_ratios(None), default_cascades(None))  # type: ignore[arg-type]
BASES = st.integers(min_value=0, max_value=10**9)
TERMS = st.builds(
    lambda rule, winners, selected, cut, kind, rounding, pack: Terms(
        terms := Facts(
            rule, kind, winners, is_selected=selected, is_highest_cut=cut > 60, cut=cut, pack=pack
        ),
        rounding,
        *shares(terms),
    ),
    st.sampled_from(Rule),
    st.integers(1, 12),
    st.booleans(),
    st.decimals(min_value=48, max_value=100, places=4),
    st.sampled_from(RatioClass),
    st.sampled_from(RoundingMode),
    st.integers(1, 1_000),
)


def shares(facts: Facts) -> tuple[Fraction, Fraction, Fraction]:
    terms = terms_of(facts, BOOK)
    return terms.ratio, terms.kept_share, terms.fixed_share


@given(base=BASES, terms=TERMS, kept=st.booleans())
def test_parts_add_up_and_rounding_stays_within_its_step(
    base: int, terms: Terms, *, kept: bool
) -> None:
    found = volumes_of(base, terms, kept=kept)

    exact = Fraction(base) * terms.ratio
    step = terms.facts.pack if terms.rounding == RoundingMode.UP_TO_PACK else 1
    assert found.agreed == found.kept + found.pending
    assert 0 <= found.fixed <= found.pending
    assert found.kept >= 0
    assert kept or not found.kept
    assert abs(found.agreed - exact) < step
    assert terms.rounding != RoundingMode.UP_TO_PACK or found.agreed % terms.facts.pack == 0


@given(st.integers(0, 10**12), st.integers(1, 40))
def test_ranks_share_everything(agreed: int, winners: int) -> None:
    (found,) = shares_of_ranks([(Fraction(1), agreed)], winners, BOOK)

    assert (sum(found), len(found)) == (agreed, winners)
    assert min(found) >= 0


def classes(*coefficients: str, least: int) -> st.SearchStrategy[list[tuple[Fraction, int]]]:
    """Coefficients with their volumes, the largest first."""
    found = st.dictionaries(
        st.sampled_from([Fraction(each) for each in coefficients]),
        st.integers(least, 10**9),
        min_size=1,
    )
    return found.map(lambda volumes: sorted(volumes.items(), reverse=True))


def by_rank(found: list[tuple[Fraction, int]], dealt: list[list[int]]) -> list[Fraction]:
    """What each rank gets of all classes, in units of the main specification."""
    parts = [
        [coefficient * each for each in own]
        for (coefficient, _), own in zip(found, dealt, strict=True)
    ]
    return [sum(each, Fraction(0)) for each in zip(*parts, strict=True)]


@given(classes("4", "1", "1/2", "1/3", least=0), st.integers(1, 12))
def test_ranks_share_every_class_in_whole_units(
    volumes: list[tuple[Fraction, int]], winners: int
) -> None:
    dealt = shares_of_ranks(volumes, winners, BOOK)

    total = sum(coefficient * volume for coefficient, volume in volumes)
    exact = cascade(Fraction(total), winners, BOOK.cascade_table)
    assert [sum(own) for own in dealt] == [volume for _, volume in volumes]
    assert min(each for own in dealt for each in own) >= 0
    got = by_rank(volumes, dealt)
    assert all(has <= due for has, due in zip(got[:-1], exact[:-1], strict=True))


@given(classes("4", "2", "1", "1/2", least=10**6), st.integers(1, 12))
def test_shares_of_a_unit_are_rounded_down_once(
    volumes: list[tuple[Fraction, int]], winners: int
) -> None:
    """To whole units of the finest coefficient; the last takes the rest."""
    finest = volumes[-1][0]
    exact = cascade(
        sum((coefficient * volume for coefficient, volume in volumes), Fraction(0)),
        winners,
        BOOK.cascade_table,
    )

    got = by_rank(volumes, shares_of_ranks(volumes, winners, BOOK))

    assert got[:-1] == [due // finest * finest for due in exact[:-1]]
    assert sum(got) == sum(exact)
