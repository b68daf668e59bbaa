"""Which column of a file holds what: names as people write them, mapped to our fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

# Our field = how its column may be called, as `_key` writes it (lower case, no accents, no
# punctuation, no brackets). English first, then Hindi in Latin letters, Spanish, French.
_NAMES: dict[str, str] = {
    "id": "id, talent id, artist id, actor id, profile id, ref, reference, ref no, code,"
    " talent code, external id, roster id, sr id",
    "name": "name, full name, talent, talent name, artist, artist name, artiste, artiste name,"
    " actor, actor name, actress, performer, performer name, model, model name, display name,"
    " stage name, screen name, professional name, candidate, candidate name, naam, pura naam,"
    " nombre, nombre completo, nombre y apellidos, nom, nom complet, actor actress",
    "first_name": "first name, firstname, given name, forename, prenom, nombre de pila",
    "last_name": "last name, lastname, surname, family name, apellido, apellidos, nom de famille",
    "other_names": "other names, other name, aka, a k a, also known as, alias, aliases, nickname,"
    " nick name, birth name, legal name, former name, apodo",
    "gender": "gender, sex, gender as played, plays gender, gender identity, m f, ling, genero,"
    " sexo, genre, sexe",
    "pronouns": "pronouns, pronoun, preferred pronouns, pronombres, pronoms",
    "playing_age": "playing age, age range, playing age range, plays age, plays, screen age,"
    " looks age, on screen age, acting age, age bracket, age group, rango de edad, edad escenica,"
    " edad aparente, tranche d age, age de jeu, playing range",
    "age_from": "age from, age min, min age, minimum age, playing age from, playing age min,"
    " playing age low, youngest, edad minima, edad desde, playing age start",
    "age_to": "age to, age max, max age, maximum age, playing age to, playing age max,"
    " playing age high, oldest, edad maxima, edad hasta, playing age end",
    "age": "age, actual age, real age, current age, age in years, umar, umr, edad, aayu",
    "minor": "minor, is minor, is a minor, child, child artist, child artiste, under 18, below 18,"
    " underage, menor, menor de edad, mineur",
    "guardian_consent": "guardian consent, guardians consent, guardian s consent, parent consent,"
    " parental consent, parents consent, parent s consent, consent of guardian,"
    " parent guardian consent, guardian consent received, guardian consent on file,"
    " consentimiento del tutor, minor consent",
    "city": "city, location, base, based in, based, current city, home city, home base, town,"
    " city of residence, lives in, residence, place, place of residence, current location,"
    " base location, base city, shehar, shahar, ciudad, ubicacion, residencia, ville, lieu",
    "travels_to": "travels to, travel to, will travel to, also works in, works in, other cities,"
    " other locations, travel, willing to travel to, second base, local in, local hire,"
    " works as local, viaja a, local hire in",
    "height": "height, ht, height cm, height in cm, height ft, height in feet, hgt, stature,"
    " kad, lambai, altura, estatura, taille, unchai",
    "languages": "languages, language, languages known, languages spoken, language known,"
    " speaks, spoken languages, known languages, fluent in, lang, langs, language skills,"
    " languages and level, bhasha, bhashayen, idiomas, idioma, lenguas, langues, langue,"
    " languages fluent in",
    "native_language": "mother tongue, native language, first language, matrubhasha,"
    " matribhasha, lengua materna, langue maternelle, native tongue",
    "accents": "accents, accent, dialects, dialect, accents dialects, accents and dialects,"
    " dialects accents, acentos, acento, boli, accents dialect",
    "skills": "skills, skill, special skills, special skill, other skills, key skills, talents,"
    " abilities, special abilities, skillset, skill set, expertise, specialities, specialties,"
    " performance skills, physical skills, dance, dances, dance forms, dance form, dance styles,"
    " sports, sport, martial arts, instruments, musical instruments, music, singing, stunts,"
    " action skills, hobbies and skills, skills and training, hunar, kaushal, kala, habilidades,"
    " aptitudes, competences, talentos, special talents, skills hobbies, combat, riding",
    "union": "union, unions, union status, union membership, union affiliation, association,"
    " guild, member of, card, union card, union name, sindicato, syndicat, union member",
    "day_rate": "day rate, rate, fee, fee per day, rate per day, daily rate, per day, per day rate,"
    " day fee, daily fee, charges, charges per day, per day charges, budget, remuneration,"
    " quote, cost per day, expected fee, price, fees, rates, shift rate, per shift, day rates,"
    " tarifa, tarifa diaria, tarifa por dia, cache, cachet, tarif, tarif journalier, rate day",
    "rate_from": "day rate from, rate from, rate min, min rate, minimum rate, day rate min,"
    " min day rate, minimum day rate, fee from, min fee, minimum fee, lowest rate, tarifa minima",
    "rate_to": "day rate to, rate to, rate max, max rate, maximum rate, day rate max,"
    " max day rate, maximum day rate, fee to, max fee, maximum fee, highest rate, tarifa maxima",
    "currency": "currency, rate currency, fee currency, day rate currency, ccy, moneda, devise",
    "available": "available, availability, dates available, available dates, availabilities,"
    " avail, avails, free dates, open dates, free, date availability, dates, available on,"
    " availability dates, disponibilidad, fechas disponibles, disponible, disponibilites,"
    " disponibilite, uplabdhata, khali dates",
    "available_from": "available from, avail from, free from, availability from, date from,"
    " available start, availability start, available since, disponible desde",
    "available_to": "available to, available until, available till, avail to, free until,"
    " free till, availability to, date to, available end, availability end, disponible hasta",
    "credits": "credits, credit, work, past work, previous work, filmography, experience,"
    " work experience, projects, past projects, selected credits, notable work, key credits,"
    " acting credits, resume, kaam, anubhav, creditos, experiencia, trabajos, filmographie",
    "bio": "bio, biography, about, about me, profile, summary, description, introduction, intro,"
    " short bio, about the artist, notes on artist, artist bio, parichay, biografia, biographie,"
    " acerca de, sobre mi, background, bio note",
    "headshot_url": "headshot, headshot url, head shot, photo, photo url, photo link, picture,"
    " image, image url, profile photo, profile picture, headshot link, pic, photograph, photos,"
    " tasveer, foto, photo de profil, profile pic",
    "reel_url": "reel, showreel, show reel, reel url, reel link, showreel url, showreel link,"
    " demo reel, video, video link, demo, demo link, audition link, work link, videobook,"
    " bande demo, profile video, voice reel",
    "representation": "representation, agent, agency, agent name, agency name, manager,"
    " management, represented by, rep, talent agent, talent manager, agente, agencia,"
    " representante, agence, agent manager, agent email, agent contact, manager contact,"
    " agent phone, agent e mail",
    "contact": "contact, contact details, contact info, contact information, how to reach,"
    " contacto, coordonnees, sampark",
    "email": "email, e mail, email id, e mail id, mail, mail id, email address, e mail address,"
    " contact email, gmail, correo, correo electronico, courriel",
    "phone": "phone, phone number, phone no, mobile, mobile number, mobile no, cell, telephone,"
    " tel, contact number, contact no, whatsapp, whatsapp number, whatsapp no, mob, mob no,"
    " telefono, movil, telephone number, portable",
    "source": "source, lead source, found via, came from, referred by, fuente",
    "public": "public, is public, visible to, visibility, shown to community, public groups,"
    " share with community",
    "confirmed_on": "confirmed on, last confirmed, confirmed, last updated, updated on, updated,"
    " last checked, date confirmed, updated at, profile updated, confirmed date",
}  # fmt: skip
_PART_OF = {
    "first_name": "name", "last_name": "name", "age_from": "playing_age", "age_to": "playing_age",
    "age": "playing_age", "native_language": "languages", "height": "height_cm",
    "rate_from": "day_rate", "rate_to": "day_rate", "currency": "day_rate",
    "available_from": "available", "available_to": "available", "email": "contact",
    "phone": "contact",
}  # fmt: skip
"""Columns that hold a part of a talent's field, or call it by another name."""
_MANY = {"skills", "languages", "accents", "other_names", "travels_to", "representation",
         "contact", "email", "phone", "available", "credits"}  # fmt: skip
"""Fields that several columns may feed together ("Dance", "Martial arts": both skills)."""

_FORBIDDEN = (
    "aadhaar, aadhar, adhaar, adhar, aadhaar no, aadhaar number, aadhar no, aadhar number,"
    " aadhaar card, aadhar card, aadhar card no, aadhar card number, uid, uidai,"
    " pan, pan no, pan number, pan card, pan card no, pan card number, passport, passport no,"
    " passport number, passport details, ssn, social security, social security number,"
    " social security no, national insurance, national insurance number, ni number, nino,"
    " voter id, voter id no, voter id number, voter card, driving licence no,"
    " driving licence number, driving license number, driving license no, license number,"
    " licence number, dl number, dl no, national id, national id number, government id,"
    " govt id, id proof, id proof number, id number proof, dni, nie, curp, gst, gstin, gst no,"
    " tax id, tin, bank account, bank account number, account number, account no, ifsc, iban,"
    " race, ethnicity, ethnic origin, ethnic group, ethnic appearance, ethnic background,"
    " raza, etnia, ethnie, religion, religious belief, faith, dharm, dharam, mazhab, caste,"
    " sub caste, subcaste, caste category, jati, jaati, jat, casta, gotra, varna,"
    " skin, skin tone, skin colour, skin color, complexion, complection, rang, tono de piel,"
    " color de piel, couleur de peau, teint"
)  # fmt: skip
_BIRTH_DATES = (
    "dob, d o b, date of birth, birth date, birthdate, birthday, born, born on, janm tithi,"
    " janam tithi, janmdin, fecha de nacimiento, nacimiento, date de naissance, birth day"
)

_KNOWN = {key.strip(): name for name, keys in _NAMES.items() for key in keys.split(",")}
_KEPT_OUT = {key.strip() for key in _FORBIDDEN.split(",")}
_BIRTH = {key.strip() for key in _BIRTH_DATES.split(",")}
_ALL = [*_KNOWN, *_KEPT_OUT, *_BIRTH]
_FORBIDDEN_WORDS = {
    "aadhaar", "aadhar", "adhaar", "adhar", "passport", "ssn", "religion", "religious", "caste",
    "ethnicity", "ethnic", "complexion", "skin",
}  # fmt: skip
"""A column with one of these words is kept out, whatever else its name says."""

_CURRENCIES = re.compile(
    r"(?P<INR>inr|rs|rupees?|₹)|(?P<USD>usd|us\$|\$|dollars?)|(?P<GBP>gbp|£|pounds?)"
    r"|(?P<EUR>eur|€|euros?)|(?P<AED>aed|dirhams?)|(?P<CAD>cad)|(?P<AUD>aud)|(?P<SGD>sgd)"
)
_BRACKETS = re.compile(r"[(\[{].*?[)\]}]")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one file are, and what is said about those that are not read."""

    titles: tuple[str, ...]
    """As the file names them."""
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Our field to the columns (from 0) that hold it."""
    birth_date: int | None = None
    """Read only to see who is under 18, never stored."""
    kept_out: tuple[str, ...] = ()
    """Titles of columns that may not be stored: government ids, religion, caste, …"""
    unmapped: tuple[str, ...] = ()
    """Titles that mean nothing to us; the columns are not read."""
    currency: str = ""
    """What the day rate's title says ("Day rate (INR)"), as ISO 4217, or empty."""
    height_unit: str = ""
    """What the height's title says: "cm", "m", "in", "ft", or empty."""

    @property
    def has_name(self) -> bool:
        return "name" in self.places or "first_name" in self.places

    @property
    def given(self) -> frozenset[str]:
        """The fields of a `Talent` that the file speaks of; it says nothing of the others."""
        return frozenset({"name"} | {_PART_OF.get(name, name) for name in self.places})

    def title(self, name: str) -> str:
        """How the file calls our field."""
        places = self.places.get(name)
        return self.titles[places[0]].strip() if places else name.replace("_", " ")


def map_columns(titles: Sequence[str]) -> Columns:
    """Map each title, forgiving case, spaces, punctuation, synonyms and misspellings."""
    places: dict[str, tuple[int, ...]] = {}
    kept_out: list[str] = []
    unmapped: list[str] = []
    birth_date: int | None = None
    for index, title in enumerate(titles):
        meant = _meaning(title)
        if meant in ("forbidden", "birth_date"):
            kept_out.append(title.strip())
            birth_date = index if meant == "birth_date" and birth_date is None else birth_date
        elif meant and (meant in _MANY or meant not in places):
            places[meant] = (*places.get(meant, ()), index)
        elif title.strip():
            unmapped.append(title.strip())
    if "name" not in places and places.get("last_name") and "first_name" not in places:
        places["name"] = places.pop("last_name")
    rate_titles = [
        titles[i] for f in ("day_rate", "rate_from", "rate_to") for i in places.get(f, ())
    ]
    height_titles = [titles[index] for index in places.get("height", ())]
    return Columns(
        titles=tuple(titles),
        places=places,
        birth_date=birth_date,
        kept_out=tuple(kept_out),
        unmapped=tuple(unmapped),
        currency=next(filter(None, map(_currency, rate_titles)), ""),
        height_unit=next(filter(None, map(_height_unit, height_titles)), ""),
    )


def _key(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.replace("&", " and ").casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _NO_WORD.sub(" ", plain).strip()


def _meaning(title: str) -> str:
    """Our field, `"forbidden"`, `"birth_date"`, or empty."""
    if len(title) > 100:
        return ""
    # "languagesKnown" and "DayRate" as programs write them
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title)
    whole, short = _key(spaced), _key(_BRACKETS.sub(" ", spaced))
    for key in (whole, short, _key(title)):
        if found := _exact(key):
            return found
    if _FORBIDDEN_WORDS.intersection(whole.split()) or "date of birth" in whole:
        return "birth_date" if "birth" in whole else "forbidden"
    if len(short) < 5:
        return ""
    near = process.extractOne(short, _ALL, scorer=fuzz.ratio, score_cutoff=85)
    if near is None or (len(short) < 7 and near[0][:1] != short[:1]):
        return ""
    return _exact(near[0])


def _exact(key: str) -> str:
    if key in _BIRTH:
        return "birth_date"
    if key in _KEPT_OUT:
        return "forbidden"
    return _KNOWN.get(key) or _KNOWN.get(key.replace(" ", "")) or ""


def _currency(title: str) -> str:
    for word in re.findall(r"[^\W\d_]+|[₹$£€]", title.casefold()):
        found = _CURRENCIES.fullmatch(word)
        if found and found.lastgroup:
            return found.lastgroup
    return ""


def _height_unit(title: str) -> str:
    words = set(re.findall(r"[a-z]+", title.casefold()))
    if words & {"cm", "cms", "centimetres", "centimeters"}:
        return "cm"
    if words & {"ft", "feet", "foot"}:
        return "ft"
    if words & {"inches", "inch"} or re.search(r"\(\s*in\s*\)", title.casefold()):
        return "in"
    return "m" if words & {"m", "metres", "meters", "mtr"} else ""
