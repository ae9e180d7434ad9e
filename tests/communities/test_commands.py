"""Opening a community and naming its first manager from the command line."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from communities.access import actor_in
from communities.models import Community, RoleGrant

pytestmark = pytest.mark.django_db
FOUND = ["found_community", "yinhe", "--name-zh", "银河社区", "--street", "xinghe", "--street-zh", "星河街道"]


def test_a_community_and_its_first_manager():
    call_command(*FOUND)
    community = Community.objects.get(slug="yinhe")
    assert (community.book.name_zh, community.settings.wallets) == ("银河社区", "resident")
    call_command("grant_role", "138 0013 8000", "manager", "--community", "yinhe", "--name", "王海燕")
    grant = RoleGrant.objects.get()
    assert actor_in(user=grant.user, community=community).is_manager
    assert (grant.user.is_staff, grant.user.display_name) == (True, "王海燕")


@pytest.mark.parametrize(
    "words",
    [
        ["13800138000", "manager"],
        ["13800138000", "manager", "--community", "nowhere"],
        ["13800138000", "operator", "--community", "yinhe"],
        ["1380013800", "manager", "--community", "yinhe"],
        ["13800138000", "manager", "--community", "yinhe", "--street", "xinghe"],
    ],
)
def test_what_is_refused(words):
    call_command(*FOUND)
    with pytest.raises(CommandError):
        call_command("grant_role", *words)
    assert not RoleGrant.objects.exists()


def test_twice_is_said():
    call_command(*FOUND)
    with pytest.raises(CommandError):
        call_command(*FOUND)
    call_command("grant_role", "op@example.org", "operator")
    with pytest.raises(CommandError):
        call_command("grant_role", "op@example.org", "operator")
