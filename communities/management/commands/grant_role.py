"""``manage.py grant_role``: the roles that no page gives, such as a community's first manager."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.forms import address_of
from accounts.services.signing_in import account_for
from audit.services import acting
from communities.choices import Role
from communities.models import Community, RoleGrant, Street
from communities.services.founding import install_role
from core import clock

GIVEN_HERE = [Role.WORKER, Role.MANAGER, Role.AUDITOR, Role.MERCHANT, Role.OPERATOR]


class Command(BaseCommand):
    """A role for a phone number or an email address, in a community, in a street, or (operator) everywhere."""

    help = "Give a role: grant_role LOGIN ROLE [--community SLUG | --street SLUG] [--name NAME]."

    def add_arguments(self, parser: CommandParser) -> None:
        """The scope is one of community and street; an operator has none."""
        parser.add_argument("login")
        parser.add_argument("role", choices=[role.value for role in GIVEN_HERE])
        parser.add_argument("--community", default="")
        parser.add_argument("--street", default="")
        parser.add_argument("--name", default="", help="what colleagues see")

    def handle(self, *args: Any, **options: Any) -> None:
        """Give it once."""
        role, scope = Role(options["role"]), self._scope(options)
        try:
            user = account_for(address_of(options["login"]))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["name"] and not user.display_name:
            user.display_name = options["name"]
            user.save(update_fields=["display_name"])
        if RoleGrant.objects.live().filter(user=user, role=role, **scope).exists():
            raise CommandError("They hold this role already.")
        with acting(reason="manage.py grant_role"):
            install_role(user=user, role=role, now=clock.now(), **scope)
        self.stdout.write(f"{user.shown_name}: {role.value}")

    def _scope(self, options: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("community", "street") if options[name]]
        if len(named) != (0 if options["role"] == Role.OPERATOR else 1):
            raise CommandError("Name one of --community and --street (an operator has neither).")
        if not named:
            return {}
        model = Community if named == ["community"] else Street
        found = model.objects.filter(slug=options[named[0]]).first()
        if found is None:
            raise CommandError(f"There is no {named[0]} {options[named[0]]}.")
        return {named[0]: found}
