package io.alidade.synth.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds what should be in no training data: how to reach a person, numbers of accounts and cards,
/// keys. Numbers count where their check digits are right, telephone numbers where they are written
/// as such; addresses and numbers that are reserved for examples are let pass.
public final class PersonalData {
  /// What was found.
  public enum Kind {
    EMAIL("an e-mail address"),
    PHONE("a telephone number"),
    IBAN("an account's IBAN"),
    CARD("a credit card's number"),
    SECRET("a key or password token");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /// For messages, such as `an e-mail address`.
    public String words() {
      return words;
    }
  }

  private static final Pattern EMAIL =
      Pattern.compile(
          "(?<![\\w.%+-])[\\w.%+-]{1,64}+@((?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24})(?![\\w-])");

  /// RFC 2606 and 6761.
  private static final Pattern EXAMPLE_DOMAIN =
      Pattern.compile("(.*\\.)?(example(\\.(com|org|net))?|test|invalid|localhost)");

  /// With its country, or in the American form, or behind a word that says what it is.
  private static final Pattern PHONE =
      Pattern.compile(
          "(?<![\\w+])(?:\\+[1-9](?:[ ./()-]{0,3}[0-9]){7,14}"
              + "|(?:\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}"
              + "|(?i:tel|telephone|telefon|phone|fax|tél|téléphone)[.: ]{1,3}"
              + "\\(?0?[0-9](?:[ ./()-]{0,3}[0-9]){5,13})(?![\\w])");

  /// North American numbers that are nobody's.
  private static final Pattern EXAMPLE_PHONE = Pattern.compile(".*555[^0-9]*01[0-9]{2}");

  private static final Pattern IBAN =
      Pattern.compile("(?<!\\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\\w)");

  /// Of SWIFT's registry.
  private static final Map<String, Integer> IBAN_LENGTHS =
      lengths(
          "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18"
              + " DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22"
              + " IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22"
              + " MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24"
              + " SI19 SK24 SM27 ST25 SV28 TN24 TR26 UA29 VA22 VG24 XK20");

  private static final int IBAN_MODULUS = 97;
  private static final int DECIMAL = 10;

  private static final Pattern DIGITS =
      Pattern.compile("(?<![\\w.,-])[0-9](?:[ -]?[0-9]){12,18}(?![\\w-])");

  /// Numbers that issuers of cards have, with their lengths.
  private static final Pattern CARD =
      Pattern.compile(
          "4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2[2-7][0-9]{14}"
              + "|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:6011|65|64[4-9]|62)[0-9]{12,17}");

  private static final Pattern SECRET =
      Pattern.compile(
          "-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY"
              + "|\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b"
              + "|\\bgh[pousr]_[A-Za-z0-9]{36}|\\bgithub_pat_\\w{22}"
              + "|\\bsk-[\\w-]{20}|\\b[sr]k_live_\\w{16}"
              + "|\\bxox[abeprs]-[\\w-]{10}|\\bAIza[\\w-]{35}|\\bhf_[A-Za-z0-9]{30}"
              + "|\\beyJ[\\w-]{10,2000}\\.eyJ[\\w-]{10,4000}\\.[\\w-]{5}");

  /// One of these stands in every secret; few texts have any, and need the pattern.
  private static final List<String> SECRET_MARKS =
      List.of(
          "-----BEGIN ",
          "AKIA",
          "ASIA",
          "ghp_",
          "gho_",
          "ghu_",
          "ghs_",
          "ghr_",
          "github_pat_",
          "sk-",
          "k_live_",
          "xox",
          "AIza",
          "hf_",
          "eyJ");

  private PersonalData() {}

  /// The first kind that a text holds; none if it holds nothing of the sort.
  public static Optional<Kind> find(String text) {
    if (SECRET_MARKS.stream().anyMatch(text::contains) && SECRET.matcher(text).find()) {
      return Optional.of(Kind.SECRET);
    }
    if (text.indexOf('@') >= 0 && any(EMAIL, text, match -> !exampleDomain(match.group(1)))) {
      return Optional.of(Kind.EMAIL);
    }
    return text.chars().anyMatch(PersonalData::digit) ? findNumber(text) : Optional.empty();
  }

  private static Optional<Kind> findNumber(String text) {
    if (any(IBAN, text, match -> iban(match.group().replace(" ", "")))) {
      return Optional.of(Kind.IBAN);
    }
    if (any(DIGITS, text, match -> card(match.group().replaceAll("[ -]", "")))) {
      return Optional.of(Kind.CARD);
    }
    if (any(PHONE, text, match -> !EXAMPLE_PHONE.matcher(match.group()).matches())) {
      return Optional.of(Kind.PHONE);
    }
    return Optional.empty();
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static Map<String, Integer> lengths(String countries) {
    return Arrays.stream(countries.split(" ", -1))
        .collect(
            Collectors.toMap(
                country -> country.substring(0, 2),
                country -> Integer.valueOf(country.substring(2))));
  }

  private static boolean any(Pattern pattern, String text, Predicate<Matcher> real) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (real.test(matcher)) {
        return true;
      }
    }
    return false;
  }

  private static boolean exampleDomain(String domain) {
    return EXAMPLE_DOMAIN.matcher(domain.toLowerCase(Locale.ROOT)).matches();
  }

  /// The length is the country's, and the number with its first four characters at its end, letters
  /// as 10 to 35, is 1 modulo 97 (ISO 13616, ISO 7064). Words behind it may have been taken along.
  private static boolean iban(String found) {
    int length = IBAN_LENGTHS.getOrDefault(found.substring(0, 2), Integer.MAX_VALUE);
    if (found.length() < length) {
      return false;
    }
    int rest = 0;
    for (char c : (found.substring(4, length) + found.substring(0, 4)).toCharArray()) {
      int value = Character.digit(c, Character.MAX_RADIX);
      int factor = value < DECIMAL ? DECIMAL : DECIMAL * DECIMAL;
      rest = (rest * factor + value) % IBAN_MODULUS;
    }
    return rest == 1;
  }

  /// Luhn's check.
  private static boolean card(String number) {
    if (!CARD.matcher(number).matches()) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < number.length(); i++) {
      int digit = number.charAt(number.length() - 1 - i) - '0';
      int doubled = i % 2 == 0 ? digit : 2 * digit;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % DECIMAL == 0;
  }
}
