"""Member and household numbers: counted up by community, never used again."""

from django.db.models import F

from communities.models import Community


def next_number(community: Community, counter: str) -> str:
    """The next number, four digits at least. The community's row stays locked until commit, so none is given twice."""
    return next_numbers(community, counter, 1)[0]


def next_numbers(community: Community, counter: str, count: int) -> list[str]:
    """So many numbers in a row, as ``next_number``."""
    Community.objects.filter(pk=community.pk).update(**{counter: F(counter) + count})
    beyond = Community.objects.values_list(counter, flat=True).get(pk=community.pk)
    return [f"{number:04d}" for number in range(beyond - count, beyond)]
