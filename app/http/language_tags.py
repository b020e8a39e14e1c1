"""Languages by their English names, as the tags (BCP 47) by which a browser chooses fonts and a voice."""

from collections.abc import Mapping

TAGS: Mapping[str, str] = {
    "Albanian": "sq", "Arabic": "ar", "Armenian": "hy", "Azerbaijani": "az", "Basque": "eu", "Bengali": "bn",
    "Bosnian": "bs", "Bulgarian": "bg", "Burmese": "my", "Catalan": "ca", "Chinese": "zh", "Croatian": "hr",
    "Czech": "cs", "Danish": "da", "Dutch": "nl", "English": "en", "Estonian": "et", "Filipino": "fil",
    "Finnish": "fi", "French": "fr", "Galician": "gl", "Georgian": "ka", "German": "de", "Greek": "el",
    "Gujarati": "gu", "Hebrew": "he", "Hindi": "hi", "Hungarian": "hu", "Icelandic": "is", "Indonesian": "id",
    "Irish": "ga", "Italian": "it", "Japanese": "ja", "Kannada": "kn", "Khmer": "km", "Korean": "ko",
    "Latvian": "lv", "Lithuanian": "lt", "Macedonian": "mk", "Malagasy": "mg", "Malay": "ms", "Maori": "mi",
    "Marathi": "mr", "Nepali": "ne", "Norwegian": "no", "Odia": "or", "Persian": "fa", "Polish": "pl",
    "Portuguese": "pt", "Romanian": "ro", "Russian": "ru", "Samoan": "sm", "Serbian": "sr", "Sinhala": "si",
    "Slovak": "sk", "Slovene": "sl", "Spanish": "es", "Swahili": "sw", "Swedish": "sv", "Tamil": "ta",
    "Telugu": "te", "Thai": "th", "Turkish": "tr", "Ukrainian": "uk", "Uzbek": "uz", "Vietnamese": "vi",
    "Yoruba": "yo", "Zulu": "zu",
}  # fmt: skip
"""Those of the bundled models that are one language; the languages of a country have none."""

UNKNOWN = "und"


def language_tag(language: str) -> str:
    """The tag of a language; `und` where it is not known."""
    return TAGS.get(language, UNKNOWN)
