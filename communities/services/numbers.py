"""Member and household numbers: counted up by community, never used again."""

from django.db.models import F

from communities.models import Community


def next_number(community: Community, counter: str) -> str:
    """The next number, four digits at least. The community's row stays locked until commit, so none is given twice."""
    Community.objects.filter(pk=community.pk).update(**{counter: F(counter) + 1})
    return f"{Community.objects.values_list(counter, flat=True).get(pk=community.pk) - 1:04d}"
