"""How translations sound: *usted*, *vous* and *você*, Brazil's Portuguese, one word for each thing."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

CATALOGS = (
    "translations/{}/LC_MESSAGES/messages.po",
    "tallying/translations/{}/LC_MESSAGES/tallying.po",
)
CONTENT = (
    *Path("budget_app/demonstration/content").glob("*.toml"),
    Path("budget_app/hearings/simulation.toml"),
)

FAMILIAR = {
    "es": (
        # Pronouns and possessives, which have no other meaning ("si", "se" and "su" have).
        r"tú|tus?|te|ti|contigo|tuy[oa]s?",
        # The present, the subjunctive and the past in the second person: the verbs that pages use.
        r"puedes|quieres|tienes|debes|eres|estás|has|sabes|ves|haces|dices|pides|recibes|necesitas",
        r"votas|eliges|escribes|apoyas|compartes|sigues|envías|participas|puedas|quieras|tengas|digas",
        r"votaste|elegiste|escribiste|hiciste|pediste|preguntaste|respondiste|denunciaste|recibiste",
        # The future of any verb; "detrás", "jamás" and the like have another vowel before the end.
        r"\w+(?:ar|er|ir|dr|br)ás",
        # Commands with a pronoun, always accented on the syllable before it.
        r"inténtal[oa]|ábrel[oa]|ciérral[oa]|guárdal[oa]|escríbe(?:l[oa]|nos)|cuéntan(?:os|osl[oa])",
        r"únete|regístrate|asegúrate|identifícate|dinos|hazl[oa]|dil[oa]",
        # Commands that are no form of the third person, so that they mean nothing else.
        r"haz|pon",
    ),
    "fr": (
        # "ton" also names a tone, "te" and "dois" hide in other words; these mean nothing else.
        r"tu|toi|tes|tien|tiens",
        r"t’\w+",
    ),
    "pt": (
        r"tu|ti|contigo|teu|teus|tua|tuas",
        r"podes|queres|tens|deves|sabes|recebes|escolhes|votaste|escolheste|escreveste",
    ),
}
# A command stands at the beginning, where the third person of the same form would need a subject:
# "Elige una regla." is one, "la comisión elige" is none. Left out are words that also begin labels,
# such as "Cuenta", "Pregunta", "Espera", "Firma", "Termina" and "Sigue".
COMMANDS = (
    "Elige|Escoge|Escribe|Añade|Abre|Cierra|Vuelve|Comprueba|Introduce|Selecciona|Pulsa|Lee|Usa"
    "|Guarda|Envía|Nombra|Inicia sesión|Di|Indica|Quita|Entra|Consulta|Descarga|Imprime|Confirma"
)
BEGINNING = re.compile(rf"(?:^|[.!?:] )(?:{COMMANDS})\b")

# What Portugal writes where Brazil writes otherwise, and words that docs/translating.md has another
# for. "guardar" (to keep), "aceite" (please accept) and "direto" also mean what Brazil says.
OTHER_WORDS = {
    "pt": (
        r"registos?|ficheiros?|palavras?-passe|utilizador\w*|descarreg\w+|partilh\w+|ecrãs?|equipas?",
        r"sítios?|moradas?|factos?|contact\w+|planea\w+|utentes?|raparigas?|desport\w+|gasóleo",
        r"autocarros?|comboios?|camiões|carrinhas?|passadeiras?|candeeiros?|telemóve\w+|tubage\w+",
        r"em direto|em linha|toda a gente|casas? de banho|porquê|prima o botão|foi aceite",
        r"até aos?|até às?|dezanov\w+|dezass\w+",
        r"\w*(?:ón|óm|én|ém)(?:ic|i)[oa]s?|género|ónus|\w+ómetros?|inicie sessão|iniciar sessão",
        r"(?:está|estão|estava|continua|continuam|fica|ficam) a \w+[aei]r|\w+\(as?\)|\d+ \d{3}",
        r"edição|edições|rondas?|audiç(?:ão|ões)|inquéritos?|sondage(?:m|ns)|boleti(?:m|ns)|recibos?",
        r"eliminar|acrescent\w+|(?:tem|têm|terá) de",
    ),
    "es": (r"añad\w+|recuentos?|conteos?|recibos?|resguardos?|edici(?:ón|ones)|identificarse",),
    "fr": (
        r"cycles?|ce tour|(?:le|votre|des|les) reçus?|décomptes?",
        # Women read it as well: a session is open, nobody is "connecté".
        r"(?:je suis|vous êtes|vous en serez|de nouveau) (?:déjà )?(?:(?:dé)?connecté|venu|inscrit)",
        r"vous vous êtes (?:retiré|inscrit|trompé)",
    ),
}


def texts(language: str) -> Iterator[str]:
    """What pages and terminals say, and the official words of the example parliament."""
    for name in CATALOGS:
        with Path(name.format(language)).open("rb") as file:
            for message in read_po(file):
                said = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from map(str, said) if message.id else ()
    for path in CONTENT:
        yield from _in_language(tomllib.loads(path.read_text(encoding="utf8")), language)


def _in_language(value: Any, language: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == language and isinstance(inner, str):
                yield inner
            yield from _in_language(inner, language)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_language(inner, language)


@pytest.mark.parametrize("language", FAMILIAR)
def test_everybody_is_addressed_politely(language: str) -> None:
    familiar = re.compile(rf"\b(?:{'|'.join(FAMILIAR[language])})\b", re.IGNORECASE)
    found = [text for text in texts(language) if familiar.search(text)]
    if language == "es":
        found += [text for text in texts(language) if BEGINNING.search(text)]
    assert found == []


@pytest.mark.parametrize("language", OTHER_WORDS)
def test_each_thing_has_one_word_and_portuguese_is_brazilian(language: str) -> None:
    other = re.compile(rf"(?<!\w)(?:{'|'.join(OTHER_WORDS[language])})(?!\w)", re.IGNORECASE)
    assert [text for text in texts(language) if other.search(text)] == []


FRENCH_FAULTS = re.compile(
    r"[^\W\d_]'"  # a straight apostrophe
    r"|[^\s\d/]:(?=\s|$)|[ \t][:;!?»]|«[ \t]"  # no space, or one at which a line could end
)


def test_french_has_its_apostrophes_and_spaces() -> None:
    assert [text for text in texts("fr") if FRENCH_FAULTS.search(text)] == []
