"""What a parameter of a rule can be, and is without being said."""

from tallying.rules.rule import Kind, Parameter
from tallying.wording.wording import Wording


def wanted(parameter: Parameter, wording: Wording) -> str:
    """The values that the parameter takes, and its default."""
    default = str(parameter.default)
    match parameter.type:
        case Kind.BOOLEAN:
            return wording.gettext(
                "true or false; %(default)s unless said", default=default.lower()
            )
        case Kind.INTEGER:
            return wording.gettext(
                "a whole number from %(least)s on; %(default)s unless said",
                least=wording.number(parameter.least),
                default=default,
            )
        case Kind.CHOICE:
            return wording.gettext(
                "one of %(choices)s; %(default)s unless said",
                choices=", ".join(parameter.choices),
                default=default,
            )
